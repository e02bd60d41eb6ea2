"""`lifecycle.toml`: the files of the types that come along; every fault with its place and mend, in two languages."""

from pathlib import Path

import pytest
from lifecycle_history import NEEDED, day, event, way_to

from license_lib.catalogue import Catalogue
from license_lib.error_texts import TITLES_ZH, error_lines
from license_lib.lifecycle import (
    DEFAULT_RULES,
    INFORMATION,
    RETURN_CODES,
    Condition,
    EventError,
    EventKind,
    LicenseState,
    Overdue,
    RulesError,
    TypeRules,
    check,
    condition_of,
    load_rules,
)
from license_lib.resources import resource_folder

TEMPLATES = resource_folder("templates")
CODES = """
[codes.send]
issued = "1"
not-yet = "1"
suspended = "2"
expired = "6"
revoked = "5"
withdrawn = "3"
cancelled = "4"
superseded = "4"
transferred = "7"
holder-ended = "4"

[codes.receive]
"1" = "issued"
"2" = "suspended"
"3" = "withdrawn"
"4" = "cancelled"
"5" = "revoked"
"6" = "expired"
"7" = "transferred"
"9" = "cancelled"
"""
PERMITS = {
    "business-license", "construction-permit", "food-business-permit", "medical-institution-license",
    "road-transport-permit", "vehicle-transport-certificate",
}  # fmt: skip


def rules_of(folder: Path, text: str) -> TypeRules:
    (folder / "lifecycle.toml").write_text(text, encoding="utf-8")
    return load_rules(folder)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(RulesError) as error:
        rules_of(folder, text)
    assert error.value.code == "lifecycle.invalid"
    assert error.value.code in TITLES_ZH
    lines = error.value.message.split("\n")
    assert len(lines) == len(error.value.message_zh.split("\n"))
    assert all(line.startswith(f"{folder.name}/lifecycle.toml: ") and " → " in line for line in lines)
    assert error_lines(error.value)[1] == "  " + error.value.message_zh.split("\n")[0]
    return lines


def test_a_type_without_the_file_has_the_general_rules(tmp_path: Path) -> None:
    assert load_rules(tmp_path) == DEFAULT_RULES
    assert DEFAULT_RULES.never == {}


def test_every_type_that_comes_along_has_its_rules() -> None:
    types = [kind.key for kind in Catalogue.load(TEMPLATES)]
    assert len(types) == 12
    for key in types:
        rules = load_rules(TEMPLATES / key)
        assert (TEMPLATES / key / "lifecycle.toml").is_file()
        # 暂扣 and 吊销 are penalties for holders of permits (行政处罚法 art. 9): what attests a fact knows neither.
        assert (EventKind.WITHDRAW not in rules.never) is (key in PERMITS)
        assert (EventKind.SUSPEND in rules.never) is (EventKind.REINSTATE in rules.never)
        assert (EventKind.TRANSFER_OUT in rules.never) is (EventKind.TRANSFER_IN in rules.never)
        assert {EventKind.ISSUE, EventKind.REVOKE, EventKind.CORRECT, EventKind.CANCEL} & rules.never.keys() == set()
    assert load_rules(TEMPLATES / "_new") == DEFAULT_RULES


def test_a_long_term_type_is_never_renewed() -> None:
    for kind in Catalogue.load(TEMPLATES):
        if kind.validity.rule == "long-term":
            assert {EventKind.RENEW, EventKind.EXTEND} <= load_rules(TEMPLATES / kind.key).never.keys()


def test_the_reason_is_told() -> None:
    rules = load_rules(TEMPLATES / "birth-certificate")
    with pytest.raises(EventError) as error:
        check(way_to(LicenseState.ISSUED), event(9, EventKind.RENEW, 5), rules)
    assert error.value.code == "event.not-for-type"
    assert error.value.message.endswith("renewal 延续: it has no end that could be moved")
    assert error.value.message_zh == "此类证照不办理延续：长期有效，没有期限可延"
    check(way_to(LicenseState.ISSUED), event(9, EventKind.REPLACE, 5), rules)


