"""What a place for files says of what it holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

QUARANTINE: Final = "quarantine"
"""Where files rest that nobody needs any more, beside those that are needed."""


@dataclass(frozen=True, slots=True)
class Found:
    """What rests under a name: how many bytes, and when they were last written."""

    name: str
    size: int
    written_at: datetime
