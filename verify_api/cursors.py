"""Opaque cursors for pages of answers: whoever holds one can go on, with the same question and as the same caller."""

import base64
import binascii
import hmac
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from license_lib.whole_files import write_whole
from verify_api.logs import LOG
from verify_api.problems import Problem

_KEY_BYTES: Final = 32
_PLACE_BYTES: Final = 8
_MAC_BYTES: Final = 16
_KEY_FILE: Final = "service.key"
_OWNER_ONLY: Final = 0o600


class Cursors:
    """Cursors signed with a key.

    Args:
        key: the same for all processes of a service, or the one cannot go on with what another began.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, place: int, *question: str) -> str:
        """The cursor for what follows a place in the answer to a question: what was asked, and by whom."""
        data = place.to_bytes(_PLACE_BYTES)
        return base64.urlsafe_b64encode(data + self._mac(data, question)).rstrip(b"=").decode()

    def read(self, cursor: str, *question: str) -> int:
        """The place of a cursor; 0, the beginning, of an empty one.

        Raises:
            Problem: `http.cursor`: it is none of ours, or of another question.
        """
        if not cursor:
            return 0
        try:
            told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise Problem("http.cursor") from None
        data, mac = told[:_PLACE_BYTES], told[_PLACE_BYTES:]
        if not hmac.compare_digest(mac, self._mac(data, question)):
            raise Problem("http.cursor")
        return int.from_bytes(data)

    def _mac(self, data: bytes, question: tuple[str, ...]) -> bytes:
        told = b"".join(len(part).to_bytes(4) + part for part in (data, *(one.encode() for one in question)))
        return hmac.digest(self._key, told, sha256)[:_MAC_BYTES]


def service_key(folder: Path, randomness: Callable[[int], bytes]) -> bytes:
    """The secret that the processes of a service share, made by the first of them.

    It opens nothing: whoever has it can skip pages. Where it cannot be kept, each process has one of its own.
    """
    path = folder / _KEY_FILE
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{_KEY_FILE}.{randomness(8).hex()}")
            write_whole(fresh, randomness(_KEY_BYTES), mode=_OWNER_ONLY)
            try:
                os.link(fresh, path)  # whoever is first; the others take what is there
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = path.read_bytes()
    except OSError as error:
        LOG.warning("the service's key cannot be kept", reason=error.strerror)
        key = b""
    return key if len(key) == _KEY_BYTES else randomness(_KEY_BYTES)
