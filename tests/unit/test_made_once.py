"""What was made once is kept, made again where it was spoilt, and never wanted."""

import errno
import os
from pathlib import Path

import pytest

from license_lib.made_once import MadeOnce, state_of


class Maker:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return b"made"


def test_a_fresh_process_finds_what_was_made(tmp_path: Path) -> None:
    make = Maker()
    for _ in range(3):
        assert MadeOnce(tmp_path / "kept").get("stock", [b"a", b"b"], make) == b"made"
    assert make.times == 1
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("other", [[b"ab"], [b"a", b"b", b""], [b"", b"ab"], [b"b", b"a"]])
def test_other_parts_are_another_thing(tmp_path: Path, other: list[bytes]) -> None:
    make, kept = Maker(), MadeOnce(tmp_path)
    kept.get("stock", [b"a", b"b"], make)
    kept.get("stock", other, make)
    assert make.times == 2


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data + b"x", lambda _: b"", bytes.swapcase])
def test_what_was_spoilt_is_made_again(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    make, kept = Maker(), MadeOnce(tmp_path)
    kept.get("stock", [b"a"], make)
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert kept.get("stock", [b"a"], make) == b"made"
    assert make.times == 2
    assert kept.get("stock", [b"a"], make) == b"made"
    assert make.times == 2, "and kept again"


def test_one_thing_does_not_pass_for_another(tmp_path: Path) -> None:
    kept = MadeOnce(tmp_path)
    kept.get("stock", [b"a"], lambda: b"A")
    (first,) = tmp_path.iterdir()
    kept.get("stock", [b"b"], lambda: b"B")
    second = next(path for path in tmp_path.iterdir() if path != first)
    second.write_bytes(first.read_bytes())
    assert kept.get("stock", [b"b"], lambda: b"B") == b"B"


def test_where_nothing_can_be_kept_all_goes_on(tmp_path: Path) -> None:
    make = Maker()
    (tmp_path / "file").write_bytes(b"")
    for kept in (MadeOnce(tmp_path / "file"), MadeOnce(tmp_path / "not" / "there"), MadeOnce()):
        assert kept.get("stock", [b"a"], make) == b"made"
    assert make.times == 3


def test_a_file_that_was_changed_is_another_state(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"1")
    before = state_of([file])
    assert state_of([file]) == before
    file.write_bytes(b"22")
    assert state_of([file]) != before


def test_a_full_disk_is_not_filled_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        patched.setattr(Path, "replace", full)
        assert MadeOnce(tmp_path).get("stock", [b"a"], make) == b"made"
    assert list(tmp_path.iterdir()) == []
