"""Making proofs from stored rows of hashes: few reads, none of more than one tile (RFC 6962 §2.1.1, §2.1.2)."""

from collections.abc import Sequence
from typing import Protocol

from license_lib.errors import MachineError
from license_lib.log.merkle import TILE_HEIGHT, TILE_WIDTH, Frontier, joined, perfect_root


class HashSource(Protocol):
    """Where the hashes of a tree are kept."""

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """A stretch of a row, all of it.

        Args:
            level: 0 for leaf hashes, L for roots of complete subtrees of 256**L leaves.
            start: place of the first one in its row.
            count: how many; at most 256, and never beyond one tile.
        """
        ...


def inclusion_proof(index: int, size: int, source: HashSource) -> tuple[bytes, ...]:
    """The siblings that lead from a leaf to the root of the first `size` leaves, from the leaf up.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("the tree has no such leaf")
    tree, proof, start, end = _Tree(size, source), list[bytes](), 0, size
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            proof.append(tree.root(middle, end))
            end = middle
        else:
            proof.append(tree.root(start, middle))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(old: int, new: int, source: HashSource) -> tuple[bytes, ...]:
    """What proves that the first `old` leaves are the beginning of the first `new` ones.

    Raises:
        ValueError: the new tree is the smaller one.
    """
    if not 0 <= old <= new:
        raise ValueError("a tree only grows")
    if old in {0, new}:
        return ()
    tree, proof, start, end = _Tree(new, source), list[bytes](), 0, new
    while end != old:
        middle = start + _left(end - start)
        if old <= middle:
            proof.append(tree.root(middle, end))
            end = middle
        else:
            proof.append(tree.root(start, middle))
            start = middle
    if start:
        proof.append(tree.root(start, end))
    return tuple(reversed(proof))


def root_at(size: int, source: HashSource) -> bytes:
    """Root of the first `size` leaves."""
    return frontier_at(size, source).root()


def frontier_at(size: int, source: HashSource) -> Frontier:
    """The roots of the perfect subtrees of the first `size` leaves: where appending may go on."""
    return Frontier(size, _Tree(size, source).perfect(0, size))


class _Tree:
    """The first `size` leaves, every tile read at most once."""

    def __init__(self, size: int, source: HashSource) -> None:
        self._size, self._source = size, source
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, start: int, end: int) -> bytes:
        """Root of a subtree that the tree has: leaves from `start` to before `end`."""
        return joined(self.perfect(start, end))

    def perfect(self, start: int, end: int) -> tuple[bytes, ...]:
        """Roots of the perfect subtrees of a subtree, the largest first."""
        roots = []
        while start < end:
            height = (end - start).bit_length() - 1
            roots.append(self._perfect(height, start >> height))
            start += 1 << height
        return tuple(roots)

    def _perfect(self, height: int, position: int) -> bytes:
        level, above = divmod(height, TILE_HEIGHT)
        first = position << above
        return perfect_root(self._tile(level, first // TILE_WIDTH)[first % TILE_WIDTH :][: 1 << above])

    def _tile(self, level: int, position: int) -> Sequence[bytes]:
        if (level, position) not in self._tiles:
            start = position * TILE_WIDTH
            count = min(TILE_WIDTH, (self._size >> level * TILE_HEIGHT) - start)
            row = self._source.hashes(level, start, count)
            if len(row) != count:
                raise MachineError(
                    "log.incomplete", "The log's stored hashes have a gap", hint="restore it from a backup"
                )
            self._tiles[level, position] = row
        return self._tiles[level, position]


def _left(size: int) -> int:
    """Leaves of the left half: the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
