"""Which algorithms are acceptable when: a signature is judged by what was sound at the time that is proven for it.

The dates follow ETSI TS 119 312 and the SOG-IS catalogue of agreed mechanisms: after its date, an algorithm may be
broken before anybody knows, and a signature that is not proven to be older proves nothing. Digests are named as
`hashlib` does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: up to what key size, or for which digest, an algorithm was acceptable until when.

    Attributes:
        algorithm: `sha1` …, `RSA`, `EC`, `DSA`.
        below_bits: of keys: sizes smaller than this fall under the row; 0 for a digest.
        until: the last moment at which it was acceptable; None: it is, with no end in sight.
    """

    algorithm: str
    below_bits: int
    until: datetime | None


def _end_of(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)


RULES: Final = (
    Rule("md5", 0, _end_of(2004)),
    Rule("sha1", 0, _end_of(2012)),
    Rule("sha224", 0, _end_of(2028)),
    Rule("sha256", 0, None),
    Rule("sha384", 0, None),
    Rule("sha512", 0, None),
    Rule("sha3_256", 0, None),
    Rule("sha3_384", 0, None),
    Rule("sha3_512", 0, None),
    Rule("DSA", 1 << 20, _end_of(2015)),
    Rule("RSA", 1024, datetime(1999, 12, 31, tzinfo=UTC)),
    Rule("RSA", 1536, _end_of(2010)),
    Rule("RSA", 1900, _end_of(2019)),
    Rule("RSA", 3000, _end_of(2028)),
    Rule("RSA", 1 << 20, None),
    Rule("EC", 256, _end_of(2012)),
    Rule("EC", 1 << 20, None),
)
"""The table, in order: the first row that fits decides; what fits none is not acceptable."""


def refusal(digest: str, key: PublicKeyTypes, at: datetime) -> str:
    """Name what was not acceptable at a moment, e.g. `sha1 since 2012-12-31`; empty if all was.

    Args:
        digest: `hashlib` name.
        key: the signer's.
        at: proven time of the signature, or the moment of validation.
    """
    if isinstance(key, rsa.RSAPublicKey):
        name, bits = "RSA", key.key_size
    elif isinstance(key, ec.EllipticCurvePublicKey):
        name, bits = "EC", key.key_size
    elif isinstance(key, dsa.DSAPublicKey):
        name, bits = "DSA", key.key_size
    else:
        return type(key).__name__
    return _refused(digest, 0, at) or _refused(name, bits, at)


def _refused(algorithm: str, bits: int, at: datetime) -> str:
    rule = next((one for one in RULES if one.algorithm == algorithm and (not bits or bits < one.below_bits)), None)
    name = f"{algorithm} {bits}" if bits else algorithm
    if rule is None:
        return name
    return "" if rule.until is None or at <= rule.until else f"{name} since {rule.until:%Y-%m-%d}"
