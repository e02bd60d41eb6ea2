"""A licence bears the seal of its body: its own shape and artwork, the issuer's name seal, one seal across pages."""

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw
from support import CLERK, PASSPHRASE, StillClock, counted_randomness, example_request, release_template

from license_lib.authority import Authority
from license_lib.catalogue.layout import Box
from license_lib.errors import LicenseError
from license_lib.issuing import Issued
from license_lib.resources import resource_folder
from license_lib.settings import Settings
from license_lib.verification import Outcome

PICTURE = 'shape = "oval"\nname = "白银市样例局"\nwidth_mm = 45.0\nheight_mm = 30.0\ncaption = "证照专用章"\n'
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
    '<circle cx="20" cy="20" r="19" fill="none" stroke="#d7111a" stroke-width="2"/></svg>'
)


def seal_file(authority: Authority, body: str) -> Path:
    return authority.settings.keys_folder / "public" / "seals" / f"{body}.toml"


def draw_otherwise(authority: Authority, body: str, picture: str, more: str = "") -> None:
    """Give a body a seal of another picture."""
    path = seal_file(authority, body)
    head, _, _ = path.read_text(encoding="utf-8").partition("[picture]")
    path.write_text(f"{head}[picture]\n{picture}{more}", encoding="utf-8")


def box_of_seal(pdf: bytes) -> tuple[float, ...]:
    """Width and height of the seal's field, and its middle from the upper left corner; millimetres."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        field = opened.Root.AcroForm.Fields[0]
        left, bottom, right, top = (float(edge) * 25.4 / 72 for edge in field.Rect)
        height = float(opened.pages[0].MediaBox[3]) * 25.4 / 72
    return right - left, top - bottom, (left + right) / 2, height - (bottom + top) / 2


def red_within(pdf: bytes, box: Box, page: int = 0) -> float:
    """How much of a box is of a seal's red."""
    scale = 150 / 25.4
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    picture = document[page].render(scale=150 / 72, may_draw_forms=True).to_pil().convert("RGB")
    edges = [round(edge * scale) for edge in (box.x, box.y, box.x + box.w, box.y + box.h)]
    red, green, _ = picture.crop((edges[0], edges[1], edges[2], edges[3])).split()
    marked = ImageChops.subtract(red, green).point([0] * 101 + [255] * 155).tobytes()
    return marked.count(255) / len(marked)


def test_a_seal_has_its_own_size_and_the_middle_that_the_layout_wants(authority: Authority) -> None:
    draw_otherwise(authority, "market", PICTURE)
    issued = authority.issue(example_request("business-license"))
    place = authority.catalogue.get("business-license").layout.seal
    middle = place.x + place.size / 2, place.y + place.size / 2
    assert box_of_seal(issued.pdf) == pytest.approx((45, 30, *middle), abs=0.01)
    assert authority.verify(issued.pdf).outcome is Outcome.IN_FORCE


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_body_s_own_artwork_is_its_seal(authority: Authority, kind: str) -> None:
    folder = seal_file(authority, "market").parent
    if kind == "svg":
        (folder / "own.svg").write_text(SVG, encoding="utf-8")
    else:
        ring = Image.new("RGBA", (400, 400))
        ImageDraw.Draw(ring).ellipse((5, 5, 395, 395), outline=(215, 17, 26, 255), width=20)
        ring.save(folder / "own.png")
    draw_otherwise(authority, "market", f'artwork = "own.{kind}"\nwidth_mm = 40.0\nheight_mm = 40.0\n')
    issued = authority.issue(example_request("business-license"))
    place = authority.catalogue.get("business-license").layout.seal
    ring_at_left = Box(x=place.x + 1, y=place.y + place.size / 2 - 2, w=3, h=4)
    assert red_within(issued.pdf, ring_at_left) > 0.4
    assert authority.verify(issued.pdf).outcome is Outcome.IN_FORCE


def test_pages_are_joined_by_a_seal_across_their_edges(issued_licenses: dict[str, Issued]) -> None:
    issued = issued_licenses["vehicle-transport-certificate"]
    with pikepdf.open(BytesIO(issued.pdf)) as pdf:
        pages = len(pdf.pages)
        width, height = (float(edge) * 25.4 / 72 for edge in list(pdf.pages[0].MediaBox)[2:])
    assert pages == 2
    for number in range(pages):
        edge = Box(x=width - 21, y=height / 2 - 21, w=21, h=42)
        assert 0.05 < red_within(issued.pdf, edge, number) < 0.5
        assert red_within(issued.pdf, Box(x=width - 21, y=10, w=21, h=30), number) == 0


SIGNATORY = '\n[signatory]\nshape = "square"\nname = "王五之印"\nwidth_mm = 10.0\nheight_mm = 10.0\n'


@pytest.mark.parametrize("signed", [False, True])
def test_the_name_seal_of_who_issues_stands_where_the_layout_has_room(authority: Authority, *, signed: bool) -> None:
    if signed:
        path = seal_file(authority, "market")
        path.write_text(path.read_text(encoding="utf-8") + SIGNATORY, encoding="utf-8")
    issued = authority.issue(example_request("food-business-permit"))
    place = authority.catalogue.get("food-business-permit").layout.signatory
    assert place is not None
    assert (red_within(issued.pdf, place) > 0.05) is signed
    assert authority.verify(issued.pdf).outcome is Outcome.IN_FORCE


