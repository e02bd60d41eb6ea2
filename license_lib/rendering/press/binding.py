"""Pages → file: PDF/A-3u (ISO 19005-3), tagged (ISO 14289-1), with record, seal's field and signature's gap.

The catalog names the record as an associated file (ISO 32000-2, 14.13); a seal that is printed at once certifies the
document (ISO 32000-1, 12.8.2.2), and nothing may be changed after it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from license_lib.errors import InputError
from license_lib.rendering.drawings import Drawing
from license_lib.rendering.metadata import LANGUAGE, Description, information, xmp
from license_lib.rendering.photo import Picture
from license_lib.rendering.press.fonts import resources_of, write_font
from license_lib.rendering.press.objects import numbers, references, text
from license_lib.rendering.press.plate import Plate
from license_lib.rendering.press.stock import Ink, write_drawing
from license_lib.rendering.press.tree import Tree, grown
from license_lib.rendering.press.writer import FileWriter, SignatureGap
from license_lib.rendering.sheet import MARK, PHOTO, SEAL, Sheet
from license_lib.rendering.structure import Edges, Element
from license_lib.rendering.typeset import font_name

_PRINT, _LOCKED = 1 << 2, 1 << 7
"""Annotation flags (ISO 32000-1, Table 165)."""
_CERTIFIES: Final = (
    b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Reference[<</Type/SigRef/TransformMethod/DocMDP"
    b"/TransformParams<</Type/TransformParams/V/1.2/P 1>>>>]"
)
_INTENT: Final = (
    b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
    b"/DestOutputProfile %d 0 R>>]"
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the PDF.

    Attributes:
        data: its bytes, embedded as they are.
        name: file name.
        media_type: MIME type.
        description: what it is, for people.
    """

    data: bytes = field(repr=False)
    name: str = "license-record.json"
    media_type: str = "application/json"
    description: str = "电子证照数据 (GB/T 36903)"

    def __post_init__(self) -> None:
        """Refuse names that a PDF could not hold as plain text."""
        if not self.name or not self.name.isascii() or "/" not in self.media_type:
            raise InputError("attachment.invalid", "an attachment needs an ASCII file name and a media type")


class Signature(NamedTuple):
    """What the signature dictionary says (ISO 32000-1, 12.8.1): it certifies, and allows no change.

    Attributes:
        reason: why it was signed.
        at: claimed time of signing.
        reserved: bytes to keep free for the container.
    """

    reason: str
    at: datetime
    reserved: int


@dataclass(frozen=True, slots=True)
class SealSpace:
    """What a face has to know of its seal.

    Attributes:
        field: name of its signature field.
        name: what the seal is called.
        width_mm: millimetres.
        height_mm: the same.
        ink: its pictures, where the face is printed with them; without, whoever seals draws them.
        signature: what the signature will say, where the face is printed with the gap for it.
    """

    field: str
    name: str
    width_mm: float
    height_mm: float
    ink: Ink | None = None
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class SealField:
    """The signature field.

    Attributes:
        name: the field's name (`/T`).
        tooltip: what a reader says of it (`/TU`).
        edges: where it stands on the first page.
        signature: what fills it; None leaves it empty.
    """

    name: str
    tooltip: str
    edges: Edges
    signature: Signature | None = None


class Structure(NamedTuple):
    """The logical structure of a document.

    Attributes:
        elements: gives the elements in reading order; a `Form` stands for the seal's field.
        kind: equal for documents whose elements are the same; None if that is not known.
    """

    elements: Callable[[], Sequence[Element]]
    kind: object = None


class Bound(NamedTuple):
    """A file, and where its signature goes, if it is to be signed at once."""

    data: bytearray
    gap: SignatureGap | None


