"""Files that are there whole or not at all, also after a power cut."""

import os
import tempfile
from pathlib import Path

PUBLIC = 0o644


def write_whole(path: Path, data: bytes, *, mode: int = PUBLIC) -> None:
    """Write a file so that a reader sees all of it or the one before, also after a power cut.

    While it is written it is called `.` + the first 8 letters of its name + `-….part`.

    Args:
        mode: whom the file is for.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:8]}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


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
