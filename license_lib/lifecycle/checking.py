"""May this event be recorded? The whole timeline has to stay legal, also where an event takes effect in the past."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from license_lib.calendar import day_of
from license_lib.errors import MachineError
from license_lib.lifecycle.details import moved_to, require_details, valid_until_of
from license_lib.lifecycle.faults import EventError, before_issue, broken_record, contradicted, not_allowed
from license_lib.lifecycle.kinds import SUCCESSIONS, EventKind, Happened, LicenseState
from license_lib.lifecycle.rules import TypeRules
from license_lib.lifecycle.timeline import Placed, Step, steps, timeline
from license_lib.lifecycle.words import KIND_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the rules ask of a licence that its own events do not say.

    Args:
        valid_until: last day on its face; None is 长期.
        successor: present state of the version in its place; None if there is none.
    """

    valid_until: date | None
    successor: LicenseState | None = None


def check(events: Iterable[Happened], new: Happened, rules: TypeRules, *, subject: Subject | None = None) -> None:
    """Refuse an event that must not be recorded.

    Args:
        events: all events of the licence on record.
        new: the next one; its sequence is greater than theirs.
        rules: of the licence's type.
        subject: what else is known of the licence. Without it nothing is compared with the last day on the face, and
            no succession can be taken back.

    Raises:
        EventError: `event.not-for-type`, `.time`, `.details`, `.before-issue`, `.not-allowed`, `.contradicts`,
            `.extends-nothing`, `.expired`, `.nothing-to-correct`, `.issue-stands`, `.successor-stands`.
        MachineError: `event.record-broken`; `event.clock-behind`.
    """
    known = sorted(events, key=lambda event: event.sequence)
    _require_next(known, new)
    if new.kind in rules.never:
        raise _not_for_type(new.kind, rules)
    require_details(new)
    before = timeline(known)
    if new.kind is EventKind.CORRECT:
        _require_correctable(known, new)
    after = timeline((*known, new))
    if new.kind is EventKind.CORRECT:
        _require_change(before, after, subject)
    done = tuple(steps(after))
    _require_legal(new, done)
    _require_longer(new, done, subject)
    if new.kind in SUCCESSIONS:
        _require_in_time(new, done, rules, subject)


def _require_next(known: Sequence[Happened], new: Happened) -> None:
    """The new event comes last on record, and both its times say where they are."""
    if new.effective_at.utcoffset() is None or new.recorded_at.utcoffset() is None:
        raise EventError("event.time", "A time has no time zone", "时间缺少时区", hint="give it with its offset")
    if new.kind is EventKind.CORRECT and new.effective_at != new.recorded_at:
        raise EventError(
            "event.time",
            "A correction counts from when it is recorded and has no other time",
            "更正自登记之时起算，不能另定生效时间：改正后的时间写在 details.effective_at",
            hint="details.effective_at says when the corrected event took effect",
        )
    if not known:
        return
    if len({event.sequence for event in known}) != len(known) or new.sequence <= known[-1].sequence:
        raise broken_record("two events have the same place")
    if new.recorded_at < max(event.recorded_at for event in known):
        # What was known at a moment could change afterwards.
        raise MachineError(
            "event.clock-behind",
            "The clock says a time before the last event of this licence was recorded",
            hint="set this machine's clock, then try again",
        )


def _require_legal(new: Happened, done: Sequence[Step]) -> None:
    """No step may be illegal; says whether the new event is, or one that it gets in the way of."""
    last = done[-1]
    if last.after is not None or last.overtaken:
        return
    event, state = last.placed.event, last.before
    if state is None:
        raise before_issue(new.kind if new.kind is not EventKind.CORRECT else event.kind)
    if event is new or new.kind is EventKind.ISSUE:
        raise not_allowed(new.kind, state)
    raise contradicted(new.kind, event, last.placed.effective_at, state)


