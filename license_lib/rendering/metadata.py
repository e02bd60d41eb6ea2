"""What a file says about itself: XMP and document information that agree, and the standards that it claims.

PDF/A-3u (ISO 19005-3) and PDF/UA-1 (ISO 14289-1). PDF/A wants the schema of a property that it does not know itself
described in the file: so the few lines about `pdfuaid`.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from pikepdf import Pdf

PRODUCER = "license-lib"
LANGUAGE = "zh-CN"
_DESCRIBED = ("dc:title", "dc:description", "dc:identifier", "xmp:CreateDate")


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

    @property
    def stamp(self) -> str:
        """The day of issue as a PDF date."""
        return f"D:{self.created:%Y%m%d}000000+08'00'"


def describe(pdf: "Pdf", about: Description) -> None:
    """Describe a file of ours anew: metadata and document information."""
    from pikepdf import Name, Stream

    pdf.Root.Metadata = Stream(pdf, xmp(about), Type=Name.Metadata, Subtype=Name.XML)
    for key, value in information(about).items():
        pdf.docinfo[Name("/" + key)] = value


def information(about: Description) -> dict[str, str]:
    """The document information (ISO 32000-1, 14.3.3)."""
    return {
        "Title": about.title,
        "Subject": about.subject,
        "Producer": PRODUCER,
        "CreationDate": about.stamp,
        "ModDate": about.stamp,
    }


def read_description(pdf: "Pdf") -> Description:
    """What a file of ours says about itself.

    Raises:
        ValueError: it says less than `describe` writes.
    """
    with pdf.open_metadata(update_docinfo=False) as metadata:
        said = {key: str(metadata.get(key, "")) for key in _DESCRIBED}
    if not all(said.values()):
        raise ValueError("not described as a licence")
    title, subject, identifier, created = said.values()
    return Description(title, subject, identifier, date.fromisoformat(created[:10]))


@cache
def srgb_profile() -> bytes:
    """The profile of the colours that pages are in."""
    return (files("license_lib.rendering") / "srgb.icc").read_bytes()


def xmp(about: Description) -> bytes:
    """XMP (ISO 16684-1) that agrees with the document information."""
    stamp = f"{about.created.isoformat()}T00:00:00+08:00"
    title, subject, identifier = (escape(text) for text in (about.title, about.subject, about.identifier))
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:format>application/pdf</dc:format>
<dc:identifier>{identifier}</dc:identifier>
<dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreateDate>{stamp}</xmp:CreateDate>
<xmp:ModifyDate>{stamp}</xmp:ModifyDate>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()
