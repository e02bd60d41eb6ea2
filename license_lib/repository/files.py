"""Sealed files, each named by the SHA-256 of its bytes: written whole or not at all, checked whenever read.

They rest in a folder (`folder.py`) or in a bucket of an object store (`bucket.py`). What a name says is decided here,
and that nobody is believed who hands out other bytes.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from license_lib.errors import InputError, MachineError
from license_lib.repository.entries import require_digest, require_zone
from license_lib.repository.folder import LEFTOVER, Folder
from license_lib.repository.listing import Found

_NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\.pdf")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A sealed file as the store lists it; only reading it tells whether it is intact."""

    digest: bytes
    size: int
    written_at: datetime


class Place(Protocol):
    """Where files are kept under names. Methods raise MachineError `storage.…`, whose texts hold no name."""

    def write_each(self, new: Mapping[str, bytes]) -> Sequence[str]:
        """Keep new content by its name; on return all of it survives a power cut.

        Returns:
            The names that were taken: of these nothing was changed.
        """

    def read(self, name: str) -> bytes | None:
        """The content; None if there is none of that name."""

    def size(self, name: str) -> int | None:
        """How many bytes there are of that name; None if there is no such content."""

    def listed(self) -> Iterator[Found]:
        """All that is there, in no order that is promised, found as it is asked for."""

    def leftovers(self, before: datetime) -> Iterator[str]:
        """Names of what writers left that died before that moment."""

    def set_aside(self, name: str, before: datetime) -> bool:
        """Move what was last written before that moment to `quarantine/`; False if it stays where it is."""


class FileStore:
    """Sealed files as `ab/abcd….pdf`.

    There are 256 folders: to make one costs more than to write a file.

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
        return self.size(digest) is not None

    def size(self, digest: bytes) -> int | None:
        """How many bytes the file of this name has; None if there is none.

        Raises:
            MachineError: `storage.…`.
        """
        return self._place.size(file_name(digest))

    def put(self, content: bytes) -> bytes:
        """Keep a file; see `put_each`.

        Returns:
            Its SHA-256, 32 bytes.
        """
        (digest,) = self.put_each([content])
        return digest

    def put_each(self, contents: Sequence[bytes]) -> list[bytes]:
        """Keep files; on return all survive a power cut. Putting the same bytes again changes nothing.

        Together they take the disk, or the store behind a network, a fraction of the time.

        Returns:
            SHA-256 of each, 32 bytes.

        Raises:
            MachineError: `storage.full`, `storage.read-only`, `storage.unreachable`, `storage.no-bucket`,
                `storage.failed`; `storage.corrupt` if a damaged file bears the name of one.
        """
        self._require_writable()
        digests = [hashlib.sha256(content).digest() for content in contents]
        named = dict(zip(map(file_name, digests), contents, strict=True))
        for taken in self._place.write_each(named):
            self.get(hashlib.sha256(named[taken]).digest())  # it may be damaged
        return digests

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
        return (found.digest for found in self.listed())

    def listed(self) -> Iterator[FoundFile]:
        """All files, in no order that is promised.

        Raises:
            MachineError: `storage.…`.
        """
        for found in self._place.listed():
            if matched := _NAME.fullmatch(found.name):
                yield FoundFile(bytes.fromhex(matched[2]), found.size, found.written_at)

    def leftovers(self, *, before: datetime) -> Iterator[str]:
        """Names of unfinished files whose writers died; they are of no use to anybody.

        Args:
            before: last written before this moment. Leave writers that still live their time: an hour ago is safe.

        Raises:
            MachineError: `storage.…`.
        """
        require_zone(before, "before")
        return self._place.leftovers(before)

    def set_aside(self, name: str, *, before: datetime) -> bool:
        """Move what nobody needs to `quarantine/` in the store: nothing is ever deleted.

        A sealed file that nothing names may be named in a moment, if its writer lives: leave it an hour. Putting a
        file again makes it young again. In a bucket nothing is moved: it should let nobody delete what was stored.

        Args:
            name: what `leftovers` named, or `file_name` of a file that nothing names.
            before: only if it was last written before this moment.

        Returns:
            False, and nothing happened, if it is gone, younger, or in a bucket.

        Raises:
            InputError: `repository.value` for any other name.
            MachineError: `storage.…`.
        """
        self._require_writable()
        require_zone(before, "before")
        if not (LEFTOVER.fullmatch(name) or _NAME.fullmatch(name)):
            raise InputError("repository.value", "No file of ours has this name", hint="take a name from `leftovers`")
        return self._place.set_aside(name, before)

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
    return f"{name[:2]}/{name}.pdf"


def _place(where: Path | str) -> Place:
    if isinstance(where, Path):
        return Folder(where)
    from license_lib.repository.bucket import Bucket  # its library is not needed where files are in a folder

    return Bucket(where)
