"""Has a face room for the seal? Asked while nothing has been written yet."""

from license_lib.catalogue.layout import Layout
from license_lib.errors import InputError
from license_lib.key_folder import VisibleSeal
from license_lib.rendering import SealSpace
from license_lib.rendering.face import edges_of, seal_field
from license_lib.rendering.structure import Edges
from signing.sealing import FIELD_NAME


def check_room(layout: Layout, seal: VisibleSeal) -> None:
    """Refuse a seal that the face has no room for, while nothing has been written yet."""
    code, field = edges_of(layout.page, layout.qr), seal_field(layout, seal_space(seal)).edges
    if _meet(field, code):
        raise InputError("seal.room", "the seal would lie over the QR code", hint="use a smaller seal")
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


def _meet(one: Edges, other: Edges) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return not (beside or one.top <= other.bottom or other.top <= one.bottom)


def seal_space(seal: VisibleSeal) -> SealSpace:
    """What a face has to know of its seal."""
    return SealSpace(FIELD_NAME, seal.name, seal.width_mm, seal.height_mm)
