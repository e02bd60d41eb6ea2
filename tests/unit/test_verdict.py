"""The verdict: what findings and proofs mean together, and that nothing fails open."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.findings import CODES, Effect, Finding
from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses import Holder, Issuer, License, TemplateRef
from license_lib.masking import mask_name
from license_lib.verification.report import verdict_report
from license_lib.verification.verdict import (
    CODE_PROOFS,
    DOCUMENT_PROOFS,
    OUTCOME_TEXTS,
    RECORD_PROOFS,
    Evidence,
    NotInForceError,
    Outcome,
    Proof,
    Verdict,
    by_severity,
)

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CITIZEN = "11010519491231002X"
LICENSE = License(
    identifier=LicenseIdentifier.build("11100000MB0143028R001", "11620400000000102W", "20261122ABCDEFGH"),
    type_name="营业执照",
    type_code="11100000MB0143028R001",
    template=TemplateRef("business-license", 1, "0123456789abcdef"),
    number="JY001",
    holders=(Holder("张三丰", CITIZEN, "111"), Holder("白银样例有限公司", "91620402MA0000000Q", "001")),
    issuer=Issuer("白银市样例局", "11620400000000102W", 3),
    issued_on=date(2026, 11, 22),
    valid_from=date(2026, 11, 22),
    valid_until=None,
    fields={"KZ_ZS": "样例路1号"},
    photo=None,
    salt=bytes(16),
)
NOTE, NOT_GENUINE, GENUINE_UNKNOWN, NOT_IN_FORCE, IN_FORCE_UNKNOWN = (
    Finding("seal.development"),
    Finding("seal.altered"),
    Finding("seal.unknown-issuer"),
    Finding("status.revoked", {"date": "2026-11-01"}),
    Finding("status.unknown"),
)


def verdict(*findings: Finding, without: Proof | None = None, required: tuple[Proof, ...] = DOCUMENT_PROOFS) -> Verdict:
    return Verdict(
        at=AT,
        findings=by_severity(findings),
        proved=frozenset(required) - {without},
        required=required,
        license=LICENSE,
        code=None,
        evidence=Evidence(sealed_at=AT),
    )


def test_the_examples_have_the_effects_that_their_names_say() -> None:
    assert [one.effect for one in (NOTE, NOT_GENUINE, GENUINE_UNKNOWN, NOT_IN_FORCE, IN_FORCE_UNKNOWN)] == [
        Effect.NOTE,
        Effect.NOT_GENUINE,
        Effect.GENUINE_UNKNOWN,
        Effect.NOT_IN_FORCE,
        Effect.IN_FORCE_UNKNOWN,
    ]


@pytest.mark.parametrize(
    ("findings", "outcome", "decisive"),
    [
        ((), Outcome.IN_FORCE, ()),
        ((NOTE,), Outcome.IN_FORCE, ()),
        ((NOT_IN_FORCE,), Outcome.NOT_IN_FORCE, (NOT_IN_FORCE,)),
        ((IN_FORCE_UNKNOWN,), Outcome.UNDETERMINED, (IN_FORCE_UNKNOWN,)),
        ((GENUINE_UNKNOWN,), Outcome.UNDETERMINED, (GENUINE_UNKNOWN,)),
        ((NOT_GENUINE,), Outcome.NOT_GENUINE, (NOT_GENUINE,)),
        # A revoked licence is known not to be in force, whatever else of its state is unknown …
        ((IN_FORCE_UNKNOWN, NOT_IN_FORCE), Outcome.NOT_IN_FORCE, (NOT_IN_FORCE,)),
        # … but if it may be forged, nobody knows what was revoked.
        ((NOT_IN_FORCE, GENUINE_UNKNOWN), Outcome.UNDETERMINED, (GENUINE_UNKNOWN,)),
        ((NOTE, NOT_IN_FORCE, GENUINE_UNKNOWN, NOT_GENUINE), Outcome.NOT_GENUINE, (NOT_GENUINE,)),
    ],
)
def test_findings_decide_in_this_order(
    findings: tuple[Finding, ...], outcome: Outcome, decisive: tuple[Finding, ...]
) -> None:
    for order in itertools.permutations(findings):
        judged = verdict(*order)
        assert (judged.outcome, judged.decisive) == (outcome, decisive)


@pytest.mark.parametrize("required", [DOCUMENT_PROOFS, CODE_PROOFS, RECORD_PROOFS], ids=["file", "code", "record"])
def test_a_step_that_proved_nothing_is_never_in_force(required: tuple[Proof, ...]) -> None:
    assert verdict(required=required).outcome is Outcome.IN_FORCE
    for step in required:
        assert verdict(without=step, required=required).outcome is Outcome.UNDETERMINED


def test_whether_it_is_genuine_comes_first() -> None:
    for step in set(DOCUMENT_PROOFS) - {Proof.STATUS, Proof.VALIDITY}:
        assert verdict(NOT_IN_FORCE, without=step).outcome is Outcome.UNDETERMINED
    for step in (Proof.STATUS, Proof.VALIDITY):
        assert verdict(NOT_IN_FORCE, without=step).outcome is Outcome.NOT_IN_FORCE


@given(codes=st.lists(st.sampled_from(sorted(CODES)), max_size=6), proved=st.frozensets(st.sampled_from(Proof)))
def test_in_force_means_all_proved_and_nothing_against_it(codes: list[str], proved: frozenset[Proof]) -> None:
    judged = replace(verdict(*map(Finding, codes)), proved=proved)
    harmless = all(CODES[code].effect is Effect.NOTE for code in codes)
    assert (judged.outcome is Outcome.IN_FORCE) == (harmless and proved.issuperset(DOCUMENT_PROOFS))
    assert all(finding in judged.findings for finding in judged.decisive)
    if proved.issuperset(DOCUMENT_PROOFS):
        assert bool(judged.decisive) != harmless, "somebody who is refused is told why"


def test_findings_come_once_and_the_gravest_first() -> None:
    twice = (NOTE, IN_FORCE_UNKNOWN, NOT_IN_FORCE, GENUINE_UNKNOWN, NOT_GENUINE, NOTE, Finding("seal.altered"))
    assert by_severity(twice) == (NOT_GENUINE, GENUINE_UNKNOWN, NOT_IN_FORCE, IN_FORCE_UNKNOWN, NOTE)
    one, other = (Finding("face.mismatch", {"fields": name}) for name in ("a", "b"))
    assert by_severity([one, other, one]) == (one, other), "other values are another finding"


def test_require_gives_the_licence_or_raises() -> None:
    assert verdict().require() is LICENSE
    with pytest.raises(NotInForceError, match=r"NOT_IN_FORCE: status\.revoked") as caught:
        verdict(NOT_IN_FORCE, NOTE).require()
    assert caught.value.code == "verdict.not-in-force"
    assert caught.value.verdict.outcome is Outcome.NOT_IN_FORCE
    with pytest.raises(NotInForceError):
        replace(verdict(), license=None).require()


def test_a_finding_that_no_table_knows_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"seal\.altred"):
        Finding("seal.altred")


def test_a_report_is_plain_json_with_both_languages() -> None:
    report = json.loads(json.dumps(verdict_report(verdict(NOT_IN_FORCE, NOTE, without=Proof.STATUS))))
    assert report["outcome"] == "NOT_IN_FORCE"
    assert report["text"] == dict(zip(("zh", "en"), OUTCOME_TEXTS[Outcome.NOT_IN_FORCE], strict=True))
    assert [(one["code"], one["effect"]) for one in report["findings"]] == [
        ("status.revoked", "not-in-force"),
        ("seal.development", "note"),
    ]
    assert report["findings"][0]["text"] == {"zh": "证照已于2026-11-01撤销", "en": "Revoked on 2026-11-01"}
    assert report["findings"][0]["remedy"]["en"] == "Do not accept it"
    assert [one["step"] for one in report["steps"] if not one["proved"]] == ["status"]
    unknown = dict.fromkeys(("revocation_as_of", "status_as_of", "trust_list", "status_list", "log"))
    assert report["evidence"] == {"sealed_at": AT.isoformat(), **unknown}


def test_names_are_masked() -> None:
    assert [mask_name(name) for name in ("张三丰", "王", "", "阿依努尔·买买提")] == ["张**", "*", "*", "阿****"]


def test_a_report_names_bodies_and_masks_people() -> None:
    facts = verdict_report(verdict())["license"]
    assert [(one["name"], one["number"]) for one in facts["holders"]] == [
        ("张**", "1****************X"),
        ("白银样例有限公司", "9****************Q"),
    ]
    minimal = verdict_report(verdict(), minimal=True)["license"]
    assert minimal.keys() == facts.keys() - {"number", "holders"}
    assert CITIZEN not in json.dumps([facts, minimal])


def test_to_require_nothing_is_to_prove_nothing() -> None:
    assert verdict(required=()).outcome is Outcome.UNDETERMINED
