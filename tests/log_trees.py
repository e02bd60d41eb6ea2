"""A tree as the RFC writes it: recursive, slow, and plainly right."""

from collections.abc import Sequence

from license_lib.log.merkle import EMPTY_ROOT, node_hash


class NaiveTree:
    """All leaves at hand; every answer straight from RFC 6962 §2.1. It counts what is read of it.

    Args:
        leaves: hashes of the leaves.
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = list(leaves)
        self.reads: list[tuple[int, int, int]] = []

    def root(self, start: int, end: int) -> bytes:
        if start == end:
            return EMPTY_ROOT
        if end - start == 1:
            return self.leaves[start]
        middle = start + split(end - start)
        return node_hash(self.root(start, middle), self.root(middle, end))

    def path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + split(end - start)
        if index < middle:
            return [*self.path(index, start, middle), self.root(middle, end)]
        return [*self.path(index, middle, end), self.root(start, middle)]

    def subproof(self, old: int, start: int, end: int, *, known: bool) -> list[bytes]:
        if old == end:
            return [] if known else [self.root(start, end)]
        middle = start + split(end - start)
        if old <= middle:
            return [*self.subproof(old, start, middle, known=known), self.root(middle, end)]
        return [*self.subproof(old, middle, end, known=False), self.root(start, middle)]

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        self.reads.append((level, start, count))
        assert 0 < count <= 256
        assert start // 256 == (start + count - 1) // 256
        width = 256**level
        assert (start + count) * width <= len(self.leaves)
        return [self.root(at * width, (at + 1) * width) for at in range(start, start + count)]


def split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power
