"""The report as one HTML page: no script, nothing from elsewhere, every text escaped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from license_lib.verification import OUTCOME_TEXTS
from license_lib.verification_reports import shapes, words
from license_lib.verification_reports.check import Check
from license_lib.verification_reports.content import content_of


def report_html(report: Mapping[str, Any], check: Check, *, office: str = "") -> str:
    """Write the report as a page.

    Args:
        report: of `license_lib.verification.report.verdict_report`.
        check: what the verdict does not know.
        office: whose report it is; a page bears no seal.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    content = content_of(report, check, lambda _: True, office=office)
    return environment.get_template("report.html").render(
        content=content,
        outcome=words.Words(*OUTCOME_TEXTS[content.outcome]),
        shape=shapes.OF_OUTCOME[content.outcome],
        shape_words=words.SHAPES[content.outcome],
        of_result=shapes.OF_RESULT,
        of_severity=shapes.OF_SEVERITY,
        words=words,
    )
