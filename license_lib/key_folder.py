"""The seal keys of the issuing bodies, in the PKI folder of one authority."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from license_lib.errors import MachineError
from license_lib.issuers import IssuingBody
from signing.errors import SigningError
from signing.keys import SealCredential
from signing.timestamps import Timestamper

SONG_FONT = "NotoSerifSC-Regular.ttf"
_TIMESTAMP_SERIAL_BYTES = 19


class KeyFolder:
    """Seal keys in a PKI folder, each loaded and checked once; errors of `signing` become machine errors."""

    def __init__(
        self,
        folder: Path,
        passphrase: bytes,
        fonts: Path,
        *,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
    ) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._clock = clock
        self._randomness = randomness
        self._song = fonts / SONG_FONT
        self._credentials: dict[str, SealCredential] = {}
        self._pictures: dict[tuple[str, float], bytes] = {}

    def credential(self, body: IssuingBody) -> SealCredential:
        """The seal key of a body, inside its certificate's period and with the body's own credit code in it.

        Raises:
            MachineError: `key.missing`, `key.passphrase`, `key.certificate-expired`, `key.other-body` …
        """
        with signing_errors():
            if body.id not in self._credentials:
                self._credentials[body.id] = self._load(body.id)
            credential = self._credentials[body.id]
            credential.check_period(self._clock())
        if credential.organization_id != body.organization_id:
            raise MachineError(
                "key.other-body",
                f"the seal certificate {body.id!r} belongs to another body than license.toml says",
                hint="correct the code of this issuer, or the key",
            )
        return credential

    def seal_picture(self, body: IssuingBody, size_mm: float) -> bytes:
        """The body's round seal, `size_mm` across, as a one-page vector PDF."""
        from signing.seal_image import SealDesign, draw_round_seal

        place = (body.id, size_mm)
        if place not in self._pictures:
            design = SealDesign(name=body.issuer.name, code=body.issuer.code, diameter_mm=size_mm)
            with signing_errors():
                self._pictures[place] = draw_round_seal(design, self._song)
        return self._pictures[place]

    def timestamper(self) -> Timestamper:
        """The development time-stamp authority of this PKI.

        Raises:
            MachineError: its key is missing or cannot be used.
        """
        from signing.timestamps import LocalTimestamper

        with signing_errors():
            return LocalTimestamper(self._load("tsa"), self._clock, self._serial)

    def _serial(self) -> int:
        return int.from_bytes(self._randomness(_TIMESTAMP_SERIAL_BYTES), "big") or 1

    def _load(self, name: str) -> SealCredential:
        from signing.keys import load_credential

        return load_credential(self._folder, name, passphrase=self._passphrase, at=self._clock())


@contextmanager
def signing_errors() -> Iterator[None]:
    """Faults of the signing room as machine errors of this one, same code, same hint."""
    try:
        yield
    except SigningError as error:
        raise MachineError(error.code, error.message, hint=error.hint) from error
