"""What docs/templates.md tells a technician to type does what it says; it names every finding and every command."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from license_lib.catalogue.fields import BUILT_IN_FIELDS, ComputedForm, FieldType
from license_lib.template_craft.lint_rows import LINT, LOADING

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the page's commands print, in their order, in a folder where nothing is prepared."""
    typed = re.sub(r"(?m)^license ", f"{sys.executable} -m cli ", "\n".join(BLOCKS))
    done = subprocess.run(
        ["bash", "-euc", typed],
        cwd=tmp_path_factory.mktemp("page"),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_walk_through_ends_with_a_licence_in_force_and_a_second_version(printed: str) -> None:
    lines = printed.splitlines()
    assert sum("错误 0，提醒 0" in line for line in lines) == 4, "two checks and two releases are clean"
    assert "taxi.pdf: IN_FORCE 真实有效" in lines
    assert any(line.endswith("releases/2.json") for line in lines)
    assert 'effective_from: null → "2027-01-01"' in lines


def test_the_answer_that_the_page_quotes_is_what_check_says(printed: str) -> None:
    quoted = re.search(r"answers `(.*?)`", PAGE, re.DOTALL)
    assert quoted
    assert f"错误 [{LOADING}] {quoted[1]}\n" in printed


def test_every_finding_command_and_word_of_the_format_is_named() -> None:
    named = set(re.findall(r"`([^`\s]+)`", PAGE))
    assert set(LINT) | {LOADING} <= named
    assert {kind.value for kind in FieldType} <= named
    assert set(BUILT_IN_FIELDS) - {"license_name"} <= named
    assert all(f'"{form.value}"' in PAGE for form in ComputedForm)
    for command in cli.template_app.registered_commands:
        assert f"`license template {command.name}" in PAGE
