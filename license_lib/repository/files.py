"""Sealed files, each named by the SHA-256 of its bytes: written whole or not at all, checked whenever read."""

import hashlib
import os
import tempfile
import threading
from pathlib import Path

from license_lib.errors import MachineError
from license_lib.repository.entries import require_digest
from license_lib.repository.faults import os_fault


class FileStore:
    """Files under `ROOT/ab/cd/abcd….pdf`, for their owner's eyes only (modes 0600 and 0700).

    Put a file before its database row is committed: a crash in between leaves a file that nothing names, never a row
    whose file is missing.

    Args:
        root: the folder; made when the first file comes.
        read_only: refuse to write.
    """

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self._root = root.absolute()
        self._read_only = read_only
        self._durable: set[Path] = set()
        self._lock = threading.Lock()

    def path(self, digest: bytes) -> Path:
        """Where the file with this SHA-256 is, or would be."""
        require_digest(digest, "digest")
        name = digest.hex()
        return self._root / name[:2] / name[2:4] / f"{name}.pdf"

    def contains(self, digest: bytes) -> bool:
        """Whether there is a file of this name; `get` says whether it is intact."""
        return self.path(digest).is_file()

    def put(self, content: bytes) -> bytes:
        """Keep a file; on return it survives a power cut. Putting the same bytes again changes nothing.

        Returns:
            Its SHA-256, 32 bytes.

        Raises:
            MachineError: `storage.full`, `storage.read-only`, `storage.failed`; `storage.corrupt` if a damaged file
                bears its name.
        """
        if self._read_only:
            raise MachineError("storage.read-only", "The file store was opened read-only")
        digest = hashlib.sha256(content).digest()
        target = self.path(digest)
        try:
            self._make_durable(target.parent)
            if target.exists():
                self.get(digest)
            else:
                _write_whole(target, content)
            # Also for a file that was there: whoever wrote it may have died before this step.
            _sync_folder(target.parent)
        except OSError as error:
            fault = os_fault(error)
        else:
            return digest
        raise fault

    def get(self, digest: bytes) -> bytes:
        """Read a file and check that it is what its name says.

        Raises:
            MachineError: `storage.file-missing`, `storage.corrupt`, `storage.read-only`, `storage.failed`.
        """
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError:
            fault = MachineError(
                "storage.file-missing", f"The file {digest.hex()} is missing", hint="restore it from a backup"
            )
        except OSError as error:
            fault = os_fault(error)
        else:
            if hashlib.sha256(content).digest() == digest:
                return content
            fault = MachineError(
                "storage.corrupt", f"The file {digest.hex()} is damaged", hint="restore it from a backup"
            )
        raise fault

    def _make_durable(self, folder: Path) -> None:
        """Make a folder whose own entry survives a power cut, up to the first that is known to."""
        with self._lock:
            if folder in self._durable:
                return
        if folder != self._root.parent:
            self._make_durable(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(folder.parent)
        else:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock:
            self._durable.add(folder)


def _write_whole(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem[:8]}-", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).rename(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
