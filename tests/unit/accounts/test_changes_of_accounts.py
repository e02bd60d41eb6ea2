"""The record of changes of accounts: nothing happens without an entry, and nobody rewrites one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from databases import by_hand, everything_in
from signing_in import Clock
from sqlalchemy.exc import IntegrityError

from license_lib.accounts import Department, Grant, Role
from license_lib.accounts.changes import Actor, Done, Kind
from license_lib.accounts.opening import Accounts
from license_lib.accounts.telling import change_line, change_value
from license_lib.errors import InputError

TERMINAL = Actor("zhang", "command line")
BOSS = Actor("wang.fang", "192.0.2.7", account="wang.fang")
LOOK = Grant.parse("look:*")


def add(accounts: Accounts, login: str, *roles: Role) -> None:
    accounts.staff.acting(TERMINAL).add(login, "李伟", "market", roles or [Role.STAFF], password="-")  # noqa: S106


def refused(code: str) -> "pytest.RaisesExc[InputError]":
    return pytest.RaisesExc(InputError, check=lambda error: error.code == code)


def test_every_change_is_on_record(accounts: Accounts, clock: Clock) -> None:
    staff, clients = accounts.staff.acting(BOSS), accounts.clients.acting(BOSS)
    add(accounts, "wang.fang", Role.ADMINISTRATOR)
    add(accounts, "li.wei")
    staff.set_roles("li.wei", [Role.STAFF, Role.AUDITOR])
    staff.reset("li.wei", "-")
    accounts.staff.enrol("li.wei", bytes(20), 0)
    staff.disable("li.wei")
    staff.add_department(Department("market", "市场监管局"))
    clients.add("tax-desk", "market", [LOOK])
    clients.rotate("tax-desk")
    clients.disable("tax-desk")
    newest = accounts.changes.newest(99)
    told = [(one.actor, one.place, one.kind, one.subject, one.action, one.details) for one in newest]
    assert told[::-1] == [
        ("service", "service", Kind.DEPARTMENT, "market", Done.ADD, "白银市市场监督管理局（样例）"),
        ("zhang", "command line", Kind.STAFF, "wang.fang", Done.ADD, "market: administrator"),
        ("zhang", "command line", Kind.STAFF, "li.wei", Done.ADD, "market: staff"),
        ("wang.fang", "192.0.2.7", Kind.STAFF, "li.wei", Done.ROLES, "auditor staff"),
        ("wang.fang", "192.0.2.7", Kind.STAFF, "li.wei", Done.RESET, ""),
        ("service", "service", Kind.STAFF, "li.wei", Done.ENROL, ""),
        ("wang.fang", "192.0.2.7", Kind.STAFF, "li.wei", Done.DISABLE, ""),
        ("wang.fang", "192.0.2.7", Kind.DEPARTMENT, "market", Done.NAME, "市场监管局"),
        ("wang.fang", "192.0.2.7", Kind.CLIENT, "tax-desk", Done.ADD, "market: look:*"),
        ("wang.fang", "192.0.2.7", Kind.CLIENT, "tax-desk", Done.ROTATE, ""),
        ("wang.fang", "192.0.2.7", Kind.CLIENT, "tax-desk", Done.DISABLE, ""),
    ]
    assert (newest[0].number, newest[0].recorded_at) == (11, clock())
    assert [one.number for one in accounts.changes.newest(2, before=4)] == [3, 2]


def test_what_was_refused_is_not_on_record(accounts: Accounts) -> None:
    add(accounts, "li.wei")
    before = len(accounts.changes.newest(99))
    for attempt in (
        lambda: add(accounts, "li.wei"),
        lambda: accounts.staff.disable("nobody"),
        lambda: accounts.clients.rotate("nobody"),
        lambda: accounts.staff.set_roles("li.wei", []),
    ):
        with pytest.raises(InputError):
            attempt()
    assert len(accounts.changes.newest(99)) == before


def test_no_entry_is_ever_changed(accounts: Accounts, database_url: str) -> None:
    add(accounts, "li.wei")
    before = everything_in(database_url)
    with by_hand(database_url) as connection:
        statements = ["UPDATE account_change SET actor = 'x'", "DELETE FROM account_change"]
        if connection.dialect.name == "sqlite":
            statements.append("INSERT OR REPLACE INTO account_change SELECT * FROM account_change")
        else:
            statements.append("TRUNCATE account_change")
        for statement in statements:
            with pytest.raises(IntegrityError, match="append-only"):
                connection.exec_driver_sql(statement)
    assert everything_in(database_url) == before


def test_the_last_administrator_stays_one(accounts: Accounts) -> None:
    add(accounts, "wang.fang", Role.ADMINISTRATOR)
    add(accounts, "chen.jie", Role.ADMINISTRATOR, Role.STAFF)
    accounts.staff.set_roles("chen.jie", [Role.STAFF])
    with refused("staff.last-administrator"):
        accounts.staff.set_roles("wang.fang", [Role.AUDITOR])
    with refused("staff.last-administrator"):
        accounts.staff.disable("wang.fang")
    found = accounts.staff.find("wang.fang")
    assert found is not None
    assert (set(found.roles), found.disabled) == ({Role.ADMINISTRATOR}, False)
    accounts.staff.set_roles("chen.jie", [Role.ADMINISTRATOR])
    accounts.staff.disable("wang.fang")


def test_a_disabled_administrator_is_none(accounts: Accounts) -> None:
    add(accounts, "wang.fang", Role.ADMINISTRATOR)
    add(accounts, "chen.jie", Role.ADMINISTRATOR)
    accounts.staff.disable("chen.jie")
    with refused("staff.last-administrator"):
        accounts.staff.disable("wang.fang")
    accounts.staff.disable("chen.jie")  # again: nothing is lost by that


def test_nobody_changes_their_own_account(accounts: Accounts) -> None:
    add(accounts, "wang.fang", Role.ADMINISTRATOR)
    add(accounts, "chen.jie", Role.ADMINISTRATOR)
    own = accounts.staff.acting(BOSS)
    attempts: list[Callable[[], object]] = [
        lambda: own.set_roles("wang.fang", list(Role)),
        lambda: own.disable("wang.fang"),
        lambda: own.reset("wang.fang", "-"),
    ]
    for attempt in attempts:
        with refused("staff.own-account"):
            attempt()
    own.set_roles("chen.jie", list(Role))


def test_what_an_identity_provider_changes_is_on_record_once(accounts: Accounts) -> None:
    def come(*roles: Role) -> None:
        accounts.staff.provided("zhao", "赵", "market", roles, issuer="https://id.example", subject="1")

    come(Role.STAFF)
    come(Role.STAFF)
    come(Role.AUDITOR)
    assert [(one.action, one.details) for one in accounts.changes.newest(2)] == [
        (Done.ROLES, "market: auditor"),
        (Done.ADD, "market: staff"),
    ]


def test_two_departments_have_two_names(accounts: Accounts) -> None:
    name = accounts.staff.departments()[0].name
    with refused("department.name-taken"):
        accounts.staff.add_department(Department("other", name))
    accounts.staff.add_department(Department("market", name))


def test_accounts_say_when_they_were_last_used(accounts: Accounts, clock: Clock) -> None:
    add(accounts, "li.wei")
    accounts.sessions.begin("li.wei", complete=False)
    assert accounts.staff.all()[0].signed_in_at is None, "the second factor is still to come"
    accounts.sessions.begin("li.wei", complete=True)
    assert accounts.staff.all()[0].signed_in_at == clock()
    secret, until = accounts.clients.add("tax-desk", "market", [LOOK]), datetime(2027, 1, 1, tzinfo=UTC)
    accounts.clients.add("lib-desk", "market", [LOOK], certificate=bytes(32), until=until)
    assert [one.used_at for one in accounts.clients.all()] == [None, None]
    client = accounts.clients.by_secret("tax-desk", secret)
    assert client is not None
    accounts.clients.issue_token(client, client.grants)
    first = clock()
    for minutes, noted in ((0, first), (59, first), (1, None)):
        clock.wait(minutes=minutes)
        assert accounts.clients.by_certificate(bytes(32))
        used = {one.id: one.used_at for one in accounts.clients.all()}
        assert used == {"tax-desk": first, "lib-desk": noted or clock()}
    assert {one.id: one.certificate_until for one in accounts.clients.all()} == {"tax-desk": None, "lib-desk": until}


def test_an_entry_is_told_to_people_and_programs(accounts: Accounts) -> None:
    add(accounts, "li.wei")
    (change,) = accounts.changes.newest(1)
    assert change_line(change, english=False).endswith("zhang  command line  增设  人员  li.wei  market: staff")
    assert "added  person  li.wei" in change_line(change, english=True)
    assert change_value(change)["action"] == "add"


def test_an_identity_provider_does_not_take_the_last_administrators_role(accounts: Accounts) -> None:
    def come(*roles: Role, name: str = "赵") -> None:
        accounts.staff.provided("zhao", name, "market", roles, issuer="https://id.example", subject="1")

    come(Role.ADMINISTRATOR)
    add(accounts, "li.wei", Role.ADMINISTRATOR)
    accounts.staff.disable("li.wei")
    session = accounts.sessions.begin("zhao", complete=True)
    before = accounts.staff.find("zhao")
    for _ in range(2):  # they try again; it is on record once
        with refused("staff.last-administrator"):
            come(Role.STAFF, name="赵六")
    assert accounts.staff.find("zhao") == before
    assert accounts.sessions.find(session), "they can still make somebody else an administrator"
    told = [(one.subject, one.action, one.details) for one in accounts.changes.newest(2)]
    assert told == [("zhao", Done.KEEP, "market: staff"), ("li.wei", Done.DISABLE, "")]
    come(Role.ADMINISTRATOR)
    add(accounts, "chen.jie", Role.ADMINISTRATOR)
    come(Role.STAFF, name="赵六")
    after = accounts.staff.find("zhao")
    assert after is not None
    assert (set(after.roles), after.name) == ({Role.STAFF}, "赵六")
    assert accounts.changes.newest(1)[0].action == Done.ROLES
    come(Role.AUDITOR)  # not an administrator any more, and no last one


def test_a_disabled_account_follows_its_identity_provider(accounts: Accounts) -> None:
    def come(*roles: Role) -> None:
        accounts.staff.provided("zhao", "赵", "market", roles, issuer="https://id.example", subject="1")

    come(Role.ADMINISTRATOR)
    add(accounts, "li.wei", Role.ADMINISTRATOR)
    accounts.staff.disable("zhao")
    come(Role.STAFF)
    assert accounts.changes.newest(1)[0].action == Done.ROLES
