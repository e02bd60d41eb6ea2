"""Errors for people and programs: every code has a Chinese title, every fault of several is told."""

import ast
import re
from pathlib import Path

import pytest

from license_lib.error_texts import TITLES_ZH, error_lines, error_value
from license_lib.errors import InputError, LicenseError
from license_lib.licenses.request import RequestError

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
# Codes that only a programmer meets who calls the rooms in another way than `license_lib.authority` does.
OF_PROGRAMS = re.compile(
    r"(attachment|jws|pki\.(description|not-issued-here)|preview|record|repository\.(driver|forked|page|value)|reservation"
    r"|photo\.mismatch|number\.unknown|trust\.(certificate|crl|ocsp)|verdict)\b"
)


def raised_codes() -> set[str]:
    """Every code that stands first in a call of an error class or of a collector of faults."""
    codes = set()
    for path in [*ROOT.glob("license_lib/**/*.py"), *ROOT.glob("signing/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                code = node.args[0].value
                if (name.endswith("Error") or name == "add") and isinstance(code, str) and CODE.fullmatch(code):
                    codes.add(code)
    return codes


def test_every_error_that_a_clerk_may_meet_has_a_chinese_title() -> None:
    codes = {code for code in raised_codes() if not OF_PROGRAMS.match(code)}
    assert len(codes) > 60
    assert codes - TITLES_ZH.keys() == set()
    assert all(re.search("[\u4e00-\u9fff]", title) for title in TITLES_ZH.values())


@pytest.mark.parametrize("english", [False, True])
def test_an_error_is_told_with_its_place_and_mend(*, english: bool) -> None:
    error = InputError("settings.invalid", "a.toml: x: is wrong\na.toml: y: is wrong", hint="mend it")
    title = "[settings.invalid]" if english else "[settings.invalid] 配置文件有误"
    assert error_lines(error, english=english) == [
        title,
        "  a.toml: x: is wrong",
        "  a.toml: y: is wrong",
        "  → mend it",
    ]


def test_a_code_without_a_title_is_told_all_the_same() -> None:
    assert error_lines(LicenseError("new.code", "x")) == ["[new.code]", "  x"]
    assert error_value(LicenseError("new.code", "x")) == {
        "code": "new.code",
        "title_zh": "",
        "message": "x",
        "hint": "",
    }


def test_several_faults_are_told_one_by_one() -> None:
    error = RequestError(
        [InputError("text.empty", "holders[0].name: is empty"), InputError("storage.full", "x", hint="h")]
    )
    assert error_lines(error) == [
        "[text.empty] 内容为空",
        "  holders[0].name: is empty",
        "[storage.full] 存储空间不足",
        "  x",
        "  → h",
    ]
    value = error_value(error)
    assert (value["code"], value["title_zh"]) == ("request.invalid", "申请有多处错误")
    assert [problem["code"] for problem in value["problems"]] == ["text.empty", "storage.full"]
