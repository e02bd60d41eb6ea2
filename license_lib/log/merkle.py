"""The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1): hashes, growing leaf by leaf, and judging proofs."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HASH_BYTES: Final = 32
"""Of a hash in the tree: SHA-256."""
TILE_HEIGHT: Final = 8
"""Levels of the tree that one row of tiles spans (C2SP tlog-tiles)."""
TILE_WIDTH: Final = 1 << TILE_HEIGHT
"""Hashes in a full tile."""
EMPTY_ROOT: Final = hashlib.sha256().digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256 over a zero byte and what the leaf says."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of a node over two others: SHA-256 over a byte one and both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed of a tree to append to it: the roots of its perfect subtrees.

    Attributes:
        size: number of leaves.
        hashes: one root for every bit that is set in `size`, the largest subtree first.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse hashes that cannot be those of a tree of this size."""
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError("a frontier has one hash for every bit of its size")
        if any(len(value) != HASH_BYTES for value in self.hashes):
            raise ValueError(f"a hash has {HASH_BYTES} bytes")

    @staticmethod
    def empty() -> "Frontier":
        """The tree without leaves."""
        return Frontier(0, ())

    def append(self, leaf: bytes) -> tuple["Frontier", tuple[tuple[int, int, bytes], ...]]:
        """The tree with one more leaf, in O(log n).

        Args:
            leaf: the leaf's hash, as `leaf_hash` gives it.

        Returns:
            The new frontier, and the root of every tile that the leaf completed, as (level, position, hash) in the row
            above: level L ≥ 1 holds the roots of complete subtrees of 256**L leaves.
        """
        root, height, kept, completed = leaf, 0, list(self.hashes), []
        while self.size >> height & 1:
            root, height = node_hash(kept.pop(), root), height + 1
            if height % TILE_HEIGHT == 0:
                completed.append((height // TILE_HEIGHT, self.size >> height, root))
        return Frontier(self.size + 1, (*kept, root)), tuple(completed)

    def root(self) -> bytes:
        """Root of the whole tree."""
        return joined(self.hashes)

    def packed(self) -> bytes:
        """The hashes in one piece, to be kept beside the size."""
        return b"".join(self.hashes)

    @staticmethod
    def unpacked(size: int, data: bytes) -> "Frontier":
        """The frontier that was packed.

        Raises:
            ValueError: these are not the hashes of a tree of this size.
        """
        if len(data) % HASH_BYTES:
            raise ValueError(f"a hash has {HASH_BYTES} bytes")
        return Frontier(size, tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))


def joined(roots: Sequence[bytes]) -> bytes:
    """Root over perfect subtrees that stand side by side, the largest first."""
    if not roots:
        return EMPTY_ROOT
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root


def perfect_root(row: Sequence[bytes]) -> bytes:
    """Root over a row of hashes whose number is a power of two."""
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Is this leaf at this place of the tree with this root? RFC 9162 §2.1.3.2.

    Args:
        index: place of the leaf, from 0.
        size: number of leaves of the tree.
        leaf: the leaf's hash.
        proof: the siblings from the leaf up.
        root: root of the tree.
    """
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(sibling, value)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Is the old tree the beginning of the new one? RFC 9162 §2.1.4.2.

    Of the tree without leaves every tree is a continuation; its proof is empty (C2SP tlog-witness).
    """
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not proof or not _are_hashes(old_root, new_root, *proof):
        return False
    # A whole subtree is its own first node: the proof leaves it out, and the reader has it as the old root.
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
