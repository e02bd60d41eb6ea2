"""What is drawn is read back, character for character, by poppler, MuPDF and PDFium: names must be found again."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from license_lib.rendering import Fonts
from license_lib.rendering.blocks import Area, Block, Line
from license_lib.rendering.fonts import FANGSONG, HEI, KAI, SONG
from license_lib.rendering.metadata import Description
from license_lib.rendering.press.binding import Structure, bind
from license_lib.rendering.press.plate import Plate
from license_lib.rendering.press.stock import Stock
from license_lib.rendering.sheet import Sheet
from license_lib.resources import resource_folder

GENERAL = Path(__file__).resolve().parents[1] / "data" / "general_standard_characters.txt"
BLOCKS = {  # first, last, and how many the committed fonts draw at least
    "A": (0x3400, 0x4DBF, 6592),
    "B": (0x20000, 0x2A6DF, 2022),
    "C": (0x2A700, 0x2B739, 768),
    "D": (0x2B740, 0x2B81D, 59),
    "E": (0x2B820, 0x2CEA1, 1391),
    "F": (0x2CEB0, 0x2EBE0, 228),
    "G": (0x30000, 0x3134A, 185),
    "H": (0x31350, 0x323AF, 48),
    "compatibility": (0xF900, 0xFAD9, 472),
    "compatibility supplement": (0x2F800, 0x2FA1D, 541),
}
A_LINE, A_PAGE, SIZE = 30, 40, 12.0


def poppler(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True).stdout.decode()


def mupdf(pdf: Path) -> str:
    return subprocess.run(["mutool", "draw", "-q", "-F", "text", pdf], capture_output=True, check=True).stdout.decode()


def pdfium(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return Fonts.load(resource_folder("templates") / "fonts")


@pytest.fixture(params=[poppler, mupdf, pdfium])
def read(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    judge: Callable[[Path], str] = request.param
    return judge


def squeezed(text: str) -> str:
    return "".join(text.split())


def batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def pages(characters: Sequence[str], face: str, fonts: Fonts, file: Path) -> Path:
    """A file that shows the characters, line by line."""
    sheet = Sheet(Plate.made(600, 842, fonts, Stock.made({})))
    area = Area(40, 40, 520, 760)
    for number, page in enumerate(batches(list(batches(characters, A_LINE)), A_PAGE)):
        if number:
            sheet.next_page()
        lines = tuple(Line("".join(line), 40, 50 + 18 * row, 520, SIZE) for row, line in enumerate(page))
        sheet.text(Block("", "text", lines, area, face, "#000000"))
    about = Description("characters", "characters", "characters", date(2026, 1, 1))
    file.write_bytes(bind(sheet, structure=Structure(list), about=about).data)
    return file


@pytest.mark.parametrize("face", [SONG, HEI, KAI, FANGSONG])
def test_every_general_standard_character_is_read_back(
    fonts: Fonts, face: str, read: Callable[[Path], str], tmp_path: Path
) -> None:
    characters = squeezed(GENERAL.read_text(encoding="utf-8"))
    assert len(set(characters)) == 8105
    fonts.check("all", characters, face)
    assert squeezed(read(pages(characters, face, fonts, tmp_path / "all.pdf"))) == characters


@pytest.mark.parametrize("block", BLOCKS)
def test_every_character_of_an_extension_that_can_be_drawn_is_read_back(
    fonts: Fonts, block: str, read: Callable[[Path], str], tmp_path: Path
) -> None:
    first, last, least = BLOCKS[block]
    characters = [chr(code) for code in range(first, last + 1) if fonts.face_for(chr(code), SONG)]
    assert len(characters) >= least
    assert squeezed(read(pages(characters, SONG, fonts, tmp_path / "block.pdf"))) == "".join(characters)


def test_names_and_signs_are_read_back(fonts: Fonts, read: Callable[[Path], str], tmp_path: Path) -> None:
    text = "买买提·艾力（１２３）É ǘ ḿ ǹ ½ ㎡ ℃ №①Ⅳ……——“引”《书》𬎆𠮷䶮㛃𫖯𠅤\uf900\U0002f81a"
    for face in (SONG, HEI, KAI, FANGSONG):
        assert squeezed(read(pages(text, face, fonts, tmp_path / "signs.pdf"))) == squeezed(text), face
