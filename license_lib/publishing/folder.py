"""The folder of what is published: whole files, one publisher at a time."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from license_lib.errors import MachineError
from license_lib.log.checkpoints import LogPolicy, SignedCheckpoint, open_checkpoint
from license_lib.log.findings import LogError
from license_lib.whole_files import write_whole

LOG: Final = "log"
CHECKPOINT: Final = f"{LOG}/checkpoint"
TIMESTAMP: Final = f"{CHECKPOINT}.tst"
WITNESSED: Final = f"{CHECKPOINT}.witnessed"
"""The newest head that witnesses signed: while they looked, the log went on."""
BUNDLE: Final = "bundle"
"""The newest bundle, whole."""
MANIFESTS: Final = "bundles"
"""Signed manifests of bundles, each by its SHA-256."""


def status_name(number: int) -> str:
    """The name of a status list, and where it is published as a CWT."""
    return f"status/{number}"


def status_names(number: int) -> tuple[str, str]:
    """Where a status list is published: as a CWT, and as a JWT."""
    return status_name(number), f"{status_name(number)}.jwt"


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
            # Nothing of ours is a link: one would show the world what it leads to.
            with os.fdopen(os.open(self._path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                return None
            raise _refused(error) from None

    def status_numbers(self) -> tuple[int, ...]:
        """Numbers of the status lists that are published."""
        names = (path.name for path in (self._path / "status").glob("*[0-9]"))
        return tuple(sorted(int(name) for name in names if name.isascii() and name.isdecimal()))

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

    def keep_newest(self, name: str, count: int) -> None:
        """Remove all files of a folder but the newest.

        Raises:
            MachineError: `publishing.folder`.
        """
        try:
            with os.scandir(self._path / name) as found:
                aged = sorted(((one.stat(follow_symlinks=False).st_mtime_ns, one.path) for one in found), reverse=True)
            for _, path in aged[count:]:
                Path(path).unlink()
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


def published_checkpoint(folder: PublicFolder, policy: LogPolicy) -> SignedCheckpoint | None:
    """The newest head that was published; None if none was.

    Raises:
        MachineError: `publishing.checkpoint`, `publishing.folder`.
    """
    data = folder.read(CHECKPOINT)
    if data is None:
        return None
    try:
        return open_checkpoint(data, policy)
    except LogError:
        raise MachineError(
            "publishing.checkpoint",
            "The published checkpoint is damaged, or another log's",
            hint="put back the folder of what was published, or the log's key",
        ) from None
