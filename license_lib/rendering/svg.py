"""SVG (W3C SVG 1.1) as PDF operators: the shapes, paths and plain paints that an emblem is made of.

What would need more than that (text, gradients, transparency, filters, masks) is refused by name, never left out: an
emblem without one of its parts is another emblem. `catalogue.artwork` has seen to it that nothing in the file acts or
points outside.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import PathBuilder, parse_path

from license_lib.errors import InputError
from license_lib.rendering.drawings import Drawing

_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"))
_SILENT = frozenset(("title", "desc", "metadata"))
_STYLE = {
    "fill": "#000000", "stroke": "none", "stroke-width": "1", "fill-rule": "nonzero", "stroke-linecap": "butt",
    "stroke-linejoin": "miter", "stroke-miterlimit": "4",
}  # fmt: skip
"""What is inherited, and its initial value."""
_PLAIN = {
    "opacity": "1", "fill-opacity": "1", "stroke-opacity": "1", "stroke-dasharray": "none", "display": "inline",
    "visibility": "visible", "clip-path": "none", "mask": "none", "filter": "none",
}  # fmt: skip
"""What has to be as it is without being said."""
_CAPS = {"butt": 0, "round": 1, "square": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}
_OPAQUE = 255
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TRANSFORM = re.compile(r"\s*,?\s*(\w+)\s*\(([^)]*)\)")


def svg_drawing(data: bytes) -> Drawing:
    """Draw an SVG file, its user units being the form's.

    Raises:
        InputError: `artwork.unsupported`, naming what it holds that cannot be drawn.
    """
    try:
        root = ET.fromstring(data)  # noqa: S314 - the catalogue takes no file with a document type declaration
        left, top, width, height = _view(root)
        operators = [f"1 0 0 -1 {_number(-left)} {_number(top + height)} cm", *_drawn(root, _STYLE)]
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - fontTools' path parser raises many types
        raise _unsupported(f"it cannot be read ({type(error).__name__})") from None
    return Drawing.of("\n".join(operators), width, height)


def _view(root: ET.Element) -> tuple[float, float, float, float]:
    if "viewBox" in root.attrib:
        left, top, width, height = _numbers(root.attrib["viewBox"])
    else:
        left, top = 0.0, 0.0
        width, height = (float(root.attrib[key].removesuffix("px")) for key in ("width", "height"))
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise _unsupported("its size is no positive number")
    return left, top, width, height


def _drawn(element: ET.Element, inherited: Mapping[str, str]) -> Iterator[str]:
    """The operators of an element and what it holds."""
    name = _local(element.tag)
    if name in _SILENT or (name == "defs" and not len(element)):
        return
    if name not in _SHAPES and name not in ("svg", "g"):
        raise _unsupported(f"<{name}>")
    said = {_local(key): value.strip() for key, value in element.attrib.items()}
    said |= dict(part.split(":", 1) for part in said.pop("style", "").replace(" ", "").split(";") if ":" in part)
    for key, plain in _PLAIN.items():
        if said.get(key, plain) != plain and not (plain == "1" and _numbers(said[key]) == [1.0]):
            raise _unsupported(f"{key} of <{name}>")
    style = {key: said.get(key, value) for key, value in inherited.items()}
    yield f"q {_matrix(said.get('transform', ''))}"
    if name in _SHAPES:
        yield _shape(element, style)
    else:
        for kid in element:
            if isinstance(kid.tag, str):
                if _local(kid.tag) == "svg":
                    raise _unsupported(f"<svg> within <{name}>")
                yield from _drawn(kid, style)
    yield "Q"


def _shape(element: ET.Element, style: Mapping[str, str]) -> str:
    builder = PathBuilder()
    plain = {key: value for key, value in element.attrib.items() if key != "transform"}
    builder.add_path_from_element(ET.Element(element.tag, plain))
    pen = OperatorPen(None)
    for path in builder.paths:
        parse_path(path, pen)
    width = float(style["stroke-width"].removesuffix("px"))
    # Without width there is no line; in a PDF it would be the thinnest that can be drawn.
    fill, stroke = _paint(style["fill"], "rg"), _paint(style["stroke"], "RG") if width else ""
    even_odd = "*" if style["fill-rule"] == "evenodd" else ""
    paint = {(True, True): f"B{even_odd}", (True, False): f"f{even_odd}", (False, True): "S", (False, False): "n"}
    line = (
        f"{_number(width)} w {_CAPS[style['stroke-linecap']]} J"
        f" {_JOINS[style['stroke-linejoin']]} j {_number(float(style['stroke-miterlimit']))} M"
    )
    return " ".join([fill, stroke, line if stroke else "", *pen.operators, paint[bool(fill), bool(stroke)]])


def _paint(color: str, operator: str) -> str:
    """The operator that sets a colour; "" for none."""
    from PIL import ImageColor

    if color in ("none", "transparent"):
        return ""
    try:
        red, green, blue, *alpha = ImageColor.getrgb(color)
    except ValueError:
        raise _unsupported(f"the paint {color[:40]}") from None
    if alpha not in ([], [_OPAQUE]):
        raise _unsupported(f"the paint {color[:40]}")
    return " ".join(f"{part / 255:.3g}" for part in (red, green, blue)) + f" {operator}"


def _matrix(transform: str) -> str:
    """A list of transforms, as `cm` operators."""
    parts = []
    for name, arguments in _TRANSFORM.findall(transform):
        numbers = _numbers(arguments)
        if name == "rotate" and len(numbers) == 3:  # noqa: PLR2004 - an angle and a point
            angle, x, y = numbers
            parts += [(1, 0, 0, 1, x, y), _turn(angle), (1, 0, 0, 1, -x, -y)]
        elif name == "rotate":
            parts.append(_turn(*numbers))
        elif name == "translate":
            parts.append((1, 0, 0, 1, numbers[0], (*numbers, 0)[1]))
        elif name == "scale":
            parts.append((numbers[0], 0, 0, numbers[-1], 0, 0))
        elif name == "matrix":
            a, b, c, d, e, f = numbers
            parts.append((a, b, c, d, e, f))
        else:
            raise _unsupported(f"the transform {name}")
    return " ".join(f"{' '.join(map(_number, part))} cm" for part in parts)


def _turn(degrees: float) -> tuple[float, float, float, float, float, float]:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cosine, sine, -sine, cosine, 0, 0


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _number(value: float) -> str:
    """A number as PDF writes it: without an exponent, and no longer than it has to be; ValueError for none."""
    if not math.isfinite(value):
        raise ValueError("not finite")
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _unsupported(what: str) -> InputError:
    return InputError(
        "artwork.unsupported",
        f"the SVG cannot be drawn: {what}",
        hint="save it as plain shapes and paths in solid colours, or as PNG",
    )


class OperatorPen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Path segments as PDF operators."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the name is fontTools'
        self.operators.append(f"{_number(point[0])} {_number(point[1])} m")

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - as above
        self.operators.append(f"{_number(point[0])} {_number(point[1])} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802 - as above
        self.operators.append(" ".join(_number(part) for point in points for part in point) + " c")

    def _closePath(self) -> None:  # noqa: N802 - as above
        self.operators.append("h")
