"""A few kills in every run of the tests; `make crash RUNS=2000` does more of the same."""

from pathlib import Path

import pytest

from crash.killing import crash
from crash.writing import Phase

SEED = 7


@pytest.mark.parametrize(("kind", "full_every", "server_every"), [("sqlite", 15, 0), ("postgresql", 0, 8)])
def test_kills_lose_nothing(kind: str, full_every: int, server_every: int, tmp_path: Path) -> None:
    hit: set[Phase] = set()
    for seed in range(SEED, SEED + 4):  # beside other work, kills come late
        folder = tmp_path / str(seed)
        folder.mkdir()
        tally = crash(kind, folder, runs=15, seed=seed, full_every=full_every, server_every=server_every)
        assert tally.problems == []
        assert tally.good
        assert (tally.runs, tally.kills >= 5, tally.acknowledged > 0) == (15, True, True)
        hit |= {Phase[name] for name in tally.phases if not name.startswith("server")}
        if len(hit) >= 3:
            break
    assert len(hit) >= 3, "the kills come at all sorts of moments"


def test_an_acknowledgement_before_the_commit_is_noticed(tmp_path: Path) -> None:
    tally = crash("sqlite", tmp_path, runs=20, seed=SEED, full_every=0, too_early=True)
    assert tally.lost > 0
    assert not tally.good
