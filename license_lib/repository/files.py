"""Sealed files, each named by the SHA-256 of its bytes: written whole or not at all, checked whenever read.

They rest in a folder (`folder.py`) or in a bucket of an object store (`bucket.py`). What a name says is decided here,
and that nobody is believed who hands out other bytes.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from license_lib.errors import InputError, MachineError
from license_lib.repository.entries import require_digest, require_zone
from license_lib.repository.folder import LEFTOVER, Folder

_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.pdf")


class Place(Protocol):
    """Where files are kept under names. Methods raise MachineError `storage.…`, whose texts hold no name."""

    def write(self, name: str, content: bytes) -> bool:
        """Keep new content; on return it survives a power cut. False if the name is taken: nothing is changed then."""

    def read(self, name: str) -> bytes | None:
        """The content; None if there is none of that name."""

    def contains(self, name: str) -> bool:
        """Whether there is content of that name."""

    def names(self) -> Iterator[str]:
        """Every name that is taken, in no order that is promised, found as they are asked for."""

    def leftovers(self, before: datetime) -> Iterator[str]:
        """Names of what writers left that died before that moment."""

    def remove(self, name: str) -> None:
        """Remove what has that name; nothing if it is gone."""


class FileStore:
    """Sealed files as `ab/cd/abcd….pdf`.

    Put a file before its database row is committed: a crash in between leaves a file that nothing names, never a row
    whose file is missing.

    Args:
        where: a folder, made when the first file comes; or `s3://BUCKET/PREFIX`.
        read_only: refuse to write.

    Raises:
        MachineError: `storage.url` if it is neither.
    """

    def __init__(self, where: Path | str, *, read_only: bool = False) -> None:
        self._place = _place(where)
        self._read_only = read_only

    def contains(self, digest: bytes) -> bool:
        """Whether there is a file of this name; `get` says whether it is intact.

        Raises:
            MachineError: `storage.…`.
        """
        return self._place.contains(file_name(digest))

    def put(self, content: bytes) -> bytes:
        """Keep a file; on return it survives a power cut. Putting the same bytes again changes nothing.

        Returns:
            Its SHA-256, 32 bytes.

        Raises:
            MachineError: `storage.full`, `storage.read-only`, `storage.unreachable`, `storage.no-bucket`,
                `storage.failed`; `storage.corrupt` if a damaged file bears its name.
        """
        self._require_writable()
        digest = hashlib.sha256(content).digest()
        if not self._place.write(file_name(digest), content):
            self.get(digest)
        return digest

    def get(self, digest: bytes) -> bytes:
        """Read a file and check that it is what its name says.

        Raises:
            MachineError: `storage.file-missing`, `storage.corrupt`, `storage.read-only`, `storage.unreachable`,
                `storage.no-bucket`, `storage.failed`.
        """
        content = self._place.read(file_name(digest))
        if content is None:
            raise MachineError(
                "storage.file-missing", f"The file {digest.hex()} is missing", hint="restore it from a backup"
            )
        if hashlib.sha256(content).digest() != digest:
            raise MachineError(
                "storage.corrupt", f"The file {digest.hex()} is damaged", hint="restore it from a backup"
            )
        return content

    def iterate(self) -> Iterator[bytes]:
        """The digests of all files, in no order that is promised; `get` says whether each is intact.

        Raises:
            MachineError: `storage.…`.
        """
        return (bytes.fromhex(found[3]) for name in self._place.names() if (found := _NAME.fullmatch(name)))

    def leftovers(self, *, before: datetime) -> Iterator[str]:
        """Names of unfinished files whose writers died; they are of no use to anybody.

        Args:
            before: last written before this moment. Leave writers that still live their time: an hour ago is safe.

        Raises:
            MachineError: `storage.…`.
        """
        require_zone(before, "before")
        return self._place.leftovers(before)

    def remove_leftover(self, name: str) -> None:
        """Remove what `leftovers` named.

        Raises:
            InputError: `repository.value` for any other name: a sealed file is never removed.
            MachineError: `storage.…`.
        """
        self._require_writable()
        if not LEFTOVER.fullmatch(name):
            raise InputError("repository.value", "This is no unfinished file", hint="take a name from `leftovers`")
        self._place.remove(name)

    def _require_writable(self) -> None:
        if self._read_only:
            raise MachineError("storage.read-only", "The file store was opened read-only")


def file_name(digest: bytes) -> str:
    """What the file with this SHA-256 is called, from the folder or the prefix on.

    Raises:
        InputError: `repository.value` for what is no SHA-256.
    """
    require_digest(digest, "digest")
    name = digest.hex()
    return f"{name[:2]}/{name[2:4]}/{name}.pdf"


def _place(where: Path | str) -> Place:
    if isinstance(where, Path):
        return Folder(where)
    from license_lib.repository.bucket import Bucket  # its library is not needed where files are in a folder

    return Bucket(where)
