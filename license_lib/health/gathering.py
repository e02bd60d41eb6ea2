"""The facts about one installation: its database, keys, lists and what is published. It needs no passphrase."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from cryptography import x509
from sqlalchemy import func, select

from license_lib.accounts.values import Role
from license_lib.calendar import day_of
from license_lib.configured import load_catalogue, own_log
from license_lib.errors import LicenseError
from license_lib.health import notes
from license_lib.health.facts import (
    AccountFacts,
    ArchiveFacts,
    Certificate,
    Ending,
    Facts,
    Fault,
    LogFacts,
    StatusListFacts,
    TrustListFacts,
    TypeFacts,
)
from license_lib.health.judging import Report, judge
from license_lib.health.values import Area
from license_lib.log.leaves import parse_leaf
from license_lib.public_material import public_certificates, revocation_list, revocation_list_names
from license_lib.publishing import PublicFolder
from license_lib.publishing.composing import make_heads
from license_lib.publishing.folder import status_name
from license_lib.repository.account_tables import CLIENT, STAFF
from license_lib.repository.database import Database
from license_lib.repository.log import LogRecords
from license_lib.repository.schema import SCHEMA_REVISION, revision
from license_lib.repository.statuses import StatusRecords
from license_lib.repository.tables import LICENSE
from license_lib.repository.tallies import Tallies
from license_lib.settings import Settings
from license_lib.status import StatusListError
from license_lib.status.tokens import read_token
from license_lib.trust_list import open_list
from license_lib.trust_list.publishing import FILE_NAME as OWN_LIST
from license_lib.trusting import list_store


class _Gathering:
    """Takes down what it finds.

    Attributes:
        found: members of `Facts`. faults: what could not be looked at.
    """

    def __init__(self, settings: Settings, now: datetime) -> None:
        self._settings, self._now = settings, now
        self.found: dict[str, Any] = {}
        self.faults: list[Fault] = []

    def run(self) -> None:
        """Gather all."""
        home = self._settings.home
        self.found |= {"backup": notes.last(home, notes.BACKUP), "fsck": notes.last(home, notes.FSCK)}
        for area, part in (
            (Area.CERTIFICATE, self._certificates),
            (Area.CRL, self._crls),
            (Area.TRUST_LIST, self._trust_lists),
            (Area.DATABASE, self._database),
        ):
            self._try(area, part)

    def _try(self, area: Area, part: Callable[[], None]) -> None:
        try:
            part()
        except LicenseError as error:
            self.faults.append(Fault(area, error.code, error.message, error.hint))
        except OSError as error:
            self.faults.append(Fault(area, "storage.failed", f"{error.strerror}", "look at its permissions"))

    def _certificates(self) -> None:
        # A seal whose body issues nothing here any more is kept for what it sealed.
        issuing = {issuer.id for issuer in self._settings.issuers}
        self.found["certificates"] = tuple(
            Certificate(one.role, one.file, one.not_after, one.role != "seal" or one.file in issuing)
            for one in public_certificates(self._settings.keys_folder / "public")
            if one.role != "time-stamp" or not self._settings.timestamps.urls
        )

    def _crls(self) -> None:
        public, found = self._settings.keys_folder / "public", []
        for name in revocation_list_names(public):
            try:
                ends = x509.load_der_x509_crl(revocation_list(public, name) or b"").next_update_utc
            except ValueError:
                self.faults.append(Fault(Area.CRL, "trust.crl", f"{name} cannot be read", "license keys publish"))
                continue
            if ends is not None:
                found.append(Ending(name, ends))
        self.found["crls"] = tuple(found)

    def _trust_lists(self) -> None:
        current = [(one, False) for one in list_store(self._settings.home).all_current()]
        with suppress(FileNotFoundError, NotADirectoryError):
            current.append((open_list((self._settings.home / OWN_LIST).read_bytes()), True))
        self.found["trust_lists"] = tuple(
            TrustListFacts(one.list.list_id, one.list.sequence, one.list.issued_at, one.list.next_update, own)
            for one, own in current
        )

    def _database(self) -> None:
        database = Database.open(self._settings.database_url, read_only=True)
        try:
            self.found["database"] = "PostgreSQL" if "postgresql" in self._settings.database_url else "SQLite"
            self.found["schema"] = database.read(revision)
            if self.found["schema"] != SCHEMA_REVISION:
                return  # its tables are others than those that are asked below
            for area, part in (
                (Area.DATABASE, self._types),
                (Area.TIME_STAMP, self._archives),
                (Area.ACCOUNTS, self._accounts),
                (Area.STATUS_LIST, self._status_lists),
                (Area.LOG, self._log),
            ):
                self._try(area, partial(part, database))
        finally:
            database.close()

    def _types(self, database: Database) -> None:
        counts = Tallies(database).in_force(day_of(self._now))
        self.found["types"] = tuple(
            TypeFacts(one.key, one.name, one.english, one.version, counts.get(one.key, 0))
            for one in load_catalogue(self._settings)
        )

    def _archives(self, database: Database) -> None:
        issued = database.read(lambda connection: connection.scalar(select(func.count()).select_from(LICENSE)) or 0)
        wanted = self._settings.sealing.level == "B-LTA"
        self.found["archives"] = ArchiveFacts(issued, Tallies(database).archived_until(), wanted)

    def _accounts(self, database: Database) -> None:
        people = select(STAFF.c.roles, STAFF.c.seed, STAFF.c.issuer).where(STAFF.c.disabled_at.is_(None))
        programs = select(CLIENT.c.id, CLIENT.c.certificate_until).where(
            CLIENT.c.disabled_at.is_(None), CLIENT.c.certificate_until.is_not(None)
        )
        rows = database.read(lambda connection: connection.execute(people).all())
        asked = self._settings.sign_in.second_factor
        self.found["accounts"] = AccountFacts(
            people=len(rows),
            administrators=sum(Role.ADMINISTRATOR in row.roles.split() for row in rows),
            without_second_factor=sum(asked and row.seed is None and row.issuer is None for row in rows),
        )
        ends = database.read(lambda connection: connection.execute(programs.order_by(CLIENT.c.id)).all())
        self.found["clients"] = tuple(Ending(row.id, row.certificate_until) for row in ends)

    def _status_lists(self, database: Database) -> None:
        folder, found = PublicFolder(self._settings.public_folder), []
        for number in StatusRecords(database).lists():
            data = folder.read(status_name(number))
            try:
                token = read_token(data) if data else None
            except StatusListError as error:
                self.faults.append(Fault(Area.STATUS_LIST, error.code, f"no. {number}: {error}", "license publish"))
                continue
            issued, ends = (token.issued_at, token.expires_at) if token else (None, None)
            found.append(StatusListFacts(number, issued, ends))
        self.found["status_lists"] = tuple(found)

    def _log(self, database: Database) -> None:
        log, size = LogRecords(database), LogRecords(database).head().size
        if own_log(self._settings) is None:
            return
        newest = make_heads(self._settings).newest()
        published = newest.checkpoint.size if newest else None
        waiting = parse_leaf(log.leaf(published or 0)) if size > (published or 0) else None
        since = waiting.recorded if waiting else None
        witnessed = len({line.key for line in newest.witnessed}) if newest else 0
        self.found["log"] = LogFacts(size, published, since, witnessed, self._settings.log.quorum)


def health_of(settings: Settings, now: datetime) -> Report:
    """How an installation is at this moment; what cannot be looked at is a line that says so."""
    return judge(gather(settings, now), settings.health, refresh=settings.publishing.refresh)


def gather(settings: Settings, now: datetime) -> Facts:
    """The facts. What cannot be read becomes a fault, and the rest is gathered all the same."""
    gathered = _Gathering(settings, now)
    gathered.run()
    return Facts(at=now, expected_schema=SCHEMA_REVISION, faults=tuple(gathered.faults), **gathered.found)
