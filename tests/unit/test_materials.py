"""Which materials need not be asked for: of whom, in which state, until when, and how many are judged at all."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support import NOON
from unit.test_acceptance import BODY, NEW, OLD

from license_lib.acceptance import Answer, Applicants, Checklist, MaterialsCheck, ServiceItem, ServiceItems
from license_lib.acceptance.items import AcceptedType, Material, Whose
from license_lib.acceptance.materials import Held, Judge, checklist_value
from license_lib.catalogue import Catalogue
from license_lib.findings import Finding
from license_lib.identifiers import LicenseIdentifier
from license_lib.lifecycle import LicenseState
from license_lib.repository.values import HolderEntry, StoredLicense
from license_lib.resources import resource_folder
from license_lib.verification import Verdict
from license_lib.verification.verdict import RECORD_PROOFS, Evidence

CSV = Path(__file__).resolve().parents[3] / "shared" / "data" / "service_items.csv"
PERSON = HolderEntry("样例", NEW, "111")
COMPANY = HolderEntry("样例公司", BODY, "001")
MARKET, OTHER_CITY = "11620400000000102W", "11430000006122244L"


def material(*types: str, whose: Whose = Whose.APPLICANT, required: bool = True, name: str = "主体证明") -> Material:
    accepts = tuple(AcceptedType(type=one, whose=whose) for one in types)
    return Material(name=name, english="Proof", required=required, accepts=accepts)


def item(*materials: Material, regions: tuple[str, ...] = ()) -> ServiceItem:
    return ServiceItem(code="catering", name="开办餐饮店", english="Catering", materials=materials, regions=regions)


def stored(
    position: int = 1,
    *,
    type_key: str = "business-license",
    holders: tuple[HolderEntry, ...] = (PERSON,),
    issuer: str = MARKET,
    valid_until: date | None = None,
    state: LicenseState = LicenseState.ISSUED,
) -> StoredLicense:
    identifier = LicenseIdentifier.build("11100000MB0143028R001", issuer, f"20260000{position:05d}")
    return StoredLicense(
        identifier=str(identifier),
        type_code="11100000MB0143028R001",
        type_key=type_key,
        type_version=1,
        type_name="营业执照",
        number=f"N{position}",
        issuer_code=issuer,
        issuer_name="样例局",
        holders=holders,
        issued_on=date(2026, 3, 2),
        valid_from=date(2026, 3, 2),
        valid_until=valid_until,
        record=b"",
        record_digest=bytes(32),
        file_digest=bytes(32),
        key_id=b"",
        position=position,
        state=state,
        settled_at=None,
        recorded_at=NOON,
    )


def judging(**findings: str) -> Judge:
    """Everything is in force but the named positions (`p1="status.suspended"`)."""

    def judge(identifier: str) -> Verdict | None:
        position = int(identifier.split(".")[-3][-5:])
        code = findings.get(f"p{position}", "")
        if code == "gone":
            return None
        found = (Finding(code, {"date": "2026-10-01", "next": "1.2.3"}),) if code else ()
        return Verdict(NOON, found, frozenset(RECORD_PROOFS), RECORD_PROOFS, None, None, Evidence())

    return judge


def asked(
    wanted: ServiceItem, held: Sequence[Held], judge: Judge, *numbers: str, until: date | None = None
) -> Checklist:
    return MaterialsCheck(item=wanted, applicants=Applicants(numbers or (NEW,)), until=until).answered(held, judge)


def only(checklist: Checklist) -> tuple[Answer, list[str]]:
    """Of the only material: the answer, and the reasons of its newest licence."""
    (one,) = checklist.materials
    return one.answer, [reason.code for reason in one.licenses[0].reasons] if one.licenses else []


ONE = frozenset({0})


def test_what_is_there_and_in_force_need_not_be_asked_for() -> None:
    told = asked(item(material("business-license")), [Held(stored(valid_until=date(2028, 1, 1)), ONE)], judging())
    assert (only(told), told.lacking) == ((Answer.PRESENT, []), ())
    value = checklist_value(told)
    assert value["complete"] is True
    assert value["materials"][0]["licenses"][0]["valid_until"] == "2028-01-01"
    assert NEW not in repr(told) + str(value)


@pytest.mark.parametrize("code", ["status.suspended", "validity.expired", "status.revoked", "status.cancelled"])
def test_what_was_there_is_told_with_the_remedy(code: str) -> None:
    told = asked(item(material("business-license")), [Held(stored(), ONE)], judging(p1=code))
    assert only(told) == (Answer.NOT_IN_FORCE, [code])
    reason = checklist_value(told)["materials"][0]["licenses"][0]["reasons"][0]
    assert reason["text"]["zh"]
    assert reason["remedy"]["zh"]
    assert len(told.lacking) == 1


def test_what_is_not_there_is_asked_for_and_what_is_not_required_is_not() -> None:
    told = asked(item(material("business-license"), material(required=False, name="委托书")), [], judging())
    assert [one.answer for one in told.materials] == [Answer.ABSENT, Answer.ABSENT]
    assert [one.material.name for one in told.lacking] == ["主体证明"]


def test_the_newest_that_serves_is_enough_and_a_version_that_was_replaced_is_no_reason() -> None:
    old, new, newest = stored(1), stored(2), stored(3)
    wanted = item(material("business-license"))
    found = asked(wanted, [Held(old, ONE), Held(newest, ONE), Held(new, ONE)], judging(p3="status.suspended"))
    assert [one.identifier for one in found.told] == [new.identifier]
    replaced = replace(newest, state=LicenseState.SUPERSEDED)
    held = [Held(old, ONE), Held(replaced, ONE)]
    told = asked(wanted, held, judging(p1="status.revoked", p3="status.superseded"))
    assert only(told) == (Answer.NOT_IN_FORCE, ["status.revoked"])


def test_another_type_is_another_material() -> None:
    wanted = item(material("business-license", "food-business-permit"), material("residence-permit", name="居住证"))
    told = asked(wanted, [Held(stored(type_key="food-business-permit"), ONE)], judging())
    assert [one.answer for one in told.materials] == [Answer.PRESENT, Answer.ABSENT]


def test_everybody_who_applies_has_to_be_a_holder() -> None:
    wanted = item(material("business-license"))
    assert only(asked(wanted, [Held(stored(), ONE)], judging(), NEW, BODY)) == (
        Answer.NOT_IN_FORCE,
        ["acceptance.holder"],
    )
    both = Held(stored(holders=(PERSON, COMPANY)), frozenset({0, 1}))
    assert only(asked(wanted, [both], judging(), OLD, BODY)) == (Answer.PRESENT, [])


def test_co_owners_apply_together() -> None:
    wanted = item(material("business-license", whose=Whose.ALL_HOLDERS))
    shared = stored(holders=(PERSON, COMPANY))
    assert only(asked(wanted, [Held(shared, ONE)], judging(), OLD)) == (
        Answer.NOT_IN_FORCE,
        ["acceptance.holders-missing"],
    )
    assert only(asked(wanted, [Held(shared, frozenset({0, 1}))], judging(), OLD, BODY)) == (Answer.PRESENT, [])
    by_old_number = stored(holders=(HolderEntry("样例", "620402199506120001", "111"),))  # it was corrected since
    assert only(asked(wanted, [Held(by_old_number, ONE)], judging(), NEW)) == (Answer.PRESENT, [])


def test_it_has_to_last_and_to_come_from_the_region() -> None:
    wanted = item(material("business-license"), regions=("6204",))
    held = [Held(stored(valid_until=date(2026, 12, 30), issuer=OTHER_CITY), ONE)]
    assert only(asked(wanted, held, judging(), until=date(2026, 12, 31))) == (
        Answer.NOT_IN_FORCE,
        ["acceptance.ends-too-early", "acceptance.region"],
    )


@pytest.mark.parametrize("code", ["gone", "status.unknown"])
def test_what_cannot_be_judged_is_not_known(code: str) -> None:
    told = asked(item(material("business-license")), [Held(stored(), ONE)], judging(p1=code))
    assert only(told)[0] is Answer.UNKNOWN


def test_a_fleet_is_not_judged_whole_and_the_answer_says_so() -> None:
    judged = []

    def judge(identifier: str) -> Verdict | None:
        judged.append(identifier)
        return judging(**{f"p{number}": "status.revoked" for number in range(1, 100)})(identifier)

    told = asked(item(material("business-license")), [Held(stored(one), ONE) for one in range(1, 60)], judge)
    assert (only(told), len(judged), told.told) == ((Answer.UNKNOWN, []), 50, ())


def test_an_item_of_two_materials_of_one_name_is_refused() -> None:
    with pytest.raises(ValueError, match="is there twice"):
        item(material(), material())


@pytest.mark.skipif(not CSV.is_file(), reason="the shared data (service_items.csv) is not on this machine")
def test_every_public_item_can_be_written_down(tmp_path: Path) -> None:
    """Names and codes of all 1,135 service items of a real district."""
    with CSV.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["itemCode"], row["name"]) for row in csv.DictReader(file)]
    assert len(rows) > 1000
    materials = '[[items.materials]]\nname = "申请表"\nenglish = "Form"\nrequired = true\n'
    text = "".join(
        f'[[items]]\ncode = "{code}"\nname = {json.dumps(name)}\nenglish = "Item"\n{materials}' for code, name in rows
    )
    (tmp_path / "service_items.toml").write_text(text, encoding="utf-8")
    loaded = ServiceItems.load(tmp_path, Catalogue.load(resource_folder("templates")))
    assert [(one.code, one.name) for one in loaded] == rows
