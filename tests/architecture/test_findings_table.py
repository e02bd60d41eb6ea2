"""Every code that may be reported about a document has a row, every row is used, and docs/findings.md shows the rows.

Write the page anew: python tests/architecture/test_findings_table.py
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from license_lib.acceptance.findings import ACCEPTANCE_CODES
from license_lib.findings import CODES, Effect
from signing.reports import CHANGED, MEANINGLESS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "findings.md"
CASES = ROOT / "tests" / "vectors"
ACCEPTANCE_PAGE = ROOT / "docs" / "acceptance.md"
EFFECTS = {
    Effect.NOT_GENUINE: "NOT_GENUINE",
    Effect.GENUINE_UNKNOWN: "UNDETERMINED (is it genuine?)",
    Effect.NOT_IN_FORCE: "NOT_IN_FORCE",
    Effect.IN_FORCE_UNKNOWN: "UNDETERMINED (is it in force?)",
    Effect.NOTE: "– (a note)",
}
INTRODUCTION = """# Findings

What a verification may report: what was found, how it comes about → what to do, and an example from the vectors. The
codes are stable: tests, the API, the command line and other departments' programs use them. A verdict's outcome follows
from its gravest finding, and is IN_FORCE only if every step proved its part
([ADR 4](adr/0004-two-questions-four-outcomes.md)). Texts are in `license_lib/findings/`; this page is made from them.
Whether a licence serves for a service item is told apart from that, by [other codes](acceptance.md).
"""
GROUPS = {
    "What was handed in": ("input.", "picture.", "pdf."),
    "The seal": ("seal.",),
    "The record, and who issued it": ("record.", "type.", "template.", "issuer.", "trust."),
    "Face, record, code and repository say the same": ("face.", "photo.", "qr.", "paper.", "repository."),
    "The log": ("log.",),
    "State and validity": ("status.", "bundle.", "validity."),
    "The verification itself": ("verification.",),
    "Presentation codes": ("presentation.",),
}


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
        if "findings" not in (path.stem, path.parent.name)
        for text in _literals(path)
    }
    composed = {code for code in CODES for end in used if code.endswith(f"-{end}") and code.removesuffix(end) in used}
    assert set(CODES) - used - composed == set()


def test_every_row_speaks_both_languages_and_says_what_to_do() -> None:
    for code, row in CODES.items():
        assert row.zh and row.en and row.cause_zh and row.cause_en, code  # noqa: PT018 -- one statement: all are there
        assert not re.search(r"[.。]$", row.cause_zh + "\n" + row.cause_en, re.MULTILINE), "one sentence, as the others"
        assert bool(row.remedy_zh) == bool(row.remedy_en) == (row.effect is not Effect.NOTE or row.loud), code
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
    assert [code for starts in GROUPS.values() for code in CODES if code.startswith(starts)] == list(CODES)
    text = INTRODUCTION
    for title, starts in GROUPS.items():
        text += f"\n## {title}\n"
        for code, row in CODES.items():
            if code.startswith(starts):
                text += f"\n### `{code}` · {EFFECTS[row.effect]}\n\n"
                text += f"- {row.zh}。{row.cause_zh}。{f'→ {row.remedy_zh}。' if row.remedy_zh else ''}\n"
                text += f"- {row.en}. {row.cause_en}. {f'→ {row.remedy_en}.' if row.remedy_en else ''}".rstrip() + "\n"
                text += _example(code)
    return text


def _example(code: str) -> str:
    """The case that shows a code best: its own, else the attack that yields the fewest others."""
    own = [CASES / "verdicts" / code / "case.toml"]
    if not own[0].exists():
        own = [path for path in sorted((CASES / "attacks").glob("*/case.toml")) if code in _case(path).get("codes", ())]
    if not own:
        return ""
    best = min(own, key=lambda path: len(_case(path).get("codes", ())))
    return f"- [{_case(best)['title']} {_case(best)['title_en']}](../{best.parent.relative_to(ROOT).as_posix()})\n"


def _case(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    ACCEPTANCE_PAGE.write_text(acceptance_page(ACCEPTANCE_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
