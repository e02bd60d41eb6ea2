"""Bytes that take long to make and always come out the same, kept in a folder: a fresh process starts warm.

A key is the digest of everything that the bytes follow from, the code that makes them included. What cannot be kept, or
was cut off or changed since, is made again: nothing depends on the folder but time. Whoever may write into it decides
what seals and backgrounds look like, as whoever may write templates does.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from license_lib.whole_files import write_whole

_DIGEST = 32


class MadeOnce:
    """A folder of made bytes.

    Args:
        folder: made when it is needed; None to keep nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def get(self, kind: str, parts: Iterable[bytes], make: Callable[[], bytes]) -> bytes:
        """The bytes that follow from `parts`.

        Args:
            kind: what they are, for the file's name.
            parts: everything that they follow from.
            make: makes them.
        """
        if self._folder is None:
            return make()
        key = hashlib.sha256()
        for part in parts:
            key.update(len(part).to_bytes(8, "big") + part)
        path = self._folder / f"{kind}-{key.hexdigest()[:40]}"
        kept = _read(path, key.digest())
        if kept is None:
            kept = make()
            _write(path, key.digest(), kept)
        return kept


def state_of(files: Iterable[Path]) -> bytes:
    """What tells one state of these files from another: names, sizes and times of change."""
    seen = []
    for file in sorted(files):
        about = file.stat()
        seen.append(f"{file.name} {about.st_size} {about.st_mtime_ns}")
    return "\n".join(seen).encode()


def _read(path: Path, key: bytes) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content = data[_DIGEST:]
    return content if data[:_DIGEST] == hashlib.sha256(key + content).digest() else None


def _write(path: Path, key: bytes, content: bytes) -> None:
    """Keep bytes if that is possible: a full or a read-only disk costs time, and nothing else."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, hashlib.sha256(key + content).digest() + content, mode=0o600)
    except OSError:
        return
