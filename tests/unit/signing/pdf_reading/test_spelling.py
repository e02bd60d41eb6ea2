"""Values that are written read the same: by us, and where they are held against qpdf's hand."""

from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.pdf_reading import HexString, Name, Ref
from signing.pdf_reading.agreement import _in_its_hand
from signing.pdf_reading.values import Reader
from signing.sealing.objects import encoded

names = st.text(st.characters(max_codepoint=255), min_size=1, max_size=8)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda one: round(one, 6)),
    st.binary(max_size=16),
    st.text("ab ()\\c", max_size=8).map(str.encode),
    st.binary(max_size=8).map(HexString),
    names.map(Name),
    st.builds(Ref, st.integers(1, 10**6), st.integers(0, 9)),
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5), max_leaves=20
)


def exact(value: Any) -> Any:
    """The value with its types, so that 1, 1.0 and true differ; how a string was spelled does not matter."""
    if isinstance(value, list):
        return [exact(one) for one in value]
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    return (bytes, bytes(value)) if isinstance(value, bytes) else (type(value), value)


@given(values)
def test_what_is_written_reads_the_same(value: Any) -> None:
    text = encoded(value)
    reader = Reader(text)
    assert exact(reader.value()) == exact(value)
    assert reader.position == len(text)
    assert b"\n" not in text


@given(values)
def test_qpdfs_hand_means_the_value_or_nothing(value: Any) -> None:
    text = _in_its_hand(value)
    if b"?" not in text:
        assert exact(Reader(text).value()) == exact(value)


@pytest.mark.parametrize(
    "value",
    [
        {"B": Name("X"), "A": [1, 2, -3], "C": {"D": Ref(7, 0)}, "E": [True, b"Hello, 1:2"[:5]]},
        [0.5, 841.8898, -12.25],
        {"Type": Name("Page"), "MediaBox": [0, 0, 595.2756, 842]},
    ],
)
def test_qpdf_writes_what_is_usual_by_this_hand(value: Any) -> None:
    theirs = pikepdf.Object.parse(encoded(value).replace(b"7 0 R", b"7"))
    assert _in_its_hand(Reader(encoded(value).replace(b"7 0 R", b"7")).value()) == theirs.unparse()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"[]", []),
        (b"[ 1 -2\n3.5]", [1, -2, 3.5]),
        (b"[1 0 R 2]", [Ref(1, 0), 2]),
        (b"[+1 .5 2.]", [1, 0.5, 2.0]),
        (b"[1 2 %3\n4]", [1, 2, 4]),
        (b"[1\x002]", [1, 2]),
        (b"[12345678901 1]", [12345678901, 1]),
        (b"<</A[1]/B<</C 1>>%>>\n/D 2>>", {"A": [1], "B": {"C": 1}, "D": 2}),
        (b"<< /A#20B 1 >>", {"A B": 1}),
    ],
)
def test_arrays_of_numbers_and_keys_however_they_are_spelled(text: bytes, value: Any) -> None:
    assert exact(Reader(text).value()) == exact(value)
