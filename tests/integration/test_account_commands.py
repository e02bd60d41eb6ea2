"""`license department`, `license staff`, `license client`: what an administrator types, and what it leaves."""

from pathlib import Path

import pytest
from support import NOON, license_command

from license_lib.accounts import Action
from license_lib.accounts.opening import Accounts
from license_lib.setting_up import initialise
from license_lib.settings import Settings

PASSWORD = "purple-ladder-seven-clouds"  # noqa: S105 -- of nobody


@pytest.fixture
def home(tmp_path: Path) -> Path:
    initialise(tmp_path)
    assert license_command("department", "add", "market", "白银市市场监督管理局（样例）", "--home", tmp_path).code == 0
    return tmp_path


def opened(home: Path) -> Accounts:
    return Accounts.open(Settings.load(home), lambda: NOON)


def test_a_password_comes_from_a_file_and_is_kept_as_a_hash(home: Path) -> None:
    file = home / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    done = license_command(
        "staff", "add", "li.wei", "--name", "李伟", "--department", "market", "--role", "staff", "--role", "auditor",
        "--password-file", file, "--home", home,
    )  # fmt: skip
    assert (done.code, done.out.strip()) == (0, "账户已就绪：li.wei")
    assert PASSWORD not in done.out + done.err
    with opened(home) as accounts:
        account = accounts.staff.find("li.wei")
        assert account is not None
        assert accounts.passwords.match(account.password, PASSWORD)
    listed = license_command("staff", "list", "--home", home, "--json")
    assert listed.values == [
        {
            "login": "li.wei", "name": "李伟", "department": "market", "roles": ["auditor", "staff"],
            "second_factor": False, "provider": False, "disabled": False,
        }
    ]  # fmt: skip


def test_a_made_password_is_shown_once(home: Path) -> None:
    done = license_command(
        "staff", "add", "li.wei", "--name", "李伟", "--department", "market", "--role", "staff", "--generate",
        "--home", home, "--json",
    )  # fmt: skip
    password = done.value["password"]
    with opened(home) as accounts:
        account = accounts.staff.find("li.wei")
        assert account is not None
        assert accounts.passwords.match(account.password, str(password))
    assert str(password) not in license_command("staff", "list", "--home", home).out
    again = license_command("staff", "reset", "li.wei", "--generate", "--home", home, "--json")
    assert again.value["password"] != password


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--role", "staff"], "password.missing"),
        (["--role", "king", "--generate"], "staff.roles"),
        (["--role", "staff", "--generate", "--department", "nowhere"], "department.unknown"),
    ],
)
def test_what_is_wrong_is_told(home: Path, arguments: list[str], code: str) -> None:
    known = [] if "--department" in arguments else ["--department", "market"]
    done = license_command("staff", "add", "li.wei", "--name", "李伟", *known, *arguments, "--home", home)
    assert (done.code, f"[{code}]" in done.err) == (3, True), done.err
    with opened(home) as accounts:
        assert accounts.staff.all() == ()


def test_disabling_and_other_roles(home: Path) -> None:
    license_command(
        "staff", "add", "li.wei", "--name", "李伟", "--department", "market", "--role", "staff", "--generate",
        "--home", home,
    )  # fmt: skip
    assert license_command("staff", "roles", "li.wei", "--role", "auditor", "--home", home).code == 0
    assert license_command("staff", "disable", "li.wei", "--home", home).code == 0
    assert license_command("staff", "list", "--home", home).out.strip() == "li.wei  李伟  market  auditor  已停用"
    assert "[staff.unknown]" in license_command("staff", "disable", "nobody", "--home", home).err


def test_a_clients_secret_is_shown_once_and_works(home: Path) -> None:
    grants = ("--grant", "look:*", "--grant", "export:business-license")
    done = license_command("client", "add", "tax-desk", "--department", "market", *grants, "--home", home, "--json")
    secret = str(done.value["secret"])
    with opened(home) as accounts:
        client = accounts.clients.by_secret("tax-desk", secret)
        assert client is not None
        assert any(grant.covers(Action.EXPORT, "business-license") for grant in client.grants)
    listed = license_command("client", "list", "--home", home).out
    assert listed.strip() == "tax-desk  market  export:business-license look:*"
    fresh = license_command("client", "rotate", "tax-desk", "--home", home, "--json").value["secret"]
    with opened(home) as accounts:
        assert accounts.clients.by_secret("tax-desk", secret) is None
        assert accounts.clients.by_secret("tax-desk", str(fresh))
    assert license_command("client", "disable", "tax-desk", "--home", home).code == 0
    with opened(home) as accounts:
        assert accounts.clients.by_secret("tax-desk", str(fresh)) is None


def test_a_grant_for_no_type_and_a_certificate_that_is_none_are_refused(home: Path) -> None:
    add_client = ("client", "add", "tax-desk", "--department", "market", "--home", home)
    assert "[type.unknown]" in license_command(*add_client, "--grant", "look:busines-license").err
    assert "[client.grant]" in license_command(*add_client, "--grant", "look").err
    broken = home / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----", encoding="utf-8")
    assert "[client.certificate]" in license_command(*add_client, "--grant", "look:*", "--certificate", broken).err
    assert license_command("client", "list", "--home", home).out == ""
