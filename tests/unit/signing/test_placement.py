"""Placement: the spot of a keyword as a person reads the page, judged by poppler and by the ink of a seal on it."""

import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from license_lib import pdfium
from signing import placement
from signing.errors import SealingError
from signing.pages import SeenPage, Spot
from signing.placement import find_keyword
from signing.sealing import SealAppearance, seal

FONT = Path(__file__).resolve().parents[3] / "templates" / "fonts" / "NotoSansSC-Regular.ttf"
MM = 72 / 25.4
SIZE = 16
WIDTH, HEIGHT = 595.0, 842.0


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    pdfmetrics.registerFont(TTFont("placement", FONT))


def lines(*texts: tuple[float, float, str], turn: int = 0) -> Callable[[Canvas], None]:
    """Texts at x, y points; `turn` degrees counter-clockwise about the place of each."""

    def draw(canvas: Canvas) -> None:
        for x, y, text in texts:
            canvas.saveState()
            canvas.translate(x, y)
            canvas.rotate(turn)
            canvas.setFont("placement", SIZE)
            canvas.drawString(0, 0, text)
            canvas.restoreState()

    return draw


def document(*pages: Callable[[Canvas], None], change: Callable[[Any], None] | None = None) -> bytes:
    """A PDF of A4 pages; `change` alters the first page's dictionary."""
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=1)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    if change is None:
        return stream.getvalue()
    with pikepdf.open(stream) as pdf:
        change(pdf.pages[0])
        changed = BytesIO()
        pdf.save(changed)
    return changed.getvalue()


def points(spot: Spot, turn: int = 0) -> tuple[float, float]:
    """A spot in the own coordinates of an A4 page."""
    page = SeenPage((0, 0, WIDTH, HEIGHT), turn)
    return page.own(spot.x_mm * MM, page.size[1] - spot.y_mm * MM)


def middle(x: float, y: float, text: str) -> tuple[float, float]:
    """The centre of a text drawn at x, y: a Chinese character reaches from 0.12 em below its line to 0.88 em above."""
    return x + SIZE * len(text) / 2, y + SIZE * 0.38


def near(x: float, y: float) -> Any:
    return pytest.approx((x, y), abs=2)  # points: fonts disagree about their height


def refused(pdf: bytes, keyword: str = "白银市", **options: Any) -> SealingError:
    with pytest.raises(SealingError) as caught:
        find_keyword(pdf, keyword, **options)
    return caught.value


def test_the_spot_is_the_centre_of_the_text() -> None:
    pdf = document(lines((72, 700, "关于印发办法的通知"), (300, 200, "白银市人民政府")))
    spot = find_keyword(pdf, "人民政府")
    assert spot.page_index == 0
    assert points(spot) == near(*middle(300 + 3 * SIZE, 200, "人民政府"))


def test_the_offset_moves_the_spot() -> None:
    pdf = document(lines((300, 200, "白银市人民政府")))
    at, moved = find_keyword(pdf, "白银市"), find_keyword(pdf, "白银市", dx_mm=10, dy_mm=-5.5)
    assert (moved.x_mm - at.x_mm, moved.y_mm - at.y_mm) == pytest.approx((10, -5.5))


