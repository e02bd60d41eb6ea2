"""The table of template faults: every row is used, and says the same in both languages."""

import ast
import re
import string
from pathlib import Path

import pytest

from license_lib.catalogue.faults import FAULTS, said
from license_lib.toml_files import TomlFault

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def literals() -> set[str]:
    files = [*(ROOT / "license_lib" / "catalogue").glob("*.py"), *(ROOT / "license_lib").glob("template_craft/*.py")]
    return {
        node.value
        for path in files
        if path.name != "faults.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("code", FAULTS)
def test_a_row_says_the_same_in_both_languages(code: str) -> None:
    row = FAULTS[code]
    assert CHINESE.search(row.problem_zh)
    assert not CHINESE.search(row.problem + row.mend)
    for english, chinese in ((row.problem, row.problem_zh), (row.mend, row.mend_zh)):
        named = values_of(chinese) - {name for name in values_of(chinese) if name in {"label", "what_zh", "why_zh"}}
        assert named == values_of(english) - {"what", "why"}, code


def test_every_row_is_used() -> None:
    used = literals()
    composed = {code for code in FAULTS if code.startswith("same.")}
    assert set(FAULTS) - used == composed


def test_the_nearest_name_is_the_mend() -> None:
    fault = said("box.unknown", near="address", field="adress")
    assert fault == TomlFault(
        "", "the type has no field 'adress'", "did you mean 'address'?",
        "类型中没有字段 'adress'", "是否应为 'address'？",
    )  # fmt: skip
