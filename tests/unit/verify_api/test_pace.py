"""Limits on how often and how much at once, with a clock that is told what time it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_api.pace import Pace, Places, neighbourhood

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_so_many_at_once_and_then_one_by_one() -> None:
    pace = Pace(3, 60)
    turns = [pace.take("a", NOON) for _ in range(4)]
    assert [(turn.granted, turn.left) for turn in turns] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    assert (turns[3].wait, turns[3].reset, turns[3].limit, turns[3].window) == (20, 60, 3, 60)
    assert pace.take("b", NOON).granted, "others have their own"
    assert not pace.take("a", NOON + 19 * SECOND).granted
    assert pace.take("a", NOON + 20 * SECOND).granted
    assert not pace.take("a", NOON + 21 * SECOND).granted


def test_who_waited_has_all_of_it_again_and_no_more() -> None:
    pace = Pace(3, 60)
    for moment in (NOON, NOON + timedelta(days=1)):
        assert [pace.take("a", moment).granted for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_was_put_back_locks_nobody_out_for_long() -> None:
    pace = Pace(2, 60)
    assert pace.take("a", NOON + timedelta(days=1)).granted
    assert not pace.take("a", NOON).granted
    assert pace.take("a", NOON + 60 * SECOND).granted


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 5))
def test_no_window_has_more_than_twice_the_limit(gaps: list[int], limit: int) -> None:
    pace, moment, granted = Pace(limit, 60), NOON, []
    for gap in gaps:
        moment += gap * SECOND
        if pace.take("a", moment).granted:
            granted.append(moment)
    for begin in granted:
        assert sum(begin <= one < begin + 60 * SECOND for one in granted) <= 2 * limit


def test_a_flood_of_addresses_costs_bounded_memory() -> None:
    pace = Pace(1, 60, most_keys=10)
    for number in range(1000):
        assert pace.take(str(number), NOON).granted
    assert len(pace._due) == 10  # noqa: SLF001
    assert not pace.take("999", NOON).granted


def test_places_are_given_back() -> None:
    places = Places(2)
    assert [places.take("a"), places.take("a"), places.take("a"), places.take("b")] == [True, True, False, True]
    places.give_back("a")
    assert places.take("a")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_addresses_are_counted_by_whom_they_belong_to(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
