"""What the signatures of a sealed file carry, for whoever goes on to write behind them. Nothing is judged here."""

from dataclasses import dataclass

from signing import algorithms
from signing.cms_reader import SignedData, UnacceptableAlgorithmError, read_signed_data
from signing.der import DerError
from signing.errors import SealingError
from signing.validation.byte_range import scan


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures of a file, oldest first; the newest covers the whole file.

    Attributes:
        containers: each signature's, and behind it that of the time-stamp inside it.
    """

    containers: tuple[tuple[SignedData, ...], ...]

    @property
    def signers(self) -> frozenset[bytes]:
        """The certificates of who made them, DER: each signature carries its own."""
        return frozenset(one.certificate_der for signature in self.containers for one in signature)

    @property
    def to_be_proved(self) -> tuple[bytes, ...]:
        """DER certificates that the newest signature carries, signers first.

        An archive time-stamp protects all evidence before it; only of the newest signature none is in the file yet.
        """
        return tuple(dict.fromkeys(_certificates(self.containers[-1])))


def read_signatures(pdf: bytes) -> Signatures:
    """Read the signatures of a sealed file, of which the newest must cover everything.

    Raises:
        SealingError: `archive.not-sealed`, or `archive.changed-after` if something stands behind the newest signature.
    """
    found = scan(pdf)
    if not found:
        raise SealingError(
            "archive.not-sealed", "The document has no seal that could be archived", hint="seal it first"
        )
    if found[-1].end != len(pdf):
        raise SealingError("archive.changed-after", "Something stands behind the newest signature of the document")
    try:
        return Signatures(tuple(tuple(_containers(one.container)) for one in found))
    except (DerError, UnacceptableAlgorithmError) as error:
        raise SealingError("archive.not-sealed", "A signature of the document cannot be read") from error


def _containers(encoded: bytes) -> list[SignedData]:
    signed = read_signed_data(encoded)
    token = signed.unsigned.get(algorithms.SIGNATURE_TIME_STAMP)
    return [signed] if token is None else [signed, read_signed_data(token.raw)]


def _certificates(containers: tuple[SignedData, ...]) -> tuple[bytes, ...]:
    signers = tuple(one.certificate_der for one in containers)
    return (*signers, *(other for one in containers for other in one.others))
