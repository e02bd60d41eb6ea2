"""The published log against ours: its heads, and the hashes and entries that stand beside them.

A head that cannot be read is no reason to forget the rest: what is there may show that more was seen outside than we
hold, and then nothing may be published.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from license_lib.errors import MachineError
from license_lib.fsck.findings import FsckFinding, found
from license_lib.log.checkpoints import Checkpoint, LogPolicy, claimed_size, open_checkpoint
from license_lib.log.findings import LogError
from license_lib.log.merkle import TILE_WIDTH
from license_lib.log.tiles import bundle_path, bundled, new_files, parsed_bundle, unbundled, wide_path
from license_lib.repository.database import Database
from license_lib.repository.file_faults import os_fault
from license_lib.repository.log import LogRecords

CHECKPOINT: Final = "log/checkpoint"
_WITNESSED: Final = "log/checkpoint.witnessed"
_LATER: Final = ("log/checkpoint.tst", _WITNESSED)
"""Files that are written after a checkpoint."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What others have seen of the log.

    Attributes:
        heads: those that are signed.
        unreadable: what cannot be relied on.
        entries: so many entries the rest speaks of: files of entries, heads that nobody can check.
    """

    heads: tuple[Checkpoint, ...]
    unreadable: tuple[FsckFinding, ...]
    entries: int

    @property
    def size(self) -> int:
        """Of the newest signed head; 0 if there is none."""
        return max((head.size for head in self.heads), default=0)

    def contradictions(self, *, size: int, roots: Mapping[int, bytes]) -> Iterator[FsckFinding]:
        """Compare it with the log.

        Args:
            size: of the log. roots: over the first entries of it, by their number.
        """
        for head in self.heads:
            if head.size > size:
                yield found("fsck.published-ahead", published=head.size, size=size)
            elif roots.get(head.size) != head.root:
                yield found("fsck.published-differs", published=head.size)
        if self.entries > max(size, self.size):
            yield found("fsck.published-beyond", published=self.entries, size=size)


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """The log in the folder that is published.

    Args:
        folder: holds `log/checkpoint`; need not exist.
        policy: the log's own key; None if there is none.
    """

    folder: Path
    policy: LogPolicy | None

    def seen(self) -> Seen:
        """What was said of the log.

        Raises:
            MachineError: `storage.…`.
        """
        heads, unreadable, entries = list[Checkpoint](), list[FsckFinding](), self._entries()
        for name in (CHECKPOINT, _WITNESSED):
            data = read_file(self.folder / name)
            if data is not None:
                try:
                    heads.append(self._opened(data))
                except LogError as error:
                    unreadable.append(found("fsck.published-unreadable", path=name, problem=error.message))
                    entries = max(entries, claimed_size(data))
            elif name == CHECKPOINT and any(read_file(self.folder / later) is not None for later in _LATER):
                unreadable.append(found("fsck.published-unreadable", path=name, problem="it is gone"))
        return Seen(tuple(dict.fromkeys(heads)), tuple(unreadable), entries)

    def compare_files(self, database: Database, size: int) -> Iterator[FsckFinding]:
        """Compare what a head stands for with what must be there: a narrow file may have given way to the full one."""
        log = LogRecords(database)
        wrong = [path for path, data in new_files(0, size, log, log) if not self._holds(path, data)]
        if wrong:
            yield found("fsck.published-log", path=f"log/{wrong[0]}", count=len(wrong))

    def compare_entries(self, database: Database, size: int) -> Iterator[FsckFinding]:
        """Compare the entries that are there with ours, where no head says how many belong to it."""
        log = LogRecords(database)
        for position in sorted(self._bundles()):
            width = self._width(position)
            ours = log.leaves(position * TILE_WIDTH, min(width, size - position * TILE_WIDTH))
            theirs = unbundled(read_file(self.folder / "log" / bundle_path(position, width)) or b"", width)
            if theirs is None or bundled(theirs[: len(ours)]) != bundled(ours):
                yield found("fsck.entries-differ", path=f"log/{bundle_path(position, width)}")

    def _opened(self, data: bytes) -> Checkpoint:
        if self.policy is None:
            raise LogError("log.signature", problem="there is no log key to check it with")
        return open_checkpoint(data, self.policy).checkpoint

    def _holds(self, path: str, data: bytes) -> bool:
        there = read_file(self.folder / "log" / path)
        if there is not None:
            return there == data
        wide = read_file(self.folder / "log" / wide_path(path))
        return wide is not None and wide.startswith(data)

    def _entries(self) -> int:
        last = max(self._bundles(), default=None)
        return 0 if last is None else last * TILE_WIDTH + self._width(last)

    def _bundles(self) -> set[int]:
        """Positions of all bundles; of narrow ones only the folder is looked at: there is one for every publishing."""
        root = self.folder / "log"
        positions = set[int]()
        for folder, folders, files in os.walk(root / "tile" / "entries", onerror=_refuse):
            names = [*files, *(name.removesuffix(".p") for name in folders if name.endswith(".p"))]
            folders[:] = [name for name in folders if not name.endswith(".p")]
            within = [parsed_bundle(Path(folder, name).relative_to(root).as_posix()) for name in names]
            positions.update(one[0] for one in within if one is not None)
        return positions

    def _width(self, position: int) -> int:
        """Of the widest bundle at a position."""
        full = self.folder / "log" / bundle_path(position)
        if full.exists():
            return TILE_WIDTH
        narrow = full.with_name(f"{full.name}.p")
        return max((int(path.name) for path in narrow.glob("*") if path.name.isdecimal()), default=0)


def read_file(path: Path) -> bytes | None:
    """A published file; None if there is none.

    Raises:
        MachineError: `storage.…`.
    """
    fault: MachineError
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        fault = os_fault(error)
    raise fault


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise os_fault(error)
