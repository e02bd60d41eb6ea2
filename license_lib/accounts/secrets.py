"""Secrets that we make: 256 random bits each, and of what is stored the digest, which need not be slow for these."""

import base64
import hashlib
from collections.abc import Callable
from typing import Final

BYTES: Final = 32
_RECOVERY_BYTES: Final = 10


def new_secret(randomness: Callable[[int], bytes]) -> str:
    """256 bits in base64url, 43 characters."""
    return base64.urlsafe_b64encode(randomness(BYTES)).decode().rstrip("=")


def digest_of(purpose: str, secret: str) -> bytes:
    """SHA-256 of a secret for one purpose: what is stored for one is of no use for another."""
    return hashlib.sha256(f"license {purpose}\0{secret}".encode(errors="surrogatepass")).digest()


def new_recovery_code(randomness: Callable[[int], bytes]) -> str:
    """80 bits in base32, in groups of four: `abcd-efgh-ijkl-mnop`."""
    text = base64.b32encode(randomness(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def recovery_digest(login: str, code: str) -> bytes:
    """What is stored of a recovery code; hyphens, spaces and capitals do not count."""
    return digest_of(f"recovery {login}", code.replace("-", "").replace(" ", "").lower())
