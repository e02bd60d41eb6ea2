"""What a report tells: everything to act on, and no number of a person."""

import json

import pytest
from support import ISSUERS

from license_lib.authority import Authority
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
    report = verdict_report(shared_authority.verify(business.pdf[:-10]))
    assert report["outcome"] == "NOT_GENUINE"
    assert report["license"] is None
    for finding in report["findings"]:
        assert finding["text"]["zh"]
        assert finding["text"]["en"]
