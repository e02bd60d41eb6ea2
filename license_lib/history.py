"""What a licence went through, for people and for programs: events on two time axes, and the versions beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from license_lib.calendar import CHINA
from license_lib.lifecycle import KIND_WORDS, Standing, Words, state_words
from license_lib.lifecycle.details import corrects, moved_to, next_due_of, next_of, passed, previous_of, valid_until_of
from license_lib.lifecycle.kinds import SUCCESSIONS, EventKind
from license_lib.lifecycle.timeline import timeline
from license_lib.repository.entries import Event
from license_lib.repository.values import StoredLicense

NOTHING = Words("", "")
_PRIVATE = "request_key"
"""Of the issuing system's own making: it may hold what is nobody's business."""


@dataclass(frozen=True, slots=True)
class History:
    """A licence with all that is on record of it.

    Args:
        license: as it was issued.
        events: in the order of record.
        standing: what they make of it at the moment asked for; None before its issue took effect.
        code: its state in the code list of its type 证照状态代码; empty before the issue.
    """

    license: StoredLicense
    events: tuple[Event, ...]
    standing: Standing | None
    code: str = ""

    def value(self) -> dict[str, Any]:
        """The same for programs; times in UTC, no personal data."""
        standing = self.standing
        return {
            "identifier": self.license.identifier,
            "state": str(standing.state) if standing else None,
            "state_code": self.code or None,
            "since": standing.since.isoformat() if standing else None,
            "valid_until": _day(standing.valid_until if standing else None) or _day(self.license.valid_until),
            "inspection_due": _day(standing.inspection_due) if standing else None,
            "previous": self.license.previous or None,
            "next": standing.next if standing else None,
            "events": [event_value(event) for event in self.events],
        }

    def line(self, *, english: bool) -> str:
        """The licence and its state for people, in one line."""
        state = state_words(self.standing.state if self.standing else None)
        stored = self.license
        parts = (stored.identifier, stored.type_name, stored.issuer_name, f"{stored.issued_on}")
        return "  ".join((*parts, _said(state, english=english)))

    def lines(self, *, english: bool) -> Iterator[str]:
        """All of it for people, a line each; times in Beijing."""
        standing = self.standing
        yield self.line(english=english)
        for words, told in (
            (Words("原证照", "version before"), self.license.previous),
            (Words("新版本", "version after"), standing and standing.next),
            (Words("有效期延长至", "extended until"), standing and standing.valid_until),
            (Words("年检截止", "inspection due"), standing and standing.inspection_due),
        ):
            if told:
                yield f"  {_said(words, english=english)}  {told}"
        happened = {one.event.sequence: one.effective_at for one in timeline(self.events)}
        for event in self.events:
            line = "  " + event_line(event, english=english)
            if event.kind is EventKind.CORRECT or happened.get(event.sequence) == event.effective_at:
                yield line
            else:
                yield f"{line}  {_said(_corrected('*', happened.get(event.sequence)), english=english)}"


def event_value(event: Event) -> dict[str, Any]:
    """An event for programs; times in UTC."""
    cause = event.cause
    return {
        "sequence": event.sequence,
        "kind": str(event.kind),
        "effective_at": event.effective_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "actor": cause.actor,
        "body": cause.body,
        "reason": cause.reason,
        "legal_basis": cause.legal_basis,
        "paper": cause.paper,
        "details": {name: value for name, value in event.details.items() if name != _PRIVATE},
    }


def event_line(event: Event, *, english: bool) -> str:
    """An event for people: number, what, from when, recorded when, on which paper, by whom and why."""
    effective, recorded = _moment(event.effective_at), _moment(event.recorded_at)
    late = Words(f"（{recorded} 登记）", f" (recorded {recorded})")
    cause = event.cause
    return "  ".join(
        filter(
            None,
            (
                f"#{event.sequence}",
                effective if effective == recorded else effective + _said(late, english=english),
                _said(KIND_WORDS[event.kind], english=english),
                _said(_detail(event), english=english),
                _said(Words("，", ", "), english=english).join(
                    filter(None, (cause.reason, cause.legal_basis, cause.paper))
                ),
                " ".join(filter(None, (cause.body, cause.actor))),
            ),
        )
    )


def _detail(event: Event) -> Words:
    """What an event says beyond its kind and times."""
    after = next_of(event) if event.kind in SUCCESSIONS else None
    after = str(valid_until_of(event)) if event.kind is EventKind.EXTEND else after
    if after:
        return _same(f"→ {after}")
    if event.kind is EventKind.ISSUE:
        return _same(f"← {previous}") if (previous := previous_of(event)) else NOTHING
    if event.kind is EventKind.INSPECT:
        result, due = Words("合格", "passed") if passed(event) else Words("不合格", "not passed"), next_due_of(event)
        return Words(f"{result.zh}，下次 {due}", f"{result.en}, next {due}") if due else result
    if event.kind is EventKind.CORRECT:
        return _corrected(f"#{corrects(event)}", moved_to(event))
    return NOTHING


def _corrected(which: str, moved: datetime | None) -> Words:
    if moved is None:
        return Words(f"{which} 未发生", f"{which} did not happen")
    return Words(f"{which} 改自 {_moment(moved)} 起", f"{which} took effect {_moment(moved)}")


def _said(words: Words, *, english: bool) -> str:
    return words.en if english else words.zh


def _same(text: str) -> Words:
    return Words(text, text)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
