"""What the page shows, changed after sealing by an incremental update: content, fonts, pictures, boxes, annotations."""

from typing import Any, Final

import pikepdf
from attacks.registry import update
from pikepdf import Array, Dictionary, Name, Pdf, String

FORGED: Final = b"q 1 1 1 rg 100 250 500 60 re f 0 g BT /F 30 Tf 120 270 Td (FORGED 90,000,000) Tj ET Q"
OVER_THE_FACE: Final = [100, 250, 600, 310]


def helvetica() -> Dictionary:
    """A font that nobody needs to embed."""
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def ink(document: Pdf, data: bytes = FORGED, **entries: Any) -> Any:
    """A form that draws something else over the face."""
    form = pikepdf.Stream(document, data)
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array([0, 0, 842, 595])
    form.Resources = Dictionary(Font=Dictionary(F=helvetica()))
    for key, value in entries.items():
        form[f"/{key}"] = value
    return document.make_indirect(form)


def annotate(document: Pdf, subtype: str, **entries: Any) -> Any:
    """Put an annotation with a look of its own over the face."""
    note = Dictionary(
        Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=Array(OVER_THE_FACE), F=4, AP=Dictionary(N=ink(document))
    )
    for key, value in entries.items():
        note[f"/{key}"] = value
    added = document.make_indirect(note)
    document.pages[0].Annots.append(added)
    return added


def a_font(document: Pdf, number: int = 0) -> Any:
    """One of the page's fonts."""
    fonts = document.pages[0].Resources.Font
    return fonts[sorted(fonts.keys())[number]]


@update()
def page_content_replaced(document: Pdf) -> None:
    page = document.pages[0]
    page.Contents = document.make_indirect(pikepdf.Stream(document, FORGED))
    page.Resources.Font.F = helvetica()


@update()
def page_content_in_place(document: Pdf) -> None:
    content = document.pages[0].Contents
    stream = content if isinstance(content, pikepdf.Stream) else content[0]
    stream.write(stream.read_bytes() + b"\nq 1 1 1 rg 100 250 500 60 re f Q")


@update()
def page_content_stream_added(document: Pdf) -> None:
    page = document.pages[0]
    page.contents_add(pikepdf.Stream(document, FORGED))
    page.Resources.Font.F = helvetica()


@update()
def page_replaced(document: Pdf) -> None:
    page = Dictionary(dict(document.pages[0].obj.items()))
    page.Contents = document.make_indirect(pikepdf.Stream(document, FORGED))
    document.Root.Pages.Kids = Array([document.make_indirect(page)])


@update()
def page_added(document: Pdf) -> None:
    document.add_blank_page(page_size=(842, 595))


@update()
def page_put_before(document: Pdf) -> None:
    page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 842, 595]), Parent=document.Root.Pages)
    page.Contents = document.make_indirect(pikepdf.Stream(document, FORGED))
    page.Resources = Dictionary(Font=Dictionary(F=helvetica()))
    pages = document.Root.Pages
    pages.Kids, pages.Count = Array([document.make_indirect(page), *pages.Kids]), 2


@update()
def page_removed(document: Pdf) -> None:
    pages = document.Root.Pages
    pages.Kids, pages.Count = Array([]), 0


@update()
def page_rotated(document: Pdf) -> None:
    document.pages[0].Rotate = 180


@update()
def media_box_changed(document: Pdf) -> None:
    document.pages[0].MediaBox = Array([0, 0, 842, 300])


@update()
def crop_box_changed(document: Pdf) -> None:
    document.pages[0].CropBox = Array([0, 300, 842, 595])


@update()
def user_unit_changed(document: Pdf) -> None:
    document.pages[0].UserUnit = 10


@update()
def resources_exchanged(document: Pdf) -> None:
    fonts = document.pages[0].Resources.Font
    first, *_, last = sorted(fonts.keys())
    fonts[first], fonts[last] = fonts[last], fonts[first]


@update()
def glyphs_exchanged(document: Pdf) -> None:
    one, other = (a_font(document, number).DescendantFonts[0].FontDescriptor for number in (0, 1))
    one.FontFile2, other.FontFile2 = other.FontFile2, one.FontFile2


@update()
def text_map_exchanged(document: Pdf) -> None:
    a_font(document).ToUnicode.write(a_font(document, 1).ToUnicode.read_bytes())


@update()
def encoding_exchanged(document: Pdf) -> None:
    a_font(document).Encoding = Name("/Identity-V")


@update()
def glyph_map_exchanged(document: Pdf) -> None:
    twisted = b"".join((number ^ 1).to_bytes(2, "big") for number in range(512))
    a_font(document).DescendantFonts[0].CIDToGIDMap = document.make_indirect(pikepdf.Stream(document, twisted))


