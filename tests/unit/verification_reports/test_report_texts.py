"""The parts of a verification report: texts that do no harm, shapes that differ, facts that are told."""

import re

import pytest
from support import NOON

from license_lib.errors import InputError
from license_lib.findings import Severity
from license_lib.verification import Outcome
from license_lib.verification.verdict import StepResult
from license_lib.verification_reports import Check, shapes, words
from license_lib.verification_reports.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invoice\u202efdp.exe", "invoice〔U+202E〕fdp.exe"),
        ("a\x00b\x1b[2J\n", "a〔U+0000〕b〔U+001B〕[2J〔U+000A〕"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("😀", "〔U+1F600〕"),
        ("\u2067中文\u2069", "〔U+2067〕中文〔U+2069〕"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number(text: str, shown: str) -> None:
    assert printable(text, lambda character: character != "😀") == shown


def test_a_text_keeps_within_its_bounds_whatever_it_holds() -> None:
    assert printable("字" * 300, lambda _: True) == "字" * 300
    assert printable("字" * 301, lambda _: True) == "字" * 299 + "…"
    assert len(printable("\u202e" * 300, lambda _: True)) == 300


def test_every_outcome_has_an_outline_and_a_mark_of_its_own() -> None:
    drawn = [shapes.OF_OUTCOME[outcome] for outcome in Outcome]
    assert len({shape.outline for shape in drawn}) == len({shape.mark for shape in drawn}) == len(Outcome)
    assert set(words.SHAPES) == set(words.MEANINGS) == set(Outcome)
    assert set(words.RESULTS) == set(shapes.OF_RESULT) == set(StepResult)
    assert set(words.SEVERITIES) == set(shapes.OF_SEVERITY) == set(Severity)
    assert len({shape.mark for shape in shapes.OF_RESULT.values()}) == len(StepResult)


def test_a_path_is_said_in_operators_of_pdf() -> None:
    shape = shapes.Shape("#000000", "M 1 2 L 3 4 Z", "M 5 6 C 1 2 3 4 5 6")
    operators = shape.operators(100, 700, 24)
    assert operators.startswith("q 0.50000 0 0 -0.50000 100.00 700.00 cm ")
    assert " 1 2 m 3 4 l h f " in operators
    assert operators.endswith(" 5 6 m 1 2 3 4 5 6 c S Q")


def test_a_check_tells_its_file_and_is_said_in_one_line() -> None:
    check = Check.of("a.pdf", b"abc", checked_at=NOON, purpose=" 招投标\n资格  审查 ")
    assert check.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (check.size, check.purpose) == (3, "招投标 资格 审查")


def test_a_name_of_bytes_that_are_no_text_can_be_written_down() -> None:
    check = Check.of(b"\xff.pdf".decode(errors="surrogateescape"), b"", checked_at=NOON)
    assert re.fullmatch(r"\\udcff\.pdf", check.name)


@pytest.mark.parametrize("what", ["checker", "purpose", "case"])
def test_what_the_page_has_no_room_for_is_refused(what: str) -> None:
    with pytest.raises(InputError, match=f"{what}: more than") as caught:
        Check.of("a.pdf", b"", checked_at=NOON, **{what: "字" * 121})
    assert caught.value.code == "text.too-long"
