"""How the bytes of a proof stand in the fragment of a URL: as one decimal number.

Digits cost a QR 3⅓ bits each and hold 3.32: nothing else that is legal in a fragment comes as near (ADR 18). They have
no case, no linkifier ends an address at one, and no form decoder changes them. Codes that were printed before are
base32 without padding (RFC 4648 §6), in capitals; they are read, and no longer written.
"""

import base64
import re
from typing import Final

MAX_FRAGMENT: Final = 2048
"""Characters. The longest legal licence of ours has 1,600, and what has more modules no paper carries."""
MAX_TOKEN: Final = 850
"""Bytes that are so many digits."""
_LEAST_TOKEN: Final = 32 + 64
"""Bytes: a digest, and a signature."""
_SHORTEST_NUMBER: Final = 100
_BASE32: Final = re.compile(r"[A-Z2-7]+")


class SpellingError(ValueError):
    """A fragment that is neither; says in a few words why."""


def written(token: bytes) -> str:
    """Spell a token, which does not begin with a zero byte: COSE_Sign1 begins with its tag."""
    return str(int.from_bytes(token, "big"))


def is_number(fragment: str) -> bool:
    """Is it spelt as a number? A token in base32 never is: its second character is `K` or `L`."""
    return fragment.isascii() and fragment.encode("ascii").isdigit()  # a tenth of the time of `str.isdecimal`


def is_whole(fragment: str) -> bool:
    """Is it as long as a token is at least, spelt in its way?"""
    return len(fragment) >= (len(str(256 ** (_LEAST_TOKEN - 1))) if is_number(fragment) else -(-_LEAST_TOKEN * 8 // 5))


def read(fragment: str) -> bytes:
    """The token of a fragment. Each token has one spelling as a number, and one in base32.

    Raises:
        SpellingError: of neither form.
    """
    if len(fragment) > MAX_FRAGMENT:
        raise SpellingError("longer than any")
    if is_number(fragment):
        if fragment[0] == "0" or len(fragment) < _SHORTEST_NUMBER:
            raise SpellingError("not a number as codes have them")
        number = int(fragment)
        return number.to_bytes((number.bit_length() + 7) // 8, "big")
    if not _BASE32.fullmatch(fragment):
        raise SpellingError("neither digits nor base32")
    try:
        token = base64.b32decode(fragment + "=" * (-len(fragment) % 8))
    except ValueError:
        raise SpellingError("not base32") from None
    if base64.b32encode(token).decode().rstrip("=") != fragment:
        raise SpellingError("not canonical base32")
    return token
