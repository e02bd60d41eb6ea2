"""Every act of the life cycle by its command, versions that know each other, decrees, corrected numbers."""

import json
from pathlib import Path

import pytest
from support import ISSUERS, Done, license_command

from license_lib.resources import resource_folder

EXAMPLE = resource_folder("templates") / "food-business-permit" / "example.toml"
KIND = ("--type", "food-business-permit", "--issuer", "market")
WHO = ("--actor", "样例·经办人", "--reason", "样例")


@pytest.fixture
def permit(city: Path) -> str:
    """Identifier of a 食品经营许可证 of the home."""
    return issued(city, "food-business-permit")


def issued(city: Path, type_key: str) -> str:
    example = resource_folder("templates") / type_key / "example.toml"
    kind = ("--type", type_key, "--issuer", ISSUERS[type_key])
    return str(license_command("issue", example, *kind, "--home", city, "--json").value["identifier"])


def ran(city: Path, *arguments: object) -> Done:
    return license_command(*arguments, "--home", city, "--json")


def state(city: Path, identifier: str) -> str:
    return str(ran(city, "history", identifier).value["state"])


@pytest.mark.parametrize(
    ("acts", "states"),
    [
        (["suspend", "reinstate", "revoke"], ["suspended", "issued", "revoked"]),
        (["withdraw", "cancel"], ["withdrawn", "cancelled"]),
        (["holder-ended", "cancel"], ["holder-ended", "cancelled"]),
    ],
)
def test_every_act_has_its_command(city: Path, permit: str, acts: list[str], states: list[str]) -> None:
    for act, expected in zip(acts, states, strict=True):
        done = ran(city, act, permit, *WHO, "--body", "样例局", "--paper", "样例〔2026〕1号", "--legal-basis", "样例法")
        assert (done.code, done.value["kind"], done.value["paper"]) == (0, act, "样例〔2026〕1号"), done.err
        assert state(city, permit) == expected


def test_a_licence_goes_to_another_authority_and_comes_back(city: Path) -> None:
    identifier = issued(city, "road-transport-permit")
    for act, expected in (("transfer-out", "transferred"), ("transfer-in", "issued")):
        assert ran(city, act, identifier, *WHO).code == 0
        assert state(city, identifier) == expected


def test_what_may_not_follow_is_refused_and_said_in_words(city: Path, permit: str) -> None:
    refused = ran(city, "reinstate", permit, *WHO)
    assert (refused.code, refused.error["code"]) == (3, "event.not-allowed")
    refused = ran(city, "inspect", permit, "--passed", *WHO)
    assert (refused.code, refused.error["code"]) == (3, "event.not-for-type")
    assert state(city, permit) == "issued"


def test_an_act_counts_from_when_it_takes_effect(city: Path, permit: str) -> None:
    late = ran(city, "suspend", permit, *WHO, "--effective", "2026-04-01T00:00:00")
    assert late.value["effective_at"] == "2026-03-31T16:00:00+00:00"
    assert late.value["recorded_at"] > late.value["effective_at"]
    assert ran(city, "history", permit, "--at", "2026-03-31T23:59:59").value["state"] == "issued"
    assert ran(city, "history", permit, "--at", "2026-04-01T00:00:00").value["state"] == "suspended"
    assert ran(city, "history", permit, "--at", "2026-01-01T00:00:00").value["state"] is None
    shown = license_command("history", permit, "--home", city).out
    assert "2026-04-01 00:00（" in shown
    assert "登记）  暂扣  样例  样例·经办人" in shown


def test_an_inspection_is_on_record_where_the_type_has_one(city: Path) -> None:
    identifier = issued(city, "vehicle-transport-certificate")
    failed = ran(city, "inspect", identifier, "--failed", "--actor", "样例·经办人")
    assert (failed.code, failed.value["details"]) == (0, {"passed": False})
    passed = ran(city, "inspect", identifier, "--passed", "--next-due", "2028-03-01", "--actor", "样例·经办人")
    assert passed.value["details"] == {"passed": True, "next_due": "2028-03-01"}
    assert ran(city, "history", identifier).value["inspection_due"] == "2028-03-01"
    assert "年检  合格，下次 2028-03-01" in license_command("history", identifier, "--home", city).out


