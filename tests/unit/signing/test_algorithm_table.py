"""docs/validation.md shows the table that decides."""

import re
from pathlib import Path

from signing.algorithm_policy import RULES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "validation.md"


def test_the_page_says_until_when() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for rule in RULES:
        if rule.until is None or rule.algorithm == "RSA":
            continue
        name = {"EC": "elliptic curves below 256 bits", "DSA": "DSA"}.get(rule.algorithm)
        row = (
            name or f"{rule.algorithm[:3].upper()}{'-' if rule.algorithm.startswith('sha') else ''}{rule.algorithm[3:]}"
        )
        assert re.search(rf"^\| {row} \| {rule.until.year} \|$", text, re.MULTILINE), row
    sizes = [rule for rule in RULES if rule.algorithm == "RSA" and rule.until is not None]
    bits, years = (
        " · ".join(parts)
        for parts in zip(*[(str(r.below_bits), str(r.until and r.until.year)) for r in sizes], strict=True)
    )
    assert f"| RSA below {bits} bits | {years} |" in text
