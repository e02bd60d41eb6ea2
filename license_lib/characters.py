"""Characters that old systems and bad copies leave in a text: mended where a published mapping says how, else named.

A name must be printed as its holder writes it, found again by searching, and read the same in thirty years. So a text
that comes in is mended by three mappings that change no character's identity, and every other leftover is refused; each
mapping is told with its source in docs/fonts.md. Nothing else is changed: compatibility ideographs stay what they are.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

# 1. Private-use code points where GBK and GB 18030 had characters before Unicode had them.
# Rows FE50 to FEA0 of GB 18030, in order, which GBK 1.0 mapped to U+E815 to U+E864.
_GBK_ROWS = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹"
    "䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_GB_18030 = {
    **{0xE815 + number: character for number, character in enumerate(_GBK_ROWS)},
    **dict(zip(range(0xE78D, 0xE797), "︐︒︑︓︔︕︖︗︘︙", strict=True)),  # A6D9 to A6F3: vertical punctuation
    **dict(zip(range(0xE7E7, 0xE7F4), "〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻", strict=True)),  # A989 to A995
    0xE5E5: "\u3000",  # A3A0
    0xE76C: "€",  # A2E3
    0xE7C7: "ḿ",  # A8BC
    0xE7C8: "ǹ",  # A8BF
}
# 2. Radicals that look like ideographs. The Kangxi radicals are compatibility characters of them in Unicode itself; of
# the supplement, those that Unicode calls equivalent to an ideograph and that Song draws with one and the same glyph.
_RADICALS = dict(
    zip(
        "⺂⺃⺅⺇⺉⺎⺏⺐⺒⺓⺔⺖⺘⺙⺛⺞⺟⺠⺡⺣⺦⺨⺭⺯⺰⺱⺲⺹⺺⺽⺾⻁⻂⻃⻅⻆⻇⻈⻉⻋⻌⻐⻑⻒⻓⻔⻕⻖⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲⻳",
        "乛乚亻𠘨刂兀尣尢巳幺彑忄扌攵旡歺母民氵灬丬犭礻糹纟罓罒耂肀𦥑艹虎衤覀见角𧢲讠贝车辶钅長镸长门𨸏阝青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐齿竜龙龜亀龟",
        strict=True,
    )
)
_FIRST_KANGXI, _LAST_KANGXI = "\u2f00", "\u2fd5"
# 3. A letter and its accents apart, where Unicode has one character for both.
_ACCENTED = re.compile("[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")
_SUSPECT = re.compile("[\u0300-\u036f\u2e80-\u2fd5\u3099\u309a\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a character may not stand on a licence: its kind, and what to do about it."""

    kind: str
    advice: str


_ACCENT = Fault("combining mark", "use the letter that has the mark already")
_BY_LOOKS = [
    (re.compile("[\u25a1\u25af\u2b1c\u3013\ufffc\ufffd]"), "stands for a lost character", "ask what is meant"),
    (
        re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]"),
        "variation selector",
        "remove it, or use the code point of the form that is meant",
    ),
    (
        re.compile("[\u2ff0-\u2fff\u303e\u31ef]"),
        "describes a character instead of being one",
        "use the character's own code point (GB 18030-2022)",
    ),
    (re.compile("[\u2e80-\u2fdf]"), "radical", "use the ideograph that is meant"),
    # Readers of a page give back the letters, so that what was printed would not be what is read.
    (re.compile("[\ufb00-\ufdff\ufe70-\ufefc]"), "presentation form", "use the letters that it stands for"),
]
_BY_CATEGORY = {
    "Cc": Fault("control", "remove it"),
    "Cf": Fault("invisible format", "remove it"),
    "Cn": Fault("unassigned", "remove it"),
    "Co": Fault("private use", "replace it with the character's Unicode code point (GB 18030-2022)"),
    "Cs": Fault("surrogate", "remove it"),
    "Me": _ACCENT,
    "Mn": _ACCENT,
    "Zl": Fault("line separator", "remove it"),
    "Zp": Fault("paragraph separator", "remove it"),
}


def mended(text: str) -> tuple[str, tuple[int, ...]]:
    """A text with the leftovers of older encodings put right.

    Returns:
        The text, and the 1-based positions in it that were mended. A text in order comes back as it is.
    """
    if _SUSPECT.search(text) is None:
        return text, ()
    whole = _ACCENTED.sub(_composed, text)
    pieces = [_meant(character) for character in whole]
    positions = {position for position, (old, new) in enumerate(zip(whole, pieces, strict=True), 1) if old != new}
    if whole != text:
        positions |= _where_composed(text)
    return "".join(pieces), tuple(sorted(positions))


@cache
def fault(character: str) -> Fault | None:
    """What keeps a character off a licence, whatever the fonts hold; None for most.

    Characters of the supplementary ideographic planes that this Python does not know yet are left to the fonts.
    """
    for looks, kind, advice in _BY_LOOKS:
        if looks.match(character):
            return Fault(kind, advice)
    category = unicodedata.category(character)
    return None if category == "Cn" and _is_newer(ord(character)) else _BY_CATEGORY.get(category)


def _meant(character: str) -> str:
    if _FIRST_KANGXI <= character <= _LAST_KANGXI:
        return unicodedata.normalize("NFKC", character)
    character = _GB_18030.get(ord(character), character)
    return _RADICALS.get(character, character)


def _composed(match: re.Match[str]) -> str:
    letter = match[0][0]
    return unicodedata.normalize("NFC", match[0]) if unicodedata.normalize("NFC", letter) == letter else match[0]


def _where_composed(text: str) -> set[int]:
    positions, shorter = set[int](), 0
    for match in _ACCENTED.finditer(text):
        composed = _composed(match)
        if composed != match[0]:
            positions.add(match.start() - shorter + 1)
        shorter += len(match[0]) - len(composed)
    return positions


def _is_newer(code: int) -> bool:
    """Whether a code point may be an ideograph of a Unicode version after this Python's: planes 2 and 3."""
    return 0x20000 <= code < 0x40000 and code & 0xFFFE != 0xFFFE  # noqa: PLR2004 - the last two of a plane are none
