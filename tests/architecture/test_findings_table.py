"""Every code that may be reported about a document has a row, every row is used, and docs/findings.md shows the rows.

Write the page anew: python tests/architecture/test_findings_table.py
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from license_lib.acceptance.findings import ACCEPTANCE_CODES
from license_lib.findings import CODES, Effect
from signing.reports import CHANGED, MEANINGLESS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "findings.md"
ACCEPTANCE_PAGE = ROOT / "docs" / "acceptance.md"
EFFECTS = {
    Effect.NOT_GENUINE: "NOT_GENUINE",
    Effect.GENUINE_UNKNOWN: "UNDETERMINED (is it genuine?)",
    Effect.NOT_IN_FORCE: "NOT_IN_FORCE",
    Effect.IN_FORCE_UNKNOWN: "UNDETERMINED (is it in force?)",
    Effect.NOTE: "– (a note)",
}
INTRODUCTION = """# Findings

What a verification may report. The codes are stable: tests, the API, the command line and other departments' programs
use them. A verdict's outcome follows from its gravest finding, and is IN_FORCE only if every step proved its part
([ADR 4](adr/0004-two-questions-four-outcomes.md)). Texts are in `license_lib/findings.py`; this page is made from them.

| code | outcome | 中文 | English | what to do |
|---|---|---|---|---|
"""


def test_codes_of_seal_validation_have_a_row() -> None:
    emitted = {
        text
        for path in [*(ROOT / "signing" / "validation").glob("*.py"), ROOT / "signing" / "reports.py"]
        for text in _literals(path)
        if re.fullmatch(r"(seal|pdf)\.[a-z-]*[a-z]", text)
    }
    assert len(emitted) > 15, "the search finds nothing any more"
    assert emitted - set(CODES) == set()


def test_what_fails_a_seal_makes_a_license_not_genuine() -> None:
    """TOTAL-FAILED (EN 319 102-1) and its row never contradict each other: what a person reads is what was decided."""
    codes = {
        str(argument.value) if isinstance(argument := call.args[0], ast.Constant) else ast.unparse(call)
        for path in (ROOT / "signing").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "failed"
    }
    assert {"seal.coverage", "pdf.malformed"} <= codes, "the search finds nothing any more"
    codes = {code for code in codes if not code.startswith("failed(")} | CHANGED | MEANINGLESS
    assert {code for code in codes if code not in CODES or CODES[code].effect is not Effect.NOT_GENUINE} == set()


def test_codes_of_verification_have_a_row() -> None:
    named = {
        call.args[0].value
        for room in ("license_lib", "verify_api")
        for path in (ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"Finding", "QrError", "PictureError"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert {"record.missing", "qr.malformed", "picture.malformed"} <= named, "the search finds nothing any more"
    assert named - set(CODES) == set()


def test_every_row_is_used() -> None:
    used = {
        text
        for room in ("license_lib", "signing")
        for path in (ROOT / room).rglob("*.py")
        if path.name != "findings.py"
        for text in _literals(path)
    }
    composed = {code for code in CODES for end in used if code.endswith(f"-{end}") and code.removesuffix(end) in used}
    assert set(CODES) - used - composed == set()


def test_every_row_speaks_both_languages_and_says_what_to_do() -> None:
    for code, row in CODES.items():
        assert row.zh and row.en, code  # noqa: PT018 -- one statement: both languages
        assert bool(row.remedy_zh) == bool(row.remedy_en) == (row.effect is not Effect.NOTE), code
        assert re.findall(r"{\w+}", row.en) <= re.findall(r"{\w+}", row.zh), code


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"write it anew: python {Path(__file__).relative_to(ROOT)}"


def test_every_code_of_acceptance_is_used_and_on_its_page() -> None:
    used = set(_literals(ROOT / "license_lib" / "acceptance" / "judging.py"))
    assert set(ACCEPTANCE_CODES) - used == set()
    assert all(row.zh and row.en and row.remedy_zh and row.remedy_en for row in ACCEPTANCE_CODES.values())
    page = ACCEPTANCE_PAGE.read_text(encoding="utf-8")
    assert page == acceptance_page(page), f"write it anew: python {Path(__file__).relative_to(ROOT)}"


def acceptance_page(page: str) -> str:
    """docs/acceptance.md, its last table from the other table."""
    head, rule, _ = page.rpartition("|---|---|---|---|\n")
    return f"{head}{rule}" + "".join(
        f"| `{code}` | {'REFUSED' if row.decided else 'UNDETERMINED'} | {row.zh}<br>{row.en} "
        f"| {row.remedy_zh}<br>{row.remedy_en} |\n"
        for code, row in ACCEPTANCE_CODES.items()
    )


def page() -> str:
    """docs/findings.md, from the table."""
    rows = [
        (f"`{code}`", EFFECTS[row.effect], row.zh, row.en, f"{row.remedy_zh} {row.remedy_en}".strip() or "–")
        for code, row in CODES.items()
    ]
    return INTRODUCTION + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    ACCEPTANCE_PAGE.write_text(acceptance_page(ACCEPTANCE_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
