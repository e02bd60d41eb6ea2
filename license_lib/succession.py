"""New versions 新版本 of a licence: renewed 延续, amended 变更, or replaced 补发、换发."""

from dataclasses import dataclass
from datetime import date, datetime

from license_lib.calendar import start_of
from license_lib.lifecycle import EventKind
from license_lib.repository import Cause, Change


@dataclass(frozen=True, slots=True)
class Succession:
    """What a new version is for the one before.

    Args:
        kind: `renew`, `amend` or `replace`.
        previous: identifier of the version before.
    """

    kind: EventKind
    previous: str

    def change(self, successor: str, valid_from: date, cause: Cause, at: datetime) -> Change:
        """What happens to the version before: it ends as soon as the new one is valid, and not before now.

        Args:
            successor: identifier of the new version. valid_from: its first day.
            at: now.
        """
        begins = max(start_of(valid_from), at)
        return Change(kind=self.kind, cause=cause, effective_at=begins, recorded_at=at, details={"next": successor})
