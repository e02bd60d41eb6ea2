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
    with ExitStack() as unfinished:
        written = [(unfinished.enter_context(_Unfinished(path, mode)), data) for path, data in files.items()]
        for file, data in written:
            file.stream.write(data)
            file.stream.flush()
            if hasattr(os, "posix_fadvise"):  # the disk begins, while others are written
                os.posix_fadvise(file.stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        for file, _ in written:
            os.fsync(file.stream.fileno())
        for file, _ in written:
            file.finish()
    for folder in {path.parent: None for path in files}:
        sync_folder(folder)


class _Unfinished:
    """A file by its first name; removed at the end of the block, unless it got its own."""

    def __init__(self, path: Path, mode: int) -> None:
        self._path = path
        descriptor, self._name = tempfile.mkstemp(prefix=f".{path.name[:8]}-", suffix=".part", dir=path.parent)
        self.stream = os.fdopen(descriptor, "wb")
        os.fchmod(descriptor, mode)

    def __enter__(self) -> Self:
        return self

    def finish(self) -> None:
        """Give it its name."""
        self.stream.close()
        Path(self._name).replace(self._path)
        self._name = ""

    def __exit__(self, *_: object) -> None:
        if self._name:
            self.stream.close()
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