def _require_longer(new: Happened, done: Sequence[Step], subject: Subject | None) -> None:
    """Every extension gives a later day than what there was before it."""
    if new.kind not in {EventKind.EXTEND, EventKind.CORRECT}:
        return
    # A correction is about what is on record: the face was looked at when that was recorded.
    ends = subject.valid_until if subject and new.kind is EventKind.EXTEND else date.min
    for step in done:
        event = step.placed.event
        if event.kind is not EventKind.EXTEND or step.overtaken:
            continue
        until = valid_until_of(event)
        if ends is None or until <= ends:
            what = KIND_WORDS[EventKind.EXTEND]
            said, said_zh = ("has no last day", "长期有效") if ends is None else (f"ends {ends} already", f"已至{ends}")
            if event is not new:
                said = f"{said} when event {event.sequence} extends it to {until}"
                said_zh = f"{said_zh}，第{event.sequence}号事件延至{until}"
            raise EventError(
                "event.extends-nothing",
                f"The {what.en} {what.zh} gives no later day: the licence {said}",
                f"{what.zh}没有更晚的日期：证照有效期{said_zh}",
                hint="leave this licence out, or correct the other extension first",
            )
        ends = until


def _require_in_time(new: Happened, done: Sequence[Step], rules: TypeRules, subject: Subject | None) -> None:
    """What has expired is not renewed, amended or replaced: a new application is due (行政许可法 arts. 50 and 70)."""
    if subject is None or subject.valid_until is None or new.kind in rules.late:
        return
    earlier = done[: next(place for place, step in enumerate(done) if step.placed.event is new)]
    extensions = [valid_until_of(step.placed.event) for step in earlier if step.placed.event.kind is EventKind.EXTEND]
    ends = max((subject.valid_until, *extensions))
    if day_of(new.effective_at) > ends:
        what = KIND_WORDS[new.kind]
        raise EventError(
            "event.expired",
            f"The {what.en} {what.zh} would take effect after the last day, {ends}",
            f"{what.zh}的生效时间在有效期截止（{ends}）之后：请重新申请，或按受理时间生效",
            hint="a new application is due; a renewal decided late takes effect within the old period",
        )


def _require_correctable(known: Sequence[Happened], new: Happened) -> None:
    """There is such an event, and it is one that a correction may touch."""
    target = next((event for event in known if event.sequence == new.details["corrects"]), None)
    if target is None:
        raise EventError(
            "event.nothing-to-correct",
            "The licence has no such event to correct",
            "此证照没有要更正的事件：请核对事件序号",
            hint="check the number of the event",
        )
    if target.kind is EventKind.ISSUE:
        raise EventError(
            "event.issue-stands",
            "An issue 新发 cannot be corrected: the licence is in somebody's hands, with its day on it",
            "新发不能更正，证照已经发出：请撤销或者变更",
            hint="revoke 撤销 it, or amend 变更 it",
        )
    if target.kind is EventKind.CORRECT and moved_to(new) is not None:
        raise EventError(
            "event.details",
            "details.effective_at: a correction 更正 has no time that could be moved",
            "details.effective_at：更正没有可以改动的时间，请再次更正原事件",
            hint="take the correction back, or correct the event itself once more",
        )


def _require_change(before: Sequence[Placed], after: Sequence[Placed], subject: Subject | None) -> None:
    """A correction changes something; and no version in force loses what it follows."""
    if before == after:
        raise EventError(
            "event.nothing-to-correct",
            "The correction 更正 would change nothing",
            "更正后没有任何变化：请核对事件序号和时间",
            hint="check the number of the event and the time",
        )
    lost = {one.event.sequence for one in before if one.event.kind in SUCCESSIONS and one not in after}
    moved = lost & {one.event.sequence for one in after}
    void = subject is not None and subject.successor is LicenseState.REVOKED
    if moved or (lost and not void):
        raise EventError(
            "event.successor-stands",
            "A new version has taken the place of this licence; that cannot be corrected while it stands",
            "新版本已经取代此证照，不能更正：请先撤销新版本，并且只能注明未发生，不能改动时间",
            hint="revoke 撤销 the new version first; its time cannot be moved, for the new version's is on its face",
        )


def _not_for_type(kind: EventKind, rules: TypeRules) -> EventError:
    what, why = KIND_WORDS[kind], rules.never[kind]
    return EventError(
        "event.not-for-type",
        f"Licences of this type know no {what.en} {what.zh}: {why.en}",
        f"此类证照不办理{what.zh}：{why.zh}",
        hint="lifecycle.toml of the type says which kinds it knows",
    )
