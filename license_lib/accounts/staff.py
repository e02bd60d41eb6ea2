"""People's accounts: who they are, of which department, and in which roles."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, or_, select, update

from license_lib.accounts.changes import SERVICE, Actor, Done, Kind, last_of, note
from license_lib.accounts.secrets import new_recovery_code, recovery_digest
from license_lib.accounts.seeds import Seeds
from license_lib.accounts.values import Department, Role
from license_lib.errors import InputError
from license_lib.repository.account_tables import DEPARTMENT, RECOVERY_CODE, SESSION, STAFF
from license_lib.repository.database import Database

RECOVERY_CODES: Final = 10
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAccount:
    """A person's account.

    Args:
        password: its hash; None for those whom an identity provider signs in.
        seed: of their one-time passwords, encrypted, once it is enrolled. last_step: the last of these that was used.
    """

    login: str
    name: str = field(repr=False)
    department: Department
    roles: frozenset[Role]
    password: str | None = field(repr=False)
    seed: bytes | None = field(repr=False)
    last_step: int
    disabled: bool
    from_provider: bool
    signed_in_at: datetime | None


class Staff:
    """The accounts of people, and the departments that they belong to. Each change is on record, see `changes`.

    Args:
        clock: the time, aware. randomness: n → n random bytes.
        seeds: encrypts second factors. by: who makes the changes.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
        seeds: Seeds,
        by: Actor = SERVICE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._randomness = randomness
        self._seeds = seeds
        self._by = by

    def acting(self, by: Actor) -> Self:
        """The same accounts, as somebody changes them."""
        return type(self)(self._database, self._clock, self._randomness, self._seeds, by)

    def add_department(self, department: Department) -> None:
        """Add a department, or give one that is there another name.

        Raises:
            InputError: `department.id`, `department.name`; `department.name-taken`: the trail knows departments by
                their names, so two with one name would read each other's.
        """
        if not _ID.fullmatch(department.id):
            raise InputError("department.id", "this is no short name", hint="write small letters, digits and hyphens")
        if not _NAME.fullmatch(department.name):
            raise InputError("department.name", "this is no name of a department", hint="write 1 to 60 characters")

        def work(connection: Connection) -> None:
            others = select(DEPARTMENT.c.id).where(DEPARTMENT.c.name == department.name)
            if connection.execute(others.where(DEPARTMENT.c.id != department.id)).first():
                raise InputError("department.name-taken", "another department has this name", hint="choose another")
            named = update(DEPARTMENT).where(DEPARTMENT.c.id == department.id).values(name=department.name)
            done = Done.NAME
            if not connection.execute(named).rowcount:
                values = {"id": department.id, "name": department.name, "added_at": self._clock()}
                connection.execute(DEPARTMENT.insert().values(values))
                done = Done.ADD
            self._note(connection, (Kind.DEPARTMENT, department.id, done), department.name)

        self._database.write(work)

    def departments(self) -> tuple[Department, ...]:
        """All departments, by their short names."""
        query = select(DEPARTMENT.c.id, DEPARTMENT.c.name).order_by(DEPARTMENT.c.id)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return tuple(Department(row.id, row.name) for row in rows)

    def add(self, login: str, name: str, department: str, roles: Iterable[Role], *, password: str) -> None:
        """Add an account with a password.

        Args:
            login: in small letters. password: its hash.

        Raises:
            InputError: `staff.login`, `staff.name`, `staff.roles`, `staff.exists`, `department.unknown`.
        """
        values = _facts(login, name, roles)

        def work(connection: Connection) -> None:
            require_department(connection, department)
            if connection.execute(select(STAFF.c.login).where(STAFF.c.login == login)).first():
                raise InputError("staff.exists", "there is an account with this name", hint="choose another")
            values.update(department=department, password=password, last_step=0, added_at=self._clock())
            connection.execute(STAFF.insert().values(values))
            self._note(connection, (Kind.STAFF, login, Done.ADD), _place_of(department, values["roles"]))

        self._database.write(work)

    def provided(
        self, login: str, name: str, department: str, roles: Iterable[Role], *, issuer: str, subject: str
    ) -> StaffAccount:
        """The account of somebody whom an identity provider vouches for: made, or brought up to date.

        It is found by issuer and subject, which are theirs for ever (OpenID Connect Core §5.7); the name may change.

        Raises:
            InputError: as `add`; `staff.exists` if another account has the name; `staff.last-administrator`: the
                provider took that role from the last one. Nothing is changed, and that it would have been is on record.
        """
        values = _facts(login, name, roles)

        def work(connection: Connection) -> bool:
            require_department(connection, department)
            theirs = (STAFF.c.issuer == issuer) & (STAFF.c.subject == subject)
            kept = connection.execute(select(STAFF.c.login, STAFF.c.department, STAFF.c.roles).where(theirs)).first()
            place = _place_of(department, values["roles"])
            if kept is None:
                if connection.execute(select(STAFF.c.login).where(STAFF.c.login == login)).first():
                    raise InputError("staff.exists", "there is another account with this name", hint="disable it")
                values.update(issuer=issuer, subject=subject, last_step=0, added_at=self._clock())
                connection.execute(STAFF.insert().values(values | {"department": department}))
                self._note(connection, (Kind.STAFF, login, Done.ADD), place)
            elif _takes_the_last(connection, kept.login, kept.roles, values["roles"]):
                what = (Kind.STAFF, kept.login, Done.KEEP)
                if last_of(connection, *what[:2]) != (Done.KEEP, place):  # not for each time that they try again
                    self._note(connection, what, place)
                return False
            else:
                # The login stays: it is what stands on the usage trail.
                fresh = {"name": name, "roles": values["roles"], "department": department}
                connection.execute(update(STAFF).where(theirs).values(fresh))
                if place != _place_of(kept.department, kept.roles):
                    self._note(connection, (Kind.STAFF, kept.login, Done.ROLES), place)
            return True

        if not self._database.write(work):
            raise _last_administrator()
        query = with_departments().where(STAFF.c.issuer == issuer, STAFF.c.subject == subject)
        return staff_of(self._database.read(lambda connection: connection.execute(query).one()))

    def find(self, login: str) -> StaffAccount | None:
        """The account with a name."""
        if not _LOGIN.fullmatch(login):
            return None
        query = with_departments().where(STAFF.c.login == login)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return staff_of(row) if row else None

    def all(self, *, find: str = "", after: str = "", limit: int | None = None) -> tuple[StaffAccount, ...]:
        """Accounts, by login: all, or at most `limit` after one, and with `find` in the login or the name."""
        query = with_departments().where(STAFF.c.login > after).order_by(STAFF.c.login).limit(limit)
        if find:
            fits = [column.icontains(find, autoescape=True) for column in (STAFF.c.login, STAFF.c.name)]
            query = query.where(or_(*fits))
        return tuple(staff_of(row) for row in self._database.read(lambda connection: connection.execute(query).all()))

    def set_roles(self, login: str, roles: Iterable[Role]) -> None:
        """Give somebody other roles, with effect on the sessions that they have.

        Raises:
            InputError: `staff.unknown`, `staff.roles`, `staff.own-account`, `staff.last-administrator`.
        """
        self._change(login, Done.ROLES, roles=_roles(roles))

    def disable(self, login: str) -> None:
        """Let somebody in no more, and end their sessions.

        Raises:
            InputError: `staff.unknown`, `staff.own-account`, `staff.last-administrator`.
        """
        self._change(login, Done.DISABLE, disabled_at=self._clock())

    def reset(self, login: str, password: str) -> None:
        """Give somebody a new password (its hash); the second factor is enrolled anew, and sessions end.

        Raises:
            InputError: `staff.unknown`, `staff.own-account`; `staff.provided` for those whom an identity provider
                signs in.
        """
        self._change(login, Done.RESET, password=password, seed=None, last_step=0, disabled_at=None)

    def rehash(self, login: str, password: str) -> None:
        """Store the same password under a hash with other parameters."""
        rehashed = update(STAFF).where(STAFF.c.login == login).values(password=password)
        self._database.write(lambda connection: connection.execute(rehashed))

    def use_step(self, login: str, step: int) -> bool:
        """Use up a one-time password; False if it, or a later one, was used already, if only a moment ago."""
        used = update(STAFF).where(STAFF.c.login == login, STAFF.c.last_step < step).values(last_step=step)
        return self._database.write(lambda connection: connection.execute(used).rowcount) == 1

    def use_recovery_code(self, login: str, code: str) -> bool:
        """Use up a recovery code; False if there is no such one, or no more."""
        spent = delete(RECOVERY_CODE).where(
            RECOVERY_CODE.c.login == login, RECOVERY_CODE.c.digest == recovery_digest(login, code)
        )
        return self._database.write(lambda connection: connection.execute(spent).rowcount) == 1

    def enrol(self, login: str, seed: bytes, step: int) -> tuple[str, ...]:
        """Put a seed of one-time passwords in force, whose owner proved to have it by the password of a step.

        Returns:
            Recovery codes, to be shown once; earlier ones count no more.
        """
        kept = self._seeds.sealed(seed, login)
        codes = tuple(new_recovery_code(self._randomness) for _ in range(RECOVERY_CODES))

        def work(connection: Connection) -> None:
            connection.execute(update(STAFF).where(STAFF.c.login == login).values(seed=kept, last_step=step))
            connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.login == login))
            rows = [{"digest": recovery_digest(login, code), "login": login} for code in codes]
            connection.execute(RECOVERY_CODE.insert(), rows)
            self._note(connection, (Kind.STAFF, login, Done.ENROL))

        self._database.write(work)
        return codes

    def _note(self, connection: Connection, what: tuple[Kind, str, Done], details: str = "") -> None:
        note(connection, self._by, what, at=self._clock(), details=details)

    def _change(self, login: str, done: Done, **values: Any) -> None:
        """Change an account, and put that on record.

        Nobody changes their own, so nobody gives themselves a role, or a new second factor, with a session that they
        found open; and an administrator is left who can mend what was done.
        """
        if self._by.account == login:
            raise InputError("staff.own-account", "nobody changes their own account", hint="ask another administrator")

        def work(connection: Connection) -> None:
            row = connection.execute(select(STAFF.c.issuer).where(STAFF.c.login == login)).first()
            if row is None:
                raise InputError("staff.unknown", "there is no account with this name", hint="see: license staff list")
            if row.issuer is not None and "password" in values:
                raise InputError("staff.provided", "an identity provider signs this person in", hint="reset it there")
            before = _administrators(connection)
            connection.execute(update(STAFF).where(STAFF.c.login == login).values(values))
            if before and not _administrators(connection):
                raise _last_administrator()
            self._note(connection, (Kind.STAFF, login, done), values.get("roles", ""))
            if "roles" not in values:
                connection.execute(delete(SESSION).where(SESSION.c.login == login))
            if "password" in values:
                connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.login == login))

        self._database.write(work)