def test_a_whole_file(tmp_path: Path) -> None:
    text = 'inspection_months = 24\noverdue = "not-in-force"\nlate = ["renew", "amend"]\n'
    text += '[[never]]\nkinds = ["suspend", "reinstate"]\nzh = "没有"\nen = "none"\n' + CODES
    rules = rules_of(tmp_path, text)
    assert (rules.inspection_months, rules.overdue) == (24, Overdue.NOT_IN_FORCE)
    assert rules.late == {EventKind.RENEW, EventKind.AMEND}
    assert {kind: words.zh for kind, words in rules.never.items()} == {
        EventKind.SUSPEND: "没有", EventKind.REINSTATE: "没有"
    }  # fmt: skip
    assert rules.codes.code(Condition.EXPIRED) == "6"
    assert rules.codes.condition("9") is Condition.CANCELLED
    with pytest.raises(EventError) as error:
        rules.codes.condition("8")
    assert error.value.code == "event.code-unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("inspection_months = 0", "inspection_months: "),
        ('inspection_months = "12"', "inspection_months: "),
        ("inspections_months = 12", "did you mean `inspection_months`?"),
        ('overdue = "maybe"', "overdue: "),
        ('late = ["suspend"]', "late: 'suspend' makes no new version"),
        ('late = ["renewal"]', "late[0]: "),
        ('[[never]]\nkinds = []\nzh = "没有"\nen = "none"', "never[0].kinds: "),
        ('[[never]]\nkinds = ["revoke"]\nzh = "没有"\nen = "none"', "every type has 'revoke'"),
        ('[[never]]\nkinds = ["correct"]\nzh = "没有"\nen = "none"', "every type has 'correct'"),
        ('[[never]]\nkinds = ["renew"]\nen = "none"', "never[0].zh: is missing → add it"),
        ('[[never]]\nkinds = ["renew", "renew"]\nzh = "没有"\nen = "none"', "never[0].kinds[1]: is there twice"),
        ('inspection_months = 12\n[[never]]\nkinds = ["inspect"]\nzh = "没有"\nen = "none"', "knows no inspections"),
        ('late = ["renew"]\n[[never]]\nkinds = ["renew"]\nzh = "没有"\nen = "none"', "late[0]: "),
        (CODES.replace('expired = "6"\n', ""), "codes: send has no code for expired"),
        (CODES.replace("expired =", "outdated ="), "codes.send.outdated: "),
        (CODES.replace('"6" = "expired"\n', ""), "code '6' is sent, but receive does not have it"),
        (CODES.replace('"6" = "expired"', '"6" = "issued"'), "code '6' is received as issued, which is sent as '1'"),
        ("[codes.send", "not TOML"),
    ],
)
def test_every_fault_has_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in line for line in faults(tmp_path, text))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, 'inspection_months = 0\noverdue = "maybe"\nlate = ["suspend"]')) == 3


def test_a_link_out_of_the_templates_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text('passphrase = "x"', encoding="utf-8")
    folder = tmp_path / "templates" / "taxi-permit"
    folder.mkdir(parents=True)
    (folder / "lifecycle.toml").symlink_to(secret)
    with pytest.raises(RulesError) as error:
        load_rules(folder)
    assert "passphrase" not in error.value.message
    assert "leads out" in error.value.message


def test_the_common_codes() -> None:
    told = {state.value: INFORMATION.code(Condition(state.value)) for state in LicenseState}
    assert told.pop("issued") == "0"
    assert told.pop("suspended") == "2"
    assert set(told.values()) == {"3"}
    assert INFORMATION.code(Condition.NOT_YET) == "1"
    assert INFORMATION.code(Condition.EXPIRED) == "3"
    assert {code: INFORMATION.condition(code).value for code in "0123"} == {
        "0": "issued", "1": "not-yet", "2": "suspended", "3": "cancelled"
    }  # fmt: skip
    assert set(RETURN_CODES) == set(Condition)
    assert [RETURN_CODES[Condition(name)] for name in ("issued", "suspended", "expired", "revoked", "superseded")] == [
        "0", "23", "22", "21", "21"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "on", "told"),
    [
        (LicenseState.ISSUED, -1, "not-yet"),
        (LicenseState.ISSUED, 0, "issued"),
        (LicenseState.ISSUED, 10, "issued"),
        (LicenseState.ISSUED, 11, "expired"),
        (LicenseState.SUSPENDED, -1, "suspended"),
        (LicenseState.SUSPENDED, 11, "expired"),
        (LicenseState.REVOKED, 11, "revoked"),
        (LicenseState.SUPERSEDED, -1, "superseded"),
    ],
)
def test_a_code_tells_state_and_days_at_once(state: LicenseState, on: int, told: str) -> None:
    days = {"valid_from": day(0).date(), "valid_until": day(10).date()}
    assert condition_of(state, day(on).date(), **days) == told
    if told != "expired":
        assert condition_of(state, day(on).date(), valid_from=day(0).date(), valid_until=None) == told


def test_each_kind_of_the_tests_is_whole() -> None:
    assert NEEDED.keys() <= set(EventKind)
