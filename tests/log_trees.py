"""Trees and logs for tests: a tree as the RFC writes it, recursive and plainly right, and a whole log in memory."""

import copy
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from license_lib.log.checkpoints import Checkpoint, LogPolicy, sign_checkpoint
from license_lib.log.findings import LogError
from license_lib.log.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from license_lib.log.tiles import new_files
from license_lib.log.witness import Witness
from signing.notes import Note, NoteSigner


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


class SmallLog:
    """A whole log in memory: it appends, publishes its files, and signs its checkpoints.

    Args:
        origin: its name.
        seed: one byte that tells its key from others.
    """

    def __init__(self, origin: str = "log.example/licenses", seed: int = 1) -> None:
        self.signer = note_signer(origin, seed)
        self.entries: list[bytes] = []
        self.rows: dict[int, list[bytes]] = {0: []}
        self.frontier = Frontier.empty()
        self.files: dict[str, bytes] = {}
        self.published = 0

    @property
    def policy(self) -> LogPolicy:
        return LogPolicy(self.signer.name, self.signer.key())

    def append(self, *entries: bytes) -> "SmallLog":
        for entry in entries:
            leaf = leaf_hash(entry)
            self.entries.append(entry)
            self.rows[0].append(leaf)
            self.frontier, completed = self.frontier.append(leaf)
            for level, position, value in completed:
                assert position == len(self.rows.setdefault(level, []))
                self.rows[level].append(value)
        return self

    def publish(self) -> bytes:
        """Write the files that are new, then the checkpoint; returns it."""
        self.files |= dict(new_files(self.published, self.frontier.size, self, self))
        self.published = self.frontier.size
        self.files["checkpoint"] = self.head().encoded()
        return self.files["checkpoint"]

    def head(self) -> Note:
        return sign_checkpoint(Checkpoint(self.signer.name, self.frontier.size, self.frontier.root()), self.signer)

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        return self.rows[level][start : start + count]

    def leaves(self, start: int, count: int) -> Sequence[bytes]:
        return self.entries[start : start + count]

    def copy(self) -> "SmallLog":
        """The same log with the same key, to go its own way: a fork."""
        other = copy.deepcopy(self, {id(self.signer): self.signer})
        other.published = 0
        return other


def note_signer(name: str, seed: int) -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def numbered(start: int, end: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(start, end)]


def cosigned_root(folder: str, seed: int) -> bytes | None:
    """One witness process among others: the root that it signed; None if it refused."""
    log = SmallLog().append(*numbered(0, 300)).append(bytes([seed]) * 5)
    log.publish()
    witness = Witness(Path(folder), note_signer("witness.example/w1", 11), origin=log.signer.name, key=log.signer.key())
    try:
        witness.cosign(log.files["checkpoint"], fetch=log.files.get, time=1)
    except LogError:
        return None
    return log.frontier.root()
