"""What a report tells: everything to act on, and no number of a person."""

import json

import pytest
from jsonschema import ValidationError
from report_judge import check_report
from support import ISSUERS, sealed_revision

from license_lib.authority import Authority
from license_lib.findings import Finding
from license_lib.identifiers import ORGANISATION_KINDS
from license_lib.issuing import Issued
from license_lib.verification.report import verdict_report


@pytest.mark.parametrize("key", ISSUERS)
def test_no_number_and_no_name_of_a_person_is_told(
    shared_authority: Authority, issued_licenses: dict[str, Issued], key: str
) -> None:
    issued = issued_licenses[key]
    for minimal in (False, True):
        told = json.dumps(verdict_report(shared_authority.verify(issued.pdf), minimal=minimal), ensure_ascii=False)
        for holder in issued.license.holders:
            if holder.number_kind not in ORGANISATION_KINDS:
                assert holder.number not in told
                assert holder.name not in told


def test_a_stranger_with_an_identifier_learns_neither_holder_nor_number(
    shared_authority: Authority, business: Issued
) -> None:
    verdict = shared_authority.status(business.identifier)
    assert verdict is not None
    told = json.dumps(verdict_report(verdict, minimal=True), ensure_ascii=False)
    assert business.license.holders[0].name not in told
    assert business.license.number not in told
    assert business.license.type_name in told


def test_every_finding_is_told_in_both_languages(shared_authority: Authority, business: Issued) -> None:
    report = verdict_report(shared_authority.verify(sealed_revision(business.pdf)[:-10]))
    assert report["outcome"] == "NOT_GENUINE"
    assert report["license"] is None
    for finding in report["findings"]:
        assert finding["text"]["zh"]
        assert finding["text"]["en"]


def test_every_step_has_its_number_and_what_it_came_to(shared_authority: Authority, business: Issued) -> None:
    def steps(pdf: bytes) -> list[tuple[int, str, str]]:
        report = verdict_report(shared_authority.verify(pdf))
        check_report(report)
        return [(one["number"], one["step"], one["result"]) for one in report["steps"]]

    names = ["seal", "record", "issuer", "face", "code", "repository", "status", "validity"]
    assert steps(business.pdf) == [(number, name, "proved") for number, name in enumerate(names, 1)]
    cut = steps(sealed_revision(business.pdf)[:-10])
    assert [result for _, _, result in cut] == ["against", *["not-carried-out"] * 7]


def test_the_level_of_the_seal_and_its_archive_time_stamps_are_told(
    shared_authority: Authority, business: Issued
) -> None:
    def seal(pdf: bytes) -> dict[str, object] | None:
        told: dict[str, object] | None = verdict_report(shared_authority.verify(pdf))["seal"]
        return told

    assert seal(sealed_revision(business.pdf)) == {"level": "B-T", "archive_time_stamps": 0}
    assert seal(business.pdf) == {"level": "B-LTA", "archive_time_stamps": 1}
    again = shared_authority.archiving.archive_file(business.pdf).pdf
    assert seal(again) == {"level": "B-LTA", "archive_time_stamps": 2}
    assert seal(b"%PDF-1.7") is None


def test_how_grave_a_finding_is_follows_from_what_it_does() -> None:
    found = {code: Finding(code).severity.value for code in ("seal.altered", "status.revoked", "status.unknown")}
    assert found == {"seal.altered": "error", "status.revoked": "error", "status.unknown": "warning"}
    assert Finding("seal.development").severity.value == "note"


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 1},
        {"findings": [{"code": "no.such"}]},
        {"steps": [{"number": 9, "step": "seal", "proved": True, "result": "proved"}]},
        {"at": "yesterday"},
    ],
)
def test_the_schema_refuses_what_is_no_report(
    shared_authority: Authority, business: Issued, damage: dict[str, object]
) -> None:
    report = verdict_report(shared_authority.verify(business.pdf))
    check_report(report)
    with pytest.raises(ValidationError):
        check_report(report | damage)
