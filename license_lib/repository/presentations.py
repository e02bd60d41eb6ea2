"""Presentation codes 亮证码 on record: made with the holder's consent, redeemed once, forgotten a day later.

The row of a code holds the digest of its secret, its end, and the place of the consent in the usage trail: whom the
licence is of, to whom it is shown and what for stands there, and only there. Who reads the database cannot redeem
anything, and what is forgotten takes nothing out of the trail.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from unicodedata import normalize

from sqlalchemy import Connection, delete, exists, insert, select, update

from license_lib.repository.commitments import SALT_BYTES
from license_lib.repository.database import Database
from license_lib.repository.entries import Usage, UsageKind, Use, require_zone
from license_lib.repository.log import LogWriter
from license_lib.repository.tables import EVENT, PRESENTATION, USAGE
from license_lib.repository.usage import append_usage
from license_lib.repository.usage_search import usage_of

KEPT: Final = timedelta(days=1)
"""For so long after its end a code is told from one that never was: whoever shows it again hears that it was used."""
_MOST_REFUSALS: Final = 5
"""Refusals of one code that are entries of the trail; further ones are counted only, or one code could fill the log."""


class Refusal(StrEnum):
    """Why a code is not redeemed, as the finding that says so."""

    UNKNOWN = "presentation.unknown"
    """No such code; or it is forgotten."""
    USED = "presentation.used"
    """Somebody redeemed it before."""
    EXPIRED = "presentation.expired"
    AUDIENCE = "presentation.audience"
    """It was made for somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPresentation:
    """A code as it is on record.

    Args:
        consent: the entry of the trail by which the holder consented.
        expires_at: its end. used_at: when it was redeemed; None if it was not.
        refused: how many times it was refused.
    """

    consent: Usage
    expires_at: datetime
    used_at: datetime | None
    refused: int

    def refusal(self, use: Use, at: datetime) -> Refusal | None:
        """Why it may not be redeemed at a moment; None if it may."""
        if self.used_at is not None:
            return Refusal.USED
        if at >= self.expires_at:
            return Refusal.EXPIRED
        meant = self.consent.use.audience
        return Refusal.AUDIENCE if meant and _plain(meant) != _plain(use.audience) else None


