"""Entries of the log: one spelling each, and nothing in them that was not asked for."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.log.findings import LogError
from license_lib.log.leaves import EntryLeaf, EntryType, EventLeaf, Leaf, parse_leaf
from license_lib.status.references import LIST_SIZE, StatusRef

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=8)))
ISSUE = EventLeaf(
    kind="issue",
    license=b"\x01" * 32,
    event=b"\x02" * 32,
    effective=NOON,
    recorded=NOON,
    file=b"\x03" * 32,
    status=StatusRef(1, 5),
)

moments = st.datetimes(
    min_value=datetime(1000, 1, 1),  # noqa: DTZ001 -- the zone follows
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
digests = st.binary(min_size=32, max_size=32)
places = st.builds(StatusRef, st.integers(1, 999_999), st.integers(0, LIST_SIZE - 1))
kinds = st.sampled_from(["renew", "amend", "suspend", "transfer-out", "holder-ended", "some-new-kind"])
common = {"license": digests, "event": digests, "effective": moments, "recorded": moments}
leaves: st.SearchStrategy[Leaf] = st.one_of(
    st.builds(EventLeaf, kind=st.just("issue"), file=digests, status=st.none() | places, **common),
    st.builds(EventLeaf, kind=st.just("correct"), corrects=digests, moved_to=st.none() | moments, **common),
    st.builds(EventLeaf, kind=kinds, **common),
    st.builds(EntryLeaf, st.sampled_from(EntryType), digests, moments),
)


def test_an_issue_is_written_so() -> None:
    assert ISSUE.encoded().decode() == (
        '{"effective":"2026-11-22T04:00:00.000000Z","event":"' + "02" * 32 + '","file":"' + "03" * 32 + '",'
        '"kind":"issue","license":"' + "01" * 32 + '","recorded":"2026-11-22T04:00:00.000000Z",'
        '"status":[1,5],"type":"event"}'
    )


@given(leaves)
def test_what_is_written_is_read(leaf: Leaf) -> None:
    data = leaf.encoded()
    assert parse_leaf(data) == leaf
    assert len(data) < 700
    with pytest.raises(LogError):
        parse_leaf(b" " + data)


def changed(**values: Any) -> bytes:
    members = json.loads(ISSUE.encoded()) | values
    return json.dumps(
        {name: value for name, value in members.items() if value is not ...}, separators=(",", ":"), sort_keys=True
    ).encode()


def test_the_change_below_is_what_is_refused() -> None:
    assert changed() == ISSUE.encoded()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b'"event"',
        b"{}",
        b"[" * 5000,
        b"[" * 4000,
        b"\xff",
        changed(type="other"),
        changed(type="usage"),
        changed(type=["event"]),
        changed(kind="Issue"),
        changed(kind=["issue"]),
        changed(kind="renew"),
        changed(kind="correct"),
        changed(kind=...),
        changed(license="01" * 31),
        changed(license=("AB" * 32)),
        changed(license=5),
        changed(event=None),
        changed(effective="2026-11-22T04:00:00Z"),
        changed(effective="2026-13-22T04:00:00.000000Z"),
        changed(effective="2026-11-22T04:00:00.000000+00:00"),
        changed(recorded="2026-11-22T24:00:00.000000Z"),
        changed(file=...),
        changed(file=None),
        changed(status=[1]),
        changed(status=[0, 5]),
        changed(status=[1, LIST_SIZE]),
        changed(status=[True, 5]),
        changed(status=[1.0, 5]),
        changed(status={"1": 5}),
        changed(corrects="01" * 32),
        changed(name="x"),
        changed(note="x" * 5000),
        ISSUE.encoded().replace(b'"kind":"issue"', b'"kind":"issue","kind":"issue"'),
        ISSUE.encoded() + b"\n",
        b'{"entry":"' + b"01" * 32 + b'","type":"usage"}',
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(LogError) as raised:
        parse_leaf(data)
    assert raised.value.code == "log.malformed"


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_an_entry_or_refused(data: bytes) -> None:
    try:
        leaf = parse_leaf(data)
    except LogError:
        return
    assert leaf.encoded() == data


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "ISSUE"},
        {"license": b"short"},
        {"recorded": datetime(2026, 1, 1)},  # noqa: DTZ001 -- no zone is the point
        {"file": None},
        {"corrects": b"\x01" * 32},
        {"moved_to": NOON},
        {"kind": "renew"},
        {"kind": "renew", "file": None},
        {"kind": "correct", "file": None, "status": None},
    ],
)
def test_no_leaf_is_made_that_could_not_be_read(values: dict[str, Any]) -> None:
    members = {name: getattr(ISSUE, name) for name in EventLeaf.__dataclass_fields__} | values
    with pytest.raises(ValueError, match=r"kind|zone|names"):
        EventLeaf(**members)


def test_an_entry_has_a_digest_and_a_zone() -> None:
    for entry, recorded in ((b"short", NOON), (bytes(32), datetime(2026, 1, 1))):  # noqa: DTZ001
        with pytest.raises(ValueError, match=r"digest|zone"):
            EntryLeaf(EntryType.USAGE, entry, recorded)
