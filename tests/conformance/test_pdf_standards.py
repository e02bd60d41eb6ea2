"""Every licence is PDF/A-3u (ISO 19005-3) and PDF/UA-1 (ISO 14289-1): as drawn, as sealed, after a long-term update.

The judge is `page`. Its authors hold it against veraPDF's own corpus; here it also has to show that it can say no.
"""

import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from standards_judge import faults, lengths_are_right
from support import ISSUERS, sealed_revision

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.licenses.record import RECORD_NAME, canonical_bytes
from license_lib.qr import scan_file
from license_lib.rendering import Attachment, Fonts, SealSpace, print_copy, render
from license_lib.resources import resource_folder


@pytest.fixture(params=ISSUERS)
def issued(request: pytest.FixtureRequest, issued_licenses: dict[str, Issued]) -> Issued:
    """One licence of every type in turn."""
    return issued_licenses[request.param]


@pytest.fixture
def drawn(issued: Issued, shared_authority: Authority) -> bytes:
    """The face of the licence before it is sealed."""
    return draw(issued, shared_authority)


def draw(issued: Issued, authority: Authority) -> bytes:
    document = issued.license
    kind = authority.catalogue.get(document.template.key)
    photo = None
    if document.photo is not None:
        with pikepdf.open(BytesIO(issued.pdf)) as pdf:
            photo = next(iter(pdf.pages[0].get_images().values())).read_raw_bytes()
    return render(
        kind,
        document,
        qr_text=scan_file(issued.pdf)[0],
        fonts=Fonts.load(resource_folder("templates") / "fonts"),
        photo=photo,
        seal=SealSpace("Seal", document.issuer.name, 42, 42),
        attachment=Attachment(canonical_bytes(document), RECORD_NAME),
    )


@pytest.fixture
def sealed(issued: Issued) -> bytes:
    """The licence as it was sealed."""
    return sealed_revision(issued.pdf)


def long_term(pdf: bytes, authority: Authority) -> bytes:
    """The file with evidence and an archive time-stamp behind its seal."""
    return authority.archiving.archive_file(pdf).pdf


def test_every_licence_is_pdf_a_3u_as_drawn_and_as_sealed(sealed: bytes, drawn: bytes) -> None:
    assert faults(drawn, "3u") == set()
    assert faults(sealed, "3u") == set()


def test_every_licence_stays_pdf_a_3u_after_a_long_term_update(sealed: bytes, shared_authority: Authority) -> None:
    """The judge takes "the entire file" of ISO 19005-3, 6.4.3 for the file of today, so that no file can hold two
    signatures. The clause means the file as it was when it was signed (veraPDF/veraPDF-library, issues 917 and 1493):
    nothing else may be said.
    """
    updated = long_term(sealed, shared_authority)
    assert faults(updated, "3u") == {"PDFA3U-SIGNATURE-BYTERANGE-001"}
    with pikepdf.open(BytesIO(updated)) as pdf:
        seal, archive = (field.V for field in pdf.Root.AcroForm.Fields)
        assert int(seal.ByteRange[2]) + int(seal.ByteRange[3]) == len(sealed)
        assert int(archive.ByteRange[2]) + int(archive.ByteRange[3]) == len(updated)


def test_the_long_term_update_is_one(business: Issued, shared_authority: Authority) -> None:
    sealed = sealed_revision(business.pdf)
    updated = long_term(sealed, shared_authority)
    assert updated.startswith(sealed)
    with pikepdf.open(BytesIO(updated)) as pdf:
        assert len(pdf.Root.DSS.CRLs) == 2
        assert len(pdf.Root.DSS.Certs) == 2
        assert [str(field.V.SubFilter) for field in pdf.Root.AcroForm.Fields] == [
            "/ETSI.CAdES.detached",
            "/ETSI.RFC3161",
        ]


def test_every_licence_is_pdf_ua_1_as_drawn_as_sealed_and_after_a_long_term_update(
    sealed: bytes, drawn: bytes, shared_authority: Authority
) -> None:
    assert faults(drawn, "ua1") == set()
    assert faults(sealed, "ua1") == set()
    assert faults(long_term(sealed, shared_authority), "ua1") == set()


def test_a_reader_aloud_names_the_seal_and_the_code(issued: Issued) -> None:
    with pikepdf.open(BytesIO(issued.pdf)) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert str(field.TU) == f"电子印章：{issued.license.issuer.name}"
        assert int(field.StructParent) > 0
        elements = list(pdf.Root.StructTreeRoot.K.K)
        assert [str(one.S) for one in elements].count("/Form") == 1
        assert [str(one.Alt) for one in elements if one.S == "/Figure" and "二维码" in str(one.Alt)]


