"""One-time passwords 动态口令 by time (RFC 6238): six digits, 30 seconds, SHA-1, as every authenticator has them."""

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote

SEED_BYTES: Final = 20
"""As long as the hash (RFC 4226 §4, R6)."""
SECONDS: Final = 30
_DIGITS: Final = 6
_DRIFT: Final = (0, -1, 1)
"""Steps beside the present one that are taken, too: clocks differ (RFC 6238 §5.2)."""


def matching_step(seed: bytes, code: str, at: datetime, *, after: int) -> int | None:
    """The step whose password this is; None if there is none.

    Args:
        after: the last step that was used. It and earlier ones are not taken again (RFC 6238 §5.2): who looks over a
            shoulder cannot use what he saw.
    """
    present = int(at.timestamp()) // SECONDS
    given = code.replace(" ", "").encode()
    found = None
    for step in (present + drift for drift in _DRIFT):
        if hmac.compare_digest(password_of(seed, step), given) and step > after:
            found = step
    return found


def password_of(seed: bytes, step: int, digits: int = _DIGITS) -> bytes:
    """The password of a step (RFC 4226 §5.3), as ASCII digits."""
    digest = hmac.digest(seed, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}".encode()


def seed_text(seed: bytes) -> str:
    """The seed as people type it: base32, in groups of four."""
    text = base64.b32encode(seed).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def enrolment_uri(seed: bytes, login: str, service: str) -> str:
    """What an authenticator scans (the Key URI format, `otpauth://`)."""
    secret = base64.b32encode(seed).decode()
    return f"otpauth://totp/{quote(service)}:{quote(login)}?secret={secret}&issuer={quote(service)}"
