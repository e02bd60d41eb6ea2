"""What a status list can say of one licence: Token Status List §7.1."""

from enum import IntEnum
from typing import Final

BITS: Final = 2
"""Bits of one entry: enough for the three states, and for a fourth that nobody gives."""


class Status(IntEnum):
    """The state of one entry. Expiry is none of them: a validity period says that by itself."""

    VALID = 0
    """In force, or not issued yet."""
    INVALID = 1
    """Ended for good: revoked, withdrawn, cancelled, superseded."""
    SUSPENDED = 2
    """Suspended 暂扣; may come back."""