def test_a_licence_of_one_page_without_photograph_stays_under_80_kb(issued: Issued, sealed: bytes) -> None:
    with pikepdf.open(BytesIO(issued.pdf)) as pdf:
        if len(pdf.pages) == 1 and issued.license.photo is None:
            assert len(sealed) < 80_000


def test_what_follows_the_seal_is_small(sealed: bytes, shared_authority: Authority) -> None:
    """So a licence of one page stays under 87.5 KB, and each renewal adds less."""
    once = long_term(sealed, shared_authority)
    assert len(once) - len(sealed) < 7500
    assert len(long_term(once, shared_authority)) - len(once) < 5000


def test_what_is_sent_to_the_printer_keeps_both_standards(issued: Issued) -> None:
    printed = print_copy(issued.pdf)
    assert faults(printed, "3u") == set()
    assert faults(printed, "ua1") == set()


def test_every_licence_would_be_pdf_a_3a_too(drawn: bytes) -> None:
    """Tagged as it is, only its claim is for the lower level."""
    assert faults(drawn, "3a") == {"PDFA3A-ID-CONFORMANCE-001"}


def test_a_wrong_length_is_told_from_a_stream_that_ends_in_cr() -> None:
    stream = b"9 0 obj\n<< /Length %d >>\nstream\nBT ET%s\nendstream\nendobj\n"
    assert lengths_are_right(stream % (6, b"\r"))
    assert not lengths_are_right(stream % (5, b"\r"))
    assert not lengths_are_right(stream % (5, b""))
    assert not lengths_are_right(stream % (6, b""))


def without_font(pdf: pikepdf.Pdf) -> None:
    font = next(iter(pdf.pages[0].Resources.Font.as_dict().values()))
    del font.DescendantFonts[0].FontDescriptor.FontFile2


def without_meaning(pdf: pikepdf.Pdf) -> None:
    del next(iter(pdf.pages[0].Resources.Font.as_dict().values())).ToUnicode


def without_metadata(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata


def without_colour(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def with_a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def with_an_orphan(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF
    del pdf.Root.Names.EmbeddedFiles.Names[1].AFRelationship


def without_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot
    del pdf.Root.MarkInfo


def without_title(pdf: pikepdf.Pdf) -> None:
    metadata = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(re.sub(rb"<dc:title>.*</dc:title>", b"", metadata))


def with_title_hidden(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.ViewerPreferences


def without_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def without_alternate_text(pdf: pikepdf.Pdf) -> None:
    for element in pdf.Root.StructTreeRoot.K.K:
        if element.S == "/Figure":
            del element.Alt


def with_something_untagged(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.Contents.write(page.Contents.read_bytes() + b" 0 0 9 9 re f")


def with_an_unknown_kind(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.K.K[0].S = pikepdf.Name.Heading


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (without_tags, "STRUCT-TREE-ROOT"),
        (without_title, "METADATA-TITLE"),
        (with_title_hidden, "VIEWER-PREFERENCES"),
        (without_language, "TEXT-LANGUAGE"),
        (without_alternate_text, "FIGURE-ALTERNATIVE-TEXT"),
        (with_something_untagged, "CONTENT-TAGGING"),
        (with_an_unknown_kind, "STRUCT-TREE-ROLE-MAP"),
    ],
)
def test_the_judge_of_access_says_no(
    damage: Callable[[pikepdf.Pdf], None], rule: str, business: Issued, shared_authority: Authority
) -> None:
    assert f"PDFUA1-{rule}-001" in faults(damaged(draw(business, shared_authority), damage), "ua1")


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (without_font, "FONT-EMBEDDING"),
        (without_meaning, "UNICODE-MAPPING"),
        (without_metadata, "METADATA-STRUCTURE"),
        (without_colour, "DEVICE-RGB"),
        (with_a_script, "ACTION-TYPE"),
        (with_an_orphan, "FILE-SPEC-AF-RELATIONSHIP"),
    ],
)
def test_the_judge_of_archives_says_no(
    damage: Callable[[pikepdf.Pdf], None], rule: str, business: Issued, shared_authority: Authority
) -> None:
    assert f"PDFA3U-{rule}-001" in faults(damaged(draw(business, shared_authority), damage), "3u")


def damaged(pdf: bytes, damage: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        damage(opened)
        opened.save(out)
    return out.getvalue()
