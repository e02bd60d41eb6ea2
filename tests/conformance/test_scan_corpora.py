"""Photographs of another project: we read more than each library alone, and nothing that is not there."""

import os
from pathlib import Path

import pytest
import scan_rates

pytestmark = pytest.mark.skipif(
    not scan_rates.CORPORA.is_dir() and not os.environ.get("CI"), reason="the shared corpus is not there"
)


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, scan_rates.Score]]:
    return scan_rates.measured_outside(scan_rates.CORPORA)


def test_nothing_is_read_that_is_not_there(scores: dict[str, dict[str, scan_rates.Score]]) -> None:
    assert any(name.endswith("without a code") for name in scores), "no picture without a code was looked at"
    assert {name: score["ours"].false for name, score in scores.items() if score["ours"].false} == {}


def test_each_set_is_read_as_well_as_by_either_library(scores: dict[str, dict[str, scan_rates.Score]]) -> None:
    worse = [name for name, score in scores.items() if score["ours"].right < max(one.right for one in score.values())]
    assert worse == []


def test_all_together_are_read_better(scores: dict[str, dict[str, scan_rates.Score]]) -> None:
    total = {reader: sum(score[reader].right for score in scores.values()) for reader in scan_rates.READERS}
    assert total["ours"] > max(total["zbar"], total["zxing-cpp"])
    assert total["ours"] >= 132, "of 133; the owner is wrong about one"


def test_corpora_are_where_they_are_looked_for(tmp_path: Path) -> None:
    assert list(scan_rates.outside(tmp_path)) == []
