"""The log as static files: tiles of hashes and bundles of entries (C2SP tlog-tiles), written and read.

Whoever publishes writes the files that `new_files` gives, and only then the checkpoint. Whoever reads believes nothing
that a signed checkpoint does not stand for.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, Protocol

from license_lib.errors import MachineError
from license_lib.log.findings import LogError
from license_lib.log.merkle import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Frontier, leaf_hash, perfect_root
from license_lib.log.proving import HashSource, root_at

MAX_ENTRY_BYTES: Final = 2**16 - 1
"""Of one entry: its length has two bytes in a bundle."""
CHECKPOINT_PATH: Final = "checkpoint"
_KEPT_TILES: Final = 1024
_BUNDLE: Final = re.compile(r"tile/entries/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")

Fetch = Callable[[str], bytes | None]
"""Path within the published folder → the file, or None if there is none. Whatever else goes wrong is an exception."""


class LeafSource(Protocol):
    """Where the entries of a log are kept."""

    def leaves(self, start: int, count: int) -> Sequence[bytes]:
        """What the leaves of a stretch say, all of them; never more than one bundle."""
        ...


def tile_path(level: int, position: int, width: int = TILE_WIDTH) -> str:
    """Where a tile is published, from the log's folder.

    Args:
        level: row of tiles; 0 holds the leaf hashes.
        position: place in the row.
        width: number of hashes, 1 to 256.
    """
    return f"tile/{level}/{_path(position, width)}"


def bundle_path(position: int, width: int = TILE_WIDTH) -> str:
    """Where a bundle of entries is published: as the tile of their hashes, under `entries`."""
    return f"tile/entries/{_path(position, width)}"


def _path(position: int, width: int) -> str:
    text = str(position)
    groups = text.zfill(-(-len(text) // 3) * 3)
    parts = [groups[at : at + 3] for at in range(0, len(groups), 3)]
    name = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return name if width == TILE_WIDTH else f"{name}.p/{width}"


def wide_path(path: str) -> str:
    """Where the full tile or bundle is that a narrow one became; a full one's own path."""
    return path.partition(".p/")[0]


def parsed_bundle(path: str) -> tuple[int, int] | None:
    """Position and width of a bundle by its path; None for any other path."""
    found = _BUNDLE.fullmatch(path)
    if found is None:
        return None
    position, width = int(re.sub("[x/]", "", found[1])), int(found[2] or TILE_WIDTH)
    return (position, width) if bundle_path(position, width) == path else None


def bundled(entries: Sequence[bytes]) -> bytes:
    """A bundle: every entry after its length.

    Raises:
        ValueError: an entry is too long.
    """
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise ValueError(f"an entry has at most {MAX_ENTRY_BYTES} bytes")
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def unbundled(data: bytes, width: int) -> tuple[bytes, ...] | None:
    """The entries of a bundle; None if it does not hold exactly `width` of them."""
    entries, at = list[bytes](), 0
    while at + 2 <= len(data) and len(entries) < width:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        entries.append(data[at + 2 : end])
        at = end
    return tuple(entries) if at == len(data) and len(entries) == width else None


def new_files(old: int, new: int, hashes: HashSource, leaves: LeafSource) -> Iterator[tuple[str, bytes]]:
    """The files that a log of `new` entries has and one of `old` entries had not: path and content, one by one.

    Bundles come first, then tiles from the lowest row up. Writing a file again does no harm: the same path has the same
    content for ever.
    """
    for position, width in _changed(old, new):
        yield bundle_path(position, width), bundled(leaves.leaves(position * TILE_WIDTH, width))
    level = 0
    while new >> level * TILE_HEIGHT:
        shift = level * TILE_HEIGHT
        for position, width in _changed(old >> shift, new >> shift):
            yield tile_path(level, position, width), b"".join(hashes.hashes(level, position * TILE_WIDTH, width))
        level += 1


