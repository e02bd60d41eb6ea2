"""Every act of the life cycle by its command, versions that know each other, decrees, corrected numbers."""

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
    renewed = ran(city, "renew", permit, EXAMPLE, *KIND, *WHO, "-o", city / "new.pdf")
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


def test_a_decree_extends_a_whole_type_once(city: Path, permit: str) -> None:
    revoked = ran(city, "renew", permit, EXAMPLE, *KIND, *WHO).value["identifier"]
    decree = ("extend", "food-business-permit", "--until", "2035-12-31", *WHO, "--paper", "样例〔2026〕3号")
    tried = ran(city, *decree, "--dry-run")
    assert (tried.code, tried.values[-1]) == (
        0,
        {"summary": {"extended": 1, "already": 0, "refused": 0}, "dry_run": True},
    ), "the version before has ended"
    assert ran(city, "history", revoked).value["valid_until"] == "2031-03-01", "nothing was recorded"
    assert ran(city, *decree).values[-1]["summary"] == {"extended": 1, "already": 0, "refused": 0}
    assert ran(city, *decree).values[-1]["summary"] == {"extended": 0, "already": 1, "refused": 0}
    assert ran(city, "history", revoked).value["valid_until"] == "2035-12-31"
    for chosen in (["--issued-from", "2026-03-03"], ["--expires-until", "2031-02-28"], ["--issuer", "transport"]):
        narrow = ran(city, "extend", "食品经营许可证", "--until", "2036-12-31", *WHO, *chosen)
        assert narrow.values[-1]["summary"] == {"extended": 0, "already": 0, "refused": 0}
    unknown = ran(city, "extend", "nothing", "--until", "2036-12-31", *WHO)
    assert unknown.code == 3


def test_who_may_not_be_extended_is_named_with_the_reason(city: Path, permit: str) -> None:
    assert ran(city, "extend", "food-business-permit", "--until", "2033-01-01", *WHO).code == 0
    before_issue = ("--effective", "2026-01-01T00:00:00")
    refused = ran(city, "extend", "food-business-permit", "--until", "2034-01-01", *WHO, *before_issue)
    assert refused.code == 1
    first, summary = refused.values
    assert (first["identifier"], first["error"]["code"]) == (permit, "event.before-issue")
    assert summary["summary"] == {"extended": 0, "already": 0, "refused": 1}


def test_old_and_new_number_find_the_same_licences(city: Path, permit: str, tmp_path: Path) -> None:
    old, new = "91620402MA0000001U", "91620402MA0000002R"
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
    numbers.write_text(f"{old}\n", encoding="ascii")
    assert ran(city, "correct-number", numbers, "--kind", "001", *WHO).code == 3
