"""From a drawn page to the file that is sealed: background, record, metadata, and the same bytes for the same input.

The record is an associated file (PDF/A-3, ISO 19005-3, 6.8; ISO 32000-2, 14.13) with the relationship `Data`.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.sax.saxutils import escape

from license_lib.errors import InputError

PRODUCER = "license-lib"


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
class Description:
    """What the file says about itself.

    Attributes:
        title: shown by viewers as the window's title.
        subject: one line about the licence; holds no personal data.
        identifier: licence identifier 证照标识.
        created: the day of issue; no clock is read.
    """

    title: str
    subject: str
    identifier: str
    created: date


def finish(page: bytes, background: bytes, about: Description, attachment: Attachment | None) -> bytes:
    """Complete a one-page PDF.

    Args:
        page: the PDF as drawn.
        background: a deflated content stream that is painted first.
        about: the document's description.
        attachment: the record, or None for a preview without one.
    """
    import pikepdf  # loads a native library; checking what fits needs none

    name, dictionary, array, text = pikepdf.Name, pikepdf.Dictionary, pikepdf.Array, pikepdf.String
    with pikepdf.open(BytesIO(page)) as pdf:
        ground = pdf.make_indirect(pikepdf.Stream(pdf, background, Filter=name.FlateDecode))
        for drawn in pdf.pages:
            sheet = drawn.obj
            sheet.Contents = array([ground, sheet.Contents])
            for key in ("/Trans", "/Rotate"):
                if key in sheet:
                    del sheet[key]
        root = pdf.Root
        root.Lang = text("zh-CN")
        root.ViewerPreferences = dictionary(DisplayDocTitle=True)
        root.OutputIntents = array(
            [
                dictionary(
                    Type=name.OutputIntent,
                    S=name.GTS_PDFA1,
                    OutputConditionIdentifier=text("sRGB"),
                    Info=text("sRGB IEC61966-2.1"),
                    DestOutputProfile=pdf.make_stream(_srgb_profile(), N=3),
                )
            ]
        )
        root.Metadata = pikepdf.Stream(pdf, _xmp(about), Type=name.Metadata, Subtype=name.XML)
        stamp = f"D:{about.created:%Y%m%d}000000+08'00'"
        for key in list(pdf.docinfo.keys()):
            del pdf.docinfo[key]
        pdf.docinfo.Title = text(about.title)
        pdf.docinfo.Subject = text(about.subject)
        pdf.docinfo.Producer = text(PRODUCER)
        pdf.docinfo.CreationDate = text(stamp)
        pdf.docinfo.ModDate = text(stamp)
        if attachment is not None:
            file = pdf.make_stream(
                attachment.data,
                Type=name.EmbeddedFile,
                Subtype=pikepdf.Name("/" + attachment.media_type),
                Params=dictionary(Size=len(attachment.data), ModDate=text(stamp)),
            )
            specification = pdf.make_indirect(
                dictionary(
                    Type=name.Filespec,
                    F=text(attachment.name),
                    UF=text(attachment.name),
                    Desc=text(attachment.description),
                    AFRelationship=name.Data,
                    EF=dictionary(F=file, UF=file),
                )
            )
            names = array([text(attachment.name), specification])
            root.Names = dictionary(EmbeddedFiles=dictionary(Names=names))
            root.AF = array([specification])
        out = BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            fix_metadata_version=False,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


@cache
def _srgb_profile() -> bytes:
    return (files("license_lib.rendering") / "srgb.icc").read_bytes()


def _xmp(about: Description) -> bytes:
    """XMP (ISO 16684-1) that agrees with the document information; claims PDF/A-3u."""
    stamp = f"{about.created.isoformat()}T00:00:00+08:00"
    title, subject, identifier = (escape(text) for text in (about.title, about.subject, about.identifier))
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:identifier>{identifier}</dc:identifier>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreateDate>{stamp}</xmp:CreateDate>
<xmp:ModifyDate>{stamp}</xmp:ModifyDate>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()