def with_departments(*more: ColumnElement[Any]) -> Select[Any]:
    """A query for accounts, with the names of their departments."""
    query = select(STAFF, DEPARTMENT.c.name.label("department_name"), *more)
    return query.join(DEPARTMENT, DEPARTMENT.c.id == STAFF.c.department)


def staff_of(row: Row[Any]) -> StaffAccount:
    """A row of such a query as a value."""
    return StaffAccount(
        login=row.login,
        name=row.name,
        department=Department(row.department, row.department_name),
        roles=frozenset(Role(role) for role in row.roles.split()),
        password=row.password,
        seed=row.seed,
        last_step=row.last_step,
        disabled=row.disabled_at is not None,
        from_provider=row.issuer is not None,
        signed_in_at=row.signed_in_at,
    )


def require_department(connection: Connection, department: str) -> None:
    """Refuse a department that is not there.

    Raises:
        InputError: `department.unknown`.
    """
    if connection.execute(select(DEPARTMENT.c.id).where(DEPARTMENT.c.id == department)).first() is None:
        raise InputError("department.unknown", "there is no such department", hint="add it: license department add")


def _administrators(connection: Connection) -> set[str]:
    """Who may sign in as administrators; on PostgreSQL nobody changes that until the transaction ends."""
    query = select(STAFF.c.login, STAFF.c.roles).where(STAFF.c.disabled_at.is_(None))
    rows = connection.execute(query.order_by(STAFF.c.login).with_for_update())
    return {row.login for row in rows if Role.ADMINISTRATOR in row.roles.split()}


def _takes_the_last(connection: Connection, login: str, before: str, after: str) -> bool:
    """Whether no administrator is left by these roles; who loses that one waits for others that change accounts."""
    loses = Role.ADMINISTRATOR in before.split() and Role.ADMINISTRATOR not in after.split()
    return loses and _administrators(connection) == {login}


def _last_administrator() -> InputError:
    hint = "make somebody else an administrator first"
    return InputError("staff.last-administrator", "this is the last administrator", hint=hint)


def _place_of(department: str, roles: str) -> str:
    return f"{department}: {roles}"


def _facts(login: str, name: str, roles: Iterable[Role]) -> dict[str, Any]:
    if not _LOGIN.fullmatch(login):
        hint = "write 2 to 64 small letters, digits and . _ @ -"
        raise InputError("staff.login", "this is no name to sign in with", hint=hint)
    if not _NAME.fullmatch(name):
        raise InputError("staff.name", "this is no person's name", hint="write 1 to 60 characters")
    return {"login": login, "name": name, "roles": _roles(roles)}


def _roles(roles: Iterable[Role]) -> str:
    if not (text := " ".join(sorted(set(roles)))):
        raise InputError("staff.roles", "the account has no role", hint=f"give some of {', '.join(Role)}")
    return text
