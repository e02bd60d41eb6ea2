"""What stands in a PDF file, as Python values (ISO 32000-2 §7.3), and how they are read.

null, booleans, numbers: None, bool, int, float · strings: bytes, or `HexString` · names: `Name` · arrays: list ·
dictionaries: dict with the keys as str · references: `Ref` · streams: `Stream`.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

Value: TypeAlias = Any
"""Any of the above; mypy knows no recursive alias that would be worth its noise here."""

_DEEPEST: Final = 64
_MOST_ITEMS: Final = 100_000
_LONGEST_STRING: Final = 8 * 1024 * 1024
_GAP: Final = rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+"
_SPACE: Final = re.compile(_GAP)
_NUMBER: Final = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_REFERENCE: Final = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_NAME: Final = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]*)")
_KEY: Final = re.compile(_GAP + rb"(?:>>|/([^\0\t\n\f\r ()<>\[\]{}/%]*+)" + _GAP + rb")")
_REGULAR: Final = rb"[^\0\t\n\f\r ()<>\[\]{}/%#]"
_USUAL_ENTRY: Final = re.compile(  # most entries are a name, a reference or a whole number, and are read in one go
    rb"[\t\n\f\r ]*+/(%b++)[\t\n\f\r ]*+(?:/(%b++)(?!#)|(\d{1,10}+) (\d{1,5}+) R(?!%b|#)|"
    rb"(-?\d{1,10}+)(?=[\t\n\f\r ]*+(?:/|>>)))" % (_REGULAR, _REGULAR, _REGULAR)
)
_NAMED, _COUNTED = 2, 5
_NUMBERS: Final = re.compile(  # as nearly all are spelled; possessive, so that there is one way only to match
    rb"\[[\t\n\f\r ]*+((?:-?\d{1,10}+(?:\.\d{1,10}+)?+(?:[\t\n\f\r ]++|(?=\])))*+)\]"
)
_WORD: Final = re.compile(rb"[^\0\t\n\f\r ()<>\[\]{}/%]+")
_HEX: Final = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*)>")
_PLAIN_STRING: Final = re.compile(rb"\(([^()\\\r]*)\)")
_STRING_PART: Final = re.compile(rb"[^()\\\r]+")
_ESCAPED_NAME: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_OCTAL: Final = re.compile(rb"[0-7]{1,3}")
_ESCAPES: Final = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(", b")": b")", b"\\": b"\\",
}  # fmt: skip
_WORDS: Final = {b"true": True, b"false": False, b"null": None}
_WHITE: Final = b"\0\t\n\f\r "
_WHITE_OR_COMMENT: Final = _WHITE + b"%"


class PdfError(ValueError):
    """The bytes are not a PDF, or do not have one meaning only."""


class Name(str):
    """A name, without its slash and with `#xx` undone; one byte, one character."""

    __slots__ = ()


class HexString(bytes):
    """A string that was written in hexadecimal digits, and where.

    Attributes:
        span: offsets of its `<` and behind its `>`; nowhere, for one that is in an object stream.
    """

    span: tuple[int, int] = (0, 0)


class Ref(NamedTuple):
    """A reference to an indirect object."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream object.

    Attributes:
        dictionary: its dictionary.
        data: its bytes as they stand in the file, encoded.
    """

    dictionary: dict[str, Value]
    data: bytes = field(repr=False)


class Reader:
    """Reads values from bytes, at a position that moves on.

    Args:
        data: the file, or the content of an object stream.
        position: where to begin.
        is_packed: it is the content of an object stream, so that offsets mean nothing to the file.
    """

    def __init__(self, data: bytes, position: int = 0, *, is_packed: bool = False) -> None:
        self.data = data
        self.position = position
        self._is_packed = is_packed

    def skip_space(self) -> None:
        """Go on behind white space and comments (§7.2.3, §7.2.4)."""
        self.position = _SPACE.match(self.data, self.position).end()  # type: ignore[union-attr]  # matches nothing, too

    def take(self, word: bytes) -> bool:
        """Go on behind a word if it stands here."""
        if not self.data.startswith(word, self.position):
            return False
        self.position += len(word)
        return True

    def expect(self, word: bytes) -> None:
        """Go on behind a word that must stand here.

        Raises:
            PdfError: another one does.
        """
        if not self.take(word):
            raise PdfError(f"expected {word.decode('ascii')}")

    def integer(self) -> int:
        """Read a number that must be a whole, unsigned one."""
        self.skip_space()
        found = _NUMBER.match(self.data, self.position)
        if found is None or not found[0].isdigit():
            raise PdfError("expected a whole number")
        self.position = found.end()
        return int(found[0][:12])

    def value(self, depth: int = 0) -> Value:  # noqa: PLR0911 -- one return for each kind of value
        """Read one value.

        Raises:
            PdfError: none stands here, a dictionary has a key twice, or values are nested beyond all measure.
        """
        data, position = self.data, self.position
        first = data[position : position + 1]
        if first in _WHITE_OR_COMMENT:
            self.skip_space()
            position = self.position
            first = data[position : position + 1]
        if first == b"/":
            return self._name()
        if first in b"0123456789" and first:
            reference = _REFERENCE.match(data, position)
            if reference is not None:
                self.position = reference.end()
                return Ref(int(reference[1]), int(reference[2]))
        if first in b"0123456789+-." and first:
            return self._number()
        if first == b"<":
            return self._dictionary(depth) if data.startswith(b"<<", position) else self._hex_string()
        if first == b"(":
            return self._string()
        if first == b"[":
            return self._array(depth)
        word = _WORD.match(data, position)
        if word is None or word[0] not in _WORDS:
            raise PdfError("no value stands where one should")
        self.position = word.end()
        return _WORDS[word[0]]

    def _name(self) -> Name:
        found = _NAME.match(self.data, self.position)
        if found is None:
            raise PdfError("expected a name")
        self.position = found.end()
        return Name(_unescaped(found[1]))

    def _number(self) -> int | float:
        found = _NUMBER.match(self.data, self.position)
        word = _WORD.match(self.data, self.position)
        if found is None or word is None or word.end() != found.end():
            raise PdfError("a number that is none")
        self.position = found.end()
        text = found[0]
        if len(text) > 32:  # noqa: PLR2004 -- no honest number is as long
            raise PdfError("a number is too long")
        return float(text) if b"." in text else int(text)

    def _hex_string(self) -> HexString:
        found = _HEX.match(self.data, self.position)
        if found is None:
            raise PdfError("a hexadecimal string is not closed")
        digits = found[1].translate(None, _WHITE)
        value = HexString(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        if not self._is_packed:
            value.span = found.span()
        self.position = found.end()
        return value

    def _string(self) -> bytes:
        plain = _PLAIN_STRING.match(self.data, self.position)
        if plain is not None:
            self.position = plain.end()
            return plain[1]
        parts: list[bytes] = []
        depth, size = 1, 0
        self.position += 1
        while depth:
            part = _STRING_PART.match(self.data, self.position)
            if part is not None:
                parts.append(part[0])
                self.position = part.end()
                size += len(part[0])
            character = self.data[self.position : self.position + 1]
            self.position += 1
            if not character or size > _LONGEST_STRING:
                raise PdfError("a string is not closed")
            if character == b"\\":
                parts.append(self._escape())
                continue
            depth += (character == b"(") - (character == b")")
            if character == b"\r":  # §7.3.4.2: any end of line is one line feed
                self.take(b"\n")
                character = b"\n"
            if depth:
                parts.append(character)
        return b"".join(parts)

    def _escape(self) -> bytes:
        octal = _OCTAL.match(self.data, self.position)
        if octal is not None:
            self.position = octal.end()
            return bytes((int(octal[0], 8) & 0xFF,))
        character = self.data[self.position : self.position + 1]
        self.position += 1
        if character in b"\r\n":
            if character == b"\r":
                self.take(b"\n")
            return b""
        return _ESCAPES.get(character, character)

    def _array(self, depth: int) -> list[Value]:
        self._check_depth(depth)
        numbers = _NUMBERS.match(self.data, self.position)
        if numbers is not None:
            words = numbers[1].split()
            if len(words) <= _MOST_ITEMS:
                self.position = numbers.end()
                if b"." not in numbers[1]:
                    return list(map(int, words))
                return [float(one) if b"." in one else int(one) for one in words]
        self.position += 1
        found: list[Value] = []
        while True:
            self.skip_space()
            if self.take(b"]"):
                return found
            found.append(self.value(depth + 1))
            if len(found) > _MOST_ITEMS:
                raise PdfError("an array is longer than any honest one")

    def _dictionary(self, depth: int) -> dict[str, Value]:
        self._check_depth(depth)
        self.position += 2
        found: dict[str, Value] = {}
        while True:
            usual = _USUAL_ENTRY.match(self.data, self.position)
            if usual is not None:
                self.position = usual.end()
                key, value = usual[1].decode("latin-1"), _usual_value(usual)
            else:
                entry = _KEY.match(self.data, self.position)
                if entry is None:
                    raise PdfError("expected a name")
                self.position = entry.end()
                if entry[1] is None:
                    return found
                key, value = _unescaped(entry[1]), self.value(depth + 1)
            if key in found:
                raise PdfError("a dictionary has a key twice")
            found[key] = value

    def _check_depth(self, depth: int) -> None:
        if depth >= _DEEPEST:
            raise PdfError("values are nested beyond all measure")


def _usual_value(entry: re.Match[bytes]) -> Name | Ref | int:
    if entry.lastindex == _NAMED:
        return Name(entry[_NAMED].decode("latin-1"))
    return int(entry[_COUNTED]) if entry.lastindex == _COUNTED else Ref(int(entry[3]), int(entry[4]))


def _unescaped(name: bytes) -> str:
    if b"#" in name:
        name = _ESCAPED_NAME.sub(lambda match: bytes((int(match[1], 16),)), name)
    return name.decode("latin-1")