def bind(
    sheet: Sheet,
    *,
    structure: Structure,
    about: Description,
    forms: Mapping[str, Drawing] | None = None,
    seal: SealField | None = None,
    attachment: Attachment | None = None,
) -> Bound:
    """Write the file of a document.

    Args:
        sheet: its pages.
        structure: the logical structure of what is drawn.
        about: its description.
        forms: what its pages draw by name, beside what the plate has.
        seal: the signature field, or None for a document that nobody will seal.
        attachment: the record, or None for a preview without one.

    Returns:
        The file; the same arguments give the same bytes.
    """
    binding = _Binding(sheet, seal)
    binding.tree(structure)
    binding.pages(forms or {})
    return binding.finish(about, attachment)


class _Binding:
    """A file in the making. Whatever the structure tree speaks of is numbered before it, so that trees can be kept."""

    def __init__(self, sheet: Sheet, seal: SealField | None) -> None:
        self._sheet = sheet
        self._plate: Plate = sheet.plate
        self._seal = seal
        self._writer = FileWriter(sheet.plate.stock.begun)
        self._root, self._page_tree = self._writer.reserve(), self._writer.reserve()
        first = self._writer.reserve(len(sheet.pages))
        self._pages = range(first, first + len(sheet.pages))
        self._widget = self._writer.reserve() if seal else None
        self._signature = self._writer.reserve() if seal and seal.signature else None
        self._tree = 0

    def tree(self, structure: Structure) -> None:
        """Write the structure tree."""
        start = self._writer.reserve()

        def grow() -> Tree:
            return grown(structure.elements(), start=start, pages=self._pages, widget=self._widget)

        tree = self._plate.tree((start, structure.kind), grow) if structure.kind is not None else grow()
        self._writer.reserve(tree.bundle.size - 1)
        self._writer.bundle(start, tree.bundle)
        self._tree = start

    def pages(self, forms: Mapping[str, Drawing]) -> None:
        """Write the pages, and what they draw with."""
        writer, plate, sheet = self._writer, self._plate, self._sheet
        pictures = {name: form.number for name, form in plate.stock.forms.items()}
        pictures |= {name: write_drawing(writer, drawing) for name, drawing in forms.items()}
        if sheet.photo:
            pictures[PHOTO] = _write_photo(writer, sheet.photo)
        if plate.stock.seal:
            pictures[SEAL] = plate.stock.seal.number
            pictures |= {f"{MARK}{index}": mark.number for index, (mark, _, _) in enumerate(plate.marks)}
        fonts = {
            font_name(face): write_font(writer, plate.fonts.faces[face], codes)
            for face, codes in sheet.codes.items()
            if codes
        }
        resources = following = _write_resources(writer, fonts, pictures)
        if pictures.pop(PHOTO, None) and len(sheet.pages) > 1:  # who verifies counts the photographs of all pages
            following = _write_resources(writer, fonts, pictures)
        box = numbers((0, 0, plate.width, plate.height))
        for index, (page, operators) in enumerate(zip(self._pages, sheet.pages, strict=True)):
            contents = writer.deflated(b"", "\n".join(operators).encode("ascii"))
            annotations = b"/Annots[%d 0 R]" % self._widget if self._widget and not index else b""
            writer.object(
                b"<</Type/Page/Parent %d 0 R/MediaBox%b/Resources %d 0 R/Contents %d 0 R/StructParents %d/Tabs/S%b>>"
                % (self._page_tree, box, following if index else resources, contents, index, annotations),
                number=page,
            )
        kids = references(self._pages)
        writer.object(b"<</Type/Pages/Kids%b/Count %d>>" % (kids, len(self._pages)), number=self._page_tree)

    def finish(self, about: Description, attachment: Attachment | None) -> Bound:
        """Write the catalog and what else it names."""
        writer = self._writer
        metadata = writer.stream(b"/Type/Metadata/Subtype/XML", xmp(about))
        info = writer.object(
            b"<<%b>>"
            % b"".join(b"/%b%b" % (key.encode("ascii"), text(value)) for key, value in information(about).items())
        )
        entries = [
            b"/Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>/Metadata %d 0 R"
            % (self._page_tree, self._tree, metadata),
            b"/Lang%b/ViewerPreferences<</DisplayDocTitle true>>" % text(LANGUAGE),
            _INTENT % self._plate.stock.profile,
        ]
        if attachment is not None:
            file = _write_file(writer, attachment, about.stamp)
            entries.append(b"/AF[%d 0 R]" % file)
            entries.append(b"/Names<</EmbeddedFiles<</Names[%b %d 0 R]>>>>" % (text(attachment.name), file))
        if self._seal is not None:
            entries.append(self._field(self._seal))
        writer.object(b"<<%b>>" % b"".join(entries), number=self._root)
        return Bound(*writer.finish(self._root, info))

    def _field(self, seal: SealField) -> bytes:
        """Write the signature field (ISO 32000-1, 12.7.4.5), and the signature with it where there is one.

        PDF/A wants an appearance of every visible annotation: an empty one, until the seal is there.

        Returns:
            Entries of the catalog.
        """
        writer, printed = self._writer, self._plate.stock.seal
        left, bottom, right, top = seal.edges
        look = printed.number if printed else _nothing(writer, right - left, top - bottom)
        value = b""
        rules = b""
        if seal.signature is not None and self._signature is not None:
            reason, at, reserved = seal.signature
            said = b"/M%b/Reason%b" % (text(f"{at.astimezone(UTC):D:%Y%m%d%H%M%SZ}"), text(reason))
            writer.signature(self._signature, _CERTIFIES + said, reserved)
            value = b"/V %d 0 R" % self._signature
            rules = b"/Perms<</DocMDP %d 0 R>>" % self._signature
        looks = b"/T%b/TU%b/Rect%b/F %d/AP<</N %d 0 R>>" % (
            (text(seal.name), text(seal.tooltip), numbers(seal.edges), _PRINT | _LOCKED, look)
        )
        widget = writer.object(
            b"<</Type/Annot/Subtype/Widget/FT/Sig%b/P %d 0 R/StructParent %d%b>>"
            % (looks, self._pages[0], len(self._pages), value),
            number=self._widget or 0,
        )
        flags = b"/SigFlags 3" if value else b""
        form = writer.object(b"<</Fields[%d 0 R]%b>>" % (widget, flags))
        return b"/AcroForm %d 0 R%b" % (form, rules)


