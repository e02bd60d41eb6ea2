"""A photograph keeps its picture and loses what the camera wrote beside it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from license_lib.errors import InputError
from license_lib.licenses.photo import without_metadata


def jpeg(**options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    return jpeg(exif=exif.tobytes(), comment=b"secret place") + b"behind the end"


def test_the_picture_stays_and_the_rest_goes() -> None:
    before = with_metadata()
    after = without_metadata(before)
    assert b"CameraMaker" in before
    for text in (b"CameraMaker", b"Exif", b"secret place", b"behind the end"):
        assert text not in after
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_a_picture_behind_the_picture_goes_with_all_that_its_camera_wrote() -> None:
    """As telephones append them (CIPA DC-007, and films behind a still)."""
    assert without_metadata(jpeg() + with_metadata()) == without_metadata(jpeg())


def test_what_is_written_between_the_scans_goes_too() -> None:
    data = jpeg(progressive=True)
    between = data.index(b"\xff\xc4", data.index(b"\xff\xda"))  # the next scan's tables
    comment = b"\xff\xfe\x00\x0esecret place"
    assert without_metadata(data[:between] + comment + data[between:]) == without_metadata(data)


def test_twice_is_once() -> None:
    once = without_metadata(with_metadata())
    assert without_metadata(once) == once


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"restart_marker_blocks": 3}], ids=str)
def test_other_jpegs(options: dict[str, object]) -> None:
    data = jpeg(**options)
    assert Image.open(io.BytesIO(without_metadata(data))).tobytes() == Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 5, 20, 200])
def test_a_broken_file_is_refused(cut: int) -> None:
    with pytest.raises(InputError) as caught:
        without_metadata(jpeg()[:cut])
    assert caught.value.code == "photo.invalid"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_our_own_words(data: bytes) -> None:
    with pytest.raises(InputError):
        without_metadata(b"\xff\xd8" + data.replace(b"\xff\xd9", b""))
