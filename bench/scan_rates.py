"""How many codes each reader reads, and how fast: zbar alone, zxing-cpp alone, and ours.

    python bench/scan_rates.py [--corpora FOLDER] [--write]

Sets: photographs of another project, with the texts that they hold; pictures without a code, of which nothing may be
read; and photo-like composites of our own licences (`bench/scan_composites.py`). Retries were chosen by looking at one
half of each, which is reported apart from the half that nobody looked at. CPU time, medians. Exit code 1 if a text was
read that is not there, or if ours reads less than one library alone.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from license_lib.qr.pictures import frames
from license_lib.qr.readers import ask_zxing
from license_lib.qr.retries import Patience
from license_lib.qr.scanning import scan

sys.path.append(str(Path(__file__).parent))
from scan_composites import composites, printed_pages

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ROOT.parent / "shared" / "corpora" / "qr"
DOCUMENT = ROOT / "docs" / "scanning.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
PATIENCE = Patience(2.0, time.process_time)
"""Of CPU time, so that rates do not depend on what else the machine does."""
SEEN, HELD_OUT = 1, 2
"""Seeds of the composites."""


_ALSO = {
    # Its owner expects "photograph". Both readers find the text of 12.png in it, in several versions of the picture.
    "zxing-qrcode-2/13.png": "The 2005 USGS aerial photography of the Washington Monument is censored.",
    # Has a second code inside the first, as its text says: "inner QR code".
    "zxing-qrcode-2/16.png": "[内側QRコード]",
}
"""What the outside pictures hold and their owner does not say: how such a text begins."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A file and the text of its code, None if it has none; and how another text begins that is there, too."""

    data: bytes
    text: str | None
    also: str | None = None

    def has(self, text: str) -> bool:
        """Whether a text is really there."""
        return text == self.text or (self.also is not None and text.startswith(self.also))


@dataclass(slots=True)
class Score:
    """What a reader made of a set."""

    right: int = 0
    false: int = 0
    milliseconds: list[float] = field(default_factory=list)


def zxing_alone(data: bytes) -> tuple[str, ...]:
    """As its documentation shows it: defaults, on the picture as it is."""
    return tuple(code.text for frame in frames(data) for code in ask_zxing(frame.picture).codes)


def zbar_alone(data: bytes) -> tuple[str, ...]:
    """The same of zbar."""
    from pyzbar import pyzbar

    symbols = [pyzbar.ZBarSymbol.QRCODE]
    found = [one for frame in frames(data) for one in pyzbar.decode(frame.picture, symbols=symbols)]
    return tuple(one.data.decode("utf-8", "replace") for one in found)


def ours(data: bytes) -> tuple[str, ...]:
    """What `license qr scan` does."""
    return scan(data, PATIENCE)


READERS: dict[str, Callable[[bytes], tuple[str, ...]]] = {
    "zbar": zbar_alone,
    "zxing-cpp": zxing_alone,
    "ours": ours,
}


