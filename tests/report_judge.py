"""Judges reports by their published schema: jsonschema, with the formats that the schema names."""

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

PUBLISHED = Path(__file__).resolve().parents[1] / "docs" / "schemas" / "verdict.schema.json"


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def _judge() -> Draft202012Validator:
    formats = FormatChecker(formats=())
    formats.checks("date", raises=ValueError)(_is_date)
    formats.checks("date-time", raises=ValueError)(_is_moment)
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=formats)


def check_report(report: dict[str, Any]) -> None:
    """Raise jsonschema's ValidationError for what is no report as it is published, once it went through JSON."""
    _judge().validate(json.loads(json.dumps(report)))