def test_a_new_version_and_the_old_one_know_each_other(city: Path, permit: str) -> None:
    renewed = ran(city, "renew", permit, EXAMPLE, *WHO, "-o", city / "new.pdf")
    assert (renewed.code, renewed.value["previous"]) == (0, permit), renewed.err
    new = renewed.value["identifier"]
    assert new != permit
    assert new.split(".")[-3] == permit.split(".")[-3], "the same serial"
    old, now = ran(city, "history", permit).value, ran(city, "history", new).value
    assert (old["state"], old["next"], old["previous"]) == ("superseded", new, None)
    assert (now["state"], now["next"], now["previous"]) == ("issued", None, permit)
    again = ran(city, "renew", permit, EXAMPLE, *KIND, *WHO)
    assert (again.code, again.value["identifier"]) == (0, new), "the same request gives the same licence"
    other = ran(city, "replace", permit, EXAMPLE, *KIND, *WHO)
    assert (other.code, other.error["code"]) == (3, "event.not-allowed"), "its place is taken"
    replaced = ran(city, "replace", new, EXAMPLE, *KIND, *WHO)
    assert replaced.code == 0
    assert ran(city, "verify", city / "new.pdf").code == 1


def test_a_wrong_event_is_corrected_by_another(city: Path, permit: str) -> None:
    suspended = ran(city, "suspend", permit, *WHO).value["sequence"]
    assert ran(city, "correct", permit, suspended, *WHO).code == 3, "moved, or annulled?"
    moved = ran(city, "correct", permit, suspended, "--moved-to", "2026-05-01T08:00:00", *WHO)
    assert (moved.code, moved.value["kind"]) == (0, "correct"), moved.err
    assert ran(city, "history", permit, "--at", "2026-06-01").value["state"] == "suspended"
    assert ran(city, "correct", permit, suspended, "--annul", *WHO).code == 0
    assert ran(city, "history", permit, "--at", "2026-06-01").value["state"] == "issued"
    events = ran(city, "history", permit).value["events"]
    assert [event["kind"] for event in events] == ["issue", "suspend", "correct", "correct"], "nothing was changed"
    nothing = ran(city, "correct", permit, 10_000, "--annul", *WHO)
    assert (nothing.code, nothing.error["code"]) == (3, "event.nothing-to-correct")


def extended(city: Path, *arguments: object) -> tuple[int, int, int]:
    """How many were extended, had it before, were refused."""
    summary = ran(city, "extend", "food-business-permit", *WHO, *arguments).values[-1]["summary"]
    return summary["extended"], summary["already"], summary["refused"]


DECREE = ("--until", "2035-12-31", "--paper", "样例〔2026〕3号")


def test_a_decree_extends_a_whole_type_once(city: Path, permit: str) -> None:
    newer = ran(city, "renew", permit, EXAMPLE, *WHO).value["identifier"]
    tried = ran(city, "extend", "食品经营许可证", *DECREE, *WHO, "--dry-run")
    summary = {"extended": 1, "already": 0, "refused": 0}
    assert (tried.code, tried.values[-1]) == (0, {"summary": summary, "dry_run": True}), "the version before has ended"
    assert ran(city, "history", newer).value["valid_until"] == "2031-03-01", "nothing was recorded"
    assert extended(city, *DECREE) == (1, 0, 0)
    assert extended(city, *DECREE, "--dry-run") == (0, 1, 0)
    assert extended(city, *DECREE) == (0, 1, 0)
    assert ran(city, "history", newer).value["valid_until"] == "2035-12-31"
    (event,) = [one for one in ran(city, "history", newer).value["events"] if one["kind"] == "extend"]
    assert ran(city, "correct", newer, event["sequence"], "--annul", *WHO).code == 0
    assert extended(city, *DECREE) == (0, 1, 0), "what somebody took back is not done again"
    assert ran(city, "history", newer).value["valid_until"] == "2031-03-01"