def require_whole(head: Frontier, hashes: HashSource, leaves: LeafSource) -> None:
    """Refuse a log whose leaves, hashes and end do not agree: no file must be made of it.

    Raises:
        MachineError: `storage.corrupt`.
    """
    frontier = Frontier.empty()
    for position, width in bundles(0, head.size):
        start = position * TILE_WIDTH
        made = [leaf_hash(leaf) for leaf in leaves.leaves(start, width)]
        good = made == list(hashes.hashes(0, start, width))
        for one in made:
            frontier, completed = frontier.append(one)
            good = good and all(list(hashes.hashes(level, at, 1)) == [root] for level, at, root in completed)
        if not good:
            raise _not_whole()
    if frontier != head:
        raise _not_whole()


def _not_whole() -> MachineError:
    return MachineError("storage.corrupt", "The log in the database is not whole", hint="run: license fsck")


def _changed(old: int, new: int) -> Iterator[tuple[int, int]]:
    """Position and width of the tiles of a row that grew."""
    if old < new:
        for position in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            yield position, min(TILE_WIDTH, new - position * TILE_WIDTH)


def bundles(start: int, size: int) -> Iterator[tuple[int, int]]:
    """Position and width of the bundles that hold the entries from `start` on, of a log of `size` entries."""
    return _changed(start, size)


def fetch_wide(fetch: Fetch, path: Callable[[int], str], width: int) -> tuple[str, int, bytes]:
    """Fetch a tile or bundle; where a narrow one was removed, the full one in its place (tlog-tiles, Partial Tiles).

    Args:
        path: width → path.

    Returns:
        The path that was there, its width, and the file.

    Raises:
        LogError: `log.missing`.
    """
    for wide in dict.fromkeys((width, TILE_WIDTH)):
        if (data := fetch(path(wide))) is not None:
            return path(wide), wide, data
    raise LogError("log.missing", path=path(width))


class TileReader:
    """The hashes of a published log, each checked against a checkpoint before it is given out.

    Args:
        fetch: gives published files.
        size: of the checkpoint.
        root: of the checkpoint.
    """

    def __init__(self, fetch: Fetch, size: int, root: bytes) -> None:
        self._fetch, self._size, self._root = fetch, size, root
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """A stretch of a tile (see `HashSource`).

        Raises:
            LogError: `log.missing`, `log.malformed`, or `log.altered` if it is not what the checkpoint stands for.
            ValueError: the log has no such hashes.
        """
        if start + count > self._size >> level * TILE_HEIGHT:
            raise ValueError("the log has no such hashes")
        position, first = divmod(start, TILE_WIDTH)
        return self._tile(level, position)[first : first + count]

    @cached_property
    def _edge(self) -> Mapping[tuple[int, int], Sequence[bytes]]:
        """The narrow tiles at the end of every row: together they have the checkpoint's root, so each is good."""
        edge = _Edge(self._fetch_tile)
        if root_at(self._size, edge) != self._root:
            raise LogError("log.altered", path="tile/")
        return edge.tiles

    def _tile(self, level: int, position: int) -> Sequence[bytes]:
        """A tile that is good: its root stands in a good tile above it."""
        known = self._edge.get((level, position)) or self._tiles.get((level, position))
        if known is not None:
            return known
        tile = self._fetch_tile(level, position, TILE_WIDTH)
        above, place = divmod(position, TILE_WIDTH)
        if perfect_root(tile) != self._tile(level + 1, above)[place]:
            raise LogError("log.altered", path=tile_path(level, position))
        if len(self._tiles) >= _KEPT_TILES:
            self._tiles.clear()
        self._tiles[level, position] = tile
        return tile

    def _fetch_tile(self, level: int, position: int, width: int) -> Sequence[bytes]:
        name, wide, data = fetch_wide(self._fetch, lambda wide: tile_path(level, position, wide), width)
        if len(data) != wide * HASH_BYTES:
            raise LogError("log.malformed", what=name, problem="not so many hashes as its name says")
        return [data[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]


class _Edge:
    """Gives the narrow tiles as they are published, and keeps them."""

    def __init__(self, fetch_tile: Callable[[int, int, int], Sequence[bytes]]) -> None:
        self._fetch_tile = fetch_tile
        self.tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def hashes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        position = start // TILE_WIDTH
        self.tiles[level, position] = self._fetch_tile(level, position, count)
        return self.tiles[level, position]