def test_poppler_finds_the_same_place(tmp_path: Path) -> None:
    file = tmp_path / "document.pdf"
    file.write_bytes(document(lines((72, 700, "通知")), lines((310, 222, "成文日期"), (90, 410, "白银市人民政府"))))
    page = subprocess.run(
        ["pdftotext", "-bbox", "-f", "2", "-l", "2", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    for keyword in ("成文日期", "白银市人民政府"):
        box = re.search(rf'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">{keyword}<', page)
        assert box is not None
        left, top, right, bottom = (float(value) for value in box.groups())
        spot = find_keyword(file.read_bytes(), keyword)
        assert spot.page_index == 1
        assert (spot.x_mm * MM, spot.y_mm * MM) == pytest.approx(((left + right) / 2, (top + bottom) / 2), abs=2)


@pytest.mark.parametrize(
    ("occurrence", "page_index", "place"),
    [
        (0, 0, (72, 700)),
        (1, 0, (300, 700)),
        (2, 0, (72, 400)),
        (3, 1, (200, 300)),
        (-1, 1, (200, 300)),
        (-2, 0, (72, 400)),
        (-4, 0, (72, 700)),
    ],
)
def test_occurrences_count_in_reading_order(occurrence: int, page_index: int, place: tuple[float, float]) -> None:
    # Drawn in another order than it is read, as text processors do with text frames.
    first = lines((72, 400, "白银市"), (300, 700, "白银市"), (72, 700, "白银市"))
    spot = find_keyword(document(first, lines((200, 300, "白银市"))), "白银市", occurrence=occurrence)
    assert spot.page_index == page_index
    assert points(spot) == near(*middle(*place, "白银市"))


@pytest.mark.parametrize("occurrence", [2, 99, -3, -99])
def test_an_occurrence_that_is_not_there_is_told_how_many_are(occurrence: int) -> None:
    error = refused(document(lines((72, 700, "白银市")), lines((72, 700, "白银市"))), occurrence=occurrence)
    assert error.code == "seal.keyword-missing"
    assert "2 times" in error.message
    assert error.hint == "ask for occurrence 0 to 1, or -1 to -2 from the end"


def test_of_a_keyword_over_two_lines_the_last_line_counts() -> None:
    pdf = document(lines((440, 700, "特此通知。白银市"), (72, 672, "人民政府办公室"), (72, 600, "完")))
    assert points(find_keyword(pdf, "白银市人民政府")) == near(*middle(72, 672, "人民政府"))


def test_blanks_between_chinese_characters_do_not_matter() -> None:
    pdf = document(lines((72, 700, "白 银  市"), (300, 200, "2026 年 3 月 2 日")))
    assert find_keyword(pdf, "2026年3月2日") == find_keyword(pdf, "2026 年3 月2日")
    assert find_keyword(pdf, "白银市").page_index == 0


def test_blanks_between_latin_words_do_matter() -> None:
    pdf = document(lines((72, 700, "an official"), (72, 672, "document")))
    assert points(find_keyword(pdf, "official document"))[1] == pytest.approx(672 + SIZE * 0.38, abs=2)
    assert refused(pdf, "officialdocument").code == "seal.keyword-missing"


@pytest.mark.parametrize(
    ("written", "keyword"),
    [
        ("２０２６年（公章）", "2026年(公章)"),
        ("2026年(公章)", "２０２６年（公章）"),
        ("白银\u3000市", "白银市"),
        ("白银市", "白\u200b银市"),
    ],
)
def test_full_and_half_width_forms_are_the_same(written: str, keyword: str) -> None:
    assert find_keyword(document(lines((72, 700, written))), keyword).page_index == 0


def test_a_broken_word_is_found() -> None:
    pdf = document(lines((400, 700, "certifi-"), (72, 680, "cate of origin")))
    assert points(find_keyword(pdf, "certificate"))[1] == pytest.approx(680 + SIZE * 0.38, abs=2)


def test_the_index_map_survives_forms_that_unfold() -> None:
    """㈱ is three characters when it is folded, and a surrogate pair is two indices of PDFium."""
    characters = ["\u3231", "𠮷", "", "白", " ", "银", "A", " ", "\n", "B"]
    text, origins = placement._searchable(characters)  # noqa: SLF001 -- the map is what the rest stands on
    assert text == "(株)𠮷白银A B"
    assert [characters[index] for index in origins] == ["\u3231"] * 3 + ["𠮷", "白", "银", "A", "\n", "B"]


def test_rare_characters_are_found() -> None:
    def rare(page: Any) -> None:
        (font,) = (one for one in page.Resources.Font.values() if "/ToUnicode" in one)
        # reportlab's map knows no surrogate pairs: say that the glyph of 例 is 𠮷.
        font.ToUnicode.write(font.ToUnicode.read_bytes().replace(b"<4F8B>", b"<D842DFB7>"))

    pdf = document(lines((72, 700, "白例市")), change=rare)
    assert points(find_keyword(pdf, "\U00020bb7市")) == near(*middle(72 + SIZE, 700, "例市"))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_or_turned_text_is_read_as_well(rotate: int, turn: int) -> None:
    """Upright, sideways or upside down as it is displayed: the lines are found, and the last occurrence is the last."""
    right, up = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn], {0: 1, 90: -1, 180: -1, 270: 1}[turn]
    down = (0, -28 * up) if turn in {0, 180} else (-28 * up, 0)
    first, second = (300.0, 400.0), (300.0 + down[0], 400.0 + down[1])

    def page_of(canvas: Canvas) -> None:
        lines((*first, "关于白银市"), (*second, "人民政府。白银市"), turn=turn)(canvas)

    def rotated(page: Any) -> None:
        page.Rotate = rotate

    pdf = document(page_of, change=rotated)
    for keyword, after in (("市人民政府", 2.0), ("白银市", 6.5)):
        # Along the line from its begin, and 0.38 em above it.
        along, above = SIZE * after, SIZE * 0.38
        expected = (
            second[0] + along * right[0] - above * right[1],
            second[1] + along * right[1] + above * right[0],
        )
        assert points(find_keyword(pdf, keyword), rotate) == near(*expected), keyword


def test_a_cropped_page_is_measured_from_what_is_seen() -> None:
    def cropped(page: Any) -> None:
        page.CropBox = pikepdf.Array([100, 150, 500, 800])

    plain, crop = (document(lines((300, 200, "白银市")), change=change) for change in (None, cropped))
    whole, part = find_keyword(plain, "白银市"), find_keyword(crop, "白银市")
    moved = (whole.x_mm - part.x_mm) * MM, (whole.y_mm - part.y_mm) * MM
    assert moved == pytest.approx((100, HEIGHT - 800), abs=0.01)


def test_text_that_is_cropped_away_is_no_place() -> None:
    def cropped(page: Any) -> None:
        page.CropBox = pikepdf.Array([0, 300, WIDTH, HEIGHT])

    pdf = document(lines((72, 700, "白银市"), (72, 200, "白银市"), (72, 100, "日期")), change=cropped)
    assert points(find_keyword(pdf, "白银市")) == near(*middle(72, 700, "白银市"))
    assert refused(pdf, "日期").code == "seal.keyword-missing"


def test_a_shifted_and_inherited_media_box() -> None:
    def inherited(page: Any) -> None:
        del page.obj["/MediaBox"]
        page.obj.Parent.MediaBox = pikepdf.Array([595, 1000, 0, 100])

    spot = find_keyword(document(lines((300, 200, "白银市")), change=inherited), "白银市")
    x, y = middle(300, 200, "白银市")
    assert (spot.x_mm * MM, spot.y_mm * MM) == pytest.approx((x, 1000 - y), abs=2)


def test_fake_bold_is_one_text() -> None:
    pdf = document(lines((72, 700, "白银市"), (72.4, 700, "白银市")))
    assert "1 times" in refused(pdf, occurrence=1).message


def test_vertical_writing_counts_whole() -> None:
    pdf = document(lines(*((300, 500 - index * SIZE, one) for index, one in enumerate("人民政府"))))
    assert points(find_keyword(pdf, "人民政府")) == near(300 + SIZE / 2, 500 - SIZE * 1.5 + SIZE * 0.38)


# ---- what cannot be


def test_a_text_that_is_not_there() -> None:
    error = refused(document(lines((72, 700, "银川市"))))
    assert error.code == "seal.keyword-missing"
    assert error.hint == "give a text that stands in it, or page and millimetres"


def test_a_scan_is_told_from_a_text() -> None:
    picture = Image.new("RGB", (40, 40), "white")
    error = refused(document(lambda canvas: canvas.drawInlineImage(picture, 0, 0, 595, 842)))
    assert error.code == "seal.keyword-missing"
    assert "scan" in error.message
    assert "recognise its text" in error.hint


@pytest.mark.parametrize("keyword", ["", " ", "\u3000\n", "白" * 101, "白\x00", "\x02", "\ud842"])
def test_a_keyword_out_of_bounds(keyword: str) -> None:
    assert refused(document(lines((72, 700, "白银市"))), keyword).code == "seal.keyword"


@pytest.mark.parametrize(
    "pdf", [b"", b"no PDF", b"%PDF-1.7\n%%EOF\n", b"\x00" * 5000, b"%PDF-1.4\ntrailer<</Root 1 0 R>>"]
)
def test_other_files_are_refused(pdf: bytes) -> None:
    assert refused(pdf).code == "seal.not-a-pdf"


def test_a_document_without_pages_is_refused() -> None:
    stream = BytesIO()
    with pikepdf.new() as empty:
        empty.save(stream)
    assert refused(stream.getvalue()).code == "seal.not-a-pdf"


@pytest.mark.parametrize("user", ["", "secret"])
def test_an_encrypted_document_is_refused(user: str) -> None:
    stream = BytesIO()
    with pikepdf.open(BytesIO(document(lines((72, 700, "白银市"))))) as pdf:
        pdf.save(stream, encryption=pikepdf.Encryption(owner="a", user=user))
    error = refused(stream.getvalue())
    assert (error.code, error.hint) == ("seal.not-a-pdf", "seal the plain document")


def test_too_many_pages_characters_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = document(*[lines((72, 700, "白银市" * 3))] * 3)
    for bound in ("MAX_PAGES", "_MAX_CHARACTERS", "MAX_BYTES"):
        with monkeypatch.context() as patch:
            patch.setattr(placement, bound, 2)
            assert refused(pdf).code == "seal.too-large", bound


def test_damaged_files_give_a_spot_or_our_own_error() -> None:
    rng = random.Random(20260302)  # noqa: S311 -- repeatable, not secret
    good = document(lines((300, 200, "白银市")), lines((300, 200, "人民政府")))
    with pikepdf.open(BytesIO(good)) as pdf:
        plain = BytesIO()
        pdf.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False)
    for sound in (good, plain.getvalue()):
        for _ in range(150):
            damaged = bytearray(sound)
            for _ in range(rng.choice((1, 10, 100))):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            try:
                find_keyword(bytes(damaged), "白银市")
            except SealingError as error:
                assert error.code in {"seal.not-a-pdf", "seal.keyword-missing"}  # noqa: PT017 -- either is right


