"""Files in a folder of this machine.

Why not by obstore, as those in a bucket: its local store writes to a file beside and links it, but syncs neither the
file nor the folder (docs/adr/0015-files-in-a-folder-or-a-bucket.md). Here both are, so that a file that was
acknowledged survives a power cut.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from license_lib.repository.file_faults import os_fault
from license_lib.repository.listing import QUARANTINE, Found
from license_lib.whole_files import sync_folder, write_whole_each

LEFTOVER = re.compile(r"[0-9a-f]{2}/\.[0-9a-f]{8}-\w+\.part")
"""What a file is called while it is written; found later, its writer died."""

T = TypeVar("T")


class Folder:
    """Files under a folder, for their owner's eyes only (modes 0600 and 0700). See `Place`.

    Args:
        root: the folder; made when the first file comes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._durable: set[Path] = set()
        self._lock = threading.Lock()

    def write_each(self, new: Mapping[str, bytes]) -> Sequence[str]:
        """Write, sync, rename, sync the folders."""

        def work() -> Sequence[str]:
            targets = {name: self._root / name for name in new}
            for target in targets.values():
                self._make_durable(target.parent)
            taken = [name for name, target in targets.items() if target.exists()]
            for target in map(targets.__getitem__, taken):
                os.utime(target)  # young again: nobody sets it aside while its new writer names it
                sync_folder(target.parent)  # whoever wrote it may have died before this step
            written = {target: new[name] for name, target in targets.items() if name not in taken}
            write_whole_each(written, mode=0o600)
            return taken

        return _refusing(work)

    def read(self, name: str) -> bytes | None:
        """The content; None if there is none of that name."""

        def work() -> bytes | None:
            try:
                return (self._root / name).read_bytes()
            except FileNotFoundError:
                return None

        return _refusing(work)

    def size(self, name: str) -> int | None:
        """Of the file of that name; None if there is none."""

        def work() -> int | None:
            try:
                return (self._root / name).stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

        return _refusing(work)

    def listed(self) -> Iterator[Found]:
        """Every file in a folder of the root, folder by folder."""
        for entry in self._entries():
            if found := _refusing(lambda: _found(entry)):  # noqa: B023 — called at once
                yield found

    def leftovers(self, before: datetime) -> Iterator[str]:
        """Names of unfinished files that were last written before that moment, by this machine's clock."""
        return (found.name for found in self.listed() if LEFTOVER.fullmatch(found.name) and found.written_at < before)

    def set_aside(self, name: str, before: datetime) -> bool:
        """Move a file, look how old it is, and move it back if it is young: whoever writes it now does not lose it."""
        source, aside = self._root / name, self._root / QUARANTINE / Path(name).name

        def work() -> bool:
            aside.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                source.rename(aside)
            except FileNotFoundError:
                return False
            if datetime.fromtimestamp(aside.stat().st_mtime, UTC) >= before:
                aside.rename(source)
                return False
            for folder in (source.parent, aside.parent):
                sync_folder(folder)
            return True

        return _refusing(work)

    def _entries(self) -> Iterator[Path]:
        if not _refusing(self._root.exists):
            return
        for folder in _sorted(self._root):
            yield from _sorted(folder)

    def _make_durable(self, folder: Path) -> None:
        """Make a folder whose own entry survives a power cut, up to the first that is known to."""
        with self._lock:
            if folder in self._durable:
                return
        if folder != self._root.parent:
            self._make_durable(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder.parent)
        else:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock:
            self._durable.add(folder)


def _refusing(work: Callable[[], T]) -> T:
    """Do it; a refusal of the operating system becomes one of ours, without the original in its wake."""
    try:
        return work()
    except OSError as error:
        fault = os_fault(error)
    raise fault


def _sorted(folder: Path) -> list[Path]:
    """What is in a folder, by name; nothing in what is none."""
    return _refusing(lambda: sorted(folder.iterdir()) if folder.is_dir() else [])


def _name(path: Path) -> str:
    return "/".join(path.parts[-2:])


def _found(path: Path) -> Found | None:
    try:
        status = path.stat()
    except FileNotFoundError:  # a writer has just finished it
        return None
    return Found(_name(path), status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))
