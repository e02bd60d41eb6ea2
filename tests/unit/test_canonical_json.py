"""Canonical JSON is what `rfc8785` writes, whichever encoder wrote it."""

import json
import math
import operator
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from license_lib import canonical_json

TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
BROKEN = st.floats(1e-4, 1e15, exclude_max=True).filter(lambda number: not number.is_integer())
USUAL = st.none() | st.booleans() | st.integers() | TEXTS | BROKEN | BROKEN.map(operator.neg)
VALUES = st.recursive(
    USUAL | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def written(dumps: Any, value: Any) -> bytes | type[Exception]:
    try:
        data: bytes = dumps(value)
    except ValueError:
        return canonical_json.CanonicalizationError
    return data


@given(VALUES)
@settings(max_examples=600)
def test_both_encoders_agree(value: Any) -> None:
    assert written(canonical_json.dumps, value) == written(rfc8785.dumps, value)


@given(st.dictionaries(st.text("abC_9", max_size=5), USUAL))
def test_the_usual_is_written_by_the_faster_one(value: Any) -> None:
    """Both agree, so this only shows that the faster one is in use: it is asked first, and the other is not."""
    with pytest.MonkeyPatch.context() as patch, suppress(ValueError):
        rfc8785.dumps(value)
        patch.setattr(rfc8785, "dumps", lambda _: pytest.fail("the slower encoder was asked"))
        assert json.loads(canonical_json.dumps(value)) == value


@pytest.mark.parametrize("value", [2**53, math.nan, math.inf, "\ud800", {1: 2}, {"a": b"x"}, object(), {1}])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(canonical_json.CanonicalizationError):
        canonical_json.dumps(value)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7}, "RFC 8785 3.2.3"),
        ({"a": '\x00\x1f\x7f\u2028"\\/\b\t\n\f\r'}, "escapes"),
        ({"b": [1.0, 1e21, 333333333.33333329], "a": True}, "numbers"),
        ([1e-4, 9.9e-5, 1e-7, -9.9e-5, 0.5e15, 1e15, -0.0], "broken numbers and their bounds"),
    ],
)
def test_what_is_not_usual(value: Any, data: str) -> None:
    assert data
    assert canonical_json.dumps(value) == rfc8785.dumps(value)
