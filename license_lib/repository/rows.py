"""Licence rows to values and back, inside a transaction that the caller holds."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, bindparam, insert, select

from license_lib.lifecycle import LicenseState
from license_lib.repository.entries import HolderNumber
from license_lib.repository.subjects import subjects_of
from license_lib.repository.tables import HOLDER, LICENSE
from license_lib.repository.values import HolderEntry, IssuedLicense, LicenseEntry, StoredLicense
from license_lib.status import StatusRef

# Made once: a statement that is made anew takes four times as long as asking the database.
_SOUGHT: Final[BindParameter[Any]] = bindparam("sought")
_BY_IDENTIFIER: Final = select(LICENSE).where(LICENSE.c.identifier == _SOUGHT)
_HOLDERS: Final = select(HOLDER).where(HOLDER.c.position == _SOUGHT).order_by(HOLDER.c.ordinal)


def licenses_where(
    connection: Connection, condition: ColumnElement[bool], *, limit: int | None = None
) -> tuple[StoredLicense, ...]:
    """The licences that meet a condition, with all their holders, in the order of issue."""
    wanted = select(LICENSE).where(condition).order_by(LICENSE.c.position).limit(limit)
    rows = connection.execute(wanted).mappings().all()
    # Not a list of positions: a holder may have more licences than a statement may have parameters.
    of_them = HOLDER.c.position.in_(wanted.with_only_columns(LICENSE.c.position).scalar_subquery())
    query = select(HOLDER).where(of_them).order_by(HOLDER.c.position, HOLDER.c.ordinal)
    holder_rows = connection.execute(query).all() if rows else ()
    holders = {
        position: tuple(_holder(row) for row in group)
        for position, group in groupby(holder_rows, key=lambda row: row.position)
    }
    return tuple(_stored(dict(row), holders[row["position"]]) for row in rows)


def _holder(row: Row[Any]) -> HolderEntry:
    return HolderEntry(row.name, row.number, row.number_kind)


def _stored(row: dict[str, Any], holders: tuple[HolderEntry, ...]) -> StoredLicense:
    number, index = row.pop("status_list"), row.pop("status_index")
    status = StatusRef(number, index) if number is not None else None
    state, previous = LicenseState(row.pop("state")), row.pop("previous") or ""
    return StoredLicense(**row, state=state, previous=previous, status=status, holders=holders)


def license_by_identifier(connection: Connection, identifier: str) -> StoredLicense | None:
    """The licence of that identifier, if it was issued here."""
    row = connection.execute(_BY_IDENTIFIER, {"sought": identifier}).mappings().one_or_none()
    if row is None:
        return None
    holders = tuple(map(_holder, connection.execute(_HOLDERS, {"sought": row["position"]})))
    if not holders:
        raise KeyError(row["position"])  # as in `licenses_where`: none was ever written without
    return _stored(dict(row), holders)


def insert_licenses(connection: Connection, issued: Sequence[IssuedLicense], *, position: int) -> list[StoredLicense]:
    """Write licences and their holders.

    Args:
        position: of the first; the others follow.

    Returns:
        What is on record now.
    """
    stored = [_on_record(one, place) for place, one in enumerate(issued, position)]
    # Values beside the statement, not inside it: SQLAlchemy then need not look at each to find the compiled one.
    connection.execute(insert(LICENSE), [_columns(one) for one in stored])
    holders = [
        (one.position, ordinal, holder) for one in stored for ordinal, holder in enumerate(one.holders)
    ]  # fmt: skip
    subjects = subjects_of(
        connection,
        [(place, ordinal, HolderNumber(holder.number, holder.number_kind)) for place, ordinal, holder in holders],
    )
    connection.execute(
        insert(HOLDER),
        [
            {
                "position": place,
                "ordinal": ordinal,
                "name": holder.name,
                "number": holder.number,
                "number_kind": holder.number_kind,
                "subject": subject,
            }
            for (place, ordinal, holder), subject in zip(holders, subjects, strict=True)
        ],
    )
    return stored


def _on_record(issued: IssuedLicense, position: int) -> StoredLicense:
    kept = {one.name: getattr(issued, one.name) for one in fields(LicenseEntry)}
    recorded_at = issued.at.astimezone(UTC)
    return StoredLicense(**kept, position=position, state=LicenseState.ISSUED, settled_at=None, recorded_at=recorded_at)


def _columns(stored: StoredLicense) -> dict[str, Any]:
    """Its row; `_stored` is the way back."""
    columns = {column.name: getattr(stored, column.name, None) for column in LICENSE.columns}
    columns |= {"state": str(stored.state), "previous": stored.previous or None}
    if stored.status is not None:
        columns |= {"status_list": stored.status.list_number, "status_index": stored.status.index}
    return columns
