"""Make all vectors anew, with keys that nobody keeps: `python tests/attacks/make_vectors.py`.

Titles, ideas and expected codes stand in each `case.toml` and are left as they are. An attack without such a file is
not written, and a folder without its attack is named: either is a mistake.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from attacks.honest import honest_files  # noqa: E402 - the path comes first
from attacks.registry import attacks  # noqa: E402
from attacks.vectors import GROUND, HONEST, VECTORS, dissect, write_pieces  # noqa: E402
from attacks.workshop import Workshop  # noqa: E402

from signing.sealing import certify, document  # noqa: E402


def main() -> int:
    """Write ground, control group and attacks; 1 if folders and attacks do not match."""
    for module in (certify, document):
        vars(module)["check_safety"] = lambda _: None  # who attacks seals what he likes
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop.furnished(Path(folder))
        workshop.publish(GROUND)
        files = {VECTORS / name: made.make for name, made in attacks().items()}
        files |= {HONEST / name: make for name, make in honest_files().items()}
        for path, make in files.items():
            path.mkdir(parents=True, exist_ok=True)
            write_pieces(path, dissect(make(workshop)))
    found = {path.parent for path in VECTORS.glob("**/case.toml")}
    for path in sorted(found ^ set(files)):
        sys.stdout.write(f"{path.name}: no {'attack' if path in found else 'case.toml'}\n")
    return int(found != set(files))


if __name__ == "__main__":
    sys.exit(main())
