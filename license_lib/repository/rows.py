"""Licence rows to values and back, inside a transaction that the caller holds."""

from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from license_lib.lifecycle import LicenseState
from license_lib.repository.entries import HolderNumber
from license_lib.repository.subjects import subject_of
from license_lib.repository.tables import HOLDER, LICENSE
from license_lib.repository.values import HolderEntry, IssuedLicense, StoredLicense
from license_lib.status import StatusRef


def licenses_where(
    connection: Connection, condition: ColumnElement[bool], *, limit: int | None = None
) -> tuple[StoredLicense, ...]:
    """The licences that meet a condition, with all their holders, in the order of issue."""
    wanted = select(LICENSE).where(condition).order_by(LICENSE.c.position).limit(limit)
    rows = connection.execute(wanted).mappings().all()
    if not rows:
        return ()
    if len(rows) == 1:
        of_them: ColumnElement[bool] = HOLDER.c.position == rows[0]["position"]
    else:
        # Not a list of positions: a holder may have more licences than a statement may have parameters.
        of_them = HOLDER.c.position.in_(wanted.with_only_columns(LICENSE.c.position).scalar_subquery())
    holder_rows = connection.execute(select(HOLDER).where(of_them).order_by(HOLDER.c.position, HOLDER.c.ordinal)).all()
    holders = {
        position: tuple(HolderEntry(row.name, row.number, row.number_kind) for row in group)
        for position, group in groupby(holder_rows, key=lambda row: row.position)
    }
    return tuple(_stored(dict(row), holders[row["position"]]) for row in rows)


def _stored(row: dict[str, Any], holders: tuple[HolderEntry, ...]) -> StoredLicense:
    number, index = row.pop("status_list"), row.pop("status_index")
    status = StatusRef(number, index) if number is not None else None
    state, previous = LicenseState(row.pop("state")), row.pop("previous") or ""
    return StoredLicense(**row, state=state, previous=previous, status=status, holders=holders)


def license_by_identifier(connection: Connection, identifier: str) -> StoredLicense | None:
    """The licence of that identifier, if it was issued here."""
    found = licenses_where(connection, LICENSE.c.identifier == identifier)
    return found[0] if found else None


def insert_license(connection: Connection, issued: IssuedLicense, *, position: int) -> None:
    """Write a licence and its holders."""
    own = {"position", "state", "recorded_at", "status_list", "status_index", "previous", "settled_at"}
    columns: dict[str, Any] = {
        column.name: getattr(issued, column.name) for column in LICENSE.columns if column.name not in own
    }
    # Values beside the statement, not inside it: SQLAlchemy then need not look at each to find the compiled one.
    connection.execute(
        insert(LICENSE),
        columns
        | {
            "position": position,
            "state": str(LicenseState.ISSUED),
            "recorded_at": issued.at,
            "status_list": issued.status.list_number if issued.status else None,
            "status_index": issued.status.index if issued.status else None,
            "previous": issued.previous or None,
            "settled_at": None,
        },
    )
    connection.execute(
        insert(HOLDER),
        [
            {
                "position": position,
                "ordinal": ordinal,
                "name": holder.name,
                "number": holder.number,
                "number_kind": holder.number_kind,
                "subject": subject_of(
                    connection,
                    HolderNumber(holder.number, holder.number_kind),
                    position=position,
                    ordinal=ordinal,
                ),
            }
            for ordinal, holder in enumerate(issued.holders)
        ],
    )
