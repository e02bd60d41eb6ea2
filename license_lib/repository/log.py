"""The log inside the database: leaves, the tile roots that proofs need, and where it ends.

Leaf number 0 of the tree (RFC 6962 §2.1) has the sequence 1 here. An entry and its leaf are written in one transaction:
what is on record is in the log, and what is not in the log is not on record (design law 6).
"""

from collections.abc import Sequence
from typing import Self

from sqlalchemy import Connection, insert, select, update

from license_lib.errors import MachineError
from license_lib.log.merkle import Frontier, leaf_hash
from license_lib.repository.database import Database
from license_lib.repository.tables import LEAF, LOG_HEAD, TILE_HASH


class LogWriter:
    """The end of the log, locked until the transaction ends: nobody else appends meanwhile."""

    def __init__(self, connection: Connection, frontier: Frontier) -> None:
        self._connection = connection
        self._frontier = frontier

    @classmethod
    def lock(cls, connection: Connection) -> Self:
        """Take the end of the log."""
        return cls(connection, head(connection, lock=True))

    @property
    def next_sequence(self) -> int:
        """The place that the next appended leaf will have."""
        return self._frontier.size + 1

    def append(self, *leaves: bytes) -> None:
        """Put leaves at the end, in this order; the first has `next_sequence`."""
        rows, tiles = [], []
        for data in leaves:
            sequence, hashed = self.next_sequence, leaf_hash(data)
            self._frontier, completed = self._frontier.append(hashed)
            rows.append({"sequence": sequence, "data": data, "hash": hashed})
            tiles += [{"level": level, "position": position, "hash": root} for level, position, root in completed]
        self._connection.execute(insert(LEAF), rows)
        if tiles:
            self._connection.execute(insert(TILE_HASH), tiles)
        head = {"size": self._frontier.size, "frontier": self._frontier.packed()}
        self._connection.execute(update(LOG_HEAD), head)


class LogHashes:
    """The hashes of the log as proofs ask for them, see `license_lib.log.proving.HashSource`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Roots of the complete subtrees of 256 to the power of `level` leaves, from number `start` on.

        Raises:
            MachineError: `storage.corrupt` if one is missing.
        """
        if level == 0:
            numbered, place = select(LEAF.c.hash), LEAF.c.sequence
            start += 1
        else:
            numbered, place = select(TILE_HASH.c.hash).where(TILE_HASH.c.level == level), TILE_HASH.c.position
        query = numbered.where(place >= start, place < start + count).order_by(place)
        found = self._connection.execute(query).scalars().all()
        if len(found) != count:
            raise MachineError("storage.corrupt", "The log in the database has a gap", hint="run: license fsck")
        return found


class LogRecords:
    """The log of a repository, for those who publish or prove it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self) -> Frontier:
        """Where the log ends now."""
        return self._database.read(head)

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """See `LogHashes.hashes`; each call is a transaction of its own, which is enough: leaves never change."""
        return self._database.read(lambda connection: LogHashes(connection).hashes(level, start, count))

    def leaf(self, index: int) -> bytes:
        """What one leaf says.

        Raises:
            MachineError: `storage.corrupt` if it is missing.
        """
        for data in self.leaves(index, 1):
            return data
        raise MachineError("storage.corrupt", "The log in the database has a gap", hint="run: license fsck")

    def leaves(self, start: int, count: int) -> Sequence[bytes]:
        """What leaves say, from number `start` (of the tree, from 0) on; at most `count`."""
        query = select(LEAF.c.data).where(LEAF.c.sequence > start, LEAF.c.sequence <= start + count)
        return self._database.read(
            lambda connection: connection.execute(query.order_by(LEAF.c.sequence)).scalars().all()
        )


def head(connection: Connection, *, lock: bool = False) -> Frontier:
    """Where the log ends; locked, nobody appends before this transaction ends."""
    query = select(LOG_HEAD.c.size, LOG_HEAD.c.frontier)
    size, packed = connection.execute(query.with_for_update() if lock else query).one()
    return Frontier.unpacked(size, packed)
