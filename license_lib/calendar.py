"""China Standard Time: licences say days, and their days begin and end in Beijing."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def now() -> datetime:
    """The machine's clock, in UTC: the default that composition hands down; tests hand down another."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The day in China at an aware moment."""
    return moment.astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(), CHINA)


def read_day(text: str) -> date:
    """The day of YYYY-MM-DD; the other spellings of ISO 8601 (20261105, 2026-W45-4) are refused.

    Raises:
        ValueError: any other text, or no such day.
    """
    if not _DAY.fullmatch(text):
        raise ValueError("not YYYY-MM-DD")
    return date.fromisoformat(text)
