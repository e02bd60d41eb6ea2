"""The log in the database: every leaf has its hash, its row and its place, and all of them come to the head."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import Connection, Row, TableClause, func, select, tuple_
from sqlalchemy.exc import NoResultFound

from license_lib.fsck.findings import FsckFinding, found
from license_lib.fsck.reading import PAGE, readable
from license_lib.lifecycle import EventKind
from license_lib.log.findings import LogError
from license_lib.log.leaves import EntryLeaf, EntryType, parse_leaf
from license_lib.log.merkle import EMPTY_ROOT, Frontier, leaf_hash
from license_lib.repository.commitments import correction_digest, event_digest, usage_digest
from license_lib.repository.database import Database
from license_lib.repository.entries import Correction, Event, Usage
from license_lib.repository.events import event_of
from license_lib.repository.leaves import leaf_of_event
from license_lib.repository.log import head
from license_lib.repository.subjects import correction_of
from license_lib.repository.tables import CORRECTION, EVENT, LEAF, LICENSE, LOG_HEAD, TILE_HASH, USAGE
from license_lib.repository.usage_search import usage_of
from license_lib.status import StatusRef

Tile = tuple[int, int, bytes]
Entry = TypeVar("Entry", Usage, Correction)
_TABLES: Final = (EVENT, USAGE, CORRECTION)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row that stands in the log, and what its leaf has to say; None if it does not come to its digest."""

    table: str
    sequence: int
    leaf: bytes | None


class LogCheck:
    """One walk over the log as it was when the walk began.

    Args:
        marks: the roots over so many leaves are kept: what was published.

    Attributes:
        roots: these roots, by number of leaves, as far as there are so many.
        frontier: the tree over all leaves, once the walk is done; None if one is missing.
        size: number of leaves. whole: all leaves have their hashes and their rows.
        missing_tiles: hashes that follow from the leaves and are not there.
    """

    def __init__(
        self, database: Database, progress: Callable[[int, int], None], *, marks: Collection[int] = ()
    ) -> None:
        self._database, self._progress, self._marks = database, progress, frozenset(marks)
        self.roots = {0: EMPTY_ROOT}
        self.frontier: Frontier | None = Frontier.empty()
        self.size = 0
        self.whole = True
        self.missing_tiles: list[Tile] = []

    def run(self) -> Iterator[FsckFinding]:
        """Check leaf after leaf, then the head."""
        said, self.size = self._ends()
        for first in range(1, self.size + 1, PAGE):
            last = min(first + PAGE - 1, self.size)
            for finding in self._page(first, last):
                self.whole = self.whole and finding.code.startswith("fsck.tile-")
                yield finding
            self._progress(last, self.size)
        if said is None or said != self.frontier:
            ahead = said is not None and said.size > self.size
            code = "fsck.head-ahead" if ahead else "fsck.head-differs"
            yield found(code, said=said.size if said else "?", size=self.size)

    def _ends(self) -> tuple[Frontier | None, int]:
        """The head as it is written down (None if it cannot be read), and the place of the last leaf."""

        def work(connection: Connection) -> tuple[Frontier | None, int]:
            last = connection.execute(select(func.coalesce(func.max(LEAF.c.sequence), 0))).scalar_one()
            row = connection.execute(select(LOG_HEAD.c.size, LOG_HEAD.c.frontier)).one_or_none()
            try:
                return (None if row is None else Frontier.unpacked(row.size, row.frontier)), last
            except (ValueError, TypeError):
                return None, last

        return self._database.read(work)

    def _page(self, first: int, last: int) -> Iterator[FsckFinding]:
        leaves, bad_leaves = readable(self._database, range(first, last + 1), _leaves)
        yield from (found("fsck.row-unreadable", table="leaf", place=place) for place in bad_leaves)
        by_sequence = {row.sequence: row for row in leaves}
        yield from self._gaps(first, last, by_sequence.keys() | set(bad_leaves))
        completed: list[Tile] = []
        for sequence in range(first, last + 1):
            row = by_sequence.get(sequence)
            if row is None:
                self.frontier = None
            elif self.frontier is not None:
                self.frontier, made = self.frontier.append(leaf_hash(row.data))
                completed += made
                if sequence in self._marks:
                    self.roots[sequence] = self.frontier.root()
        yield from self._tiles(completed)
        yield from self._entries(first, last, by_sequence)

    def _gaps(self, first: int, last: int, there: set[int]) -> Iterator[FsckFinding]:
        start = None
        for sequence in range(first, last + 2):
            if sequence <= last and sequence not in there:
                start = start or sequence
            elif start is not None:
                yield found("fsck.leaf-missing", first=start, last=sequence - 1)
                start = None

    def _tiles(self, completed: Sequence[Tile]) -> Iterator[FsckFinding]:
        if not completed:
            return
        places = [(level, position) for level, position, _ in completed]
        query = select(TILE_HASH).where(tuple_(TILE_HASH.c.level, TILE_HASH.c.position).in_(places))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        there = {(row.level, row.position): row.hash for row in rows}
        for level, position, root in completed:
            if (level, position) not in there:
                self.missing_tiles.append((level, position, root))
                yield found("fsck.tile-missing", level=level, position=position)
            elif there[level, position] != root:
                yield found("fsck.tile-changed", level=level, position=position)

    def _entries(self, first: int, last: int, leaves: Mapping[int, Row[tuple[object, ...]]]) -> Iterator[FsckFinding]:
        entries: dict[int, list[_Entry]] = {}
        for table in _TABLES:
            rows, bad = readable(self._database, range(first, last + 1), _READERS[table.name])
            yield from (found("fsck.row-unreadable", table=table.name, place=place) for place in bad)
            for place in bad:
                entries.setdefault(place, [])
            for entry in rows:
                entries.setdefault(entry.sequence, []).append(entry)
        for sequence, row in leaves.items():
            yield from _wrong_with(row)
            if sequence not in entries:
                yield found("fsck.entry-missing", sequence=sequence)
        for sequence, rows_there in entries.items():
            for entry in rows_there:
                if entry.leaf is None:
                    yield found("fsck.entry-changed", table=entry.table, sequence=sequence)
                elif len(rows_there) > 1 or sequence not in leaves or entry.leaf != leaves[sequence].data:
                    yield found("fsck.entry-differs", table=entry.table, sequence=sequence)


