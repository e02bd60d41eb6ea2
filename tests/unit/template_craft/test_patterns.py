"""The longest text of a pattern: legal, of wide characters where they may stand, and never searched for without end."""

import re
import time

import pytest

from license_lib.template_craft.patterns import WIDE, longest_match


@pytest.mark.parametrize(
    ("pattern", "most", "expected"),
    [
        (r"JY[123][0-9]{13}", 60, "JY1" + "8" * 13),
        (r"[A-Z]{2,5}\d*", 8, "WWWW8888"),
        (r".{1,60}", 4, WIDE[:4]),
        (r"[^a-z]{3}", 60, WIDE[:3]),
        (r"(?:甲|乙类)+?号", 6, "乙类乙类号"),
        (r"^(\w-){2}$", 9, f"{WIDE[0]}-{WIDE[0]}-"),
        (r"[一-鿿]字[0-9]{2}", 9, f"{WIDE[0]}字88"),
        (r"[-A]?", 9, "-"),
    ],
)
def test_it_is_found(pattern: str, most: int, expected: str) -> None:
    assert longest_match(pattern, most) == expected
    assert re.fullmatch(pattern, expected)


@pytest.mark.parametrize(
    ("pattern", "most"),
    [(r"(?=a)b", 9), (r"(.)\1", 9), (r"a{50}", 10), (r"(a{9}){4000000}", 2000), (r"\s+", 9), (r"[^样]", 9)],
)
def test_it_is_given_up_in_time(pattern: str, most: int) -> None:
    begun = time.monotonic()
    assert longest_match(pattern, most) is None
    assert time.monotonic() - begun < 2
