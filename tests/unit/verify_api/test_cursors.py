import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from verify_api.cursors import Cursors, service_key
from verify_api.problems import Problem

CURSORS = Cursors(bytes(32))


def test_a_cursor_leads_back_to_its_place() -> None:
    assert CURSORS.read(CURSORS.write(4711, "a", "b"), "a", "b") == 4711
    assert CURSORS.read("", "a", "b") == 0


@pytest.mark.parametrize("question", [("a",), ("ab", ""), ("", "ab"), ("a", "c"), ("a", "b", "")])
def test_a_cursor_is_of_one_question(question: tuple[str, ...]) -> None:
    cursor = CURSORS.write(1, "a", "b")
    with pytest.raises(Problem) as caught:
        CURSORS.read(cursor, *question)
    assert caught.value.code == "http.cursor"


@pytest.mark.parametrize("cursor", ["x", "é", "=", "AAAA", "A" * 32, "../../etc", "\x00", "A" * 64])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Problem) as caught:
        CURSORS.read(cursor, "a")
    assert caught.value.code == "http.cursor"


def test_another_key_another_cursor() -> None:
    with pytest.raises(Problem):
        Cursors(bytes(31) + b"\x01").read(CURSORS.write(1, "a"), "a")


def test_processes_share_a_key_and_nobody_else_reads_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: service_key(tmp_path / "data", os.urandom), range(32)))
    assert len(keys) == 1
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_no_key_can_be_kept_each_process_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    first, second = (service_key(tmp_path / "data", os.urandom) for _ in range(2))
    assert first != second
