"""Reading what somebody published, from an address or a folder: what witnesses and auditors begin with."""

from pathlib import Path
from typing import Final

from license_lib.errors import MachineError
from license_lib.log.merkle import TILE_WIDTH
from license_lib.log.tiles import MAX_ENTRY_BYTES, Fetch
from license_lib.publishing.folder import LOG, PublicFolder
from signing.errors import NetworkError
from signing.network import Fetcher

MAX_FILE_BYTES: Final = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
"""Of the largest file that a log may have: a full bundle of the longest entries."""
_GONE: Final = frozenset({404, 410})


def reader(source: str, fetcher: Fetcher) -> Fetch:
    """What gives the published files of an address or a folder, the one that holds `log/` and `status/`.

    It raises MachineError `log.unreachable`, and `publishing.folder`.
    """
    if not source.startswith(("https://", "http://")):
        return PublicFolder(Path(source)).read
    base = source.rstrip("/")

    def fetch(name: str) -> bytes | None:
        try:
            return fetcher.get(f"{base}/{name}", limit=MAX_FILE_BYTES)
        except NetworkError as error:
            if error.status in _GONE:
                return None
            raise MachineError("log.unreachable", error.message, hint="check the address, or try again") from None

    return fetch


def log_reader(fetch: Fetch) -> Fetch:
    """The same for the files of the log alone."""
    return lambda name: fetch(f"{LOG}/{name}")
