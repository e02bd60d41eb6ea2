"""A log as static files: the paths of tlog-tiles, what a publisher writes, and what a reader believes of it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_trees import SmallLog, numbered

from license_lib.log.findings import LogError
from license_lib.log.merkle import verify_consistency, verify_inclusion
from license_lib.log.proving import consistency_proof, inclusion_proof, root_at
from license_lib.log.tiles import TileReader, bundle_path, bundled, new_files, tile_path, unbundled

Fetch = Callable[[str], bytes | None]


def log_of(size: int) -> SmallLog:
    log = SmallLog().append(*numbered(0, size))
    log.publish()
    return log


def reader(log: SmallLog, fetch: Fetch | None = None) -> TileReader:
    return TileReader(fetch or log.files.get, log.frontier.size, log.frontier.root())


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(1, 67, 5) == "tile/1/067.p/5"
    assert tile_path(63, 0) == "tile/63/000"
    assert bundle_path(999, 255) == "tile/entries/999.p/255"
    assert bundle_path(1000) == "tile/entries/x001/000"
    assert tile_path(2, 10**9, 1) == "tile/2/x001/x000/x000/000.p/1"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    log = SmallLog().append(*numbered(0, 70_000))
    paths = [path for path, _ in new_files(0, 70_000, log, log)]
    assert len([path for path in paths if path.startswith("tile/0/") and ".p" not in path]) == 273
    assert [path for path in paths if not path.startswith("tile/entries") and ".p/" in path] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert [path for path in paths if path.startswith("tile/1/")] == ["tile/1/000", "tile/1/001.p/17"]
    assert len(paths) == len(set(paths)) == 2 * 274 + 3


def test_256_entries_have_a_full_tile_and_one_above() -> None:
    log = log_of(256)
    assert sorted(log.files) == ["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"]
    assert {len(log.files[path]) for path in ("tile/0/000", "tile/1/000.p/1")} == {8192, 32}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_what_is_published_step_by_step_is_what_is_published_at_once(sizes: list[int]) -> None:
    log = SmallLog()
    for size in sorted(sizes):
        log.append(*numbered(log.frontier.size, size))
        log.publish()
    at_once = dict(new_files(0, log.frontier.size, log, log))
    assert at_once.items() <= log.files.items()
    assert all(root_at(size, reader(log)) == SmallLog().append(*numbered(0, size)).frontier.root() for size in sizes)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 300, 511, 512, 65535, 65536, 65537, 66000])
def test_proofs_are_made_from_published_files_alone(size: int) -> None:
    log = log_of(size)
    tiles, root = reader(log), log.frontier.root()
    assert root_at(size, tiles) == root
    for index in {0, size // 2, size - 1} & {*range(size)}:
        proof = inclusion_proof(index, size, tiles)
        assert verify_inclusion(index, size, log.rows[0][index], proof, root)
        proof = consistency_proof(index, size, tiles)
        assert verify_consistency(index, size, proof, root_at(index, log), root)


def test_nothing_that_was_altered_is_given_out() -> None:
    log = log_of(66_000)
    for path in [path for path in log.files if path.startswith("tile/") and "entries" not in path]:
        altered = log.files | {path: b"\x00" * len(log.files[path])}
        level, narrow = int(path.split("/")[1]), ".p/" in path
        start = 66_000 // 256 ** (level + 1) * 256 if narrow else 0
        if not narrow and path.rsplit("/", 1)[1] != "000":
            continue
        with pytest.raises(LogError) as raised:
            reader(log, altered.get).hashes(level, start, 1)
        assert raised.value.code == "log.altered", path
        torn = log.files | {path: log.files[path][:-1]}
        with pytest.raises(LogError) as raised:
            reader(log, torn.get).hashes(level, start, 1)
        assert raised.value.code == "log.malformed", path


def test_a_tile_is_checked_up_to_the_root() -> None:
    """A tile swapped together with the one above it is found by the one above that."""
    log, other = log_of(66_000), SmallLog().append(b"other", *numbered(1, 66_000))
    other.publish()
    swapped = log.files | {path: other.files[path] for path in ("tile/0/000", "tile/1/000")}
    with pytest.raises(LogError) as raised:
        reader(log, swapped.get).hashes(0, 0, 1)
    assert raised.value.finding.params == {"path": "tile/1/000"}


def test_a_narrow_tile_that_was_removed_is_read_from_the_full_one() -> None:
    log = log_of(300)
    old = SmallLog().append(*numbered(0, 300))
    log.append(*numbered(300, 520))
    log.publish()
    kept = {path: data for path, data in log.files.items() if path != "tile/0/001.p/44"}
    tiles = TileReader(kept.get, 300, old.frontier.root())
    assert tiles.hashes(0, 256, 44) == old.rows[0][256:]
    with pytest.raises(LogError) as raised:
        TileReader(dict[str, bytes]().get, 300, old.frontier.root()).hashes(0, 0, 1)
    assert (raised.value.code, raised.value.finding.params["path"]) == ("log.missing", "tile/1/000.p/1")


def test_no_hash_beyond_the_end() -> None:
    with pytest.raises(ValueError, match="no such"):
        reader(log_of(300)).hashes(1, 1, 1)


def test_tiles_are_fetched_once() -> None:
    log, asked = log_of(66_000), list[str]()

    def fetch(path: str) -> bytes | None:
        asked.append(path)
        return log.files.get(path)

    tiles = reader(log, fetch)
    for index in (0, 1, 255, 5, 65_999):
        inclusion_proof(index, 66_000, tiles)
    assert sorted(asked) == ["tile/0/000", "tile/0/257.p/208", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_are_read_as_written(entries: list[bytes]) -> None:
    data = bundled(entries)
    assert unbundled(data, len(entries)) == tuple(entries)
    assert unbundled(data, len(entries) + 1) is None
    assert unbundled(data + b"\x00", len(entries)) is None
    if entries:
        assert unbundled(data[:-1], len(entries)) is None
        assert unbundled(data, len(entries) - 1) is None


def test_entries_are_bounded() -> None:
    assert unbundled(bundled([b"x" * 65535]), 1) == (b"x" * 65535,)
    with pytest.raises(ValueError, match="65535"):
        bundled([b"x" * 65536])
