"""What is told of a batch under way."""

import io
import json

import pytest

from license_lib.batch_progress import BatchProgress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, steps: list[tuple[float, int]], *, english: bool = True, as_json: bool = False) -> str:
    """What is written where a line is done at each of these seconds."""
    clock = iter([0.0, 0.0, *(moment for moment, _ in steps)])
    progress = BatchProgress(stream, 1000, english=english, as_json=as_json, seconds=lambda: next(clock))
    for _, line in steps:
        progress.advance(line)
    return stream.getvalue()


def test_a_log_is_told_every_ten_seconds() -> None:
    lines = told(io.StringIO(), [(4.0, 50), (10.0, 200), (19.0, 300), (20.0, 400)]).splitlines()
    assert lines == [
        "line 200 of 1,000, 20.0 a second, about 0 min 40 s left",
        "line 400 of 1,000, 20.0 a second, about 0 min 30 s left",
    ]


def test_people_are_told_in_chinese() -> None:
    lines = told(io.StringIO(), [(50.0, 100)], english=False)
    assert lines == "第 100 行，共 1,000 行，每秒 2.0 件，约剩 7 分 30 秒\n"


def test_a_program_is_told_in_json() -> None:
    lines = told(io.StringIO(), [(50.0, 100)], as_json=True)
    assert json.loads(lines) == {"progress": {"line": 100, "lines": 1000, "per_second": 2.0, "seconds_left": 450}}


def test_a_screen_has_one_line_that_is_written_again() -> None:
    shown = told(Screen(), [(0.1, 1), (0.5, 5), (1.0, 10)])
    assert "\n" not in shown
    assert shown.split("\r\x1b[K") == [
        "",
        "line 5 of 1,000, 10.0 a second, about 1 min 40 s left",
        "line 10 of 1,000, 10.0 a second, about 1 min 39 s left",
    ]


def test_what_was_issued_before_does_not_count_for_ever() -> None:
    quick = [(10.0, 500)]
    slow = [(10.0 * step, 500 + step) for step in range(2, 20)]
    last = told(io.StringIO(), quick + slow).splitlines()[-1]
    assert "0.1 a second" in last


@pytest.mark.parametrize("stream", [io.StringIO(), Screen()])
def test_a_line_is_taken_away_before_something_else_is_written(stream: io.StringIO) -> None:
    BatchProgress(stream, 10, english=True, as_json=True, seconds=lambda: 0.0).hide()
    assert stream.getvalue() == ("\r\x1b[K" if stream.isatty() else "")


def test_a_rate_of_nothing_is_no_error() -> None:
    assert "0.0 a second" in told(io.StringIO(), [(10.0, 0)])
