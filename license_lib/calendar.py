"""China Standard Time: licences say days, and their days begin and end in Beijing."""

from datetime import date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")


def day_of(moment: datetime) -> date:
    """The day in China at an aware moment."""
    return moment.astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(), CHINA)