class Presentations:
    """The presentation codes of a repository."""

    def __init__(self, database: Database, randomness: Callable[[int], bytes]) -> None:
        self._database = database
        self._randomness = randomness

    def make(self, digest: bytes, identifier: str, use: Use, *, at: datetime, expires_at: datetime) -> Usage:
        """Put a code on record, and with it the holder's consent 授权记录, which is returned.

        Args:
            digest: of its secret.
            identifier: the licence, which was issued here.
            use: who presents it, to whom, and what for.
            at: now. expires_at: its end.
        """
        require_zone(at, "at")
        require_zone(expires_at, "expires_at")

        def work(connection: Connection) -> Usage:
            log = LogWriter.lock(connection)
            _forget(connection, at)
            consent = append_usage(connection, log, UsageKind.PRESENT, identifier, use, at=at, salt=self._salt())
            row = {
                "digest": digest,
                "consent": consent.sequence,
                "expires_at": expires_at,
                "used_at": None,
                "refused": 0,
            }
            connection.execute(insert(PRESENTATION), row)
            return consent

        return self._database.write(work)

    def find(self, digest: bytes) -> StoredPresentation | None:
        """The code of that digest; None if there is none, or it is forgotten."""
        return self._database.read(lambda connection: _find(connection, digest))

    def refuse(self, digest: bytes, use: Use, *, at: datetime) -> StoredPresentation | None:
        """Put on record that a code was refused, if it still is to be; it is as usable or used as before.

        Returns:
            The code as it is now; None if it is forgotten.
        """

        def work(connection: Connection) -> StoredPresentation | None:
            log = LogWriter.lock(connection)
            found = _find(connection, digest)
            refusal = found.refusal(use, at) if found else None
            if found and refusal:
                self._refused(connection, log, digest, found, use, refusal, at=at)
            return found

        return self._database.write(work)

    def redeem(self, digest: bytes, use: Use, *, at: datetime, outcome: str, seen: int) -> Usage | None:
        """Use a code up, and put on record who did: once for each code, whoever else tries at the same moment.

        Args:
            use: who redeems it, for whom; purpose and item are those of the consent.
            at: now. outcome: of the judgement about the licence.
            seen: how many entries the log had before that judgement.

        Returns:
            The entry of the trail. None if nothing was done: it may not be redeemed, or something happened to the
            licence since it was judged. Look and judge again.
        """
        require_zone(at, "at")

        def work(connection: Connection) -> Usage | None:
            log = LogWriter.lock(connection)  # nobody suspends the licence from here to the commit
            found = _find(connection, digest)
            if found is None or found.refusal(use, at) or _happened(connection, found.consent.identifier, seen):
                return None
            if not claim(connection, digest, at):
                return None
            _forget(connection, at)
            consent = found.consent
            return append_usage(
                connection,
                log,
                UsageKind.REDEEM,
                consent.identifier,
                use,
                at=at,
                salt=self._salt(),
                outcome=outcome,
                consent=consent.sequence,
            )

        return self._database.write(work)

    def _refused(
        self,
        connection: Connection,
        log: LogWriter,
        digest: bytes,
        found: StoredPresentation,
        use: Use,
        refusal: Refusal,
        *,
        at: datetime,
    ) -> None:
        connection.execute(
            update(PRESENTATION).where(PRESENTATION.c.digest == digest).values(refused=PRESENTATION.c.refused + 1)
        )
        if found.refused < _MOST_REFUSALS:
            sequence, identifier = found.consent.sequence, found.consent.identifier
            append_usage(
                connection,
                log,
                UsageKind.REDEEM,
                identifier,
                use,
                at=at,
                salt=self._salt(),
                outcome=refusal.value,
                consent=sequence,
            )

    def _salt(self) -> bytes:
        return self._randomness(SALT_BYTES)


def claim(connection: Connection, digest: bytes, at: datetime) -> bool:
    """Use a code up, in one statement that only one of any number of transactions can win; whether it was this one."""
    usable = (PRESENTATION.c.digest == digest) & PRESENTATION.c.used_at.is_(None) & (PRESENTATION.c.expires_at > at)
    return connection.execute(update(PRESENTATION).where(usable).values(used_at=at)).rowcount == 1


def by_consent(consent: Use, use: Use) -> Use:
    """A use as the consent allows it: for its purpose, item and case, where it names them."""
    return replace(
        use,
        purpose=consent.purpose or use.purpose,
        item=consent.item or use.item,
        case_number=consent.case_number or use.case_number,
    )


def _find(connection: Connection, digest: bytes) -> StoredPresentation | None:
    code = (PRESENTATION.c.expires_at, PRESENTATION.c.used_at, PRESENTATION.c.refused)
    query = select(USAGE, *code).join(PRESENTATION, PRESENTATION.c.consent == USAGE.c.sequence)
    row = connection.execute(query.where(PRESENTATION.c.digest == digest)).one_or_none()
    if row is None:
        return None
    return StoredPresentation(
        consent=usage_of(row), expires_at=row.expires_at, used_at=row.used_at, refused=row.refused
    )


def _happened(connection: Connection, identifier: str | None, seen: int) -> bool:
    """Whether anything happened to a licence that was not yet in the first `seen` entries of the log."""
    since = exists().where(EVENT.c.identifier == identifier, EVENT.c.sequence > seen)
    return bool(connection.scalar(select(since)))


def _forget(connection: Connection, at: datetime) -> None:
    connection.execute(delete(PRESENTATION).where(PRESENTATION.c.expires_at < at - KEPT))


def _plain(audience: str) -> str:
    """An audience as it is compared: full width, letter case and blanks make no other one of it."""
    return "".join(normalize("NFKC", audience).casefold().split())