# ---- together with others


def test_the_ground_is_not_loaded_before_it_is_needed() -> None:
    report = "import sys, signing.placement; print('pypdfium2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_pdfium_is_used_by_one_at_a_time_in_all_rooms() -> None:
    pdf = document(*[lines((300, 200, "白银市"))] * 5)

    def draw(_: int) -> float:
        with pdfium.opened(pdf) as opened:
            width: float = opened[0].get_width()
            return width

    with ThreadPoolExecutor(8) as threads:
        spots = threads.map(lambda _: find_keyword(pdf, "白银市", occurrence=0), range(40))
        widths = threads.map(draw, range(40))
        assert len(set(spots)) == len(set(widths)) == 1
    with ThreadPoolExecutor(1) as threads, pdfium.opened(pdf):
        waiting = threads.submit(find_keyword, pdf, "白银市")
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        assert find_keyword(pdf, "白银市").page_index == 4, "who holds the lock may go on"


def turned(page: Any, *, rotate: int, crop: Sequence[float] | None) -> None:
    page.Rotate = rotate
    if crop:
        page.CropBox = pikepdf.Array(list(crop))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (100.0, 150.0, 500.0, 800.0)])
def test_a_seal_at_the_spot_lies_over_the_keyword(pki: Any, rotate: int, crop: Sequence[float] | None) -> None:
    keyword = "白银市"
    pdf = document(lines((300, 300, keyword)), change=lambda page: turned(page, rotate=rotate, crop=crop))
    spot = find_keyword(pdf, keyword)
    side = 40 * MM
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(side, side), invariant=1)
    canvas.setFillColorRGB(0.84, 0.07, 0.1)
    canvas.circle(side / 2, side / 2, side / 2, stroke=0, fill=1)
    canvas.save()
    appearance = SealAppearance(stream.getvalue(), spot)
    sealed = seal(
        pdf, credential=pki.credential(), timestamper=None, appearance=appearance, at=pki.now, nonce=lambda: 7
    )
    black, red = ink(pdf, lambda r, g, b: r + g + b < 200), ink(sealed, lambda r, g, b: r > 180 and g < 80 and b < 80)
    assert [(a + b) / 2 for a, b in zip(black[:2], black[2:], strict=True)] == pytest.approx(
        [(a + b) / 2 for a, b in zip(red[:2], red[2:], strict=True)], abs=3
    )
    # A round seal of 40 mm, whole.
    assert (red[2] - red[0], red[3] - red[1]) == pytest.approx((side, side), abs=3)


def batched_by_three(values: bytes) -> Iterator[tuple[int, int, int]]:
    return zip(values[::3], values[1::3], values[2::3], strict=True)


def ink(pdf: bytes, is_ink: Callable[[int, int, int], bool]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pixels of a colour on the first page, as it is displayed, one for each point."""
    with pypdfium2.PdfDocument(pdf) as opened:
        opened.init_forms()
        picture = opened[0].render(scale=1, may_draw_forms=True).to_pil().convert("RGB")
    mask = Image.new("1", picture.size)
    mask.putdata([is_ink(*pixel) for pixel in batched_by_three(picture.tobytes())])
    box = mask.getbbox()
    assert box is not None
    return box
