"""What events carry beyond their kind and times: read strictly, so that no rule ever meets a value of another type.

| kind | members |
|---|---|
| issue | `previous`: identifier of the version before, if any |
| renew, amend, replace | `next`: identifier of the new version |
| inspect | `passed`: bool; `next_due`: day, if another than the type's period gives |
| extend | `valid_until`: day |
| correct | `corrects`: sequence of the event; `effective_at`: when it took effect, or absent if it did not happen |

Days are YYYY-MM-DD, times are ISO 8601 with their offset. Members that no rule knows are the caller's own.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, TypeVar

from license_lib.calendar import read_day
from license_lib.lifecycle.faults import EventError
from license_lib.lifecycle.kinds import SUCCESSIONS, EventKind, Happened

_MAX_TEXT: Final = 256
_T = TypeVar("_T")


def previous_of(event: Happened) -> str | None:
    """Identifier of the version before this one.

    Raises:
        EventError: `event.details`.
    """
    return _text(event.details, "previous")


def next_of(event: Happened) -> str:
    """Identifier of the version that takes this one's place.

    Raises:
        EventError: `event.details`.
    """
    return _there(_text(event.details, "next"), "next")


def passed(event: Happened) -> bool:
    """Whether an inspection was passed.

    Raises:
        EventError: `event.details`.
    """
    value = event.details.get("passed")
    if not isinstance(value, bool):
        raise _wrong("passed", "must be true or false", "应为 true 或 false")
    return value


def next_due_of(event: Happened) -> date | None:
    """The day by which the next inspection is due, if the inspection said so.

    Raises:
        EventError: `event.details`.
    """
    return _day(event.details, "next_due")


def valid_until_of(event: Happened) -> date:
    """The last day that an extension gives.

    Raises:
        EventError: `event.details`.
    """
    return _there(_day(event.details, "valid_until"), "valid_until")


def corrects(event: Happened) -> int:
    """Sequence of the event that a correction is about.

    Raises:
        EventError: `event.details`.
    """
    value = event.details.get("corrects")
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong("corrects", "must be the sequence of an event", "应为事件序号")
    return value


def moved_to(event: Happened) -> datetime | None:
    """When the corrected event took effect; None if it did not happen.

    Raises:
        EventError: `event.details`.
    """
    text = _text(event.details, "effective_at")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise _wrong("effective_at", "must be an ISO 8601 time with its offset", "应为带时区的ISO 8601时间")
    return moment


def require_details(event: Happened) -> None:
    """Read all that the rules will ever ask of an event.

    Raises:
        EventError: `event.details`.
    """
    if event.kind is EventKind.ISSUE:
        previous_of(event)
    elif event.kind in SUCCESSIONS:
        next_of(event)
    elif event.kind is EventKind.INSPECT:
        passed(event)
        next_due_of(event)
    elif event.kind is EventKind.EXTEND:
        valid_until_of(event)
    elif event.kind is EventKind.CORRECT:
        corrects(event)
        moved_to(event)


def _text(details: Mapping[str, object], name: str) -> str | None:
    value = details.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_TEXT:
        raise _wrong(name, f"must be a text of 1 to {_MAX_TEXT} characters", f"应为1至{_MAX_TEXT}个字符的文字")
    return value


def _day(details: Mapping[str, object], name: str) -> date | None:
    text = _text(details, name)
    try:
        return None if text is None else read_day(text)
    except ValueError:
        raise _wrong(name, "must be a day, YYYY-MM-DD", "应为日期，如2027-01-01") from None


def _there(value: _T | None, name: str) -> _T:
    if value is None:
        raise _wrong(name, "is missing", "缺少")
    return value


def _wrong(name: str, problem: str, problem_zh: str) -> EventError:
    return EventError(
        "event.details",
        f"details.{name} {problem}",
        f"details.{name} {problem_zh}",
        hint="mend it; docs/lifecycle.md lists what each kind says",
    )