def change(authority: Authority, old: str, new: str) -> None:
    path = seal_file(authority, "market")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('certificates = ["', 'certificates = ["0', "seal-object.invalid"),
        ('局（样例）"\nwidth', '局\U00030edd"\nwidth', "seal.glyph"),
    ],
)
def test_a_seal_that_cannot_be_used_is_found_before_anything_is_written(
    authority: Authority, old: str, new: str, code: str
) -> None:
    change(authority, old, new)
    with pytest.raises(LicenseError) as caught:
        authority.issue(example_request("business-license"))
    assert caught.value.code == code
    assert authority.records.find(CLERK, holder_number="91620402MA0000000Q") == ()


def test_a_seal_that_is_larger_than_its_room_is_found_before_anything_is_written(authority: Authority) -> None:
    draw_otherwise(authority, "transport", 'name = "白银市样例局"\nwidth_mm = 90.0\nheight_mm = 90.0\n')
    with pytest.raises(LicenseError) as caught:
        authority.issue(example_request("vehicle-transport-certificate"))
    assert caught.value.code == "seal.room"
    assert authority.records.find(CLERK, number="甘交运管白字620402000001号") == ()


def test_a_name_seal_that_is_larger_than_its_room_is_found_before_anything_is_written(authority: Authority) -> None:
    path = seal_file(authority, "market")
    large = SIGNATORY.replace("10.0", "30.0")
    path.write_text(path.read_text(encoding="utf-8") + large, encoding="utf-8")
    with pytest.raises(LicenseError) as caught:
        authority.issue(example_request("food-business-permit"))
    assert caught.value.code == "seal.room"
    assert authority.records.find(CLERK, number="JY16204020000011") == ()


def test_a_seal_over_the_code_is_found_before_anything_is_written(authority: Authority) -> None:
    draw_otherwise(authority, "housing", 'name = "白银市样例局"\nwidth_mm = 80.0\nheight_mm = 80.0\n')
    with pytest.raises(LicenseError, match="over the QR code") as caught:
        authority.issue(example_request("construction-permit"))
    assert caught.value.code == "seal.room"


@pytest.mark.parametrize(
    ("artwork", "size"),
    [
        (SVG.replace("#d7111a", "#ffffff"), "width_mm = 40.0\nheight_mm = 40.0\n"),
        (SVG.replace("<circle", "<g/><!--").replace("</svg>", "--></svg>"), "width_mm = 40.0\nheight_mm = 40.0\n"),
        (SVG, "width_mm = 60.0\nheight_mm = 20.0\n"),
    ],
    ids=["white", "empty", "squashed"],
)
def test_an_artwork_that_nobody_would_know_is_refused(authority: Authority, artwork: str, size: str) -> None:
    (seal_file(authority, "market").parent / "own.svg").write_text(artwork, encoding="utf-8")
    draw_otherwise(authority, "market", f'artwork = "own.svg"\n{size}')
    with pytest.raises(LicenseError) as caught:
        authority.issue(example_request("business-license"))
    assert caught.value.code == "seal-object.artwork"


def test_a_seal_whose_artwork_acts_is_refused(authority: Authority) -> None:
    (seal_file(authority, "market").parent / "own.svg").write_text(SVG.replace("<circle", "<script/><circle"), "utf-8")
    draw_otherwise(authority, "market", 'artwork = "own.svg"\nwidth_mm = 40.0\nheight_mm = 40.0\n')
    with pytest.raises(LicenseError) as caught:
        authority.issue(example_request("business-license"))
    assert caught.value.code == "seal-object.artwork"


def test_a_seal_outside_its_period_is_not_used(authority: Authority, clock: StillClock) -> None:
    authority.issue(example_request("business-license"))
    path = seal_file(authority, "market")
    lines = [
        "valid_until = 2026-12-01T00:00:00Z" if line.startswith("valid_until") else line
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    clock.advance(days=30)
    with Authority(authority.settings, passphrase=PASSPHRASE, clock=clock) as later:
        with pytest.raises(LicenseError) as caught:
            later.issue(replace(example_request("business-license"), request_key="another request"))
        assert caught.value.code == "seal-object.period"


def test_a_department_s_picture_on_the_face_is_drawn_when_it_is_issued(home: Path, clock: StillClock) -> None:
    """The catalogue's artwork reaches the page by the same path as everything else."""
    built_in = resource_folder("templates")
    folder = Path(shutil.copytree(built_in, home / "templates", ignore=shutil.ignore_patterns("fonts")))
    type_folder = folder / "business-license"
    (type_folder / "own.svg").write_text(SVG, encoding="utf-8")
    layout = type_folder / "layout.toml"
    emblem = 'artwork = [{ file = "own.svg", alt = "样例徽", x = 30, y = 25, w = 20, h = 20 }]\n'
    layout.write_text(emblem + layout.read_text("utf-8"), encoding="utf-8")
    kind = type_folder / "type.toml"
    kind.write_text(kind.read_text("utf-8").replace("version = 2", "version = 9"), encoding="utf-8")
    release_template(type_folder)
    settings = home / "license.toml"
    settings.write_text('templates = "templates"\n' + settings.read_text("utf-8"), encoding="utf-8")
    with Authority(
        Settings.load(home), passphrase=PASSPHRASE, clock=clock, randomness=counted_randomness("art")
    ) as one:
        issued = one.issue(example_request("business-license"))
        assert red_within(issued.pdf, Box(x=30, y=34, w=2, h=2)) > 0.2
        assert one.verify(issued.pdf).outcome is Outcome.IN_FORCE
