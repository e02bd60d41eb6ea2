"""How a presentation code 亮证码 is written: `HTTPS://HOST/P#` and 39 digits, which are a random number of 128 bits.

Digits for the same reasons as on paper (ADR 18), always as many: one secret has one text. It says nothing about the
licence or its holder; what it stands for, only the repository of that host knows (ADR 20).
"""

import re
from typing import Final

SECRET_BYTES: Final = 16
_DIGITS: Final = 39
_LONGEST: Final = 300
_PRESENTATION_URL: Final = re.compile(r"https?://[^#\s]{1,200}/p#([0-9]{39})", re.IGNORECASE | re.ASCII)


def presentation_text(secret: bytes, base_url: str) -> str:
    """The text of the code with a secret of 16 bytes."""
    return f"{base_url.rstrip('/').upper()}/P#{int.from_bytes(secret, 'big'):0{_DIGITS}}"


def presented_secret(text: str) -> bytes | None:
    """The secret in a text; None if that is no presentation code."""
    match = _PRESENTATION_URL.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    number = int(match[1]) if match else 1 << 8 * SECRET_BYTES
    return number.to_bytes(SECRET_BYTES, "big") if number < 1 << 8 * SECRET_BYTES else None


def is_presentation(text: str) -> bool:
    """Does a scanned text look like a presentation code (ours or another city's)?"""
    return presented_secret(text) is not None
