"""Folders that a witness or an auditor keeps: one process at a time, and files that are there whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from license_lib.errors import MachineError
from license_lib.whole_files import write_whole


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Make the folder, and hold the lock `name` in it.

    Raises:
        MachineError: `log.folder`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refused(error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def kept(path: Path) -> bytes | None:
    """What was kept; None if nothing was.

    Raises:
        MachineError: `log.folder`.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused(error) from None


def keep(path: Path, data: bytes) -> None:
    """Keep data durably.

    Raises:
        MachineError: `log.folder`; what was kept before stays.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        raise refused(error) from None


def refused(error: OSError) -> MachineError:
    """A refusal of the operating system."""
    return unusable(f"cannot be used: {error.strerror}")


def unusable(problem: str) -> MachineError:
    """A folder whose content cannot be relied on."""
    return MachineError(
        "log.folder", f"The folder of the witness or auditor {problem}", hint="restore it from a backup"
    )
