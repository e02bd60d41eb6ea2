"""Serials of identifiers 证照标识: the day of issue and random characters: nobody can walk through the numbers."""

from collections.abc import Callable
from datetime import date

from license_lib.catalogue import LicenseType
from license_lib.identifiers import LicenseIdentifier

SERIAL_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RANDOM = 8
_WIDEST = "W"


def drawn_identifier(
    kind: LicenseType, issuer_code: str, day: date, randomness: Callable[[int], bytes]
) -> LicenseIdentifier:
    """A new identifier.

    Args:
        kind: the licence type. issuer_code: 颁发机构代码. day: of issue.
        randomness: n → n random bytes.
    """
    number = int.from_bytes(randomness(_RANDOM), "big")
    characters = []
    for _ in range(_RANDOM):
        number, index = divmod(number, len(SERIAL_ALPHABET))
        characters.append(SERIAL_ALPHABET[index])
    return _identifier(kind, issuer_code, day, "".join(characters))


def widest_identifier(kind: LicenseType, issuer_code: str, day: date) -> LicenseIdentifier:
    """The one that needs most room on a face: what it fits beside, every drawn one fits beside."""
    return _identifier(kind, issuer_code, day, _WIDEST * _RANDOM)


def _identifier(kind: LicenseType, issuer_code: str, day: date, characters: str) -> LicenseIdentifier:
    return LicenseIdentifier.build(kind.code.value, issuer_code, f"{day:%Y%m%d}{characters}")
