"""A shift: what counts as a check, by outcome and item; and results that come back as they went out, or not at all."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from license_lib.counter import shift_of
from license_lib.repository.entries import Usage, UsageKind, Use
from verify_api.counter.sealing import LIFETIME, opened, sealed
from verify_api.problems import Problem

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
KEY = bytes(range(32))


def entry(kind: UsageKind, outcome: str = "", *, item: str = "a", place: str = "counter") -> Usage:
    use = Use(actor="li.wei", purpose="办理", item=item, place=place)
    return Usage(
        sequence=1, identifier=None, kind=kind, outcome=outcome, recorded_at=NOON, use=use, salt=b"", digest=b""
    )


def test_a_shift_counts_checks_and_looks_of_the_counter_alone() -> None:
    shift = shift_of(
        [
            entry(UsageKind.VERIFY, "IN_FORCE"),
            entry(UsageKind.LOOK),
            entry(UsageKind.VERIFY, "NOT_GENUINE", item="b"),
            entry(UsageKind.REDEEM, "IN_FORCE", item="b"),
            entry(UsageKind.VERIFY, "IN_FORCE", place="api"),
            entry(UsageKind.EXPORT),
        ]
    )
    assert shift.outcomes == {"IN_FORCE": 2, "NOT_GENUINE": 1}
    assert (len(shift.checks), shift.looks) == (3, 1)
    assert [(one.item, one.total) for one in shift.by_item] == [("b", 2), ("a", 1)]
    assert shift_of([]).by_item == ()


def test_a_result_comes_back_as_it_went_out() -> None:
    held = sealed(KEY, "li.wei", {"outcome": "不真实"}, NOON)
    assert opened(KEY, "li.wei", held, NOON + LIFETIME - timedelta(seconds=1)) == {"outcome": "不真实"}


@pytest.mark.parametrize(
    ("login", "at", "key"),
    [
        ("wang", NOON, KEY),
        ("li.wei", NOON + LIFETIME, KEY),
        ("li.wei", NOON - timedelta(seconds=1), KEY),
        ("li.wei", NOON, bytes(32)),
    ],
)
def test_of_another_person_time_or_service_it_is_nothing(login: str, at: datetime, key: bytes) -> None:
    held = sealed(KEY, "li.wei", {"outcome": "IN_FORCE"}, NOON)
    with pytest.raises(Problem, match=r"counter\.sealed"):
        opened(key, login, held, at)


def test_no_byte_of_it_may_change() -> None:
    held = sealed(KEY, "li.wei", {"outcome": "NOT_GENUINE"}, NOON)
    whole = base64.urlsafe_b64decode(held)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(Problem, match=r"counter\.sealed"):
            opened(KEY, "li.wei", base64.urlsafe_b64encode(bytes(changed)).decode(), NOON)
    for text in ("", "=", "é", held[:-4], "A" * 44):
        with pytest.raises(Problem, match=r"counter\.sealed"):
            opened(KEY, "li.wei", text, NOON)
