"""Questions to a log: is this licence there, does this event stand as told, what should every status list say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from license_lib.log.findings import LogFinding
from license_lib.log.leaves import EntryLeaf, EntryType, EventLeaf
from license_lib.log.ledger import Ledger
from license_lib.status.references import LIST_SIZE, StatusRef
from license_lib.status.values import Status

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def digest(*parts: object) -> bytes:
    return repr(parts).encode().ljust(32, b".")[:32]


def issue(name: str, on: int = 0, *, place: StatusRef | None = None) -> EventLeaf:
    return EventLeaf(
        "issue", digest(name), digest(name, "issue"), day(on), day(on), file=digest(name, "file"), status=place
    )


def event(name: str, kind: str, on: int, *, recorded: int | None = None) -> EventLeaf:
    return EventLeaf(kind, digest(name), digest(name, kind, on), day(on), day(on if recorded is None else recorded))


def correction(name: str, of: EventLeaf, on: int, moved_to: int | None = None) -> EventLeaf:
    return EventLeaf(
        "correct",
        digest(name),
        digest(name, "correct", on),
        day(on),
        day(on),
        corrects=of.event,
        moved_to=None if moved_to is None else day(moved_to),
    )


def ledger_of(*leaves: EventLeaf | EntryLeaf) -> Ledger:
    ledger = Ledger()
    for leaf in leaves:
        assert ledger.take(leaf.encoded()) == ()
    return ledger


def codes(findings: tuple[LogFinding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def test_licenses_are_looked_up_by_record_and_file() -> None:
    ledger = ledger_of(issue("a"), event("b", "suspend", 1))
    assert ledger.check_license(digest("a"), digest("a", "file")) is None
    for record, file, code in (
        ("a", ("b", "file"), "log.other-file"),
        ("b", ("b", "file"), "log.unlogged-license"),
        ("c", ("c", "file"), "log.unlogged-license"),
    ):
        finding = ledger.check_license(digest(record), digest(*file))
        assert finding is not None
        assert finding.code == code


def test_events_are_looked_up_with_their_values() -> None:
    told = event("a", "suspend", 5, recorded=6)
    ledger = ledger_of(issue("a"), told)
    assert ledger.check_event(told) is None
    for changed, values in (
        (replace(told, effective=day(4)), "effective"),
        (replace(told, kind="revoke", recorded=day(7)), "kind, recorded"),
        (replace(told, license=digest("b")), "license"),
        (replace(told, event=digest("rewritten")), "event"),
        (replace(told, event=digest("rewritten"), effective=day(3)), "event, effective"),
    ):
        assert ledger.check_event(changed) == LogFinding("log.changed-event", {"index": "1", "values": values})
    assert ledger.check_event(event("a", "suspend", 9)) == LogFinding("log.unlogged-event")
    assert ledger.check_event(event("b", "suspend", 5)) == LogFinding("log.unlogged-event")


def test_status_lists_follow_from_the_entries_at_any_time() -> None:
    leaves = [issue(name, place=StatusRef(1, at)) for at, name in enumerate("abcde")]
    suspended = event("b", "suspend", 10)
    ledger = ledger_of(
        *leaves,
        issue("z", place=StatusRef(2, 0)),
        issue("nowhere"),
        suspended,
        event("c", "revoke", 20),
        event("d", "renew", 30, recorded=25),
        event("b", "reinstate", 40),
        event("nowhere", "cancel", 1),
        correction("c", event("c", "revoke", 20), 50),
        EntryLeaf(EntryType.USAGE, digest("use"), day(1)),
    )
    expected = {
        5: {},
        10: {1: Status.SUSPENDED},
        20: {1: Status.SUSPENDED, 2: Status.INVALID},
        29: {1: Status.SUSPENDED, 2: Status.INVALID},
        30: {1: Status.SUSPENDED, 2: Status.INVALID, 3: Status.INVALID},
        40: {2: Status.INVALID, 3: Status.INVALID},
        50: {3: Status.INVALID},
    }
    for number, states in expected.items():
        assert ledger.statuses(1, day(number)) == (states, ())
        assert ledger.statuses(2, day(number)) == ({}, ())
    published = [0] * LIST_SIZE
    published[3] = 1
    assert ledger.check_status_list(1, published, day(50)) == ()
    published[3], published[7] = 0, 2
    assert ledger.check_status_list(1, published, day(50)) == (
        LogFinding("log.status-differs", {"list": "1", "count": "2", "index": "3", "published": "0", "expected": "1"}),
    )
    assert codes(ledger.check_status_list(1, [0, 0], day(50))) == ["log.status-differs"]


def test_a_correction_moves_an_event() -> None:
    revoked = event("a", "revoke", 20)
    ledger = ledger_of(issue("a", place=StatusRef(1, 9)), revoked, correction("a", revoked, 21, moved_to=35))
    assert ledger.statuses(1, day(20))[0] == {9: Status.INVALID}
    assert ledger.statuses(1, day(30))[0] == {}
    assert ledger.statuses(1, day(35))[0] == {9: Status.INVALID}


@pytest.mark.parametrize(
    "wrong",
    [
        [event("a", "reinstate", 5)],
        [event("a", "revoke", 5), event("a", "suspend", 6)],
        [correction("a", event("other", "revoke", 5), 6)],
    ],
)
def test_what_cannot_have_happened_is_told_and_is_not_in_force(wrong: list[EventLeaf]) -> None:
    ledger = ledger_of(issue("x"), issue("a", place=StatusRef(1, 9)), *wrong)
    states, problems = ledger.statuses(1, day(50))
    assert states == {9: Status.INVALID}
    assert problems == (LogFinding("log.impossible", {"index": "1"}),)


def test_repetitions_and_rubbish_are_told_and_counted() -> None:
    first, place = issue("a", place=StatusRef(1, 9)), StatusRef(1, 9)
    ledger = ledger_of(first)
    assert codes(ledger.take(first.encoded())) == ["log.repeated"]
    assert codes(ledger.take(replace(first, event=digest("again")).encoded())) == ["log.repeated"]
    assert ledger.take(issue("b", place=place).encoded()) == (
        LogFinding("log.repeated", {"index": "3", "what": "status"}),
    )
    assert codes(ledger.take(b"rubbish")) == ["log.malformed"]
    assert codes(ledger.take(event("a", "some-new-kind", 3).encoded())) == ["log.malformed"]
    assert ledger.frontier.size == 6
    assert codes(ledger.statuses(1, day(9))[1]) == ["log.impossible"]
