"""What collides on a page, what stands on its border, and what lies under the seal."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from license_lib.catalogue import ComputedForm, Layout, LicenseType
from license_lib.catalogue.checks import all_layouts
from license_lib.catalogue.faults import Steps
from license_lib.catalogue.layout import Box, Square, StaticText, Table, TextBox
from license_lib.catalogue.layout_checks import places
from license_lib.rendering.blocks import MM
from license_lib.rendering.ornament import INNER
from license_lib.template_craft.lint_rows import Lint, lint

_ROUNDING = 0.01  # millimetres
_SHOWN = 12
_UNDER_THE_SEAL = frozenset({"issuer_name", "issued_on"})
_MAY_COVER = frozenset({"seal", "signatory", "artwork"})
"""What stands over other things, or below them, on purpose; seal and signatory have rules of their own."""
Place = tuple[Steps, Box | Square]


def place_lints(kind: LicenseType) -> Iterator[Lint]:
    """Every finding of this kind, in all layouts."""
    for steps, layout in all_layouts(kind):
        everything = list(places(layout))
        there = [one for one in everything if one[0][0] not in _MAY_COVER]
        for (_, first), (path, second) in combinations(there, 2):
            if _page(first) == _page(second) and _overlap(first, second):
                yield lint("place.overlap", (*steps, *path), other=_name(layout, first))
        for path, place in everything:
            if path[0] != "artwork" and _on_the_border(layout, place):
                yield lint("place.border", (*steps, *path), inner=INNER / MM)
        yield from _under_the_seal(kind, layout, there, steps)
        if layout.signatory is not None:
            for path, place in [*there, (("seal",), layout.seal)]:
                if not isinstance(place, TextBox) and _page(place) == 1 and _overlap(place, layout.signatory):
                    yield lint("signatory.covers", (*steps, *path))


def _under_the_seal(kind: LicenseType, layout: Layout, there: Sequence[Place], steps: Steps) -> Iterator[Lint]:
    dates = {one.key for one in kind.computed if one.form is ComputedForm.DATE}
    for path, place in there:
        allowed = isinstance(place, TextBox) and place.field in _UNDER_THE_SEAL | dates
        if not allowed and _page(place) == 1 and _overlap(place, layout.seal):
            yield lint("seal.covers", (*steps, *path))


def _page(place: Box | Square) -> int:
    return place.page if isinstance(place, TextBox | StaticText | Table) else 1


def _edges(place: Box | Square) -> tuple[float, float, float, float]:
    wide, high = (place.size, place.size) if isinstance(place, Square) else (place.w, place.h)
    return place.x, place.y, place.x + wide, place.y + high


def _overlap(one: Box | Square, other: Box | Square) -> bool:
    (left, top, right, bottom), (left2, top2, right2, bottom2) = _edges(one), _edges(other)
    wide, high = min(right, right2) - max(left, left2), min(bottom, bottom2) - max(top, top2)
    return wide > _ROUNDING and high > _ROUNDING


def _on_the_border(layout: Layout, place: Box | Square) -> bool:
    left, top, right, bottom = _edges(place)
    inner = INNER / MM - _ROUNDING
    return min(left, top, layout.page.width - right, layout.page.height - bottom) < inner


def _name(layout: Layout, place: Box | Square) -> str:
    """How a finding calls a place: by the field that stands there, or by its text."""
    if isinstance(place, TextBox | Table):
        return repr(place.field)
    if isinstance(place, StaticText):
        return "title" if place is layout.title else repr(place.text[:_SHOWN])
    return "qr" if place is layout.qr else "photo"