def test_a_decree_is_for_those_that_it_chooses(city: Path, permit: str) -> None:
    later = ("--until", "2036-12-31", "--paper", "样例〔2026〕4号", "--dry-run")
    for chosen in (
        ["--issued-from", "2026-03-03"],
        ["--issued-until", "2026-03-01"],
        ["--expires-until", "2031-02-28"],
        ["--expires-from", "2031-03-02"],
        ["--issuer", "transport"],
        ["--effective", "2031-03-02T00:00:00"],
    ):
        assert extended(city, *later, *chosen) == (0, 0, 0), chosen
    assert extended(city, *later, "--expires-from", "2031-03-01", "--issued-from", "2026-03-02") == (1, 0, 0)
    assert extended(city, *later, "--effective", "2031-03-02T00:00:00", "--expires-from", "2031-03-01") == (1, 0, 0)
    assert extended(city, *DECREE) == (1, 0, 0)
    assert extended(city, *later, "--expires-from", "2035-12-31") == (1, 0, 0), "the last day as a decree made it"
    assert extended(city, *later, "--expires-until", "2035-12-30") == (0, 0, 0)
    assert ran(city, "cancel", permit, *WHO, "--effective", "2030-01-01T00:00:00").code == 0
    assert extended(city, *later) == (1, 0, 0), "it has not ended yet"


def test_who_may_not_be_extended_is_named_with_the_reason(city: Path, permit: str) -> None:
    shorter = ran(city, "extend", "food-business-permit", "--until", "2030-01-01", "--paper", "样例〔2026〕5号", *WHO)
    assert shorter.code == 1
    first, summary = shorter.values
    assert (first["identifier"], first["error"]["code"]) == (permit, "event.extends-nothing")
    assert summary["summary"] == {"extended": 0, "already": 0, "refused": 1}
    nameless = ran(city, "extend", "food-business-permit", "--until", "2035-01-01", *WHO)
    assert (nameless.code, json.loads(nameless.err)["error"]["code"]) == (3, "event.paper-missing")
    assert ran(city, "extend", "nothing", *DECREE, *WHO).code == 3


def test_what_is_to_come_does_not_count_yet(city: Path, permit: str, tmp_path: Path) -> None:
    copy = tmp_path / "print.pdf"
    assert ran(city, "suspend", permit, *WHO).code == 0
    assert ran(city, "reinstate", permit, *WHO, "--effective", "2030-01-01T00:00:00").code == 0
    assert ran(city, "show", permit).value["state"] == "suspended"
    refused = ran(city, "print", permit, "-o", copy)
    assert (refused.code, refused.error["code"], copy.exists()) == (3, "license.ended", False)
    other = issued(city, "road-transport-permit")
    assert ran(city, "cancel", other, *WHO, "--effective", "2030-01-01T00:00:00").code == 0
    assert ran(city, "show", other).value["state"] == "issued"
    assert ran(city, "show", other, "--at", "2030-01-01T00:00:00").value["state"] == "cancelled"
    assert ran(city, "print", other, "-o", copy).code == 0


def test_old_and_new_number_find_the_same_licences(city: Path, permit: str, tmp_path: Path) -> None:
    old, new = "91620402MA0000001U", "91620402MA0000002Y"
    numbers = tmp_path / "numbers.txt"
    numbers.write_text(f"{old}\n{new}\n", encoding="ascii")
    done = ran(city, "correct-number", numbers, "--kind", "001", *WHO)
    assert done.code == 0, done.err
    assert old not in done.out
    assert new not in done.out
    for number in (old, new):
        assert ran(city, "show", "--holder", number).value["identifier"] == permit
    again = ran(city, "correct-number", numbers, "--kind", "001", *WHO)
    assert (again.code, again.error["code"]) == (3, "holder.has-number")
    shown = license_command("show", "--holder", old, "--home", city)
    assert shown.err == "此代码曾经更正\n"
    assert ran(city, "correct-number-back", done.value["sequence"], *WHO).code == 0
    assert ran(city, "show", "--holder", new).code == 1
    numbers.write_text(f"{old}\n", encoding="ascii")
    assert ran(city, "correct-number", numbers, "--kind", "001", *WHO).code == 3
    numbers.write_text(f"{old}\nnonsense\n", encoding="ascii")
    wrong = ran(city, "correct-number", numbers, "--kind", "001", *WHO)
    assert (wrong.code, wrong.error["code"].split(".")[0]) == (3, "number")
