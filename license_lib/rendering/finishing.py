"""From drawn pages to the file that is sealed: background, structure, record, metadata.

The record is an associated file (PDF/A-3, ISO 19005-3, 6.8; ISO 32000-2, 14.13) with the relationship `Data`.
The same input gives the same bytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from license_lib.errors import InputError
from license_lib.rendering.drawings import Drawing, Raster
from license_lib.rendering.metadata import Description, describe
from license_lib.rendering.structure import Edges, Element

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

_PRINT, _LOCKED = 1 << 2, 1 << 7
"""Annotation flags (ISO 32000-1, Table 165)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the PDF.

    Attributes:
        data: its bytes, embedded as they are.
        name: file name.
        media_type: MIME type.
        description: what it is, for people.
    """

    data: bytes
    name: str = "license-record.json"
    media_type: str = "application/json"
    description: str = "电子证照数据 (GB/T 36903)"

    def __post_init__(self) -> None:
        """Refuse names that a PDF could not hold as plain text."""
        if not self.name or not self.name.isascii() or "/" not in self.media_type:
            raise InputError("attachment.invalid", "an attachment needs an ASCII file name and a media type")


@dataclass(frozen=True, slots=True)
class SealSpace:
    """The seal that a face will bear.

    Attributes:
        field: name of its signature field.
        name: what the seal is called.
        width_mm: millimetres.
        height_mm: the same.
    """

    field: str
    name: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class SealField:
    """The empty signature field that sealing fills.

    Attributes:
        name: the field's name (`/T`).
        tooltip: what a reader says of it (`/TU`).
        edges: where it stands on the first page.
    """

    name: str
    tooltip: str
    edges: Edges


def finish(
    drawn: bytes,
    *,
    forms: Mapping[str, Drawing],
    elements: Iterable[Element],
    about: Description,
    seal: SealField | None = None,
    attachment: Attachment | None = None,
) -> bytes:
    """Complete a PDF.

    Args:
        drawn: the PDF as drawn.
        forms: what every page draws by name.
        elements: the logical structure of what is drawn. A `Form` stands for the seal's field.
        about: the document's description.
        seal: the field to prepare, or None for a document that nobody will seal.
        attachment: the record, or None for a preview without one.
    """
    import pikepdf  # loads a native library; checking what fits needs none

    from license_lib.rendering.tags import tag

    with pikepdf.open(BytesIO(drawn)) as pdf:
        _add_forms(pdf, forms)
        widget = _prepare_field(pdf, seal) if seal else None
        tag(pdf, elements, widget)
        describe(pdf, about)
        if attachment is not None:
            _attach(pdf, attachment, about.stamp)
        out = BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            fix_metadata_version=False,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _add_forms(pdf: "Pdf", forms: Mapping[str, Drawing]) -> None:
    """Give every page the forms that it draws by name, and take from it what reportlab says for old viewers."""
    from pikepdf import Dictionary

    made = {f"/{name}": form_of(pdf, drawing) for name, drawing in forms.items()}
    for page in pdf.pages:
        for key in ("/Trans", "/Rotate"):
            if key in page.obj:
                del page.obj[key]
        resources = page.obj.Resources
        if "/ProcSet" in resources:
            del resources.ProcSet
        if "/XObject" not in resources:
            resources.XObject = Dictionary()
        for name, form in made.items():
            resources.XObject[name] = form


def form_of(pdf: "Pdf", drawing: Drawing) -> "Object":
    """A drawing as a form of a document."""
    from pikepdf import Array, Dictionary, Name, Stream

    form = Stream(
        pdf,
        drawing.operators,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, drawing.width, drawing.height]),
        Filter=Name.FlateDecode,
    )
    if drawing.raster is not None:
        form.Resources = Dictionary(XObject=Dictionary(Raster=_image(pdf, drawing.raster)))
    return pdf.make_indirect(form)


def _image(pdf: "Pdf", raster: Raster) -> "Object":
    from pikepdf import Name, Stream

    def channel(data: bytes, *, grey: bool) -> Stream:
        return Stream(
            pdf,
            data,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=raster.width,
            Height=raster.height,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray if grey else Name.DeviceRGB,
            Filter=Name.FlateDecode,
        )

    image = channel(raster.pixels, grey=raster.grey)
    if raster.alpha is not None:
        image.SMask = pdf.make_indirect(channel(raster.alpha, grey=True))
    return pdf.make_indirect(image)


def _prepare_field(pdf: "Pdf", seal: SealField) -> "Object":
    """An empty signature field (ISO 32000-1, 12.7.4.5) on the first page, printed and locked.

    PDF/A wants an appearance of every visible annotation: an empty one, until the seal is there.
    """
    from pikepdf import Array, Dictionary, Name, Stream, String

    page = pdf.pages[0].obj
    left, bottom, right, top = seal.edges
    nothing = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, right - left, top - bottom]))
    widget = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(seal.name),
            TU=String(seal.tooltip),
            Rect=Array(seal.edges),
            F=_PRINT | _LOCKED,
            P=page,
            AP=Dictionary(N=pdf.make_indirect(nothing)),
        )
    )
    page.Annots = Array([widget])
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([widget])))
    return widget


def _attach(pdf: "Pdf", attachment: Attachment, stamp: str) -> None:
    from pikepdf import Array, Dictionary, Name, String

    file = pdf.make_stream(
        attachment.data,
        Type=Name.EmbeddedFile,
        Subtype=Name("/" + attachment.media_type),
        Params=Dictionary(Size=len(attachment.data), ModDate=String(stamp)),
    )
    specification = pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String(attachment.name),
            UF=String(attachment.name),
            Desc=String(attachment.description),
            AFRelationship=Name.Data,
            EF=Dictionary(F=file, UF=file),
        )
    )
    names = Array([String(attachment.name), specification])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
    pdf.Root.AF = Array([specification])
