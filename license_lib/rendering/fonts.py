"""The project's fonts: which face draws a character, how wide it is, and what no face can draw."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from license_lib.errors import InputError
from license_lib.rendering.truetype import TrueTypeFont

SONG, HEI = "song", "hei"
FILES = {SONG: "NotoSerifSC-Regular.ttf", HEI: "NotoSansSC-Regular.ttf"}

_NEVER_PRINTED = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that one face draws."""

    face: str
    text: str


class Fonts:
    """The faces that licences are set in: Song 宋体 for values, Hei 黑体 for labels.

    A character that the wanted face lacks comes from the other one; a character that both lack is an error, never a
    blank box. Each file is mapped once per process; share one object between threads freely.
    """

    def __init__(self, folder: Path) -> None:
        self.faces = {name: TrueTypeFont(folder / file) for name, file in FILES.items()}
        self._choices: dict[str, dict[str, str | None]] = {name: {} for name in FILES}
        self._widths: dict[str, dict[str, float]] = {name: {} for name in FILES}

    @staticmethod
    def load(folder: Path) -> "Fonts":
        """The fonts in `folder`, opened once per process.

        Raises:
            MachineError: `font.unreadable`, a font file is missing or damaged.
        """
        return _opened(folder.resolve())

    def face_for(self, character: str, wanted: str) -> str | None:
        """The face that draws a character: the wanted one if it can, else another one, else None.

        Control, format, private-use and surrogate characters are drawn by none, whatever a font says; neither is a
        character whose only glyph is empty, unless it is a space.
        """
        known = self._choices[wanted]
        if character not in known:
            known[character] = self._choose(character, wanted)
        return known[character]

    def runs(self, text: str, wanted: str) -> Iterator[Run]:
        """`text` cut where the face changes. Check the text first: characters without a face are left out."""
        for face, characters in groupby(text, key=lambda character: self.face_for(character, wanted)):
            if face is not None:
                yield Run(face, "".join(characters))

    def advances(self, text: str, wanted: str) -> list[float]:
        """Advance width of each character, thousandths of an em."""
        known = self._widths[wanted]
        for character in set(text).difference(known):
            font = self.faces[self.face_for(character, wanted) or wanted]
            known[character] = font.advance(font.glyph(ord(character)))
        return [known[character] for character in text]

    def check(self, field: str, text: str, wanted: str = SONG) -> None:
        """Refuse text that cannot be printed whole.

        Raises:
            InputError: `glyph.missing`, naming the field, the character and its 1-based position; never the value.
        """
        missing = [character for character in set(text) if self.face_for(character, wanted) is None]
        if missing:
            position, character = min((text.index(character), character) for character in missing)
            raise InputError(
                "glyph.missing",
                f"{field}: character {position + 1}, U+{ord(character):04X} ({_kind(character)}), cannot be printed",
                hint=_advice(character),
            )

    def _choose(self, character: str, wanted: str) -> str | None:
        category = unicodedata.category(character)
        if category in _NEVER_PRINTED:
            return None
        for name in (wanted, *(other for other in self.faces if other != wanted)):
            glyph = self.faces[name].glyph(ord(character))
            if glyph and (category == "Zs" or self.faces[name].has_ink(glyph)):
                return name
        return None


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Fonts:
    return Fonts(folder)


def _kind(character: str) -> str:
    kinds = {"Cc": "control", "Cf": "invisible format", "Co": "private use", "Cs": "surrogate", "Cn": "unassigned"}
    return kinds.get(unicodedata.category(character), "no font has it")


def _advice(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Co":
        return "map private-use characters to their Unicode code points on import (GB 18030-2022)"
    if category in _NEVER_PRINTED:
        return "remove it"
    return "use the standard form of the character, or add a font that has it"
