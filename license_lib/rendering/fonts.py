"""The project's fonts: which face draws a character, how wide it is, and what no face can draw."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from license_lib.characters import fault
from license_lib.errors import InputError, MachineError
from license_lib.rendering.truetype import TrueTypeFont, check_format

SONG, HEI, KAI, FANGSONG = "song", "hei", "kai", "fangsong"
RARE = "rare"  # Song's supplement: no face to choose, it only helps out
FILES = {
    SONG: "NotoSerifSC-Regular.ttf",
    HEI: "NotoSansSC-Regular.ttf",
    KAI: "LicenseKai-Regular.ttf",
    FANGSONG: "LicenseFangSong-Regular.ttf",
    RARE: "LicenseSongRare-Regular.ttf",
}
EXTRA = "extra"
"""Folder beside the committed files for fonts that a department adds."""

# Who helps out, nearest in looks first; fonts that a department adds come last, so that they change no licence that
# could be drawn without them.
_CHAINS = {
    SONG: (SONG, RARE, KAI, HEI),
    HEI: (HEI, SONG, RARE, KAI),
    KAI: (KAI, SONG, RARE, HEI),
    FANGSONG: (FANGSONG, SONG, RARE, KAI, HEI),
}
# Noto's dash is a Latin one, and two of them leave a gap; the rule of the same weight fills its em, as 破折号 must.
_EM_DASH, _RULE = 0x2014, 0x2500
_INSTEAD = {SONG: {_EM_DASH: _RULE}, HEI: {_EM_DASH: _RULE}}
_FONT_FILES = {".ttf", ".otf", ".ttc", ".otc"}


class Run(NamedTuple):
    """A stretch of text that one face draws."""

    face: str
    text: str


class Faces(Mapping[str, TrueTypeFont]):
    """Font files by face name, each opened when it is first asked for."""

    def __init__(self, committed: Mapping[str, Path], extra: Mapping[str, Path]) -> None:
        self._paths = {**committed, **extra}
        self._strange = frozenset(extra)
        self._opened: dict[str, TrueTypeFont] = {}
        for path in self._paths.values():
            check_format(path)

    def __getitem__(self, name: str) -> TrueTypeFont:
        """The font of a face, opened once."""
        opened = self._opened.get(name)
        if opened is None:
            font = TrueTypeFont(self._paths[name], instead=_INSTEAD.get(name), strange=name in self._strange)
            opened = self._opened.setdefault(name, font)  # of two threads, one wins
        return opened

    def __iter__(self) -> Iterator[str]:
        """The names; nothing is opened."""
        return iter(self._paths)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._paths)


class Fonts:
    """The faces that licences are set in: Song 宋体, Hei 黑体, Kai 楷体 and FangSong 仿宋.

    A character that the wanted face lacks comes from the next one of its chain; a character that all lack is an error,
    never a blank box. Each file is mapped once per process, when it is first needed; share one object between threads
    freely.

    Attributes:
        faces: the font files by face name; looking one up opens it.
    """

    def __init__(self, folder: Path, extra: Sequence[Path] = ()) -> None:
        self.faces = Faces({name: folder / file for name, file in FILES.items()}, _named(folder, extra))
        added = tuple(self.faces)[len(FILES) :]
        self._chains = {wanted: (*chain, *added) for wanted, chain in _CHAINS.items()}
        self._choices: dict[str, dict[str, str | None]] = {wanted: {} for wanted in _CHAINS}
        self._widths: dict[str, dict[str, float]] = {wanted: {} for wanted in _CHAINS}

    @staticmethod
    def load(folder: Path, extra: Sequence[Path] = ()) -> "Fonts":
        """The fonts in `folder` and its subfolder `extra`, then those of `extra`; opened once per process.

        Raises:
            MachineError: `font.unreadable`, a font file is missing or damaged; `font.format`, an added one is of a kind
                that cannot be embedded.
        """
        return _opened(folder.resolve(), tuple(path.resolve() for path in extra))

    def face_for(self, character: str, wanted: str) -> str | None:
        """The face that draws a character: the wanted one if it can, else the first of its chain that can, else None.

        What `license_lib.characters.fault` refuses is drawn by none, whatever a font says; neither is a character
        without a picture of its own (`TrueTypeFont.draws`).
        """
        known = self._choices[wanted]
        if character not in known:
            known[character] = self._choose(character, wanted)
        return known[character]

    def runs(self, text: str, wanted: str) -> Iterator[Run]:
        """`text` cut where the face changes. Check the text first: characters without a face are left out."""
        known = self._choices[wanted]
        different = set(text)
        for character in different.difference(known):
            self.face_for(character, wanted)
        if {*map(known.__getitem__, different)} <= {wanted}:  # as nearly every text
            yield Run(wanted, text)
            return
        for face, characters in groupby(text, key=known.__getitem__):
            if face is not None:
                yield Run(face, "".join(characters))

    def advances(self, text: str, wanted: str) -> list[float]:
        """Advance width of each character, thousandths of an em."""
        known = self._widths[wanted]
        for character in set(text).difference(known):
            font = self.faces[self.face_for(character, wanted) or wanted]
            known[character] = font.advance(font.glyph(ord(character)))
        return [*map(known.__getitem__, text)]

    def check(self, field: str, text: str, wanted: str = SONG) -> None:
        """Refuse text that cannot be printed whole.

        Raises:
            InputError: `glyph.missing`, naming the field, the character and its 1-based position; never the value.
        """
        missing = [character for character in set(text) if self.face_for(character, wanted) is None]
        if missing:
            position, character = min((text.index(character), character) for character in missing)
            found = fault(character)
            kind = found.kind if found else "no font has it"
            raise InputError(
                "glyph.missing",
                f"{field}: character {position + 1}, U+{ord(character):04X} ({kind}), cannot be printed",
                hint=found.advice if found else "use the standard form of the character, or add a font that has it",
            )

    def _choose(self, character: str, wanted: str) -> str | None:
        if fault(character) is not None:
            return None
        return next((name for name in self._chains[wanted] if self.faces[name].draws(ord(character))), None)


def _named(folder: Path, extra: Sequence[Path]) -> dict[str, Path]:
    """The added fonts by a name of their own, in the order in which they are asked."""
    beside = folder / EXTRA
    found = [path for path in sorted(beside.iterdir()) if path.suffix.lower() in _FONT_FILES] if beside.is_dir() else []
    return {f"{EXTRA} {number}": path for number, path in enumerate([*found, *extra], 1)}


@lru_cache(maxsize=4)
def _opened(folder: Path, extra: tuple[Path, ...]) -> Fonts:
    try:
        return Fonts(folder, extra)
    except OSError as error:
        raise MachineError(
            "font.unreadable", "the folder of the fonts cannot be read", hint="see docs/fonts.md"
        ) from error
