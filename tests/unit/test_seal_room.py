"""A seal has room on a face, or is refused before anything is written."""

import pytest
from flowing import fleet_type

from license_lib.catalogue.layout import Square
from license_lib.errors import InputError
from license_lib.seal_pictures import VisibleSeal
from license_lib.seal_room import check_room

SEAL = VisibleSeal(name="样例", picture=b"", width_mm=42.0, height_mm=42.0, signatory=None)
"""Two pages share it at the right edge, 21 mm each, in the middle of 210 mm."""


@pytest.mark.parametrize(
    ("code", "pages"),
    [
        (Square(x=220.0, y=20.0, size=44.0), 2),
        (Square(x=240.0, y=83.0, size=44.0), 1),
        (Square(x=240.0, y=83.0, size=44.0), 4),
        (Square(x=232.5, y=83.0, size=44.0), 2),  # half a millimetre of its quiet zone
    ],
)
def test_a_seal_beside_the_code_has_room(code: Square, pages: int) -> None:
    check_room(fleet_type().layout.model_copy(update={"qr": code}), SEAL, pages)


@pytest.mark.parametrize(
    ("code", "pages"), [(Square(x=240.0, y=83.0, size=44.0), 2), (Square(x=255.0, y=60.0, size=36.0), 3)]
)
def test_a_seal_across_the_pages_and_over_the_code_is_refused(code: Square, pages: int) -> None:
    with pytest.raises(InputError, match="across the pages") as caught:
        check_room(fleet_type().layout.model_copy(update={"qr": code}), SEAL, pages)
    assert caught.value.code == "seal.room"
