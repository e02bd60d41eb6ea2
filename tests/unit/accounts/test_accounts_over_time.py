"""Sessions, clients and tokens: when they end, and what ends them."""

from pathlib import Path

import pytest
from databases import by_hand
from signing_in import Clock

from license_lib.accounts import Action, Grant, Role
from license_lib.accounts.clients import narrowed
from license_lib.accounts.opening import Accounts
from license_lib.backups.copying import copy_to_file
from license_lib.errors import InputError
from license_lib.repository.database import Database


def grants(*texts: str) -> frozenset[Grant]:
    return frozenset(map(Grant.parse, texts))


def add(accounts: Accounts, *roles: Role) -> str:
    accounts.staff.add("li.wei", "李伟", "market", roles or [Role.STAFF], password="-")  # noqa: S106
    return accounts.sessions.begin("li.wei", complete=True)


def test_a_session_ends_when_nobody_is_there(accounts: Accounts, clock: Clock) -> None:
    secret = add(accounts)
    for _ in range(5):
        clock.wait(minutes=29)
        assert accounts.sessions.find(secret), "each request goes on with it"
    clock.wait(minutes=30)
    assert accounts.sessions.find(secret) is None
    clock.wait(minutes=-10)
    assert accounts.sessions.find(secret) is None, "it is gone, and no clock brings it back"


def test_a_session_ends_after_a_day_of_work(accounts: Accounts, clock: Clock) -> None:
    secret = add(accounts)
    for _ in range(10 * 4 - 1):
        clock.wait(minutes=15)
        assert accounts.sessions.find(secret)
    clock.wait(minutes=15)
    assert accounts.sessions.find(secret) is None


def test_disabling_somebody_ends_what_they_have(accounts: Accounts) -> None:
    secret = add(accounts)
    accounts.staff.disable("li.wei")
    assert accounts.sessions.find(secret) is None
    fresh = accounts.sessions.begin("li.wei", complete=True)
    assert accounts.sessions.find(fresh) is None, "nor does a session that began at the same moment last"


def test_a_role_that_was_taken_away_is_gone_with_the_next_look(accounts: Accounts) -> None:
    secret = add(accounts, Role.STAFF, Role.AUDITOR)
    accounts.staff.set_roles("li.wei", [Role.AUDITOR])
    session = accounts.sessions.find(secret)
    assert session is not None
    assert session.account.roles == {Role.AUDITOR}


def test_signing_out_everywhere_ends_every_session_of_one_person(accounts: Accounts) -> None:
    secrets = [add(accounts), *(accounts.sessions.begin("li.wei", complete=True) for _ in range(2))]
    accounts.staff.add("wang.fang", "王芳", "market", [Role.STAFF], password="-")  # noqa: S106
    other = accounts.sessions.begin("wang.fang", complete=True)
    assert accounts.sessions.count("li.wei") == 3
    accounts.sessions.end_all("li.wei")
    assert [accounts.sessions.find(secret) for secret in secrets] == [None] * 3
    assert accounts.sessions.find(other)


def test_a_new_password_ends_sessions_and_the_second_factor(accounts: Accounts) -> None:
    secret = add(accounts)
    codes = accounts.staff.enrol("li.wei", bytes(20), 7)
    accounts.staff.reset("li.wei", "another hash")
    account = accounts.staff.find("li.wei")
    assert account is not None
    assert (account.seed, account.last_step) == (None, 0)
    assert accounts.sessions.find(secret) is None
    assert not accounts.staff.use_recovery_code("li.wei", codes[0])


def test_a_provider_finds_the_same_account_again(accounts: Accounts) -> None:
    def come(login: str, subject: str, *roles: Role) -> str:
        return accounts.staff.provided(
            login, "李伟", "market", roles, issuer="https://id.example", subject=subject
        ).login

    assert come("li.wei", "1", Role.STAFF) == "li.wei"
    assert come("li.wei2", "1", Role.AUDITOR) == "li.wei", "what stands on the trail stays"
    account = accounts.staff.find("li.wei")
    assert account is not None
    assert account.roles == {Role.AUDITOR}
    with pytest.raises(InputError, match="another account with this name"):
        come("li.wei", "2", Role.STAFF)
    with pytest.raises(InputError, match="identity provider"):
        accounts.staff.reset("li.wei", "-")


