"""What a plain file (ADR 25) holds, by the one spelling that our press has for it; others are read with more care.

Nothing here says that something is wrong: what is not spelled as expected is for the readers of any file to judge.
"""

import hashlib
import re
import zlib
from typing import Final

from license_lib.licenses.record import MAX_RECORD_BYTES, RECORD_NAME
from signing.pdf_reading.plain import PlainFile
from signing.pdf_reading.values import Name, Stream

_REFERENCE: Final = re.compile(rb"(\d{1,5}) 0 R")
_DEFLATED: Final = re.compile(rb"<<(?:/Length1 \d{1,8})?/Filter/FlateDecode/Length \d{1,8}>>")


class OtherwiseSpelledError(Exception):
    """It is not as our press writes it, whatever it may be."""


def need(fact: object) -> None:
    """Go on only if something is as our press writes it.

    Raises:
        OtherwiseSpelledError: it is not.
    """
    if not fact:
        raise OtherwiseSpelledError


def references(text: bytes) -> list[int]:
    """The numbers of the objects that a text refers to, in its order."""
    return [int(number) for number in _REFERENCE.findall(text)]


def anonymous(text: bytes) -> bytes:
    """A text without the numbers of the objects that it refers to."""
    return _REFERENCE.sub(b"R", text)


def unpacked(file: PlainFile, number: int, most: int) -> bytes:
    """The content of a deflated stream that says nothing but its length.

    Raises:
        OtherwiseSpelledError: it is another, or longer than `most` bytes.
    """
    need(_DEFLATED.fullmatch(file.text(number)))
    return inflated(file.encoded(number), most)


def inflated(data: bytes, most: int) -> bytes:
    """Deflated data, unpacked.

    Raises:
        OtherwiseSpelledError: it is none, not whole, or longer than `most` bytes.
    """
    engine = zlib.decompressobj()
    try:
        content = engine.decompress(data, most + 1)
    except zlib.error as error:
        raise OtherwiseSpelledError from error
    need(engine.eof and len(content) <= most and not engine.unused_data)
    return content


def plain_record(file: PlainFile) -> bytes | None:
    """The record that travels inside; None if it is stored in any other way than ours."""
    last = file.last
    try:
        names = last.entry(last.entry(last.trailer, "Root"), "Names")["EmbeddedFiles"]
        (name, held) = names["Names"]
        need(set(names) == {"Names"} and name == RECORD_NAME.encode("ascii"))
        files = last.entry(last.resolve(held), "EF")
        stream = last.resolve(files["F"])
        need(files == {"F": files["F"], "UF": files["F"]} and isinstance(stream, Stream))
        need(stream.dictionary.get("Filter") == Name("FlateDecode") and "DecodeParms" not in stream.dictionary)
        return inflated(stream.data, MAX_RECORD_BYTES)
    except (OtherwiseSpelledError, KeyError, TypeError, ValueError):
        return None


def plain_pictures(file: PlainFile) -> tuple[str, ...]:
    """SHA-256 (hex) of every picture among the resources of the pages, as it is embedded."""
    last = file.last
    pages = last.entry(last.entry(last.entry(last.trailer, "Root"), "Pages"), "Kids")
    named = [last.entry(last.entry(last.resolve(page), "Resources"), "XObject") for page in pages]
    objects = [last.resolve(one) for each in named if isinstance(each, dict) for one in each.values()]
    pictures = [one for one in objects if isinstance(one, Stream) and one.dictionary.get("Subtype") == Name("Image")]
    return tuple(hashlib.sha256(picture.data).hexdigest() for picture in pictures)
