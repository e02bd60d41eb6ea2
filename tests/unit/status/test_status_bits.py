"""The packed states: published vectors, and readers that are not fooled into unpacking a bomb."""

import base64
import json
import random
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.status import LIST_SIZE, Status, StatusBits, StatusListError

VECTORS = Path(__file__).resolve().parents[3] / ".." / "shared" / "corpora" / "status_list" / "vectors.json"
TITLES = ["1-bit Status List", "2-bit Status List", "4-bit Status List"]
needs_vectors = pytest.mark.skipif(not VECTORS.is_file(), reason="the standard's vectors are not on this machine")

# Token Status List §4.1: the two examples of the text.
ONE_BIT = dict(enumerate([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]))
TWO_BITS = dict(enumerate([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]))


@pytest.mark.parametrize(
    ("states", "bits", "packed", "compressed"),
    [(ONE_BIT, 1, "b9a3", "78dadbb918000217015d"), (TWO_BITS, 2, "c944f9", "78da3be9f2130003df0207")],
)
def test_the_examples_of_the_standard(states: dict[int, int], bits: int, packed: str, compressed: str) -> None:
    ours = StatusBits.of(states, size=len(states), bits=bits)
    assert ours.packed.hex() == packed
    assert ours.compressed().hex() == compressed
    assert StatusBits.read(bytes.fromhex(compressed), bits=bits, size=len(states)) == ours
    assert [ours[index] for index in range(len(ours))] == list(states.values())


def vector(title: str) -> dict[str, Any]:
    vectors: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    (found,) = [one for one in vectors if one["title"] == title]
    return found


@needs_vectors
@pytest.mark.parametrize("title", TITLES)
def test_the_vectors_of_the_standard(title: str) -> None:
    given = vector(title)
    states = {int(index): value for index, value in given["nonzero"].items()}
    from_cbor = cbor2.loads(bytes.fromhex(given["cbor_hex"]))
    lst, bits = given["json"]["lst"], given["json"]["bits"]
    from_json = base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4))
    assert from_cbor["bits"] == bits
    for compressed in (from_json, from_cbor["lst"]):
        read = StatusBits.read(compressed, bits=bits, size=given["entries"])
        assert len(read) == given["entries"]
        assert {index: read[index] for index in states} == states
        # … and every other entry is 0: the whole is what we make of these states.
        assert read == StatusBits.of(states, size=given["entries"], bits=bits)


@given(st.dictionaries(st.integers(0, 199), st.integers(0, 3), max_size=30))
def test_what_goes_in_comes_out(states: dict[int, int]) -> None:
    ours = StatusBits.of(states, size=200)
    assert [ours[index] for index in range(200)] == [states.get(index, 0) for index in range(200)]
    assert StatusBits.read(ours.compressed(), bits=2, size=200) == ours


def test_a_list_of_licences_has_a_quarter_of_a_mebibyte() -> None:
    ours = StatusBits.of({0: Status.INVALID, LIST_SIZE - 1: Status.SUSPENDED})
    assert (len(ours), len(ours.packed)) == (LIST_SIZE, LIST_SIZE // 4)
    assert (ours[0], ours[1], ours[LIST_SIZE - 1]) == (Status.INVALID, Status.VALID, Status.SUSPENDED)


@pytest.mark.parametrize("index", [-1, LIST_SIZE])
def test_there_is_no_entry_before_or_behind_the_list(index: int) -> None:
    with pytest.raises(IndexError):
        StatusBits.of({})[index]
    with pytest.raises(ValueError, match="place"):
        StatusBits.of({index: 1})


@pytest.mark.parametrize("state", [-1, 4])
def test_a_state_that_has_no_room_is_refused(state: int) -> None:
    with pytest.raises(ValueError, match="state"):
        StatusBits.of({1: state})


@pytest.mark.parametrize(("packed", "bits"), [(b"", 2), (b"\x00", 3), (b"\x00", 0), (b"\x00", 16)])
def test_no_list_has_other_widths_or_nothing_in_it(packed: bytes, bits: int) -> None:
    with pytest.raises(ValueError, match="states"):
        StatusBits(packed, bits)


RIGHT = StatusBits.of({5: 1}).compressed()


@pytest.mark.parametrize(
    ("compressed", "bits"),
    [
        (b"", 2),
        (b"nonsense", 2),
        (RIGHT[:-1], 2),
        (RIGHT[:-4], 2),
        (RIGHT[:-1] + b"x", 2),
        (RIGHT + b"\x00", 2),
        (RIGHT + RIGHT, 2),
        (zlib.compress(bytes(LIST_SIZE // 4 - 1)), 2),
        (zlib.compress(bytes(LIST_SIZE // 4 + 1)), 2),
        (zlib.compress(b""), 2),
        (zlib.compress(bytes(LIST_SIZE // 4), wbits=-15), 2),
        (zlib.compress(bytes(LIST_SIZE // 4), wbits=31), 2),
        (RIGHT, 1),
        (RIGHT, 4),
        (RIGHT, 8),
        (RIGHT, 3),
        (RIGHT, 0),
        (RIGHT, -2),
        (RIGHT, 2**70),
    ],
)
def test_another_list_or_form_is_refused(compressed: bytes, bits: int) -> None:
    with pytest.raises(StatusListError) as caught:
        StatusBits.read(compressed, bits=bits)
    assert caught.value.code == "status.list-malformed"


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    deflating = zlib.compressobj(9)
    zeros = bytes(2**20)
    bomb = b"".join(deflating.compress(zeros) for _ in range(256)) + deflating.flush()
    assert len(bomb) < 2**19
    tracemalloc.start()
    with pytest.raises(StatusListError):
        StatusBits.read(bomb, bits=2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20, "256 MiB are in it"


@given(st.binary(max_size=200), st.integers())
def test_any_bytes_are_refused_in_our_own_words(compressed: bytes, bits: int) -> None:
    with pytest.raises(StatusListError):
        StatusBits.read(compressed, bits=bits)


def test_a_million_licences_of_which_one_in_a_hundred_is_revoked_stay_small() -> None:
    chance = random.Random(20261122)  # noqa: S311 -- a sample that is the same each time
    revoked = StatusBits.of(dict.fromkeys(chance.sample(range(LIST_SIZE), 10_000), Status.INVALID))
    assert 10_000 < len(revoked.compressed()) < 15_000  # 10.6 KB are what so many places tell, at least
    assert len(StatusBits.of({}).compressed()) < 300
