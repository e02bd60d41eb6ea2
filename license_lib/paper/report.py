"""The sheet that a clerk compares by: one HTML page a licence, with its pictures, no script, nothing from elsewhere.

HTML and not PDF, because it is for a counter's screen first: pictures can be enlarged, and a browser prints it on A4.
"""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from license_lib.calendar import CHINA
from license_lib.findings import Finding
from license_lib.paper import words
from license_lib.paper.comparing import Result
from license_lib.paper.result import ComparedField, Paper, PaperCheck, PaperChecks, proofs
from license_lib.verification import OUTCOME_TEXTS
from license_lib.verification_reports import Check, shapes
from license_lib.verification_reports.printable import printable
from license_lib.verification_reports.words import SHAPES, Words

_GROUP: Final = 4
_TALL: Final = 16  # millimetres
_DOTTED: Final = re.compile(r"[0-9A-Z]+(\.[0-9A-Z]+){4,}")
_LONG: Final = re.compile(r"[0-9A-Z]{9,}")
_OF_PAPER: Final = {
    Paper.DIFFERS: shapes.AGAINST,
    Paper.DOUBTFUL: shapes.UNKNOWN,
    Paper.COMPARE: shapes.UNKNOWN,
    Paper.SEEN: shapes.PROVED,
    Paper.NONE: shapes.SKIPPED,
}
_OF_RESULT: Final = {
    Result.SAME: shapes.PROVED,
    Result.DIFFERENT: shapes.AGAINST,
    Result.MISSING: shapes.UNKNOWN,
    Result.UNREADABLE: shapes.UNKNOWN,
    Result.NOT_COMPARED: shapes.SKIPPED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field as it is printed.

    Attributes:
        parts: the signed text in pieces that an eye takes in at once.
        notes: where it is from, and what to bear in mind.
        picture: a `data:` address; empty for none. tall: it has several lines.
        shape: of the machine's answer. answer, found: what it says.
    """

    number: int
    code: str
    title: str
    parts: tuple[str, ...]
    notes: tuple[str, ...]
    picture: str
    tall: bool
    absent: str
    result: str
    shape: shapes.Shape
    answer: str
    found: str


def paper_html(checks: PaperChecks, check: Check, *, english: bool = False) -> str:
    """Write the page.

    Args:
        checks: with their pictures.
        check: the file, and who checks it and why.
        english: in English instead of Chinese.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language = "en" if english else "zh"
    return environment.get_template("report.html").render(
        said=lambda text: getattr(text, language),
        language=language,
        words=words,
        file=_clean(check.name),
        checked=[
            (words.CHECKED_AT, _moment(check.checked_at)),
            (words.CHECKER, _clean(check.checker)),
            (words.PURPOSE, _clean(check.purpose)),
            (words.CASE, _clean(check.case)),
        ],
        sha256=check.sha256,
        notes=[_finding(one, language) for one in checks.findings],
        sheets=[_sheet(one, language) for one in checks.checks],
    )


def _sheet(check: PaperCheck, language: str) -> dict[str, Any]:
    verdict = check.verdict
    as_of = verdict.evidence.status_as_of
    proved = dict(proofs(check))
    return {
        "check": check,
        "outcome": check.outcome.value,
        "title": f"{check.type_name} {check.issuer_name}".strip(),
        "identifier": str(verdict.code.identifier) if verdict.code and check.code_proved else "",
        "page": check.page,
        "code_words": Words(*OUTCOME_TEXTS[verdict.outcome]),
        "code_shape": shapes.OF_OUTCOME[verdict.outcome],
        "shape_words": SHAPES[verdict.outcome],
        "code_findings": [_finding(one, language) for one in verdict.findings if one.code != "paper.compare"],
        "paper_words": words.ANSWERS[check.paper],
        "paper_shape": _OF_PAPER[check.paper],
        "findings": [_finding(one, language) for one in check.findings],
        "as_of": _moment(as_of) if as_of else "",
        "asked_about": _moment(verdict.at),
        "rows": [_row(number, one, language) for number, one in enumerate(check.fields, 1)],
        "overview": _address(check.overview),
        "proved": [words.PROVED_TEXTS[proof] for proof, is_so in proved.items() if is_so],
        "open": [words.PROVED_TEXTS[proof] for proof, is_so in proved.items() if not is_so],
    }


def _row(number: int, one: ComparedField, language: str) -> Row:
    signed, answer = one.signed, one.answer
    sources = {"code": Words("", ""), "register": words.FROM_REGISTER, "record": Words("", "")}
    notes = [sources[signed.source], words.MASKED if signed.hidden else Words("", "")]
    why = getattr(words.WHYS[answer.why], language)
    said = getattr(words.RESULTS[answer.result], language)
    return Row(
        number=number,
        code=signed.code,
        title=signed.zh if language == "zh" else signed.en,
        parts=grouped(_clean(signed.value, most=2000)),
        notes=tuple(text for note in notes if (text := getattr(note, language))),
        picture=_address(one.crop),
        tall=signed.place is not None and signed.place.h > _TALL,
        absent=getattr(words.NO_PICTURE if signed.place else words.NO_PLACE, language),
        result=answer.result.value,
        shape=_OF_RESULT[answer.result],
        answer=f"{said}（{why}）" if why and language == "zh" else f"{said} ({why})" if why else said,
        found=_clean(answer.found) if answer.result is Result.DIFFERENT else "",
    )


def grouped(text: str) -> tuple[str, ...]:
    """A text in pieces: numbers of more than eight characters in groups of four, identifiers at their dots."""
    pieces = re.findall(r"[^.]+\.?", text) if _DOTTED.fullmatch(text) else [text]
    parts: list[str] = []
    for piece in pieces:
        last = 0
        for match in _LONG.finditer(piece):
            parts += [piece[last : match.start()]] if match.start() > last else []
            run = match[0]
            parts += [run[start : start + _GROUP] for start in range(0, len(run), _GROUP)]
            last = match.end()
        if last < len(piece):
            rest = piece[last:]
            if rest == "." and parts:
                parts[-1] += rest
            else:
                parts.append(rest)
    return tuple(parts)


def _finding(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "shape": shapes.OF_SEVERITY[finding.severity],
        "text": _clean(finding.text(language)),
        "remedy": finding.remedy(language),
    }


def _clean(text: str, *, most: int = 300) -> str:
    return printable(text, lambda _: True, most=most)


def _address(picture: bytes | None) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode('ascii')}" if picture else ""


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
