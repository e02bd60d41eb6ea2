"""Security print: guilloche from a seed, micro-text that is no text, and a word that only a copy shows."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from itertools import combinations
from pathlib import Path
from string import ascii_uppercase, digits

import pikepdf
import pypdfium2
import pytest
from faces import Face
from PIL import Image, ImageChops, ImageFilter, ImageStat

from license_lib.catalogue.layout import Page
from license_lib.rendering import Fonts
from license_lib.rendering.blocks import MM
from license_lib.rendering.latent import GRID, LETTER, word_path, word_places
from license_lib.rendering.microtext import run
from license_lib.rendering.ornament import FIELD, MICRO, MICRO_START, background

PAGE = Page()
WIDTH, HEIGHT = PAGE.width * MM, PAGE.height * MM


def sheet(operators: str, width: float = WIDTH, height: float = HEIGHT) -> bytes:
    """A page with these operators."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(width, height))
        pdf.pages[0].Contents = pdf.make_stream(operators.encode())
        pdf.save(out, static_id=True)
    return out.getvalue()


def by_pdfium(pdf: bytes, dpi: int, _: Path) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        picture: Image.Image = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
        return picture


def by_poppler(pdf: bytes, dpi: int, folder: Path) -> Image.Image:
    (folder / "page.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", str(folder / "page.pdf"), str(folder / "page")]
    subprocess.run(command, check=True)
    return Image.open(folder / "page.pgm")


def by_mupdf(pdf: bytes, dpi: int, folder: Path) -> Image.Image:
    (folder / "page.pdf").write_bytes(pdf)
    out = folder / "page.pgm"
    subprocess.run(
        ["mutool", "draw", "-q", "-c", "gray", "-r", str(dpi), "-o", str(out), str(folder / "page.pdf")],
        check=True,
        capture_output=True,
    )
    return Image.open(out)


def ground(page: Page = PAGE, seed: str = "business-license") -> bytes:
    with pikepdf.new() as pdf:
        stream = pikepdf.Stream(pdf, background(page, seed).operators, Filter=pikepdf.Name.FlateDecode)
        return sheet(stream.read_bytes().decode(), page.width * MM, page.height * MM)


def test_a_seed_gives_one_drawing_and_another_seed_another() -> None:
    drawings = [
        background(PAGE, seed).operators for seed in ("business-license", "business-license ", "residence-permit")
    ]
    assert len(set(drawings)) == 3
    assert background(PAGE, "business-license") is background(Page(), "business-license")
    background.cache_clear()
    assert background(PAGE, "business-license").operators == drawings[0]


def test_all_pages_share_one_background(fonts: Fonts, example: Face) -> None:
    with pikepdf.open(BytesIO(example.pdf(fonts))) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        form = pdf.pages[0].Resources.XObject.Ground
        assert (
            form.read_raw_bytes()
            == background(
                example.license_type.layout.page, example.license_type.layout.page.seed or example.license_type.key
            ).operators
        )
    assert content.split(b"\n")[0] == b"/Artifact BMC /Ground Do EMC", "painted first"


def word_mask(dpi: int) -> Image.Image:
    """White where the letters of 复印件 are."""
    field = (FIELD, FIELD, WIDTH - 2 * FIELD, HEIGHT - 2 * FIELD)
    scale = LETTER / GRID
    words = [f"q {scale} 0 0 {scale} {x} {y} cm {word_path()} f Q" for x, y in word_places(*field)]
    assert len(words) == 4
    return ImageChops.invert(by_pdfium(sheet(" ".join(words)), dpi, Path()))


def around(mask: Image.Image) -> Image.Image:
    """White beside the letters, not at their edges."""
    near = mask.filter(ImageFilter.MaxFilter(9))
    far = near
    for _ in range(3):
        far = far.filter(ImageFilter.MaxFilter(9))
    return ImageChops.subtract(far, near)


def mean(picture: Image.Image, mask: Image.Image) -> float:
    return ImageStat.Stat(picture, mask.point(lambda value: 255 if value == 255 else 0)).mean[0]


@pytest.mark.parametrize("draw", [by_pdfium, by_poppler, by_mupdf])
def test_the_original_hides_the_word(draw: Callable[[bytes, int, Path], Image.Image], tmp_path: Path) -> None:
    """At reading distance the eye takes the mean of some tenths of a millimetre: it differs by less than 1 %."""
    picture = draw(ground(), 150, tmp_path)
    letters = word_mask(150)
    assert mean(picture, letters) == pytest.approx(mean(picture, around(letters)), abs=2.5)


def test_a_copy_shows_the_word(tmp_path: Path) -> None:
    """A copier scans at 300 dpi, a little blurred, and prints what is darker than paper with a tint."""
    scanned = by_pdfium(ground(), 300, tmp_path).filter(ImageFilter.GaussianBlur(0.9))
    copy = scanned.point(lambda value: 0 if value < 238 else 255)
    letters = word_mask(300)
    assert mean(copy, letters) < 180
    assert mean(copy, around(letters)) > 225


def unlike(one: Image.Image, other: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]


def test_micro_text_has_strokes_for_every_character_of_an_identifier() -> None:
    pictures = {
        character: by_pdfium(sheet("8 0 0 8 0 0 cm " + run(character)[0], 20, 20), 150, Path())
        for character in digits + ascii_uppercase + "."
    }
    assert all(ImageStat.Stat(picture).mean[0] < 254 for picture in pictures.values())
    for one, other in combinations(pictures, 2):
        assert unlike(pictures[one], pictures[other]) > 3, one + other


def test_micro_text_repeats_the_identifier_and_is_no_text(fonts: Fonts, business_face: Face, tmp_path: Path) -> None:
    pdf = business_face.pdf(fonts)
    identifier = str(business_face.document.identifier)
    operators, length, high = run(identifier)
    room = WIDTH - 2 * MICRO_START
    count = int(room / length)
    assert count == 7
    alone = by_pdfium(sheet(f"0.65 G 2 0 0 2 0 0 cm {operators}", 2 * length, 2 * high), 300, tmp_path)
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(count):
            left = MICRO_START + (number + 0.5) * room / count - length / 2
            crop = (left, MICRO, WIDTH - left - length, HEIGHT - MICRO - high)
            drawn = document[0].render(scale=600 / 72, grayscale=True, crop=crop).to_pil().resize(alone.size)
            assert unlike(drawn, alone) < 0.6 * unlike(drawn, alone.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
        text = document[0].get_textpage().get_text_bounded()
    assert text.count(identifier) == 1
