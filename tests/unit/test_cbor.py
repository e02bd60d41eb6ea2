"""Strict reading of deterministic CBOR, beside the examples of RFC 8949 appendix A and beside cbor2."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.cbor import DEPTH, LENGTH, CborError, read

READ = {
    "00": 0,
    "01": 1,
    "0a": 10,
    "17": 23,
    "1818": 24,
    "1819": 25,
    "1864": 100,
    "1903e8": 1000,
    "1a000f4240": 1000000,
    "1b000000e8d4a51000": 1000000000000,
    "1bffffffffffffffff": 18446744073709551615,
    "3bffffffffffffffff": -18446744073709551616,
    "20": -1,
    "29": -10,
    "3863": -100,
    "3903e7": -1000,
    "40": b"",
    "4401020304": bytes([1, 2, 3, 4]),
    "60": "",
    "6161": "a",
    "6449455446": "IETF",
    "62225c": '"\\',
    "62c3bc": "ü",
    "63e6b0b4": "水",
    "64f0908591": "\U00010151",
    "80": [],
    "83010203": [1, 2, 3],
    "8301820203820405": [1, [2, 3], [4, 5]],
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819": list(range(1, 26)),
    "a0": {},
    "a201020304": {1: 2, 3: 4},
    "a26161016162820203": {"a": 1, "b": [2, 3]},
    "826161a161626163": ["a", {"b": "c"}],
    "a56161614161626142616361436164614461656145": {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"},
}
"""Of RFC 8949 appendix A, what is no float, tag or simple value and has a definite length."""
REFUSED = (
    *("c249010000000000000000", "c349010000000000000000", "f90000", "f98000", "f93c00", "fb3ff199999999999a"),
    *("f93e00", "f97bff", "fa47c35000", "fa7f7fffff", "fb7e37e43c8800759c", "f90001", "f90400", "f9c400"),
    *("f97c00", "f97e00", "f9fc00", "fa7f800000", "fa7fc00000", "faff800000", "fb7ff0000000000000"),
    *("fb7ff8000000000000", "fbfff0000000000000", "f4", "f5", "f6", "f7", "f0", "f8ff"),
    *("c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "c1fb41d452d9ec200000", "d74401020304"),
    *("d818456449455446", "d82076687474703a2f2f7777772e6578616d706c652e636f6d"),
    *("5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "83018202039f0405ff"),
    *("bfff", "bf61610161629f0203ffff", "826161bf61626163ff", "bf6346756ef563416d7421ff"),
)
"""The rest of it."""
MALFORMED = {
    "nothing": "",
    "a byte behind the end": "0000",
    "a number that is not all there": "1a0000",
    "a length that is not all there": "5900",
    "bytes that are not all there": "4401",
    "a list that is not all there": "8201",
    "a map that is not all there": "a201",
    "23 in two bytes": "1817",
    "255 in three bytes": "1900ff",
    "65535 in five bytes": "1a0000ffff",
    "2^32 - 1 in nine bytes": "1b00000000ffffffff",
    "-24 in two bytes": "3817",
    "a length in two bytes": "580141",
    "a text of four bytes, its length in three": "78046161616161",
    "reserved lengths": "1c",
    "another reserved length": "5e",
    "keys that descend": "a203040102",
    "a key twice": "a201020103",
    "a longer key before a shorter one": "a2626161016162 02".replace(" ", ""),
    "a list as a key": "a1800 1".replace(" ", ""),
    "a map as a key": "a1a001",
    "no UTF-8": "61ff",
    "a surrogate": "63eda080",
    "an overlong letter": "62c1a1",
    "2^64 - 1 bytes": "5bffffffffffffffff",
    "2^64 - 1 items": "9bffffffffffffffff",
    "2^64 - 1 pairs": "bbffffffffffffffff",
    "lists in lists": "81" * 200 + "00",
    "lists in lists without end": "81" * 200,
    "maps in maps": "a100" * 200 + "00",
}


@pytest.mark.parametrize(("spelt", "value"), READ.items())
def test_the_examples_of_the_standard_are_read(spelt: str, value: object) -> None:
    assert read(bytes.fromhex(spelt)) == value


@pytest.mark.parametrize("spelt", REFUSED)
def test_its_floats_tags_simple_values_and_indefinite_lengths_are_refused(spelt: str) -> None:
    cbor2.loads(bytes.fromhex(spelt))  # they are CBOR
    with pytest.raises(CborError):
        read(bytes.fromhex(spelt))


@pytest.mark.parametrize("spelt", MALFORMED.values(), ids=MALFORMED)
def test_any_other_spelling_is_refused(spelt: str) -> None:
    with pytest.raises(CborError):
        read(bytes.fromhex(spelt))


def test_lists_may_be_as_deep_as_is_said() -> None:
    assert read(b"\x81" * DEPTH + b"\x00") is not None
    with pytest.raises(CborError, match="deep"):
        read(b"\x81" * (DEPTH + 1) + b"\x00")


LEAVES = st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=300) | st.text(max_size=40)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.integers(0, 2**32) | st.integers(-9, -1), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_cbor2_writes_is_read_as_it_was_meant(value: object) -> None:
    """Keys that cbor2 orders otherwise are refused: it puts shorter ones first (RFC 8949 §4.2.3)."""
    spelt = cbor2.dumps(value, canonical=True)
    try:
        assert read(spelt) == value
    except CborError as error:
        assert str(error) in {"keys that do not ascend", "too deep"}  # noqa: PT017 -- whichever it is


@given(st.binary(max_size=60))
def test_whatever_is_read_is_what_cbor2_reads_and_writes_alike(data: bytes) -> None:
    try:
        value = read(data)
    except CborError:
        return
    assert cbor2.loads(data) == value
    assert len(cbor2.dumps(value)) == len(data)


def test_a_list_or_map_longer_than_ours_is_not_read_to_its_end() -> None:
    assert read(b"\x99\x10\x00" + bytes(LENGTH)) == [0] * LENGTH
    for head in (b"\x99\x10\x01", b"\xb9\x10\x01"):
        with pytest.raises(CborError, match="too long"):
            read(head + bytes(2 * LENGTH + 2))


def test_a_reader_may_want_fewer_levels() -> None:
    assert read(bytes.fromhex("818101"), depth=2) == [[1]]
    with pytest.raises(CborError, match="too deep"):
        read(bytes.fromhex("81818101"), depth=2)
