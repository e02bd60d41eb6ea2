"""Files that are there whole or not at all, also after a power cut."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

PUBLIC = 0o644


def write_whole(path: Path, data: bytes, *, mode: int = PUBLIC) -> None:
    """Write a file so that a reader sees all of it or the one before, also after a power cut.

    While it is written it is called `.` + the first 8 letters of its name + `-….part`.

    Args:
        mode: whom the file is for.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    write_whole_each({path: data}, mode=mode)


def write_whole_each(files: Mapping[Path, bytes], *, mode: int = PUBLIC) -> None:
    """`write_whole` for some files, in a fraction of the time: a disk makes many durable at once, if it may.

    Raises:
        OSError: one cannot be written; any of the others may be there.
    """
    with ExitStack() as open_ones:
        unfinished = [open_ones.enter_context(_Unfinished(path)) for path in files]
        for one, data in zip(unfinished, files.values(), strict=True):
            one.write(data, mode)
        for one in unfinished:
            one.sync()
        for one in unfinished:
            one.finish()
    for folder in {path.parent for path in files}:
        sync_folder(folder)


class _Unfinished:
    """A file by its first name; removed at the end of the block, unless it got its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor, self._name = tempfile.mkstemp(prefix=f".{path.name[:8]}-", suffix=".part", dir=path.parent)

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes, mode: int) -> None:
        """Write it; the disk begins, while others are written."""
        os.fchmod(self._descriptor, mode)
        with os.fdopen(self._descriptor, "wb", closefd=False) as stream:
            stream.write(data)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def sync(self) -> None:
        """Have its content survive a power cut."""
        os.fsync(self._descriptor)

    def finish(self) -> None:
        """Give it its name."""
        Path(self._name).replace(self._path)
        self._name = ""

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
        if self._name:
            Path(self._name).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut.

    Raises:
        OSError: it cannot be done.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
