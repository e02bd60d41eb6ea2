"""The folder of what is published: whole files, one publisher at a time."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from license_lib.errors import MachineError
from license_lib.whole_files import write_whole

LOG: Final = "log"
CHECKPOINT: Final = f"{LOG}/checkpoint"
TIMESTAMP: Final = f"{CHECKPOINT}.tst"
WITNESSED: Final = f"{CHECKPOINT}.witnessed"
"""The newest head that witnesses signed: while they looked, the log went on."""


def status_name(number: int) -> str:
    """Where a status list is published as a CWT; as a JWT, with `.jwt` behind."""
    return f"status/{number}"


class PublicFolder:
    """The folder. It need not exist before the first file is written.

    Args:
        path: where.
        write: writes a file whole, or not at all.
    """

    def __init__(self, path: Path, write: Callable[[Path, bytes], None] = write_whole) -> None:
        self._path, self._write_file = path, write

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder, and wait until nobody else publishes into it.

        Raises:
            MachineError: `publishing.folder`.
        """
        try:
            _make(self._path)
            descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise _refused(error) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self, name: str) -> bytes | None:
        """A published file; None if there is none.

        Raises:
            MachineError: `publishing.folder`.
        """
        try:
            return (self._path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _refused(error) from None

    def write(self, name: str, data: bytes) -> None:
        """Publish a file, durably.

        Raises:
            MachineError: `publishing.folder`; what was there stays.
        """
        path = self._path / name
        try:
            _make(path.parent)
            self._write_file(path, data)
        except OSError as error:
            raise _refused(error) from None


def _make(folder: Path) -> None:
    """Make a folder that lasts as what is written into it: its own entry is synced, too."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(mode=0o755, exist_ok=True)
    descriptor = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(error: OSError) -> MachineError:
    return MachineError(
        "publishing.folder",
        f"The folder of what is published cannot be used: {error.strerror}",
        hint="check its permissions and the room on its disk",
    )
