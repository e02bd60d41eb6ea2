"""Presentation codes: each was consented to, none was used twice, and none is unused of which the trail tells a use."""

from collections.abc import Iterator

from sqlalchemy import Connection, and_, func, or_, select

from license_lib.fsck.findings import FsckFinding, found
from license_lib.repository.database import Database
from license_lib.repository.entries import UsageKind
from license_lib.repository.presentations import Refusal
from license_lib.repository.tables import PRESENTATION, USAGE

_GIVEN = USAGE.alias("given")
_USES = (
    select(USAGE.c.consent, func.count().label("count"), func.max(USAGE.c.recorded_at).label("used_at"))
    .where(USAGE.c.kind == UsageKind.REDEEM.value, USAGE.c.outcome.not_in([each.value for each in Refusal]))
    .group_by(USAGE.c.consent)
    .subquery("uses")
)


def check_presentations(database: Database) -> Iterator[FsckFinding]:
    """Compare the codes that are not forgotten with the trail, and the trail with itself."""
    yield from database.read(_twice)
    yield from database.read(_differing)


def _twice(connection: Connection) -> list[FsckFinding]:
    """Uses of one consent, of which there is one at most: also of codes that are long forgotten."""
    rows = connection.execute(select(_USES).where(_USES.c.count > 1).order_by(_USES.c.consent))
    return [found("fsck.presentation-twice", consent=row.consent, count=row.count) for row in rows]


def _differing(connection: Connection) -> list[FsckFinding]:
    """Codes without a consent, or that say otherwise than the trail whether and when they were used."""
    joined = PRESENTATION.outerjoin(_GIVEN, _GIVEN.c.sequence == PRESENTATION.c.consent).outerjoin(
        _USES, _USES.c.consent == PRESENTATION.c.consent
    )
    used, told = PRESENTATION.c.used_at, _USES.c.used_at
    same = or_(and_(used.is_(None), told.is_(None)), and_(used.is_not(None), told.is_not(None), used == told))
    wrong = or_(_GIVEN.c.kind.is_(None), _GIVEN.c.kind != UsageKind.PRESENT.value, ~same)
    query = select(PRESENTATION.c.consent).select_from(joined).where(wrong).order_by(PRESENTATION.c.consent)
    return [found("fsck.presentation-differs", consent=consent) for consent in connection.execute(query).scalars()]
