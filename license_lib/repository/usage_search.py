"""One department's usage trail, searched: the newest entry first, a page at a time, by an index that begins with it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, tuple_

from license_lib.repository.entries import Usage, UsageKind, Use
from license_lib.repository.tables import LICENSE, USAGE

_ESCAPE = "\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageFilter:
    """Which entries of a department's trail; what is empty or None keeps none away.

    Args:
        body: the department, as its entries name it.
        since, before: recorded from then on, and before then; aware.
        actor: the person or program. identifier: the licence.
        about: the service item's code, the case's number, or a part of the purpose.
        kind: what was done. outcome: what came of it.
        types: only uses of licences of these types, by their keys; None for all, and those that found none.
    """

    body: str
    since: datetime | None = None
    before: datetime | None = None
    actor: str = ""
    identifier: str = ""
    about: str = ""
    kind: UsageKind | None = None
    outcome: str = ""
    types: Collection[str] | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions on rows."""
        conditions = [USAGE.c.body == self.body]
        if self.since:
            conditions.append(USAGE.c.recorded_at >= self.since)
        if self.before:
            conditions.append(USAGE.c.recorded_at < self.before)
        if self.about:
            part = self.about.replace(_ESCAPE, _ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
            in_purpose = USAGE.c.purpose.like(f"%{part}%", escape=_ESCAPE)
            conditions.append(or_(USAGE.c.item == self.about, USAGE.c.case_number == self.about, in_purpose))
        if self.types is not None:
            theirs = select(LICENSE.c.position).where(LICENSE.c.identifier == USAGE.c.identifier)
            conditions.append(theirs.where(LICENSE.c.type_key.in_(self.types)).exists())
        exact = ("actor", "identifier", "kind", "outcome")
        return [*conditions, *(USAGE.c[name] == value for name in exact if (value := getattr(self, name)))]


def search(connection: Connection, wanted: UsageFilter, *, after: int, limit: int) -> tuple[Usage, ...]:
    """Entries that a filter lets through, the newest first.

    Args:
        after: `sequence` of the last one seen; 0 to begin.
        limit: at most so many.
    """
    conditions = wanted.conditions
    if after:
        seen = select(USAGE.c.recorded_at).where(USAGE.c.sequence == after).scalar_subquery()
        conditions.append(tuple_(USAGE.c.recorded_at, USAGE.c.sequence) < tuple_(seen, after))
    query = (
        select(USAGE)
        .where(and_(*conditions))
        .order_by(USAGE.c.recorded_at.desc(), USAGE.c.sequence.desc())
        .limit(limit)
    )
    return tuple(usage_of(row) for row in connection.execute(query))


def usage_of(row: Row[tuple[object, ...]]) -> Usage:
    """A row as the value it is of."""
    use = Use(
        actor=row.actor,
        body=row.body,
        purpose=row.purpose,
        item=row.item,
        case_number=row.case_number,
        place=row.place,
        audience=row.audience,
    )
    return Usage(
        sequence=row.sequence,
        identifier=row.identifier,
        kind=UsageKind(row.kind),
        outcome=row.outcome,
        recorded_at=row.recorded_at,
        use=use,
        salt=row.salt,
        digest=row.digest,
        consent=row.consent,
    )
