from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from license_lib.repository import Event, EventKind, LicenseState
from license_lib.repository.chain import GENESIS, event_digest, first_break
from license_lib.repository.events import state_at

MOMENTS = st.integers(-(10**15), 10**15).map(
    lambda count: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


def make_event(sequence: int, previous: bytes, effective_at: datetime, reason: str, *, first: bool) -> Event:
    event = Event(
        sequence=sequence,
        identifier="id",
        kind=EventKind.ISSUE if first else EventKind.REVOKE,
        effective_at=effective_at,
        recorded_at=effective_at,
        actor="科长",
        reason=reason,
        details={"overrides": [], "key": "é"},
        previous=previous,
        digest=b"",
    )
    return replace(event, digest=event_digest(event))


@st.composite
def chains(draw: st.DrawFn, min_size: int = 1) -> list[Event]:
    events: list[Event] = []
    for effective_at, reason in draw(st.lists(st.tuples(MOMENTS, TEXTS), min_size=min_size, max_size=6)):
        previous = events[-1].digest if events else GENESIS
        events.append(make_event(len(events) + 1, previous, effective_at, reason, first=not events))
    return events


@given(chains())
def test_a_record_as_it_was_written_is_sound(events: list[Event]) -> None:
    assert first_break(events) is None
    assert first_break([]) is None


CHANGES = st.sampled_from(
    [
        {"identifier": "other"},
        {"kind": EventKind.REVOKE},
        {"effective_at": datetime(1999, 1, 1, tzinfo=UTC)},
        {"recorded_at": datetime(1999, 1, 1, tzinfo=UTC)},
        {"actor": "别人"},
        {"reason": "a reason longer than any other"},
        {"details": {}},
        {"previous": bytes(31) + b"\x01"},
        {"digest": bytes(32)},
        {"sequence": 99},
    ]
)


@given(events=chains(), change=CHANGES, data=st.data())
def test_a_changed_entry_is_found(events: list[Event], change: dict[str, object], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(events) - 1))
    changed = replace(events[index], **change)  # type: ignore[arg-type]  # one field each
    if changed != events[index]:
        assert first_break([*events[:index], changed, *events[index + 1 :]]) == index + 1


@given(events=chains(min_size=2), data=st.data())
def test_a_removed_entry_is_found(events: list[Event], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(events) - 2))
    assert first_break(events[:index] + events[index + 1 :]) == index + 1


@given(events=chains(min_size=2), data=st.data())
def test_an_entry_rewritten_with_its_digest_breaks_the_next(events: list[Event], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(events) - 2))
    forged = replace(events[index], actor="别人")
    forged = replace(forged, digest=event_digest(forged))
    assert first_break([*events[:index], forged, *events[index + 1 :]]) == index + 2


@given(chains())
def test_the_digest_does_not_depend_on_the_zone(events: list[Event]) -> None:
    china = timezone(timedelta(hours=8))
    for event in events:
        moved = replace(event, effective_at=event.effective_at.astimezone(china))
        assert event_digest(moved) == event.digest


def test_the_digest_never_changes_between_versions() -> None:
    event = make_event(1, GENESIS, datetime(2026, 11, 22, tzinfo=UTC), "新发", first=True)
    # Of `sha256sum` over the prefix and this JSON, typed by hand.
    assert event.digest.hex() == "eb0fd1df52f1145396360a421e4f325a322c58574e8f0bf3825d0b2bb5af1768"


@given(issued=MOMENTS, revoked=MOMENTS, at=MOMENTS)
def test_the_state_is_that_of_the_last_event_in_effect(issued: datetime, revoked: datetime, at: datetime) -> None:
    issued, revoked = min(issued, revoked), max(issued, revoked)
    first = make_event(1, GENESIS, issued, "", first=True)
    second = make_event(2, first.digest, revoked, "", first=False)
    expected = None if at < issued else LicenseState.ISSUED if at < revoked else LicenseState.REVOKED
    assert state_at((first, second), at) is expected
    assert state_at((second, first), at) is expected
