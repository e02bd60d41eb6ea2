"""docs/schemas/verdict.schema.json is what the code says; run this file to write it."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from support import license_command

from license_lib.verification.report_schema import report_schema

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "verdict.schema.json"


def as_published() -> str:
    return json.dumps(report_schema(), ensure_ascii=False, indent=2) + "\n"


def test_the_published_schema_is_that_of_the_code() -> None:
    command = "PYTHONPATH=.:tests python tests/architecture/test_report_schema.py"
    assert PUBLISHED.read_text(encoding="utf-8") == as_published(), f"write it again: {command}"


def test_the_command_line_prints_it() -> None:
    assert license_command("verify", "--schema", passphrase=None).out == as_published()


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(report_schema())
    assert report_schema()["$id"].startswith("urn:")


if __name__ == "__main__":
    PUBLISHED.parent.mkdir(exist_ok=True)
    sys.exit(not PUBLISHED.write_text(as_published(), encoding="utf-8"))