def _wrong_with(leaf: Row[tuple[object, ...]]) -> Iterator[FsckFinding]:
    if leaf_hash(leaf.data) != leaf.hash:
        yield found("fsck.leaf-changed", sequence=leaf.sequence)
    try:
        parse_leaf(leaf.data)
    except LogError:
        yield found("fsck.leaf-unreadable", sequence=leaf.sequence)


def repaired_tiles(database: Database, tiles: Sequence[Tile]) -> None:
    """Put hashes back that follow from whole leaves."""
    rows = [{"level": level, "position": position, "hash": root} for level, position, root in tiles]
    database.write(lambda connection: connection.execute(TILE_HASH.insert(), rows))


def repaired_head(database: Database, frontier: Frontier) -> bool:
    """Let the log end where its whole leaves do; False if somebody appended meanwhile."""

    def work(connection: Connection) -> bool:
        _lock_head(connection)
        last = connection.execute(select(func.coalesce(func.max(LEAF.c.sequence), 0))).scalar_one()
        if last != frontier.size:
            return False
        values = {"size": frontier.size, "frontier": frontier.packed()}
        if connection.execute(LOG_HEAD.update(), values).rowcount == 0:
            connection.execute(LOG_HEAD.insert(), {"id": 1, **values})
        return True

    return database.write(work)


def _lock_head(connection: Connection) -> None:
    try:
        head(connection, lock=True)
    except (ValueError, TypeError, NoResultFound):  # it is locked, whatever it says; or it is gone
        return


def _leaves(connection: Connection, first: int, last: int) -> Sequence[Row[tuple[object, ...]]]:
    query = select(LEAF).where(LEAF.c.sequence >= first, LEAF.c.sequence <= last).order_by(LEAF.c.sequence)
    rows = connection.execute(query).all()
    if any(not isinstance(row.data, bytes) or not isinstance(row.hash, bytes) for row in rows):
        raise ValueError("a leaf that is no bytes")
    return rows


def _events(connection: Connection, first: int, last: int) -> Sequence[_Entry]:
    license_columns = (LICENSE.c.record_digest, LICENSE.c.file_digest, LICENSE.c.status_list, LICENSE.c.status_index)
    query = (
        select(EVENT, *license_columns)
        .select_from(EVENT.outerjoin(LICENSE, LICENSE.c.identifier == EVENT.c.identifier))
        .where(EVENT.c.sequence >= first, EVENT.c.sequence <= last)
    )
    return [_event_entry(connection, row) for row in connection.execute(query)]


def _event_entry(connection: Connection, row: Row[tuple[object, ...]]) -> _Entry:
    event: Event = event_of(row)
    if event_digest(event) != event.digest or row.record_digest is None:
        return _Entry("event", event.sequence, None)
    corrected = None
    if event.kind is EventKind.CORRECT:
        query = select(EVENT).where(EVENT.c.sequence == event.details["corrects"])
        corrected_row = connection.execute(query).one_or_none()
        if corrected_row is None:
            return _Entry("event", event.sequence, None)
        corrected = event_of(corrected_row)
    leaf = leaf_of_event(
        event,
        record_digest=row.record_digest,
        file_digest=row.file_digest,
        status=None if row.status_list is None else StatusRef(row.status_list, row.status_index),
        corrected=corrected,
    )
    return _Entry("event", event.sequence, leaf)


def _uses(connection: Connection, first: int, last: int) -> Sequence[_Entry]:
    return [
        _entry("usage", usage_of(row), usage_digest, EntryType.USAGE) for row in _rows(connection, USAGE, first, last)
    ]


def _corrections(connection: Connection, first: int, last: int) -> Sequence[_Entry]:
    rows = _rows(connection, CORRECTION, first, last)
    return [_entry("correction", correction_of(row), correction_digest, EntryType.SUBJECT) for row in rows]


def _rows(connection: Connection, table: TableClause, first: int, last: int) -> Sequence[Row[tuple[object, ...]]]:
    return connection.execute(select(table).where(table.c.sequence >= first, table.c.sequence <= last)).all()


def _entry(table: str, entry: Entry, digest: Callable[[Entry], bytes], kind: EntryType) -> _Entry:
    if digest(entry) != entry.digest:
        return _Entry(table, entry.sequence, None)
    return _Entry(table, entry.sequence, EntryLeaf(kind, entry.digest, entry.recorded_at).encoded())


_READERS: Mapping[str, Callable[[Connection, int, int], Sequence[_Entry]]] = {
    "event": _events,
    "usage": _uses,
    "correction": _corrections,
}
