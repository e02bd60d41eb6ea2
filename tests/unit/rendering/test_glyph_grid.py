"""Outlines on a coarser grid: every point at the nearest line, as fontTools reads them, and smaller."""

import zlib
from io import BytesIO
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from license_lib.rendering.fonts import FILES
from license_lib.rendering.glyph_grid import on_grid
from license_lib.resources import resource_folder

FOLDER = resource_folder("templates") / "fonts"


@pytest.fixture(scope="module", params=FILES.values())
def table(request: pytest.FixtureRequest) -> Any:
    data = (FOLDER / str(request.param)).read_bytes()
    return TTFont(BytesIO(data), lazy=True)["glyf"]


def simple(table: Any, every: int) -> list[Any]:
    """Simple glyphs, each without its instructions, freshly read."""
    found = []
    for name in list(table.keys())[::every]:
        glyph = table[name]
        if glyph.numberOfContours > 0:
            glyph.program.fromBytecode(b"")
            found.append(glyph)
    return found


@pytest.mark.parametrize("step", [2, 3, 8])
def test_every_point_is_at_the_nearest_line(table: Any, step: int) -> None:
    glyphs = simple(table, 97)
    assert len(glyphs) > 50
    for glyph in glyphs:
        coarse = type(glyph)(on_grid(glyph.compile(table), step))
        coarse.expand(table)
        assert coarse.endPtsOfContours == glyph.endPtsOfContours
        assert [flag & 1 for flag in coarse.flags] == [flag & 1 for flag in glyph.flags]
        expected = [tuple((value + step // 2) // step * step for value in point) for point in glyph.coordinates]
        assert list(coarse.coordinates) == expected
        xs, ys = zip(*expected, strict=True)
        assert (coarse.xMin, coarse.yMin, coarse.xMax, coarse.yMax) == (min(xs), min(ys), max(xs), max(ys))


def test_a_step_of_one_changes_nothing(table: Any) -> None:
    for glyph in simple(table, 997):
        data = glyph.compile(table)
        assert on_grid(data, 1) == data


def test_it_saves_a_twentieth_at_least(table: Any) -> None:
    glyphs = [glyph.compile(table) for glyph in simple(table, 17)]
    before, after = (len(zlib.compress(b"".join(one), 9)) for one in (glyphs, [on_grid(data, 2) for data in glyphs]))
    assert after < 0.95 * before