@update()
def widths_changed(document: Pdf) -> None:
    a_font(document).DescendantFonts[0].W = Array([0, 4096, 1])


@update("residence")
def photo_exchanged(document: Pdf) -> None:
    (picture,) = document.pages[0].get_images(recursive=False).values()
    picture.write(bytes(8 * 8 * 3))
    picture.Width, picture.Height, picture.BitsPerComponent, picture.ColorSpace = 8, 8, 8, Name.DeviceRGB


@update()
def artwork_replaced(document: Pdf) -> None:
    forms = document.pages[0].Resources.XObject
    forms[min(forms.keys())] = ink(document)


@update()
def reference_to_another_document(document: Pdf) -> None:
    reference = Dictionary(F=Dictionary(Type=Name.Filespec, F=String("other.pdf")), Page=0)
    forms = document.pages[0].Resources.XObject
    forms[min(forms.keys())] = ink(document, Ref=reference)


@update()
def soft_mask_hides_the_face(document: Pdf) -> None:
    page = document.pages[0]
    group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    mask = Dictionary(S=Name.Luminosity, G=ink(document, b"0 g 0 0 842 595 re f", Group=group))
    page.Resources.ExtGState = Dictionary(Gone=Dictionary(SMask=mask))
    page.contents_add(pikepdf.Stream(document, b"/Gone gs "), prepend=True)


@update()
def hidden_layer_after_sealing(document: Pdf) -> None:
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name=String("later")))
    usual = Dictionary(OFF=Array([layer]), BaseState=Name.ON)
    document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=usual)
    page = document.pages[0]
    page.Resources.Properties = Dictionary(Later=layer)
    page.Resources.Font.F = helvetica()
    page.contents_add(pikepdf.Stream(document, b"/OC /Later BDC " + FORGED + b" EMC"))


@update()
def spoken_text_changed(document: Pdf) -> None:
    document.Root.StructTreeRoot.K = Dictionary(
        Type=Name.StructElem, S=Name.P, P=document.Root.StructTreeRoot, ActualText=String("FORGED 90,000,000")
    )


@update()
def annotation_free_text(document: Pdf) -> None:
    annotate(document, "FreeText", DA=String("/Helv 30 Tf 0 g"), Contents=String("FORGED"))


@update()
def annotation_stamp(document: Pdf) -> None:
    annotate(document, "Stamp", Name=Name.Approved)


@update()
def annotation_link(document: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://license.example.invalid/pay"))
    annotate(document, "Link", A=action)


@update()
def annotation_redact(document: Pdf) -> None:
    annotate(document, "Redact", RO=ink(document), IC=Array([1, 1, 1]), OverlayText=String("FORGED"))


@update()
def annotation_popup_over_a_field(document: Pdf) -> None:
    note = annotate(document, "Text", Contents=String("FORGED 90,000,000"), Open=True)
    note.Popup = annotate(document, "Popup", Parent=note, Open=True)


@update()
def annotation_widget(document: Pdf) -> None:
    annotate(document, "Widget", FT=Name.Tx, T=String("capital"), V=String("FORGED 90,000,000"))


@update()
def annotation_watermark(document: Pdf) -> None:
    annotate(document, "Watermark")


@update()
def annotation_opaque_highlight(document: Pdf) -> None:
    quad = Array([100, 310, 600, 310, 100, 250, 600, 250])
    annotate(document, "Highlight", QuadPoints=quad, C=Array([1, 1, 1]))


@update()
def annotation_with_corners_elsewhere(document: Pdf) -> None:
    """Comparisons that do not follow the references take its rectangle for an empty one."""
    note = annotate(document, "Stamp")
    corners: Any = document.make_indirect
    note.Rect = Array([corners(number) for number in OVER_THE_FACE])


@update()
def annotation_file(document: Pdf) -> None:
    data = document.make_indirect(pikepdf.Stream(document, b"MZ not a licence"))
    file = Dictionary(Type=Name.Filespec, F=String("licence.exe"), EF=Dictionary(F=data))
    annotate(document, "FileAttachment", FS=file)


@update()
def annotation_rich_media(document: Pdf) -> None:
    data = document.make_indirect(pikepdf.Stream(document, b"FWS"))
    file = Dictionary(Type=Name.Filespec, F=String("clip.swf"), EF=Dictionary(F=data))
    content = Dictionary(Assets=Dictionary(Names=Array([String("clip.swf"), file])))
    annotate(document, "RichMedia", RichMediaContent=content, RichMediaSettings=Dictionary())


@update()
def annotation_launches_a_program(document: Pdf) -> None:
    annotate(document, "Screen", A=Dictionary(S=Name.Launch, F=String("calc.exe")))
