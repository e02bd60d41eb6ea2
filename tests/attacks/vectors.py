"""Vectors on disk: a folder a case, with `case.toml` and the attacked file in pieces; see tests/vectors/attacks.

`file.json` is a list of pieces, one after the other: `{"of": licence, "bytes": [start, end]}`, `{"text": …}` in ASCII
or `{"base64": …}`; the last two may have `"times"`.
"""

import base64
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

VECTORS: Final = Path(__file__).resolve().parents[1] / "vectors" / "attacks"
GROUND: Final = VECTORS / "_ground"
HONEST: Final = VECTORS / "_honest"
LICENSES: Final = ("business", "neighbour", "residence")

_SHORTEST_MATCH: Final = 48
_READABLE: Final = re.compile(rb"[\n\x20-\x7e]{24,}")
_REPEATED: Final = re.compile(rb"(.{1,200}?)\1{255,}", re.DOTALL)

Piece = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One attack and what must come of it.

    Attributes:
        folder: where it lies; its name is the case's.
        base: name of the licence that was attacked.
        codes: the first finding that decides must be one of these.
        outcomes: of the verdict; never `in-force` but for the control group.
        readable: whose bytes may be read afterwards: `base` the licence as it was issued, `file` the attacked file
            (an insider's seal is sound), `nothing`.
        sound_seal: the seal itself may pass, and only verification refuses.
        confined: judged in a worker process, within limits.
    """

    folder: Path
    base: str
    codes: frozenset[str]
    outcomes: frozenset[str]
    readable: str
    sound_seal: bool
    confined: bool

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def file(self) -> bytes:
        """The attacked file, put together from its pieces."""
        return rebuild(json.loads((self.folder / "file.json").read_bytes()))


def load_case(folder: Path) -> Case:
    """Read `case.toml`; a key too many or too few is an error."""
    with (folder / "case.toml").open("rb") as stream:
        table = tomllib.load(stream)
    texts = {key: table.pop(key) for key in ("title", "title_en", "idea", "reference")}
    assert all(texts[key] for key in ("title", "title_en", "idea")), folder.name
    return Case(
        folder=folder,
        base=table.pop("base"),
        codes=frozenset(table.pop("codes")),
        outcomes=frozenset(table.pop("outcomes")),
        readable=table.pop("readable"),
        sound_seal=table.pop("sound_seal", False),
        confined=table.pop("confined", False),
        **table,
    )


def load_cases(folder: Path = VECTORS) -> list[Case]:
    """All cases of a folder, by name."""
    return [load_case(path.parent) for path in sorted(folder.glob("*/case.toml"))]


@cache
def base_license(name: str) -> bytes:
    """A licence as it was issued."""
    return (GROUND / "licenses" / f"{name}.pdf").read_bytes()


@cache
def vector_moment() -> datetime:
    """The moment at which all vectors are judged, within the period of the committed revocation lists."""
    with (GROUND / "ground.toml").open("rb") as stream:
        moment: datetime = tomllib.load(stream)["now"]
    return moment


def rebuild(pieces: Iterable[Piece]) -> bytes:
    """Put a file together."""
    return b"".join(map(_bytes_of, pieces))


def dissect(file: bytes) -> list[Piece]:
    """The pieces of a file: what it has in common with a licence is not repeated."""
    pieces: list[Piece] = []
    position = 0
    for run in _REPEATED.finditer(file):
        pieces += _compared(file[position : run.start()])
        pieces.append({**_in_words(run[1]), "times": len(run[0]) // len(run[1])})
        position = run.end()
    pieces += _compared(file[position:])
    assert rebuild(pieces) == file
    return pieces


def write_pieces(folder: Path, pieces: Iterable[Piece]) -> None:
    """Write `file.json`, a line a piece."""
    lines = ",\n".join(json.dumps(piece, ensure_ascii=True) for piece in pieces)
    (folder / "file.json").write_text(f"[\n{lines}\n]\n", "ascii")


def _bytes_of(piece: Piece) -> bytes:
    if "of" in piece:
        start, end = piece["bytes"]
        return base_license(piece["of"])[start:end]
    once = piece["text"].encode("ascii") if "text" in piece else base64.b64decode(piece["base64"])
    return bytes(once * piece.get("times", 1))


@cache
def _places() -> dict[bytes, tuple[str, int]]:
    """Where each stretch of the licences stands; the first of them all."""
    found: dict[bytes, tuple[str, int]] = {}
    for name in LICENSES:
        pdf = base_license(name)
        for position in range(len(pdf) - _SHORTEST_MATCH + 1):
            found.setdefault(pdf[position : position + _SHORTEST_MATCH], (name, position))
    return found


def _compared(data: bytes) -> Iterator[Piece]:
    """What stands in a licence as a reference to it, and the rest as it is."""
    copied = reading = 0
    places = _places()
    while reading <= len(data) - _SHORTEST_MATCH:
        name, start = places.get(data[reading : reading + _SHORTEST_MATCH], ("", 0))
        if not name:
            reading += 1
            continue
        yield from _spelt(data[copied:reading])
        size = _shared(base_license(name)[start:], data[reading:])
        yield {"of": name, "bytes": [start, start + size]}
        copied = reading = reading + size
    yield from _spelt(data[copied:])


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes two strings begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _spelt(data: bytes) -> Iterator[Piece]:
    """Readable text as text, and the rest between as base64."""
    position = 0
    for run in _READABLE.finditer(data):
        if run.start() > position:
            yield _in_words(data[position : run.start()])
        yield {"text": run[0].decode("ascii")}
        position = run.end()
    if position < len(data):
        yield _in_words(data[position:])


def _in_words(data: bytes) -> Piece:
    if all(byte in b"\n" or 0x20 <= byte <= 0x7E for byte in data):
        return {"text": data.decode("ascii")}
    return {"base64": base64.b64encode(data).decode("ascii")}