def _nothing(writer: FileWriter, width: float, height: float) -> int:
    return writer.stream(b"/Type/XObject/Subtype/Form/BBox%b" % numbers((0, 0, width, height)), b"")


def _write_resources(writer: FileWriter, fonts: Mapping[str, int], pictures: Mapping[str, int]) -> int:
    return writer.object(b"<</Font%b/XObject%b>>" % (resources_of(fonts), resources_of(pictures)))


def _write_photo(writer: FileWriter, picture: Picture) -> int:
    space = b"DeviceGray" if picture.grey else b"DeviceRGB"
    return writer.stream(
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/%b/Filter/DCTDecode"
        % (picture.width, picture.height, space),
        picture.data,
    )


def _write_file(writer: FileWriter, attachment: Attachment, stamp: str) -> int:
    """Write a file that travels inside (7.11.4).

    Returns:
        The number of its specification.
    """
    kind = attachment.media_type.replace("/", "#2F").encode("ascii")
    file = writer.deflated(
        b"/Type/EmbeddedFile/Subtype/%b/Params<</Size %d/ModDate%b>>" % (kind, len(attachment.data), text(stamp)),
        attachment.data,
    )
    return writer.object(
        b"<</Type/Filespec/F%b/UF%b/Desc%b/AFRelationship/Data/EF<</F %d 0 R/UF %d 0 R>>>>"
        % (text(attachment.name), text(attachment.name), text(attachment.description), file, file)
    )
