"""Every benchmark still runs, in its smallest form; what it measures is judged by nobody here.

Those that take minutes in any form only have to start; `--whole-benches` (`make bench-check`) runs them, too.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALLEST = {
    "batches.py": ["--licenses", "40"],
    "bundle.py": ["--rounds", "1"],
    "chain.py": ["--rounds", "1"],
    "characters_as_modules.py": ["--every", "100"],
    "codes.py": ["--rounds", "1"],
    "large_batch.py": ["--licenses", "40", "--verified", "2"],
    "load.py": ["--bad", "20", "--at-once", "5"],
    "placing.py": ["--photos", "1"],
    "reach.py": ["--quick"],
    "records.py": ["--most", "4", "--rounds", "3"],
    "scan_rates.py": ["--corpora", "nowhere", "--types", "residence-permit"],
    "service.py": ["--licenses", "100", "--seconds", "0.2"],
    "sizes.py": [],
    "upkeep.py": ["--licenses", "20"],
}

SLOW = {"chain.py", "load.py", "placing.py", "records.py", "scan_rates.py", "service.py", "upkeep.py"}


def test_every_benchmark_is_run() -> None:
    scripts = {path.name for path in (ROOT / "bench").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}
    assert set(SMALLEST) == scripts


@pytest.mark.parametrize("script", SMALLEST)
def test_a_benchmark_runs(script: str, request: pytest.FixtureRequest) -> None:
    starts_only = script in SLOW and not request.config.getoption("--whole-benches")
    arguments = ["--help"] if starts_only else SMALLEST[script]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("CI", None)  # there, outside pictures must not be missing
    command = [sys.executable, str(ROOT / "bench" / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.search("[0-9]", done.stdout)
