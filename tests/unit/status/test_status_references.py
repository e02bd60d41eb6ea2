"""Where a licence's state stands, and the order in which places are handed out."""

from functools import cache, partial
from itertools import pairwise

import pytest

from license_lib.status import LIST_SIZE, LONGEST, StatusClaim, StatusRef, scattered
from license_lib.status.scattering import permuted, round_value

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def order() -> list[int]:
    # The round function has 10 * 1024 values: remembered, the whole order takes two seconds and not half a minute.
    told = cache(partial(round_value, key=KEY))
    return [permuted(counter, told) for counter in range(LIST_SIZE)]


def test_a_single_index_is_the_one_of_the_whole_order(order: list[int]) -> None:
    assert [scattered(counter, KEY) for counter in range(500)] == order[:500]


def test_every_index_is_handed_out_once(order: list[int]) -> None:
    assert len(set(order)) == LIST_SIZE
    assert min(order) == 0
    assert max(order) == LIST_SIZE - 1


def test_no_order_is_to_be_seen(order: list[int]) -> None:
    # Of a random order: the mean step is a third of the range, and half of the steps go up.
    steps = [later - earlier for earlier, later in pairwise(order)]
    assert sum(map(abs, steps)) / len(steps) == pytest.approx(LIST_SIZE / 3, rel=0.01)
    assert sum(step > 0 for step in steps) / len(steps) == pytest.approx(0.5, abs=0.005)
    # A permutation has one fixed point and one step by one on average, whatever its size.
    assert sum(index == counter for counter, index in enumerate(order)) < 10
    assert sum(abs(step) == 1 for step in steps) < 20


@pytest.mark.parametrize("bit", range(20))
def test_the_first_few_thousand_fill_the_list_evenly(order: list[int], bit: int) -> None:
    taken = order[:4096]
    assert sum(index >> bit & 1 for index in taken) / len(taken) == pytest.approx(0.5, abs=0.05)


def test_another_key_gives_another_order() -> None:
    others = [scattered(counter, bytes([1]) + KEY[1:]) for counter in range(1000)]
    assert sum(index == scattered(counter, KEY) for counter, index in enumerate(others)) < 5


def test_the_order_of_a_key_never_changes() -> None:
    # Stored reservations depend on it.
    assert [scattered(counter, KEY) for counter in (0, 1, 2, LIST_SIZE - 1)] == [167012, 887307, 692502, 46766]


@pytest.mark.parametrize(("counter", "key"), [(-1, KEY), (LIST_SIZE, KEY), (0, b""), (0, KEY[1:]), (0, KEY + b"0")])
def test_what_is_no_counter_or_no_key_is_refused(counter: int, key: bytes) -> None:
    with pytest.raises(ValueError, match="status list"):
        scattered(counter, key)


@pytest.mark.parametrize(("number", "index"), [(0, 0), (-1, 0), (1_000_000, 0), (1, -1), (1, LIST_SIZE)])
def test_a_place_outside_every_list_is_refused(number: int, index: int) -> None:
    with pytest.raises(ValueError, match="status list"):
        StatusRef(number, index)


@pytest.mark.parametrize("base", ["https://license.example", "https://license.example/"])
def test_the_address_of_a_list(base: str) -> None:
    assert StatusRef(7, LIST_SIZE - 1).uri(base) == "https://license.example/status/7"


@pytest.mark.parametrize("place", [StatusRef(1, 0), StatusRef(10, 3), LONGEST])
@pytest.mark.parametrize("base", ["https://license.example/", "http://127.0.0.1:8000", "https://license.example/a/b"])
def test_a_claim_names_the_list_and_the_place(place: StatusRef, base: str) -> None:
    assert place.claim(base).ref == place
    assert place.claim(base).uri == place.uri(base)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/status/1",
        "https:///status/1",
        "https://license.example/status/",
        "https://license.example/status/0",
        "https://license.example/status/01",
        "https://license.example/status/1000000",
        "https://license.example/status/1/",
        "https://license.example/status/1?x",
        "https://license.example/status/1#x",
        "https://license.example//status/1",
        "https://license.example /status/1",
        "https://license.example/status/１",
        "HTTPS://license.example/status/1",
        f"https://{'a' * 101}/status/1",
    ],
)
def test_another_spelling_is_no_address_of_a_list(uri: str) -> None:
    with pytest.raises(ValueError, match="status list"):
        StatusClaim(uri, 1)
