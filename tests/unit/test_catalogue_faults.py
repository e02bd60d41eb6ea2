"""The table of template faults says the same in both languages; `test_catalogue` sees every row fired."""

import re
import string

import pytest

from license_lib.catalogue.faults import FAULTS, said
from license_lib.toml_files import TomlFault

CHINESE = re.compile("[\u4e00-\u9fff]")


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", FAULTS)
def test_a_row_says_the_same_in_both_languages(code: str) -> None:
    row = FAULTS[code]
    assert CHINESE.search(row.problem_zh)
    assert not CHINESE.search(row.problem + row.mend)
    for english, chinese in ((row.problem, row.problem_zh), (row.mend, row.mend_zh)):
        named = values_of(chinese) - {name for name in values_of(chinese) if name in {"label", "what_zh", "why_zh"}}
        assert named == values_of(english) - {"what", "why"}, code


def test_the_nearest_name_is_the_mend() -> None:
    fault = said("box.unknown", near="address", field="adress")
    assert fault == TomlFault(
        "", "the type has no field 'adress'", "did you mean 'address'?",
        "类型中没有字段 'adress'", "是否应为 'address'？",
    )  # fmt: skip
