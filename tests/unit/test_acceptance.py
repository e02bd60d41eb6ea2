"""Does a licence serve for a service item? Types, holders, days and regions, each with the code that says why not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support import NOON

from license_lib.acceptance import Acceptance, Applicants, Decision, ServiceItem, ServiceItems, accept
from license_lib.acceptance.findings import ACCEPTANCE_CODES, AcceptanceFinding
from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.findings import Finding
from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses import Holder, Issuer, License
from license_lib.licenses.model import TemplateRef
from license_lib.qr import QrProof
from license_lib.resources import resource_folder
from license_lib.verification import Verdict
from license_lib.verification.verdict import DOCUMENT_PROOFS, Evidence, Outcome

ITEMS = """
[[items]]
code = "catering"
name = "开办餐饮店"
english = "Opening a restaurant"
regions = ["6204"]

[[items.materials]]
name = "主体或者场所证明"
english = "Who applies, or where"
required = true
accepts = [
  {{ type = "business-license", whose = "{whose}" }},
  {{ type = "real-estate-certificate", whose = "anybody" }},
]
"""
OLD, NEW = "620402750612007", "62040219750612007X"
BODY = "91620402MA0000000Q"
BODY_15 = OLD  # as a registration number of 15 digits: the same digits, another kind of thing


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(resource_folder("templates"))


def item(catalogue: Catalogue, folder: Path, whose: str = "applicant") -> ServiceItem:
    (folder / "service_items.toml").write_text(ITEMS.format(whose=whose), encoding="utf-8")
    return ServiceItems.load(folder, catalogue).get("catering")


def verdict(
    catalogue: Catalogue,
    *holders: Holder,
    type_key: str = "business-license",
    issuer: str = "11620400000000102W",
    valid_until: date | None = None,
    finding: str = "",
) -> Verdict:
    """On a licence that is in force, or of which one thing was found."""
    kind = catalogue.get(type_key)
    identifier = LicenseIdentifier.build(kind.code.value, issuer, "2026000000001")
    document = License(
        identifier=identifier,
        type_name=kind.name,
        type_code=kind.code.value,
        template=TemplateRef(kind.key, kind.version, kind.digest),
        number="1",
        holders=holders,
        issuer=Issuer("样例局", issuer, 3),
        issued_on=date(2026, 3, 2),
        valid_from=date(2026, 3, 2),
        valid_until=valid_until,
        fields={},
        photo=None,
        salt=bytes(16),
    )
    findings = (Finding(finding),) if finding else ()
    return Verdict(NOON, findings, frozenset(DOCUMENT_PROOFS), DOCUMENT_PROOFS, document, None, Evidence())


def person(number: str) -> Holder:
    return Holder("样例", number, "111")


def codes(acceptance: Acceptance) -> list[str]:
    return [finding.code for finding in acceptance.findings]


@pytest.mark.parametrize(
    ("holder", "typed"),
    [
        (person(NEW), NEW),
        (person(NEW), NEW.lower()),
        (person(NEW), OLD),
        (person(NEW), f"  {NEW} "),
        (person(NEW), "６２０４０２１９７５０６１２００７Ｘ"),
        (Holder("样例公司", BODY, "001"), BODY.lower()),
        (Holder("样例", "E12345678", "414"), "e12345678"),
        (Holder("样例社", BODY_15, "099"), BODY_15),
    ],
)
def test_the_applicant_is_the_holder_however_the_number_is_spelt(
    catalogue: Catalogue, tmp_path: Path, holder: Holder, typed: str
) -> None:
    accepted = accept(verdict(catalogue, holder), item(catalogue, tmp_path), Applicants((typed,)), catalogue)
    assert (codes(accepted), accepted.decision) == ([], Decision.ACCEPTED)


@pytest.mark.parametrize(
    ("holder", "typed"),
    [
        (person(NEW), "620402199506120001"),
        (person(NEW), NEW[:-1] + "1"),  # the same person, mistyped: the check character does not fit
        (Holder("样例公司", BODY, "001"), NEW),
        (Holder("样例社", BODY_15, "099"), NEW),  # another kind of number, which only as a person's would be the same
        (Holder("样例", "E12345678", "414"), "E12345679"),
    ],
)
def test_another_applicant_is_refused_without_a_word_of_the_number(
    catalogue: Catalogue, tmp_path: Path, holder: Holder, typed: str
) -> None:
    refused = accept(verdict(catalogue, holder), item(catalogue, tmp_path), Applicants((typed,)), catalogue)
    assert (codes(refused), refused.decision) == (["acceptance.holder"], Decision.REFUSED)
    assert typed not in repr(refused) + repr(Applicants((typed,)))


@pytest.mark.parametrize(
    ("whose", "applicants", "expected"),
    [
        ("applicant", (NEW,), []),
        ("applicant", (BODY, OLD), []),
        ("applicant", (NEW, "620402199506120001"), ["acceptance.holder"]),
        ("all-holders", (NEW,), ["acceptance.holders-missing"]),
        ("all-holders", (BODY, OLD), []),
        ("all-holders", (NEW, NEW), ["acceptance.holders-missing"]),
        ("anybody", ("620402199506120001",), []),
    ],
)
def test_several_holders(
    catalogue: Catalogue, tmp_path: Path, whose: str, applicants: tuple[str, ...], expected: list[str]
) -> None:
    held = verdict(catalogue, person(NEW), Holder("样例公司", BODY, "001"))
    assert codes(accept(held, item(catalogue, tmp_path, whose), Applicants(applicants), catalogue)) == expected


@pytest.mark.parametrize(
    ("valid_until", "until", "early"),
    [
        (date(2026, 12, 31), date(2026, 12, 31), False),
        (date(2026, 12, 30), date(2026, 12, 31), True),
        (None, date(2026, 12, 31), False),
        (date(2026, 12, 30), None, False),
    ],
)
def test_it_lasts_to_the_needed_day_itself(
    catalogue: Catalogue, tmp_path: Path, valid_until: date | None, until: date | None, *, early: bool
) -> None:
    held = verdict(catalogue, person(NEW), valid_until=valid_until)
    answer = accept(held, item(catalogue, tmp_path), Applicants((NEW,)), catalogue, until=until)
    assert codes(answer) == (["acceptance.ends-too-early"] if early else [])


def test_a_decree_that_extends_it_counts(catalogue: Catalogue, tmp_path: Path) -> None:
    held = verdict(catalogue, person(NEW), valid_until=date(2026, 12, 30))
    held = replace(held, findings=(Finding("status.extended", {"date": "2027-06-30"}),))
    for until, expected in ((date(2027, 6, 30), []), (date(2027, 7, 1), ["acceptance.ends-too-early"])):
        answer = accept(held, item(catalogue, tmp_path), Applicants((NEW,)), catalogue, until=until)
        assert codes(answer) == expected


def test_every_reason_is_named_at_once(catalogue: Catalogue, tmp_path: Path) -> None:
    other = "11620100000000100X"
    held = verdict(
        catalogue, person(NEW), type_key="residence-permit", issuer=_checked(other), valid_until=date(2026, 12, 1)
    )
    answer = accept(held, item(catalogue, tmp_path), Applicants((BODY,)), catalogue, until=date(2027, 1, 1))
    assert codes(answer) == ["acceptance.type", "acceptance.ends-too-early", "acceptance.region"]
    words = " ".join(finding.text(language) for finding in answer.findings for language in ("zh", "en"))
    assert {"营业执照、不动产权证书" in words, "620100" in words, "2026-12-01" in words} == {True}


def test_another_type_may_be_anybodys(catalogue: Catalogue, tmp_path: Path) -> None:
    held = verdict(catalogue, person(NEW), type_key="real-estate-certificate")
    assert codes(accept(held, item(catalogue, tmp_path), Applicants((BODY,)), catalogue)) == []


@pytest.mark.parametrize(
    ("finding", "outcome", "code", "decision"),
    [
        ("validity.expired", Outcome.NOT_IN_FORCE, "acceptance.not-in-force", Decision.REFUSED),
        ("seal.altered", Outcome.NOT_GENUINE, "acceptance.not-in-force", Decision.REFUSED),
        ("status.unknown", Outcome.UNDETERMINED, "acceptance.in-force-unknown", Decision.UNDETERMINED),
    ],
)
def test_of_what_is_not_in_force_nothing_else_is_asked(
    catalogue: Catalogue, tmp_path: Path, finding: str, outcome: Outcome, code: str, decision: Decision
) -> None:
    judged = verdict(catalogue, type_key="residence-permit", finding=finding)
    assert judged.outcome is outcome
    answer = accept(judged, item(catalogue, tmp_path), Applicants((NEW,)), catalogue)
    assert (codes(answer), answer.decision) == ([code], decision)


def test_a_code_alone_does_not_say_whose_it_is(catalogue: Catalogue, tmp_path: Path) -> None:
    judged = verdict(catalogue, person(NEW))
    assert judged.license is not None
    day = judged.license.issued_on
    proof = QrProof(judged.license.identifier, day, day, None, b"", {}, b"", b"", b"")
    on_paper = replace(judged, license=None, code=proof)
    answer = accept(on_paper, item(catalogue, tmp_path), Applicants((NEW,)), catalogue)
    assert (codes(answer), answer.decision) == (["acceptance.holder-unknown"], Decision.UNDETERMINED)
    certain = accept(
        replace(on_paper, code=replace(proof, valid_until=day)),
        item(catalogue, tmp_path),
        Applicants((NEW,)),
        catalogue,
        until=date(2027, 1, 1),
    )
    assert certain.decision is Decision.REFUSED, "what is certain decides"


@pytest.mark.parametrize("numbers", [(), ("1",) * 101, ("  ",), ("1" * 300,)])
def test_applicants_are_some_and_not_too_many(numbers: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        Applicants(numbers)


def test_applicants_stand_one_on_a_line() -> None:
    assert Applicants.read(f"{NEW}\r\n\n {BODY} \n").numbers == (NEW, f" {BODY} ")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (
            '"business-license"',
            '"busines-license"',
            "items[0].materials[0].accepts[0].type: is no licence type of the catalogue",
        ),
        (
            '"business-license"',
            '"营业执照"',
            "items[0].materials[0].accepts[0].type: is no licence type of the catalogue",
        ),
        ('"real-estate-certificate"', '"business-license"', "'business-license' is there twice"),
        ('whose = "applicant"', 'whose = "nobody"', "items[0].materials[0].accepts[0].whose"),
        ('regions = ["6204"]', 'regions = ["62040"]', "items[0].regions[0]"),
        ('regions = ["6204"]', 'region = ["6204"]', "items[0].region: is not known here → did you mean `regions`?"),
        ('english = "Opening a restaurant"', "", "items[0].english: is missing → add it"),
        ("[[items]]", "[items]", "items"),
        ("accepts = [", "accepts = [[", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(
    catalogue: Catalogue, tmp_path: Path, old: str, new: str, place: str
) -> None:
    text = ITEMS.format(whose="applicant")
    assert text.count(old) == 1
    (tmp_path / "service_items.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=r"service_items\.toml") as refused:
        ServiceItems.load(tmp_path, catalogue)
    assert refused.value.code == "service-items.invalid"
    assert place in refused.value.message


def test_two_items_of_one_code_are_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "service_items.toml").write_text(ITEMS.format(whose="applicant") * 2, encoding="utf-8")
    with pytest.raises(InputError, match="'catering' is there twice"):
        ServiceItems.load(tmp_path, catalogue)


def test_what_is_missing_is_said(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(InputError) as missing:
        ServiceItems.load(tmp_path, catalogue)
    assert missing.value.code == "service-items.missing"
    item(catalogue, tmp_path)
    with pytest.raises(InputError) as unknown:
        ServiceItems.load(tmp_path, catalogue).get("opening")
    assert (unknown.value.code, unknown.value.hint) == ("service-item.unknown", "known ones: catering")


def test_the_example_of_the_page_loads(catalogue: Catalogue, tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "acceptance.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "service_items.toml").write_text(example, encoding="utf-8")
    assert [one.code for one in ServiceItems.load(tmp_path, catalogue)] == ["620400-catering"]


def test_a_code_that_is_not_in_the_table_is_no_finding() -> None:
    with pytest.raises(ValueError, match="nosuch"):
        AcceptanceFinding("acceptance.nosuch")
    assert all(code.startswith("acceptance.") for code in ACCEPTANCE_CODES)


def _checked(code: str) -> str:
    """A credit code with the check character that fits."""
    from license_lib.identifiers.credit import check_character

    return code[:17] + check_character(code[:17])
