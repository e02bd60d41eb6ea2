"""Fuzz everything that takes bytes of strangers: `python tests/fuzz/fuzz_all.py [--seconds N] [--seed N] [TARGET …]`.

Each target is fuzzed twice, each time for its share of the seconds: structure-aware by our own rules, and guided by
coverage. Inputs that break something are left in build/fuzz; then the exit code is 1.
"""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzz.structured import fuzz, keep  # noqa: E402 - the path comes first
from fuzz.targets import TARGETS  # noqa: E402

CRASHES = ROOT / "build" / "fuzz"


def main() -> int:
    """Fuzz, and say how many inputs were tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120, help="all in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked = parser.parse_args()
    names = asked.targets or list(TARGETS)
    share = asked.seconds / len(names) / 2
    total = broken = 0
    for name in names:
        tried, crashes, slowest = by_rule(name, share, asked.seed)
        guided_tried, guided_crashes = by_coverage(name, share, asked.seed)
        total += tried + guided_tried
        broken += crashes + guided_crashes
        say(f"{name:12} by rule {tried:8} inputs, slowest {slowest:5.1f} s, {crashes} broken")
        say(f"{name:12} guided  {guided_tried:8} inputs, {guided_crashes} broken")
    say(f"{total} inputs tried, {broken} broken" + (f", see {CRASHES}" if broken else ""))
    return int(broken > 0)


def by_rule(name: str, seconds: float, seed: int) -> tuple[int, int, float]:
    """Fuzz by our own rules: inputs tried, faults found, seconds of the slowest input."""
    until = time.monotonic() + seconds
    tally = fuzz(TARGETS[name], Random(seed), lambda _: time.monotonic() < until)
    keep(CRASHES, name, tally.crashes)
    return tally.tried, len(tally.crashes), tally.slowest


def by_coverage(name: str, seconds: float, seed: int) -> tuple[int, int]:
    """Fuzz guided by coverage: inputs tried, and 1 if one broke something: libFuzzer ends with the first."""
    CRASHES.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(Path(__file__).parent / "guided.py"), name, f"-seed={seed}"]
    limits = [f"-max_total_time={max(1, round(seconds))}", f"-artifact_prefix={CRASHES}/{name}-"]
    done = subprocess.run([*command, *limits], capture_output=True, text=True, errors="replace", check=False)
    said = done.stdout + done.stderr
    tried = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said) or re.findall(r"#(\d+)", said)
    if done.returncode:
        (CRASHES / f"{name}-guided.txt").write_text(said[-20_000:], "utf-8")
    return (int(tried[-1]) if tried else 0), int(done.returncode != 0)


def say(text: str) -> None:
    """Print at once: it runs for minutes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