def main() -> int:
    """Measure, print, and with --write put the table into docs/scanning.md."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpora", type=Path, default=CORPORA)
    options.add_argument("--write", action="store_true")
    options.add_argument("--without-composites", action="store_true")
    options.add_argument("--types", nargs="*", default=[], help="print licences of these types only")
    chosen = options.parse_args()
    table: dict[str, dict[str, Score]] = {}
    if chosen.corpora.is_dir():
        table = measured_outside(chosen.corpora)
    elif os.environ.get("CI"):
        print(f"there are no outside pictures in {chosen.corpora}", file=sys.stderr)
        return 1
    else:
        print(f"skipped: there are no outside pictures in {chosen.corpora}", file=sys.stderr)
    if not chosen.without_composites:
        pages = printed_pages(*chosen.types)
        for seed, half in ((SEEN, "seen"), (HELD_OUT, "held out")):
            for effect, text, picture in composites(pages, seed):
                out = BytesIO()
                picture.save(out, "PNG", compress_level=1)
                _measure(table, f"{effect}, {half}", Sample(out.getvalue(), text))
    lines = list(_table(table))
    print("\n".join(lines))
    if chosen.write:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        after = rest.split(END)[1]
        DOCUMENT.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")
    return _judged(table)


def measured_outside(folder: Path) -> dict[str, dict[str, Score]]:
    """Scores of the outside pictures, by set and reader."""
    table: dict[str, dict[str, Score]] = {}
    for name, sample in outside(folder):
        _measure(table, name, sample)
    return table


def outside(folder: Path) -> Iterator[tuple[str, Sample]]:
    """Another project's photographs: every second one was looked at when the retries were chosen."""
    for group in sorted(folder.iterdir()):
        for number, path in enumerate(sorted(group.glob("*.png"))):
            text = path.with_suffix(".txt")
            expected = text.read_bytes().decode("utf-8") if text.exists() else None
            half = "without a code" if expected is None else "held out" if number % 2 else "seen"
            yield f"{group.name}, {half}", Sample(path.read_bytes(), expected, _ALSO.get(f"{group.name}/{path.name}"))


def _measure(table: dict[str, dict[str, Score]], name: str, sample: Sample) -> None:
    for reader, read in READERS.items():
        score = table.setdefault(name, {}).setdefault(reader, Score())
        started = time.process_time()
        texts = read(sample.data)
        score.milliseconds.append((time.process_time() - started) * 1000)
        score.right += sample.text in texts if sample.text is not None else not texts
        score.false += any(not sample.has(text) for text in texts)


def _table(table: dict[str, dict[str, Score]]) -> Iterator[str]:
    versions = ", ".join(f"{name} {version(name)}" for name in ("zxing-cpp", "pyzbar", "pillow"))
    yield f"{datetime.now(UTC):%Y-%m-%d}, {versions}, Python {sys.version.split()[0]}. Right answers, false texts, ms."
    yield ""
    yield "| set | pictures | " + " | ".join(READERS) + " |"
    yield "|---|---|" + "---|" * len(READERS)
    for name, scores in [*sorted(table.items(), key=_order), *_sums(table)]:
        count = len(next(iter(scores.values())).milliseconds)
        yield f"| {name} | {count} | " + " | ".join(_cell(score) for score in scores.values()) + " |"


def _order(row: tuple[str, object]) -> tuple[bool, str]:
    return not row[0].startswith("zxing"), row[0]


def _sums(table: dict[str, dict[str, Score]]) -> Iterator[tuple[str, dict[str, Score]]]:
    for title, outer in (("outside", True), ("composites", False)):
        for half in ("seen", "held out", "without a code"):
            rows = [
                scores
                for name, scores in table.items()
                if name.startswith("zxing") == outer and name.endswith(f", {half}")
            ]
            if rows:
                yield (
                    f"**all {title}, {half}**",
                    {
                        reader: Score(
                            sum(row[reader].right for row in rows),
                            sum(row[reader].false for row in rows),
                            [one for row in rows for one in row[reader].milliseconds],
                        )
                        for reader in READERS
                    },
                )


def _cell(score: Score) -> str:
    return f"{score.right}, {score.false} false, {statistics.median(score.milliseconds):.1f} ms"


def _judged(table: dict[str, dict[str, Score]]) -> int:
    sums = [scores for name, scores in _sums(table) if not name.startswith("**all composites")]
    false = sum(scores["ours"].false for scores in table.values())
    better = all(scores["ours"].right >= max(one.right for one in scores.values()) for scores in sums)
    total = {reader: sum(scores[reader].right for scores in sums) for reader in READERS}
    beaten = not sums or total["ours"] > max(total["zbar"], total["zxing-cpp"])
    print(f"false texts: {false}; ours reads more than each library alone: {'yes' if better and beaten else 'no'}")
    return int(false > 0 or not (better and beaten))


if __name__ == "__main__":
    sys.exit(main())
