"""Faces of plain files that are what our own press prints of their records: nothing is drawn (ADR 26).

Each page is composed once more, and must be the same to the last byte but the code. What pages are made of beside their
operators is compared with a whole file, printed once more, the first time; that page is drawn, too.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from itertools import starmap
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from license_lib.catalogue import Layout, LicenseType
from license_lib.errors import InputError, MachineError
from license_lib.licenses import FaceContent, License, TemplateRef
from license_lib.qr import proofs_among
from license_lib.verification.faces import differing_fields
from license_lib.verification.ground import PLACE_OF_THE_CODE, Reprint, Reprints
from license_lib.verification.plain_codes import LARGEST_CODE, text_of_code
from license_lib.verification.plain_objects import (
    OtherwiseSpelledError,
    anonymous,
    need,
    references,
    unpacked,
)
from license_lib.verification.plain_texts import planned_face
from license_lib.verification.reading import read_face
from signing.pdf_reading.plain import PlainFile, read_plain
from signing.pdf_reading.values import Ref, Value
from signing.reports import SealReport

if TYPE_CHECKING:
    from license_lib.rendering.blocks import Block
    from license_lib.rendering.face import Composed
    from license_lib.rendering.sheet import Sheet
    from license_lib.rendering.truetype import TrueTypeFont

_MOST_KNOWN: Final = 512
_MOST_OBJECTS: Final = 200
"""That pictures need: each may need the next one."""
_MOST_TEXT: Final = 10_000
"""Characters of a record that is set once more. Ordinary ones have 500, and a fleet of 100 vehicles has 4000."""
_MOST_LINES: Final = 6
"""Below each other: each would have to be six of the 37 rows that the code of a licence has at least (ADR 26)."""
_NEAR: Final = 1.98
"""Type sizes of the larger one of two lines: so near, they may be rows of a picture."""
_SAME_LINE: Final = 0.3
"""Type sizes: baselines so near are of one line."""
_NAMED: Final = rb"<<((?:/[A-Za-z0-9]{1,20} \d{1,5} 0 R)*)>>"
_RESOURCES: Final = re.compile(rb"<</Font%b/XObject%b>>" % (_NAMED, _NAMED))
_ONE_NAMED: Final = re.compile(rb"/([A-Za-z0-9]+) (\d+) 0 R")
_MICROTEXT_FORM: Final = b"<</Type/XObject/Subtype/Form/BBox%b/Filter/FlateDecode/Length %d>>"
_OUT_OF_OUR_HANDS: Final = (OtherwiseSpelledError, LookupError, ValueError, InputError, MachineError)
"""It is spelled otherwise, or our press cannot print it, or there are no fonts."""


class Seen(NamedTuple):
    """A face as our press prints it.

    Attributes:
        code: what its code says.
        objects: digest of all that its pages are made of beside their operators, fonts and micro-text.
    """

    code: str
    objects: bytes


class PlainFaces:
    """Tells faces that are ours, and knows what they are made of. Threads may share it.

    Args:
        press: gives the one that prints licences once more; asked when a template is met again.
    """

    def __init__(self, press: Callable[[], Reprints]) -> None:
        self._press = cache(press)
        self._met: set[TemplateRef] = set()
        self._ours: set[bytes] = set()
        self._others: set[bytes] = set()
        self._lock = Lock()

    def codes_of_sound(
        self, seal: SealReport, document: License, kind: LicenseType, content: FaceContent
    ) -> tuple[str, ...]:
        """The one code on a face of which nothing is wrong; none of any other: whoever draws it has the word.

        Of the first licence of a template, too: who judges one file has no use for what is known of it.

        Args:
            seal: the seal of the file.
            document: its record.
            kind: the type in the version that draws it.
            content: what it is to show.

        Raises:
            UnreadableError: it cannot be drawn; see `read_face`.
        """
        if document.template not in self._met:
            self._remember(self._met, document.template)
            return ()
        if seal.plain is None or seal.signer is None or document.photo is not None:  # it may show a code, or become one
            return ()
        if _size_of(content) > _MOST_TEXT:
            return ()
        try:
            press, certificate = self._press(), seal.signer.certificate_der
            template, layout = document.template, content.layout.model_dump_json()
            for number, reprint in enumerate(press.reprints(kind, document, content, certificate)):
                if differing_fields(kind, content, planned_face(reprint.face.plan, content.layout)):
                    return ()
                name = f"{template.key} {template.version} {template.digest}\n{layout}\n{number}\n"
                code = self._code(seal.plain, reprint, kind, content, name.encode() + certificate)
                if code is not None:
                    return (code,)
        except _OUT_OF_OUR_HANDS:
            pass
        return ()

    def _code(
        self, file: PlainFile, reprint: Reprint, kind: LicenseType, content: FaceContent, name: bytes
    ) -> str | None:
        try:
            seen = seen_as(reprint.face, file, content.layout)
        except _OUT_OF_OUR_HANDS:  # with this seal
            return None
        key = hashlib.sha256(name + seen.objects).digest()
        if key in self._ours:
            return seen.code
        again = None if key in self._others else read_plain(reprint.file(seen.code))
        is_ours = again is not None and seen_as(reprint.face, again, content.layout) == seen
        if is_ours:  # the last word has a renderer
            face = read_face(file.data, content.layout, file)
            if differing_fields(kind, content, face) or face.codes != (seen.code,) or face.pictures:
                return None
        self._remember(self._ours if is_ours else self._others, key)
        return seen.code if is_ours else None

    def _remember(self, known: set[Any], one: object) -> None:
        with self._lock:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known.add(one)


def seen_as(ours: "Composed", file: PlainFile, layout: Layout) -> Seen:
    """A file's pages, if they are ours.

    Args:
        ours: the pages as our press prints them.
        file: the file.
        layout: where everything stands.

    Raises:
        OtherwiseSpelledError, LookupError, ValueError: they are not, or a renderer might see something else in them.
        MachineError: `font.unreadable`.
    """
    from license_lib.rendering.press.fonts import FontObjects
    from license_lib.rendering.typeset import font_name
    from license_lib.verification.plain_fonts import embedded_again, is_read_as_written, need_font

    need(lines_below_each_other(ours.plan.pages[0].blocks) <= _MOST_LINES)
    need(all(starmap(is_read_as_written, _characters_of_the_record(ours))))
    texts, resources, objects = _page_objects(ours, file)
    sheet = ours.sheet
    code = _operators_of_the_code(sheet, file, [references(text)[2] for text in texts])
    held = {name.decode("ascii"): int(number) for name, number in _ONE_NAMED.findall(resources)}
    used = {face: [*codes] for face, codes in sheet.codes.items() if codes}
    need([*held] == [*map(font_name, used)])
    for name, characters in used.items():
        face = sheet.plate.fonts.faces[name]
        is_of_template = len(characters) == len(sheet.plate.codes[name])
        ours_embeds = embedded_again(face, "".join(characters)) if is_of_template else FontObjects.of(face, characters)
        need_font(file, held[font_name(name)], ours_embeds)
    said = text_of_code(code, layout)
    need(proofs_among([said]))
    return Seen(said, objects)


def _characters_of_the_record(ours: "Composed") -> "set[tuple[TrueTypeFont, str]]":
    """Each with what draws it; a template may have for ornament what a record may not."""
    plate, said = ours.sheet.plate, defaultdict[str, set[str]](set)
    for block in ours.plan.blocks:
        if id(block) not in plate.texts:
            said[block.face].update(*[line.text for line in block.lines])
    runs = (run for wanted, characters in said.items() for run in plate.fonts.runs("".join(characters), wanted))
    return {(plate.fonts.faces[run.face], character) for run in runs for character in run.text}


def _operators_of_the_code(sheet: "Sheet", file: PlainFile, numbers: Sequence[int]) -> str:
    """What pages of these numbers draw where our press draws the code; they are ours in all else."""
    pages = ["\n".join(page).encode("ascii") for page in sheet.pages]
    before, after = pages[0].split(PLACE_OF_THE_CODE.encode("ascii"))
    first = unpacked(file, numbers[0], len(before) + LARGEST_CODE + len(after))
    need(len(first) >= len(before) + len(after) and first.startswith(before) and first.endswith(after))
    for number, page in zip(numbers[1:], pages[1:], strict=True):
        need(unpacked(file, number, len(page)) == page)
    return first[len(before) : len(first) - len(after)].decode("ascii")


def _page_objects(ours: "Composed", file: PlainFile) -> tuple[Sequence[bytes], bytes, bytes]:
    """The pages as they are written, the names of their fonts, and a digest of what they are made of beside these."""
    from license_lib.rendering.ornament import MICROTEXT
    from license_lib.rendering.press.objects import numbers

    last = file.last
    root = last.entry(last.trailer, "Root")
    texts = [_text(file, one) for one in last.entry(last.entry(root, "Pages"), "Kids")]
    need(len(texts) == len(ours.sheet.pages))
    # What is named stands where our press has it, or the digest is another.
    named = [references(text) for text in texts]
    resources, widget = named[0][1], file.text(named[0][3])
    need({one[1] for one in named} == {resources})
    found = _RESOURCES.fullmatch(file.text(resources))
    if found is None:
        raise OtherwiseSpelledError
    forms = [(name, int(number)) for name, number in _ONE_NAMED.findall(found[2])]
    catalog, tree, form = (_text(file, one) for one in (last.trailer["Root"], root["Pages"], root["AcroForm"]))
    digest = hashlib.sha256(b"\n".join([anonymous(text) for text in (catalog, tree, form, *texts, widget)]))
    met: dict[int, int] = {}
    for name, number in (*forms, (b"", references(widget)[0])):
        digest.update(b"\n%b " % name)
        if name == MICROTEXT.encode("ascii"):
            micro = ours.microtext
            box = numbers((0, 0, micro.width, micro.height))
            need(file.text(number) == _MICROTEXT_FORM % (box, len(micro.operators)))
            need(file.encoded(number) == micro.operators)
        else:
            _add_object(digest, file, number, met)
    return texts, found[1], digest.digest()


def _size_of(content: FaceContent) -> int:
    """Of all texts, characters; an empty one counts, too."""
    rows = [row for table in content.rows.values() for row in table]
    return sum(len(text) + 1 for texts in (content.texts, *rows) for text in texts.values())


def _text(file: PlainFile, reference: Value) -> bytes:
    """The object that a reference names, as it is written."""
    if not isinstance(reference, Ref):
        raise OtherwiseSpelledError
    return file.text(reference.number)


def _add_object(digest: Any, file: PlainFile, number: int, met: dict[int, int]) -> None:
    """Add an object to a digest, with all that it needs."""
    if number in met:
        digest.update(b"again %d " % met[number])
        return
    need(len(met) < _MOST_OBJECTS)
    met[number] = len(met)
    text, data = file.text(number), file.encoded(number)
    said = anonymous(text)
    digest.update(b"%d %d " % (len(said), len(data)) + said + data)
    for one in references(text):
        _add_object(digest, file, one, met)


def lines_below_each_other(blocks: "Sequence[Block]") -> int:
    """How many lines of text stand below each other at most, each as near as the lines of a text.

    Seen from afar, characters are dark and light squares: of dense bold ones and blanks, 1.7 type sizes from line to
    line, a code was still read. ADR 26 has what was measured.
    """
    lines = sorted((line for block in blocks for line in block.lines), key=lambda line: line.baseline)
    nearest = _NEAR * max([line.size for line in lines], default=0.0)
    counts: list[int] = []
    for number, line in enumerate(lines):
        count = 1
        for other in range(number - 1, -1, -1):
            above = lines[other]
            gap = line.baseline - above.baseline
            if gap > nearest:
                break
            size = max(line.size, above.size)
            is_above = line.x < above.x + above.width + size and above.x < line.x + line.width + size
            if is_above and _SAME_LINE * size < gap <= _NEAR * size:
                count = max(count, counts[other] + 1)
        counts.append(count)
    return max(counts, default=0)
