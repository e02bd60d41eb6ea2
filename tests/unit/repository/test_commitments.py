from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.lifecycle import EventKind
from license_lib.repository.commitments import correction_digest, event_digest, usage_digest
from license_lib.repository.entries import Cause, Correction, Event, HolderNumber, Usage, UsageKind, Use

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
CAUSE = Cause(actor="科长", body="白银市行政审批局", reason="新发", legal_basis="行政许可法", paper="1号")
EVENT = Event(
    sequence=1,
    identifier="id",
    kind=EventKind.ISSUE,
    effective_at=MOMENT,
    recorded_at=MOMENT,
    cause=CAUSE,
    details={"overrides": [], "key": "é"},
    salt=bytes(16),
    digest=b"",
)
USAGE = Usage(
    sequence=2,
    identifier="id",
    kind=UsageKind.LOOK,
    outcome="",
    recorded_at=MOMENT,
    use=Use(actor="窗口", body="局", purpose="办事", item="事项", case_number="1", place="一号窗口"),
    salt=bytes(16),
    digest=b"",
)
CORRECTION = Correction(
    sequence=3,
    subject=65536,
    old=HolderNumber("KAZ110090123105", "999"),
    new=HolderNumber("911398199012310021", "111"),
    withdraws=None,
    recorded_at=MOMENT,
    cause=CAUSE,
    salt=bytes(16),
    digest=b"",
)


def test_the_digests_never_change_between_versions() -> None:
    # Each of `sha256sum` over the prefix and its JSON, typed by hand.
    assert event_digest(EVENT).hex() == "5afbb3321193aaaaa160feef91b7ee313d60d715d9fd98987a183f06d79190cf"
    assert usage_digest(USAGE).hex() == "0b2e14a89e1a871c4467153875eaea29dbcd95c0a72fd8fa5e70e557197b694c"
    assert correction_digest(CORRECTION).hex() == "e0a5e3ac619d85698c0b4ae5c2f49e2aee91527a419b5ec34b86f2cba1f3568a"


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 99},
        {"identifier": "other"},
        {"kind": EventKind.REVOKE},
        {"effective_at": MOMENT + timedelta(microseconds=1)},
        {"recorded_at": MOMENT + timedelta(microseconds=1)},
        *({"cause": replace(CAUSE, **{name: "other"})} for name in CAUSE.__dataclass_fields__),
        {"details": {}},
        {"salt": bytes(15) + b"\x01"},
    ],
)
def test_nothing_of_an_event_can_change_unseen(change: dict[str, object]) -> None:
    assert event_digest(replace(EVENT, **change)) != event_digest(EVENT)  # type: ignore[arg-type]  # one field each


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 99},
        {"identifier": None},
        {"kind": UsageKind.EXPORT},
        {"outcome": "IN_FORCE"},
        {"recorded_at": MOMENT + timedelta(microseconds=1)},
        *({"use": replace(USAGE.use, **{name: "other"})} for name in Use.__dataclass_fields__),
        {"salt": bytes(15) + b"\x01"},
    ],
)
def test_nothing_of_a_use_can_change_unseen(change: dict[str, object]) -> None:
    assert usage_digest(replace(USAGE, **change)) != usage_digest(USAGE)  # type: ignore[arg-type]  # one field each


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 99},
        {"subject": 1},
        {"old": HolderNumber("KAZ110090123105", "111")},
        {"new": HolderNumber("911398199012310022", "111")},
        {"withdraws": 2},
        {"recorded_at": MOMENT + timedelta(microseconds=1)},
        {"cause": replace(CAUSE, actor="other")},
        {"salt": bytes(15) + b"\x01"},
    ],
)
def test_nothing_of_a_corrected_number_can_change_unseen(change: dict[str, object]) -> None:
    changed = replace(CORRECTION, **change)  # type: ignore[arg-type]  # one field each
    assert correction_digest(changed) != correction_digest(CORRECTION)


@given(st.integers(-12, 14))
def test_a_digest_does_not_depend_on_the_zone(hours: int) -> None:
    there = timezone(timedelta(hours=hours))
    moved = replace(EVENT, effective_at=MOMENT.astimezone(there), recorded_at=MOMENT.astimezone(there))
    assert event_digest(moved) == event_digest(EVENT)
