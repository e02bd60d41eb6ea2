"""Lines of a report for people and for programs."""

from typing import Any

from license_lib.health.judging import Report
from license_lib.health.values import AREAS, STATES, Line


def line_value(line: Line) -> dict[str, Any]:
    """A line for programs."""
    return {
        "area": str(line.area),
        "subject": line.subject,
        "state": str(line.state),
        "text": {"zh": line.zh, "en": line.en},
        "mend": line.mend or None,
        "days_left": None if line.days_left is None else round(line.days_left, 1),
    }


def types_value(report: Report) -> list[dict[str, Any]]:
    """Licence types for programs, and how many of each are in force."""
    return [
        {"key": one.key, "name": one.name, "english": one.english, "version": one.version, "in_force": one.in_force}
        for one in report.types
    ]


def line_text(line: Line, *, english: bool) -> str:
    """A line for people; the mend is on one of its own."""
    told = line.en if english else line.zh
    parts = (f"[{STATES[line.state][english]}]", AREAS[line.area][english], line.subject, told)
    mend = f"\n  → {line.mend}" if line.mend else ""
    return "  ".join(filter(None, parts)) + mend
