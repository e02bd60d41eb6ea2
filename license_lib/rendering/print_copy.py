"""A sealed licence as a page to print 打印件: the same face and code, but no longer the licence file.

The seal stays where it was, as ink: its picture becomes part of the page, and signature, record and form go. Colours
are left as they are: a press reaches those of a face and of a seal (tests/conformance/test_print_colors.py).
"""

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from license_lib.errors import InputError
from license_lib.rendering.metadata import describe, read_description

if TYPE_CHECKING:
    from pikepdf import Object, Page, Pdf

PRINTED = "打印件"
_OF_THE_FILE = ("AcroForm", "Perms", "DSS", "Extensions", "AF", "Names")
"""What the catalog says of signature, evidence and attachments."""
_HIDDEN = 1 << 1
"""Annotation flag (ISO 32000-1, Table 165)."""


def print_copy(pdf: bytes) -> bytes:
    """Make the file that is sent to a printer.

    Viewers print it in its own size (`PrintScaling` None), its title says 打印件, and nothing in it is signed. The same
    input gives the same bytes.

    Args:
        pdf: a sealed licence; long-term evidence behind the seal does no harm.

    Raises:
        InputError: `preview.unreadable`, the bytes are no licence of ours.
    """
    import pikepdf

    try:
        with pikepdf.open(BytesIO(pdf)) as opened:
            about = read_description(opened)
            for page in opened.pages:
                _flatten(opened, page)
            for key in _OF_THE_FILE:
                if f"/{key}" in opened.Root:
                    del opened.Root[f"/{key}"]
            describe(opened, replace(about, title=f"{PRINTED}：{about.title}"))
            opened.Root.ViewerPreferences.PrintScaling = pikepdf.Name("/None")
            opened.Root.ViewerPreferences.PickTrayByPDFSize = True
            out = BytesIO()
            opened.save(
                out,
                deterministic_id=True,
                fix_metadata_version=False,
                compress_streams=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
    except (pikepdf.PdfError, ValueError):
        raise InputError("preview.unreadable", "the bytes are no licence that could be printed") from None
    return out.getvalue()


def _flatten(pdf: "Pdf", page: "Page") -> None:
    """Make the visible annotations of a page part of it."""
    from pikepdf import Name

    annotations = list(page.obj.get("/Annots", ()))
    if not annotations:
        return
    drawn = []
    for number, annotation in enumerate(annotations):
        picture = annotation.AP.N if "/AP" in annotation else None
        if picture is not None and not int(annotation.get("/F", 0)) & _HIDDEN and _extent(annotation.Rect):
            name = page.add_resource(picture, Name.XObject, name=Name(f"/Seal{number}"))
            mark = _as_figure(pdf, page, annotation)
            drawn.append(f"{mark} BDC q {_placed(picture, annotation.Rect)} cm {name} Do Q EMC")
    del page.obj.Annots
    page.contents_add(b"q", prepend=True)
    page.contents_add(" ".join(["Q", *drawn]).encode())


def _extent(rectangle: "Object") -> float:
    left, bottom, right, top = (float(edge) for edge in rectangle)
    return abs((right - left) * (top - bottom))


def _placed(picture: "Object", rectangle: "Object") -> str:
    """The matrix that lays a form's box onto a rectangle (ISO 32000-1, 12.5.5, algorithm 8.1).

    Appearances of ours have no matrix of their own but a scale.
    """
    a, b, c, d, e, f = (float(number) for number in picture.get("/Matrix", (1, 0, 0, 1, 0, 0)))
    x1, y1, x2, y2 = (float(edge) for edge in picture.BBox)
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x1, x2) for y in (y1, y2)]
    left, bottom = (min(corner[axis] for corner in corners) for axis in (0, 1))
    right, top = (max(corner[axis] for corner in corners) for axis in (0, 1))
    to_left, to_bottom, to_right, to_top = (float(edge) for edge in rectangle)
    wide, high = (to_right - to_left) / (right - left), (to_top - to_bottom) / (top - bottom)
    return f"{wide:.6f} 0 0 {high:.6f} {to_left - left * wide:.4f} {to_bottom - bottom * high:.4f}"


def _as_figure(pdf: "Pdf", page: "Page", annotation: "Object") -> str:
    """Turn the element of an annotation into that of a picture.

    Returns:
        Tag and properties of the picture's marked content.
    """
    from pikepdf import Array, Dictionary, Name

    element = _element_of(pdf, annotation)
    if element is None:
        return "/Artifact <<>>"
    numbers, at = _entry(pdf, int(page.obj.StructParents))
    marks = numbers[at]
    mark = len(marks)
    marks.append(element)
    element.S = Name.Figure
    element.Alt = annotation.TU
    element.Pg = page.obj
    element.K = mark
    element.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=Array(annotation.Rect))
    return f"/Figure <</MCID {mark}>>"


def _element_of(pdf: "Pdf", annotation: "Object") -> "Object | None":
    """The structure element of an annotation, taken out of the parent tree."""
    if "/StructParent" not in annotation:
        return None
    numbers, at = _entry(pdf, int(annotation.StructParent))
    element: Object = numbers[at]
    del numbers[at]
    del numbers[at - 1]
    return element


def _entry(pdf: "Pdf", key: int) -> "tuple[Object, int]":
    """The numbers of the parent tree, and where the value of a key stands among them."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    return numbers, 2 * [int(number) for number in list(numbers)[::2]].index(key) + 1