@pytest.mark.parametrize(
    ("login", "department", "code"),
    [("L", "market", "staff.login"), ("li.wei", "nowhere", "department.unknown"), ("a b", "market", "staff.login")],
)
def test_accounts_are_told_apart_and_belong_somewhere(
    accounts: Accounts, login: str, department: str, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        accounts.staff.add(login, "李伟", department, [Role.STAFF], password="-")  # noqa: S106
    assert caught.value.code == code


def test_a_token_is_good_for_ten_minutes_and_what_it_covers(accounts: Accounts, clock: Clock) -> None:
    secret = accounts.clients.add("tax-desk", "market", grants("look:*", "export:food-business"))
    client = accounts.clients.by_secret("tax-desk", secret)
    assert client is not None
    token = accounts.clients.issue_token(client, narrowed(client.grants, grants("look:food-business")))
    found = accounts.clients.by_token(token)
    assert found is not None
    assert found.grants == grants("look:food-business")
    clock.wait(minutes=10)
    assert accounts.clients.by_token(token) is None


def test_a_token_covers_no_more_than_its_client_has() -> None:
    held = grants("look:food-business", "export:*")
    assert narrowed(held, grants("look:*", "export:birth-certificate", "look:food-business")) == grants(
        "export:birth-certificate", "look:food-business"
    )
    assert not any(one.covers(Action.LOOK, "birth-certificate") for one in held)


@pytest.mark.parametrize("ended_by", ["disable", "rotate"])
def test_tokens_end_with_their_client_at_once(accounts: Accounts, ended_by: str) -> None:
    secret = accounts.clients.add("tax-desk", "market", grants("look:*"))
    client = accounts.clients.by_secret("tax-desk", secret)
    assert client is not None
    token = accounts.clients.issue_token(client, client.grants)
    getattr(accounts.clients, ended_by)("tax-desk")
    assert accounts.clients.by_token(token) is None
    assert accounts.clients.by_secret("tax-desk", secret) is None
    fresh = accounts.clients.issue_token(client, client.grants)
    assert (accounts.clients.by_token(fresh) is None) == (ended_by == "disable")


def test_a_certificate_names_its_client_and_has_no_secret(accounts: Accounts) -> None:
    assert accounts.clients.add("tax-desk", "market", grants("look:*"), certificate=b"7" * 32) == ""
    found = accounts.clients.by_certificate(b"7" * 32)
    assert found is not None
    assert found.id == "tax-desk"
    assert accounts.clients.by_certificate(b"8" * 32) is None
    assert accounts.clients.by_secret("tax-desk", "") is None
    with pytest.raises(InputError, match="this id or certificate"):
        accounts.clients.add("other", "market", grants("look:*"), certificate=b"7" * 32)


def test_nobody_is_known_by_an_empty_secret(accounts: Accounts) -> None:
    assert accounts.clients.by_secret("nobody", "") is None
    assert accounts.clients.by_token("") is None
    assert accounts.sessions.find("") is None


def test_a_backup_holds_accounts_and_nothing_that_lets_somebody_in(
    accounts: Accounts, database: Database, tmp_path: Path
) -> None:
    secret = add(accounts)
    client = accounts.clients.by_secret("tax-desk", accounts.clients.add("tax-desk", "market", grants("look:*")))
    assert client is not None
    accounts.clients.issue_token(client, client.grants)
    accounts.attempts.begin("li.wei", "192.0.2.7")
    copied = copy_to_file(database, tmp_path / "copy.db", lambda *_: None)
    assert (copied["staff"], copied["client"], copied["department"]) == (1, 1, 1)
    assert not {"session", "token", "attempt"} & set(copied)
    with by_hand(f"sqlite:///{tmp_path}/copy.db") as kept:
        for table in ("session", "token", "attempt"):
            assert kept.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0  # noqa: S608
    assert accounts.sessions.find(secret), "who is working goes on"
