import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from license_lib.errors import InputError, MachineError
from license_lib.repository import FileStore


def everything_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_is_found_under_its_digest(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "deep" / "files")
    digest = store.put(b"%PDF-1.7")
    name = hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert digest.hex() == name
    assert store.path(digest) == tmp_path / "deep" / "files" / name[:2] / name[2:4] / f"{name}.pdf"
    assert store.get(digest) == b"%PDF-1.7"
    assert everything_in(tmp_path) == [store.path(digest)]


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    path = store.path(store.put(b"x"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in path.parents[:3]] == [0o700] * 3


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    first, second = FileStore(tmp_path), FileStore(tmp_path)
    digest = first.put(b"x")
    before = first.path(digest).stat()
    assert second.put(b"x") == digest
    after = first.path(digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_damaged_file_is_neither_returned_nor_taken_for_the_right_one(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    digest = store.put(b"licence")
    store.path(digest).write_bytes(b"licencE")
    attempts: tuple[Callable[[], bytes], ...] = (lambda: store.get(digest), lambda: store.put(b"licence"))
    for attempt in attempts:
        with pytest.raises(MachineError) as refused:
            attempt()
        assert refused.value.code == "storage.corrupt"
    assert store.path(digest).read_bytes() == b"licencE"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert not store.contains(bytes(32))
    with pytest.raises(MachineError) as refused:
        store.get(bytes(32))
    assert refused.value.code == "storage.file-missing"


@pytest.mark.parametrize("digest", [b"", b"../../etc/passwd", bytes(31), bytes(33)])
def test_what_is_no_digest_is_no_path(tmp_path: Path, digest: bytes) -> None:
    with pytest.raises(InputError) as refused:
        FileStore(tmp_path).get(digest)
    assert refused.value.code == "repository.value"


def test_a_root_that_is_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(MachineError) as refused:
        FileStore(tmp_path / "files").put(b"x")
    assert refused.value.code == "storage.failed"


@settings(deadline=None)  # how long a disk takes is not the point
@given(contents=st.lists(st.binary(max_size=200), max_size=8))
def test_whatever_was_put_is_got(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    root = tmp_path_factory.mktemp("files")
    store = FileStore(root)
    digests = [store.put(content) for content in contents]
    assert [FileStore(root).get(digest) for digest in digests] == contents
    assert len(everything_in(root)) == len(set(contents))
