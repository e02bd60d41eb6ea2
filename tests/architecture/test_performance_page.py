"""docs/performance.md says what `bench/results.json` says; both are written by `make bench`."""

import json
from pathlib import Path
from typing import Any

import pytest
from growth import Series
from performance_page import PAGE, plotted, reached, table

RESULTS = Path(__file__).resolve().parents[2] / "bench" / "results.json"
KEYS = {"name", "value", "unit", "baseline", "ratio", "at_least", "aim"}


def results() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return rows


def test_the_table_of_the_page_is_the_one_of_the_results() -> None:
    assert f"<!-- table -->\n{table(results())}\n<!-- end of table -->" in PAGE.read_text(encoding="utf-8")


def test_a_row_has_its_figures() -> None:
    assert len(results()) > 10
    for row in results():
        assert set(row) == KEYS
        assert all(row[key] is not None for key in ("value", "baseline", "ratio"))


def test_a_ratio_is_that_of_its_figures() -> None:
    for row in results():
        fewer = row["aim"] is not None and row["aim"] < row["at_least"]
        ratio = row["value"] / row["baseline"] if fewer else row["baseline"] / row["value"]
        assert row["ratio"] == pytest.approx(ratio, rel=0.02, abs=0.006)


@pytest.mark.parametrize(
    ("ratio", "at_least", "aim", "said"),
    [
        (24.9, 25, 50, "**no**"),
        (25, 25, 50, "yes"),
        (50, 25, 50, "aim"),
        (1.9, 1.8, 1.2, "**no**"),
        (1.8, 1.8, 1.2, "yes"),
        (1.1, 1.8, 1.2, "aim"),
        (3, None, None, ""),
    ],
)
def test_what_is_reached_is_said(ratio: float, at_least: float | None, aim: float | None, said: str) -> None:
    assert reached({"ratio": ratio, "at_least": at_least, "aim": aim}) == said


def test_a_plot_shows_every_point() -> None:
    series = [Series("pages", "ours", [(1, 4.0), (20, 9.0)]), Series("pages", "the usual", [(1, 100.0)])]
    drawn = plotted(series)
    assert drawn.count("<circle") == 3
    assert ">by pages</text>" in drawn
