"""The usage trail 用证留痕: who looked at, took out or judged which licence, and what for."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from license_lib.errors import InputError
from license_lib.log.leaves import EntryLeaf, EntryType
from license_lib.repository.commitments import SALT_BYTES, usage_digest
from license_lib.repository.database import Database
from license_lib.repository.entries import Usage, UsageKind, Use, require_zone
from license_lib.repository.log import LogWriter
from license_lib.repository.tables import USAGE
from license_lib.repository.together import Together
from license_lib.repository.usage_search import UsageFilter, search, usage_of


class UsageTrail:
    """The usage trail of a repository: entries are added, never changed, each with its leaf in the log."""

    def __init__(self, database: Database, randomness: Callable[[int], bytes]) -> None:
        self._database = database
        self._randomness = randomness
        self._together = Together(database)

    def record(
        self, kind: UsageKind, identifiers: Iterable[str], use: Use, *, at: datetime, outcome: str = ""
    ) -> tuple[Usage, ...]:
        """Put a use on record: an entry for each licence, or one without where nothing was found.

        Args:
            identifiers: the licences that were used; all of them were issued here.
            at: now.
            outcome: what came of it, such as the outcome of a verification.

        Raises:
            InputError: `usage.actor-missing`.
        """
        require_zone(at, "at")
        if not use.actor.strip():
            raise InputError("usage.actor-missing", "The use has no person", hint="say who uses the record")
        used = tuple(identifiers) or (None,)

        def work(connection: Connection) -> tuple[Usage, ...]:
            log = LogWriter.lock(connection)
            return tuple(
                append_usage(
                    connection,
                    log,
                    kind,
                    identifier,
                    use,
                    at=at,
                    salt=self._randomness(SALT_BYTES),
                    outcome=outcome,
                )
                for identifier in used
            )

        return self._together.write(work)

    def of_license(self, identifier: str) -> tuple[Usage, ...]:
        """Who used a licence, in the order of record."""

        def work(connection: Connection) -> tuple[Usage, ...]:
            query = select(USAGE).where(USAGE.c.identifier == identifier).order_by(USAGE.c.sequence)
            return tuple(usage_of(row) for row in connection.execute(query))

        return self._database.read(work)

    def search(self, wanted: UsageFilter, *, after: int = 0, limit: int) -> tuple[Usage, ...]:
        """A department's entries that a filter lets through, the newest first; see `usage_search.search`."""
        return self._database.read(lambda connection: search(connection, wanted, after=after, limit=limit))

    def of_person(self, actor: str, *, since: datetime, until: datetime) -> tuple[Usage, ...]:
        """What somebody did in a period, in the order of record.

        Args:
            since: its beginning, aware. until: its end, which is not in it.
        """
        require_zone(since, "since")
        require_zone(until, "until")

        def work(connection: Connection) -> tuple[Usage, ...]:
            theirs = (USAGE.c.actor == actor) & (USAGE.c.recorded_at >= since) & (USAGE.c.recorded_at < until)
            query = select(USAGE).where(theirs).order_by(USAGE.c.sequence)
            return tuple(usage_of(row) for row in connection.execute(query))

        return self._database.read(work)

    def after(self, sequence: int, limit: int) -> tuple[Usage, ...]:
        """A page of the whole trail."""

        def work(connection: Connection) -> tuple[Usage, ...]:
            query = select(USAGE).where(USAGE.c.sequence > sequence).order_by(USAGE.c.sequence).limit(limit)
            return tuple(usage_of(row) for row in connection.execute(query))

        return self._database.read(work)


def append_usage(
    connection: Connection,
    log: LogWriter,
    kind: UsageKind,
    identifier: str | None,
    use: Use,
    *,
    at: datetime,
    salt: bytes,
    outcome: str = "",
    consent: int | None = None,
) -> Usage:
    """Put a use on record and into the log, inside a transaction that the caller holds.

    Args:
        consent: the entry by which the holder consented, of a presentation.
    """
    usage = Usage(
        sequence=log.next_sequence,
        identifier=identifier,
        kind=kind,
        outcome=outcome,
        recorded_at=at.astimezone(UTC),
        use=use,
        salt=salt,
        digest=b"",
        consent=consent,
    )
    usage = replace(usage, digest=usage_digest(usage))
    log.append(EntryLeaf(EntryType.USAGE, usage.digest, usage.recorded_at).encoded())
    connection.execute(
        insert(USAGE),
        {
            "sequence": usage.sequence,
            "identifier": usage.identifier,
            "kind": str(usage.kind),
            "outcome": usage.outcome,
            "recorded_at": usage.recorded_at,
            "actor": usage.use.actor,
            "body": usage.use.body,
            "purpose": usage.use.purpose,
            "item": usage.use.item,
            "case_number": usage.use.case_number,
            "place": usage.use.place,
            "audience": usage.use.audience,
            "consent": usage.consent,
            "salt": usage.salt,
            "digest": usage.digest,
        },
    )
    return usage
