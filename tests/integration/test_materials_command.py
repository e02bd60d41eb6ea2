"""`license materials`: what the repository has already, without a number on the command line or in the output."""

from pathlib import Path

from integration.test_accept_command import HOLDER, STRANGER, licensed
from support import Done, license_command

__all__ = ["licensed"]


def asked(home: Path, number: str, *more: object) -> Done:
    (home / "applicant.txt").write_text(number + "\n", encoding="utf-8")
    given = ["--item", "620400-catering", "--applicant-file", home / "applicant.txt", "--home", home]
    return license_command("materials", *given, *more, passphrase=None)


def answers(done: Done) -> list[str]:
    return [one["answer"] for one in done.value["materials"]]


def test_what_is_in_the_repository_is_not_asked_for(licensed: Path) -> None:
    held = asked(licensed, HOLDER, "--json")
    assert (held.code, answers(held)) == (1, ["present", "absent", "absent"])
    identifier = held.value["materials"][0]["licenses"][0]["identifier"]
    none = asked(licensed, STRANGER, "--json")
    assert (none.code, answers(none)) == (1, ["absent", "absent", "absent"])
    for done in (held, none, asked(licensed, HOLDER), asked(licensed, HOLDER, "--english")):
        assert HOLDER.upper() not in done.out.upper()
        assert STRANGER not in done.out + done.err
    assert "库中已有，不要再收" in asked(licensed, HOLDER).out
    used = license_command("usage", identifier, "--home", licensed, "--json").values
    assert [(one["kind"], one["item"], one["purpose"]) for one in used] == [
        ("look", "620400-catering", "开办餐饮店一件事")
    ] * 4, "each of them, and nothing of the stranger's"


def test_a_suspended_one_is_told_with_its_remedy(licensed: Path) -> None:
    identifier = asked(licensed, HOLDER, "--json").value["materials"][0]["licenses"][0]["identifier"]
    cause = ["--reason", "检查", "--actor", "样例", "--home", licensed]
    assert license_command("suspend", identifier, *cause).code == 0
    done = asked(licensed, HOLDER, "--json")
    assert answers(done)[0] == "not-in-force"
    assert [one["code"] for one in done.value["materials"][0]["licenses"][0]["reasons"]] == ["status.suspended"]


def test_what_is_wrong_with_the_question_is_usage(licensed: Path) -> None:
    assert asked(licensed, " ", "--json").error["code"] == "applicant.missing"
    given = ["--item", "nosuch", "--applicant-file", licensed / "applicant.txt", "--home", licensed, "--json"]
    assert license_command("materials", *given).error["code"] == "service-item.unknown"
