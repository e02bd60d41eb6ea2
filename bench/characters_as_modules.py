"""How well characters of our fonts can stand for the modules of a QR code: what ADR 26 counts lines by.

Whoever writes a record writes texts, and from afar these are dark and light squares. Two questions: if a character
shows so many rows of modules, how many of them come out right at best, for modules at random? And how far from each
other may lines be, with a character a module, for a reader to see a code?

    python bench/characters_as_modules.py [--every 1]
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from license_lib.qr.readers import ask_zbar, ask_zxing
from license_lib.rendering import Fonts
from license_lib.rendering.fonts import FILES, HEI, SONG
from license_lib.rendering.qr_drawing import qr_matrix
from license_lib.rendering.truetype import TrueTypeFont
from license_lib.resources import fonts_beside, resource_folder
from license_lib.verification.plain_fonts import MOSAIC

SIZE = 60
THRESHOLDS = (0.08, 0.12, 0.17, 0.22, 0.3)
"""Shares of ink from which a module is dark: a reader chooses what suits a picture."""
ROWS = (1, 2, 3, 4, 5, 6, 7, 8)
PATTERNS = 200
PITCHES = (1.0, 1.2, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0)
PIXELS = (1.5, 1.75, 2, 2.5, 3, 4, 5, 6)
"""Of a module, for the readers."""
SHORTEST_CODE = "HTTP://A/V#" + "7" * 229
DENSE, BOLD = "䨻", 2


def main() -> None:
    """Print both answers."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--every", type=int, default=1, help="look at each so manieth character only")
    every = options.parse_args().every
    folder = fonts_beside(resource_folder("templates"))
    fonts, files = Fonts.load(folder), {face: folder / FILES[face] for face in (SONG, HEI)}
    print("rows of a line | modules right at best: full width | narrower")
    pictures = {face: list(drawn(fonts.faces[face], ImageFont.truetype(files[face], SIZE), every)) for face in files}
    for rows in ROWS:
        shares = [max(share_of(one, rows, narrow=narrow) for one in pictures.values()) for narrow in (False, True)]
        print(f"{rows:14} | {shares[0]:34.0%} | {shares[1]:8.0%}")
    print("\ntype sizes from line to line | read with modules of so many pixels")
    for pitch in PITCHES:
        print(f"{pitch:28} | {', '.join(map(str, seen(ImageFont.truetype(files[HEI], SIZE), pitch))) or 'never'}")


def drawn(face: TrueTypeFont, font: ImageFont.FreeTypeFont, every: int) -> Iterator[Image.Image]:
    """Pictures of all characters that a face draws, but for those that are always left to a renderer."""
    for code in range(0x21, 0x30000, every):
        if any(code in blocks for blocks in MOSAIC) or not (glyph := face.glyph(code)):
            continue
        width = round(face.advance(glyph) * SIZE / 1000)
        if 0 < width <= SIZE:
            picture = Image.new("L", (width, SIZE), 0)
            ImageDraw.Draw(picture).text((0, SIZE * 0.88), chr(code), font=font, fill=255, anchor="ls")
            yield picture


def share_of(pictures: Sequence[Image.Image], rows: int, *, narrow: bool) -> float:
    """The share of modules at random that the best characters show right."""
    choices: dict[int, set[tuple[float, int]]] = {}
    for picture in pictures:
        columns = max(1, round(picture.width * rows / SIZE))
        if (picture.width < SIZE) == narrow and columns <= (2 if narrow else rows):
            inks = picture.resize((columns, rows), Image.Resampling.BOX).tobytes()
            for threshold in THRESHOLDS:
                modules = int("".join("1" if ink > threshold * 255 else "0" for ink in inks), 2)
                choices.setdefault(columns, set()).add((threshold, modules))
    chance, best = random.Random(rows), 0.0  # noqa: S311 -- the same each time
    for columns, found in choices.items():
        patterns = [chance.getrandbits(rows * columns) for _ in range(PATTERNS)]
        for threshold in THRESHOLDS:
            shown = [modules for one, modules in found if one == threshold]
            wrong = sum(min((pattern ^ modules).bit_count() for modules in shown) for pattern in patterns)
            best = max(best, 1 - wrong / (PATTERNS * rows * columns))
    return best


def seen(font: ImageFont.FreeTypeFont, pitch: float) -> list[float]:
    """How large modules are that a reader reads, of dense bold characters and blanks, with lines so far apart."""
    step, matrix = round(SIZE * pitch), qr_matrix(SHORTEST_CODE)
    side = len(matrix) + 8
    page = Image.new("L", (side * SIZE, side * step), 255)
    draw = ImageDraw.Draw(page)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                draw.text(
                    ((x + 4) * SIZE, (y + 4) * step + SIZE * 0.88),
                    DENSE,
                    font=font,
                    fill=0,
                    anchor="ls",
                    stroke_width=BOLD,
                )
    read: list[float] = []
    for pixels in PIXELS:
        size = round(side * pixels)
        small = page.resize((size, size), Image.Resampling.BOX)
        if any(one.codes for one in (ask_zxing(small), ask_zxing(small, one_threshold=True), ask_zbar(small))):
            read.append(pixels)
    return read


if __name__ == "__main__":
    main()
