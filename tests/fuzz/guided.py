"""Coverage-guided fuzzing of one target with atheris: a process of its own, `python tests/fuzz/guided.py TARGET …`.

What follows the target's name goes to libFuzzer. Inputs that are new to the code are kept for the run only.
"""

import hashlib
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import atheris  # noqa: E402 - the path comes first

with atheris.instrument_imports(include=["signing", "license_lib.qr", "license_lib.licenses"]):
    from fuzz.mutations import mutate
    from fuzz.targets import LARGEST, TARGETS


def main() -> None:
    """Fuzz until libFuzzer's options say that it is enough; it ends the process itself."""
    target = TARGETS[sys.argv[1]]

    def mutator(data: bytes, most: int, seed: int) -> Any:
        random = Random(seed)
        if random.random() < 0.3:
            return atheris.Mutate(data, most)
        return mutate(data, random, target.mutations)[:most]

    with tempfile.TemporaryDirectory() as folder:
        for seed in target.seeds():
            (Path(folder) / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
        options = [f"-max_len={LARGEST}", "-timeout=30", "-print_final_stats=1", "-len_control=0", *sys.argv[2:]]
        atheris.Setup([sys.argv[0], *options, folder], target.run, custom_mutator=mutator)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
