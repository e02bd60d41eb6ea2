"""Which file of a licence is the newest, inside transactions that the caller holds.

A sealed file grows: evidence and archive time-stamps are put behind the seal, and again before they age. Each makes a
file of its own name in the file store. Rows are added and never changed; a licence without any rests as it was sealed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, or_, select

from license_lib.errors import MachineError
from license_lib.repository.revisions import begins_with
from license_lib.repository.tables import ARCHIVE, LICENSE
from license_lib.repository.values import ArchiveEntry, CurrentFile, StoredLicense

_of_the_same = ARCHIVE.alias("of_the_same")
_NEWEST = ARCHIVE.c.number == (
    select(func.max(_of_the_same.c.number)).where(_of_the_same.c.position == ARCHIVE.c.position).scalar_subquery()
)


def insert_archives(connection: Connection, entries: Mapping[int, ArchiveEntry], *, number: int = 1) -> None:
    """Put archived files on record, by the position of their licences."""
    rows = [
        {
            "position": position,
            "number": number,
            "digest": entry.digest,
            "until": entry.until,
            "archived_at": entry.at,
        }
        for position, entry in entries.items()
    ]
    if rows:
        connection.execute(insert(ARCHIVE), rows)


def replace_file(connection: Connection, current: CurrentFile, entry: ArchiveEntry) -> bool:
    """See `Repository.archive`."""
    connection.execute(select(LICENSE.c.position).where(LICENSE.c.position == current.position).with_for_update())
    newest, number = connection.execute(
        select(func.coalesce(ARCHIVE.c.digest, LICENSE.c.file_digest), func.coalesce(ARCHIVE.c.number, 0))
        .select_from(LICENSE.outerjoin(ARCHIVE, and_(ARCHIVE.c.position == LICENSE.c.position, _NEWEST)))
        .where(LICENSE.c.position == current.position)
    ).one()
    if newest != current.digest:
        return False
    insert_archives(connection, {current.position: entry}, number=number + 1)
    return True


def current_files(
    connection: Connection, *, ending: datetime | None, identifier: str, after: int, limit: int
) -> tuple[CurrentFile, ...]:
    """See `Repository.current_files`."""
    query = (
        select(
            LICENSE.c.position,
            LICENSE.c.identifier,
            func.coalesce(ARCHIVE.c.digest, LICENSE.c.file_digest).label("digest"),
            ARCHIVE.c.until,
        )
        .select_from(LICENSE.outerjoin(ARCHIVE, and_(ARCHIVE.c.position == LICENSE.c.position, _NEWEST)))
        .where(LICENSE.c.position > after)
        .order_by(LICENSE.c.position)
        .limit(limit)
    )
    if ending is not None:
        query = query.where(or_(ARCHIVE.c.until.is_(None), ARCHIVE.c.until <= ending))
    if identifier:
        query = query.where(LICENSE.c.identifier == identifier)
    return tuple(CurrentFile(*row) for row in connection.execute(query))


def newest_names(connection: Connection, licenses: Sequence[StoredLicense]) -> dict[int, bytes]:
    """Names in the file store of the files that licences rest in now, by their positions."""
    mine = ARCHIVE.c.position.in_([one.position for one in licenses])
    archived = connection.execute(select(ARCHIVE.c.position, ARCHIVE.c.digest).where(mine).order_by(ARCHIVE.c.number))
    return {one.position: one.file_digest for one in licenses} | {row.position: row.digest for row in archived}


def require_own(pdf: bytes, stored: StoredLicense) -> bytes:
    """Refuse a file that does not begin with what was sealed: the row that names it was changed.

    Raises:
        MachineError: `storage.corrupt`.
    """
    if begins_with(pdf, stored.file_digest):
        return pdf
    raise MachineError("storage.corrupt", "The file is not that of this licence", hint="run: license fsck --deep")
