"""Has a face room for the seal? Asked while nothing has been written yet."""

from dataclasses import replace
from typing import Final

from license_lib.catalogue.layout import Layout
from license_lib.code_size import LARGEST_VERSION, QUIET_ZONE, CodeSize
from license_lib.errors import InputError
from license_lib.rendering import Bound, Ink, SealSpace, Signature, Strip
from license_lib.rendering.blocks import MM
from license_lib.rendering.face import edges_of, seal_field
from license_lib.rendering.structure import Edges
from license_lib.seal_pictures import VisibleSeal
from signing.pages import strips
from signing.sealing import FIELD_NAME, Prepared

_MOST_MODULES: Final = CodeSize(LARGEST_VERSION, 0).modules + 2 * QUIET_ZONE
"""Of a code's side, light ones around it among them."""


def check_room(layout: Layout, seal: VisibleSeal, pages: int) -> None:
    """Refuse a seal that the face has no room for, while nothing has been written yet.

    Args:
        layout: of the face.
        seal: the seal.
        pages: how many the face has.

    Raises:
        InputError: `seal.room`.
    """
    code, field = edges_of(layout.page, layout.qr), seal_field(layout, seal_space(seal)).edges
    if _meet(field, code):
        raise InputError("seal.room", "the seal would lie over the QR code", hint="use a smaller seal")
    if pages > 1 and _meet(_strip(layout, seal, pages), code):
        problem = "the seal across the pages would lie over the QR code"
        raise InputError("seal.room", problem, hint="use a smaller seal, or mend the template's layout")
    room, (wide, high) = layout.signatory, seal.signatory_mm
    if room is None or seal.signatory is None:
        return
    if wide > room.w or high > room.h:
        raise InputError(
            "seal.room",
            f"the name seal of who issues measures {wide:g} × {high:g} mm, its room {room.w:g} × {room.h:g}",
            hint="use a smaller one, or a template with room for it",
        )
    if _meet(edges_of(layout.page, room), code):
        raise InputError("seal.room", "the name seal would lie over the QR code", hint="mend the template's layout")


def _strip(layout: Layout, seal: VisibleSeal, pages: int) -> Edges:
    """Where the first page has its part of the seal across the pages 骑缝章, as far as no quiet zone takes it."""
    width, height = layout.page.width * MM, layout.page.height * MM
    _, left, bottom = strips([(width, height)] * pages, seal.width_mm * MM, seal.height_mm * MM)[0]
    quiet = layout.qr.size * MM * QUIET_ZONE / _MOST_MODULES
    return Edges(left + quiet, bottom + quiet, width, bottom + seal.height_mm * MM - quiet)


def _meet(one: Edges, other: Edges) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return not (beside or one.top <= other.bottom or other.top <= one.bottom)


def seal_space(seal: VisibleSeal) -> SealSpace:
    """What a face has to know of a seal that is drawn when the face is sealed."""
    return SealSpace(FIELD_NAME, seal.name, seal.width_mm, seal.height_mm)


def printed_seal(seal: VisibleSeal, layout: Layout, signature: Signature) -> SealSpace:
    """What a face has to know of a seal that is printed with it.

    Args:
        seal: the seal.
        layout: of the face; has room for it (`check_room`).
        signature: what the signature will say.
    """
    room = layout.signatory
    marks: tuple[tuple[bytes, float, float], ...] = ()
    if seal.signatory is not None and room is not None:
        marks = ((seal.signatory, room.x + room.w / 2, room.y + room.h / 2),)

    def across(pages: int, width: float, height: float) -> list[Strip]:
        size = seal.width_mm * MM, seal.height_mm * MM
        return [Strip(*strip) for strip in strips([(width, height)] * pages, *size)]

    return replace(seal_space(seal), ink=Ink(seal.picture, marks, across), signature=signature)


def prepared(face: Bound) -> Prepared:
    """A face as it was printed, for sealing.

    Raises:
        ValueError: it was printed without the gap for a signature.
    """
    if face.gap is None:
        raise ValueError("a face that is sealed is printed with its signature's gap")
    return Prepared(face.data, *face.gap)
