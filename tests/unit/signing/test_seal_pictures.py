"""What sealing draws: in a prepared field, upright on turned pages, across pages, and beside the seal."""

import re
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from signing.errors import SealingError
from signing.pages import SeenPage
from signing.sealing import Mark, SealAppearance, Spot, certify, document, seal

POINTS = 72 / 25.4
SCALE = 2.0
Rectangle = tuple[float, float, float, float]


@pytest.fixture
def seal_it(pki: Any) -> Callable[..., bytes]:
    def run(pdf: bytes, appearance: SealAppearance) -> bytes:
        return seal(
            pdf,
            credential=pki.credential(),
            timestamper=None,
            appearance=appearance,
            at=pki.now,
            nonce=lambda: 7,
        )

    return run


def flag(width_mm: float = 30, height_mm: float = 20) -> bytes:
    """A picture whose way up is seen: red, with a black quarter at its upper left."""
    wide, high = width_mm * POINTS, height_mm * POINTS
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(wide, high))
        drawing = f"1 0 0 rg 0 0 {wide} {high} re f 0 g 0 {high / 2} {wide / 2} {high / 2} re f"
        page.obj.Contents = pdf.make_stream(drawing.encode())
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def blank(pages: int = 1, *, turn: int = 0, crop: Rectangle | None = None, shared: bool = False) -> bytes:
    with pikepdf.new() as pdf:
        resources = pdf.make_indirect(pikepdf.Dictionary(XObject=pikepdf.Dictionary()))
        for _ in range(pages):
            page = pdf.add_blank_page(page_size=(595, 842))
            if turn:
                page.obj.Rotate = turn
            if crop:
                page.obj.CropBox = pikepdf.Array(crop)
            if shared:
                page.obj.Resources = resources
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def seen(pdf: bytes, page: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    picture: Image.Image = document[page].render(scale=SCALE, may_draw_forms=True).to_pil().convert("RGB")
    return picture


def area(picture: Image.Image, color: str) -> Rectangle:
    """Where a colour is, in millimetres from the upper left corner of what is seen."""
    red, green, _ = picture.split()
    mask = red.point([0] * 128 + [255] * 128) if color == "red" else red.point([255] * 128 + [0] * 128)
    if color == "red":
        mask = Image.composite(mask, Image.new("L", mask.size), green.point([255] * 128 + [0] * 128))
    box = mask.getbbox()
    assert box is not None, color
    left, top, right, bottom = (edge / SCALE / POINTS for edge in box)
    return left, top, right, bottom


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
@pytest.mark.parametrize("crop", [None, (50, 80, 500, 700)])
def test_a_seal_stands_upright_where_the_reader_sees_the_spot(
    seal_it: Callable[..., bytes], turn: int, crop: Rectangle | None
) -> None:
    sealed = seal_it(blank(turn=turn, crop=crop), SealAppearance(flag(), Spot(0, 60, 40)))
    picture = seen(sealed)
    assert area(picture, "red") == pytest.approx((45, 30, 75, 50), abs=0.4)
    assert area(picture, "black") == pytest.approx((45, 30, 60, 40), abs=0.4)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_mark_stands_upright_too(seal_it: Callable[..., bytes], turn: int) -> None:
    sign = Mark(flag(20, 10), Spot(0, 30, 100))
    picture = seen(seal_it(blank(turn=turn), SealAppearance(flag(), Spot(0, 60, 40), marks=(sign,))))
    below = picture.crop((0, int(60 * POINTS * SCALE), *picture.size))
    assert area(below, "red") == pytest.approx((20, 35, 40, 45), abs=0.4)
    assert area(below, "black") == pytest.approx((20, 35, 30, 40), abs=0.4)


@pytest.mark.parametrize(("pages", "shared", "turn"), [(2, False, 0), (3, True, 0), (5, True, 90), (8, False, 270)])
def test_the_right_edges_of_fanned_pages_make_one_seal(
    seal_it: Callable[..., bytes], pages: int, *, shared: bool, turn: int
) -> None:
    pdf = blank(pages, shared=shared, turn=turn)
    sealed = seal_it(pdf, SealAppearance(flag(40, 40), Spot(0, 60, 40), across_pages=True))
    strips = []
    for number in range(pages):
        picture = seen(sealed, number)
        wide, high = picture.size
        edge = picture.crop((wide - round(40 / pages * POINTS * SCALE), 0, wide, high))
        assert area(picture.crop((wide // 2, 0, wide, high)), "red")[2] == pytest.approx(
            wide / 2 / SCALE / POINTS, abs=0.4
        )
        strips.append(edge)
    joined = Image.new("RGB", (sum(strip.width for strip in strips), strips[0].height))
    at = 0
    for strip in strips:
        joined.paste(strip, (at, 0))
        at += strip.width
    height = joined.height / SCALE / POINTS
    assert area(joined, "red") == pytest.approx((0, height / 2 - 20, 40, height / 2 + 20), abs=0.8)
    assert area(joined, "black") == pytest.approx((0, height / 2 - 20, 20, height / 2), abs=0.8)


def test_many_pages_get_several_cross_page_seals(seal_it: Callable[..., bytes]) -> None:
    """Nine pages: a seal over four, and one over five, each as wide as its share."""
    sealed = seal_it(blank(9), SealAppearance(flag(40, 40), Spot(0, 60, 40), across_pages=True))
    widths = []
    for number in range(9):
        picture = seen(sealed, number)
        right = picture.crop((picture.width // 2, 0, *picture.size))
        red, black = area(right, "red"), [area(right, "black")] if number in {0, 1, 4, 5, 6} else []
        left = min(red[0], *(box[0] for box in black), red[2])
        widths.append(right.width / SCALE / POINTS - left)
    assert widths == pytest.approx([10] * 4 + [8] * 5, abs=0.5)


def test_one_page_has_no_seam(seal_it: Callable[..., bytes]) -> None:
    sealed = seal_it(blank(), SealAppearance(flag(), Spot(0, 60, 40), across_pages=True))
    assert area(seen(sealed), "red") == pytest.approx((45, 30, 75, 50), abs=0.4)


def prepared(**more: Any) -> bytes:
    """A document with an empty signature field in the middle of its second page."""
    with pikepdf.open(BytesIO(blank(2))) as pdf:
        page = pdf.pages[1].obj
        widget = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T="SealOfThe Office",
                TU="the office's seal",
                Rect=[300, 300, 300, 300],
                P=page,
                **{"F": 132, **more},
            )
        )
        page.Annots = pikepdf.Array([widget])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[widget])
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_a_prepared_field_is_filled(seal_it: Callable[..., bytes]) -> None:
    sealed = seal_it(prepared(), SealAppearance(flag()))
    with pikepdf.open(BytesIO(sealed)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert (str(field.T), str(field.TU)) == ("SealOfThe Office", "the office's seal")
        assert field.V.Type == "/Sig"
        assert len(pdf.pages[1].Annots) == 1
        middle = (300 - 15 * POINTS, 300 - 10 * POINTS, 300 + 15 * POINTS, 300 + 10 * POINTS)
        assert [float(edge) for edge in field.Rect] == pytest.approx(middle, abs=0.002)
    assert area(seen(sealed, 1), "red") == pytest.approx(
        (300 / POINTS - 15, 542 / POINTS - 10, 300 / POINTS + 15, 542 / POINTS + 10), abs=0.4
    )


@pytest.mark.parametrize("flags", [0, 2, 3, 32])
def test_a_prepared_field_is_seen_whatever_it_says(seal_it: Callable[..., bytes], flags: int) -> None:
    """Hidden, without print, no view: a seal is none of these."""
    sealed = seal_it(prepared(F=flags), SealAppearance(flag()))
    with pikepdf.open(BytesIO(sealed)) as pdf:
        assert int(pdf.Root.AcroForm.Fields[0].F) == 4 | 128
    assert area(seen(sealed, 1), "red")


def test_another_page_than_the_prepared_field_s_is_refused(seal_it: Callable[..., bytes]) -> None:
    with pytest.raises(SealingError, match="on page 2") as caught:
        seal_it(prepared(), SealAppearance(flag(), Spot(0, 60, 40)))
    assert caught.value.code == "seal.appearance"


def test_an_empty_form_is_no_form(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.open(BytesIO(blank())) as pdf:
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[])
        out = BytesIO()
        pdf.save(out)
    assert area(seen(seal_it(out.getvalue(), SealAppearance(flag(), Spot(0, 60, 40)))), "red")


def test_a_page_with_units_of_its_own_is_refused(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.open(BytesIO(blank())) as pdf:
        pdf.pages[0].obj.UserUnit = 2
        out = BytesIO()
        pdf.save(out)
    with pytest.raises(SealingError, match="its unit") as caught:
        seal_it(out.getvalue(), SealAppearance(flag(), Spot(0, 60, 40)))
    assert caught.value.code == "seal.appearance"


@pytest.mark.parametrize("size", range(10, 101))
def test_a_seal_of_any_whole_size_may_touch_the_edge(size: int) -> None:
    page, side = SeenPage((0, 0, 595.2756, 841.8898), 0), round(size * POINTS, 4)
    assert page.around(Spot(0, size / 2, size / 2), side, side) is not None
    assert page.around(Spot(0, size / 2 - 0.1, size / 2), side, side) is None


def test_pages_in_a_deep_tree_inherit(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.open(BytesIO(blank(3))) as pdf:
        kids = list(pdf.Root.Pages.Kids)
        inner = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Pages, Kids=kids[1:], Count=2, Rotate=90, Parent=pdf.Root.Pages)
        )
        for kid in kids[1:]:
            kid.Parent = inner
        pdf.Root.Pages.Kids = pikepdf.Array([kids[0], inner])
        out = BytesIO()
        pdf.save(out)
    sealed = seal_it(out.getvalue(), SealAppearance(flag(), Spot(2, 60, 40), across_pages=True))
    assert area(seen(sealed, 2).crop((0, 0, 400, 842)), "red") == pytest.approx((45, 30, 70.6, 50), abs=0.6)


def endless(pdf: bytes) -> bytes:
    (number,) = re.findall(rb"/Pages (\d+) 0 R", pdf)
    return re.sub(rb"/Kids \[ \d+ 0 R \]", b"/Kids [ %s 0 R ]" % number, pdf)


def miscounted(pdf: bytes) -> bytes:
    return pdf.replace(b"/Count 1", b"/Count 7")


@pytest.mark.parametrize(("damage", "code"), [(endless, "seal.not-a-pdf"), (miscounted, "seal.unsafe-content")])
def test_a_page_tree_that_is_none_is_refused(
    seal_it: Callable[..., bytes], damage: Callable[[bytes], bytes], code: str
) -> None:
    damaged = damage(blank())
    assert damaged != blank()
    with pytest.raises(SealingError) as caught:
        seal_it(damaged, SealAppearance(flag(), Spot(0, 60, 40)))
    assert caught.value.code == code


def changed(change: Callable[[pikepdf.Pdf], None], pages: int = 2) -> bytes:
    with pikepdf.open(BytesIO(blank(pages))) as pdf:
        change(pdf)
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def with_forms_by_reference(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.obj.Resources = pikepdf.Dictionary(XObject=pdf.make_indirect(pikepdf.Dictionary()))


def with_nothing_by_name(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/Resources"] = pikepdf.Dictionary()
    pdf.pages[1].obj["/Resources"] = pdf.make_indirect(pikepdf.Dictionary(XObject=pikepdf.Array()))


def with_a_list_of_contents(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        parts = [pdf.make_stream(part) for part in (b"q 1 0 0 1 0 0 cm", b"Q", b"0 0 10 10 re f")]
        page.obj.Contents = pdf.make_indirect(pikepdf.Array(parts))


def with_states_left_open(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.obj.Contents = pdf.make_stream(b"q 0.5 0 0 0.5 50 50 cm q 0 0 20 20 re W n")


def with_the_name_taken(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Ink0=pdf.make_stream(b"")))


@pytest.mark.parametrize(
    "change",
    [
        with_forms_by_reference, with_nothing_by_name, with_a_list_of_contents, with_states_left_open,
        with_the_name_taken,
    ],
)  # fmt: skip
def test_pages_of_other_makers_show_their_strips(
    seal_it: Callable[..., bytes], change: Callable[[pikepdf.Pdf], None], tmp_path: Path
) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(seal_it(changed(change), SealAppearance(flag(40, 40), Spot(0, 60, 40), across_pages=True)))
    for number in (0, 1):
        picture = seen(path.read_bytes(), number)
        strip = picture.crop((picture.width - round(20 * POINTS * SCALE), 0, *picture.size))
        _, top, _, bottom = area(strip, "red")
        assert (top, bottom) == pytest.approx((148.5 - 20 * (1 - number), 148.5 + 20), abs=21)
        assert bottom == pytest.approx(168.5, abs=0.8)
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("entry", [rb"/Resources << >>", rb"/CropBox \[[^]]+\]", rb"/Rotate 1080"])
def test_null_is_as_good_as_absent(seal_it: Callable[..., bytes], entry: bytes) -> None:
    def null(found: re.Match[bytes]) -> bytes:
        return (found[0].split()[0] + b" null").ljust(len(found[0]))

    damaged, count = re.subn(entry, null, blank(2, turn=1080, crop=(0, 0, 595, 842)))
    assert count == 2
    sealed = seal_it(damaged, SealAppearance(flag(40, 40), Spot(0, 60, 40), across_pages=True))
    assert area(seen(sealed), "red")
    assert b"null" in sealed


@pytest.mark.parametrize(
    "content",
    [
        b"Q 0 0 10 10 re f", b"BT /F 12 Tf", b"/OC /L BDC 0 0 10 10 re f", b"EMC", b"ET", b"q Q Q q", b"(no end",
        b"<< /A 1", b"0.5 0 0 0.5 0 0 cm Q BT ET",
    ],
)  # fmt: skip
def test_content_that_is_not_closed_takes_no_strip(seal_it: Callable[..., bytes], content: bytes) -> None:
    def unclosed(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1].obj.Contents = pdf.make_stream(content)

    appearance = SealAppearance(flag(40, 40), Spot(0, 60, 40), across_pages=True)
    with pytest.raises(SealingError, match="page 2") as caught:
        seal_it(changed(unclosed), appearance)
    assert caught.value.code == "seal.page-content"
    assert area(seen(seal_it(changed(unclosed), replace(appearance, across_pages=False))), "red")


@pytest.mark.parametrize(("times", "code"), [(1, "seal.too-large"), (2, "seal.page-content")])
def test_a_bomb_is_not_unpacked(seal_it: Callable[..., bytes], times: int, code: str) -> None:
    packed = b" " * 50_000_000
    for _ in range(times):
        packed = zlib.compress(packed, 9)

    def bomb(pdf: pikepdf.Pdf) -> None:
        filters = [pikepdf.Name.FlateDecode] * times
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed, Filter=filters if times > 1 else filters[0])

    with pikepdf.open(BytesIO(blank(2))) as pdf:
        bomb(pdf)
        out = BytesIO()
        pdf.save(out, compress_streams=False)
    with pytest.raises(SealingError) as caught:
        seal_it(out.getvalue(), SealAppearance(flag(40, 40), Spot(0, 60, 40), across_pages=True))
    assert caught.value.code == code


def with_shared_annotations(pdf: pikepdf.Pdf) -> None:
    annotations = pdf.make_indirect(pikepdf.Array())
    for page in pdf.pages:
        page.obj.Annots = annotations


def test_a_shared_list_of_annotations_holds_an_invisible_seal_once(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.open(BytesIO(seal_it(changed(with_shared_annotations), None))) as pdf:
        assert [len(page.obj.Annots) for page in pdf.pages] == [1, 0]


def test_a_shared_list_of_annotations_shows_the_seal_once(seal_it: Callable[..., bytes]) -> None:
    sealed = seal_it(changed(with_shared_annotations), SealAppearance(flag(), Spot(0, 60, 40)))
    assert area(seen(sealed), "red")
    with pikepdf.open(BytesIO(sealed)) as pdf:
        assert [len(page.obj.Annots) for page in pdf.pages] == [1, 0]


def test_a_prepared_field_that_its_page_does_not_list_is_refused(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.open(BytesIO(prepared())) as pdf:
        pdf.pages[1].obj.Annots = pikepdf.Array()
        out = BytesIO()
        pdf.save(out)
    with pytest.raises(SealingError) as caught:
        seal_it(out.getvalue(), SealAppearance(flag()))
    assert caught.value.code == "seal.already-signed"


def test_bounds_of_pages_and_bytes(seal_it: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    for where, bound in ((document, "MAX_PAGES"), (certify, "MAX_BYTES")):
        with monkeypatch.context() as patch:
            patch.setattr(where, bound, 2)
            with pytest.raises(SealingError) as caught:
                seal_it(blank(3), SealAppearance(flag(), Spot(0, 60, 40)))
            assert caught.value.code == "seal.too-large"


def test_a_spot_moves_the_prepared_field(seal_it: Callable[..., bytes]) -> None:
    sealed = seal_it(prepared(), SealAppearance(flag(), Spot(1, 60, 40)))
    assert area(seen(sealed, 1), "red") == pytest.approx((45, 30, 75, 50), abs=0.4)


@pytest.mark.parametrize(
    "more",
    [
        {"Lock": pikepdf.Dictionary(Type=pikepdf.Name.SigFieldLock, Action=pikepdf.Name.All)},
        {"SV": pikepdf.Dictionary(Type=pikepdf.Name.SV)},
        {"AA": pikepdf.Dictionary()},
        {"V": pikepdf.Dictionary(Type=pikepdf.Name.Sig)},
    ],
    ids=["locks", "asks for more", "acts", "is signed"],
)
def test_a_field_that_wants_more_is_refused(seal_it: Callable[..., bytes], more: dict[str, Any]) -> None:
    with pytest.raises(SealingError) as caught:
        seal_it(prepared(**more), SealAppearance(flag()))
    assert caught.value.code == "seal.already-signed"


def test_a_cross_page_seal_that_does_not_fit_is_refused(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.new() as pdf:
        for _ in range(2):
            pdf.add_blank_page(page_size=(595, 100))
        out = BytesIO()
        pdf.save(out)
    with pytest.raises(SealingError) as caught:
        seal_it(out.getvalue(), SealAppearance(flag(40, 40), Spot(0, 60, 17), across_pages=True))
    assert caught.value.code == "seal.appearance"


@pytest.mark.parametrize("turn", [45, "x"])
def test_a_page_that_cannot_be_seen_is_refused(seal_it: Callable[..., bytes], turn: Any) -> None:
    with pikepdf.open(BytesIO(blank())) as pdf:
        pdf.pages[0].obj.Rotate = turn
        out = BytesIO()
        pdf.save(out)
    with pytest.raises(SealingError) as caught:
        seal_it(out.getvalue(), SealAppearance(flag(), Spot(0, 60, 40)))
    assert caught.value.code == "seal.appearance"
