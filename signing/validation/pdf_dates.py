"""Dates as PDF writes them (ISO 32000-2 §7.9.4)."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

_DATE: Final = re.compile(
    rb"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)(?:00'?00'?)?|([+-])(\d{2})'?(\d{2})?'?)?"
)


def read_date(value: Any) -> datetime | None:
    """A date with its time zone; None for anything else."""
    found = _DATE.fullmatch(value) if isinstance(value, bytes) else None
    if found is None or not (found[7] or found[8]):
        return None
    numbers = [
        int(group) if group else default for group, default in zip(found.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    ]
    try:
        zone = (
            UTC
            if found[7]
            else timezone((-1 if found[8] == b"-" else 1) * timedelta(hours=int(found[9]), minutes=int(found[10] or 0)))
        )
        return datetime(*numbers, tzinfo=zone)  # type: ignore[arg-type, misc]  # six numbers
    except ValueError:
        return None
