"""A photograph is checked before it is trusted, and printed as it came."""

import hashlib
import re
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from faces import Face
from flowing import fleet_license, fleet_type
from PIL import Image

from license_lib.catalogue.layout import Box
from license_lib.errors import InputError
from license_lib.licenses import Photo
from license_lib.rendering import Fonts, check_photo, render
from license_lib.verification.reading import picture_digests


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (300, 400), exif: Image.Exif | None = None) -> bytes:
    out = BytesIO()
    image = Image.linear_gradient("L").resize(size).convert(mode)
    image.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def holding(face: Face, data: bytes) -> Face:
    photo = Photo("image/jpeg", hashlib.sha256(data).hexdigest())
    return replace(face, document=replace(face.document, photo=photo), photo=data)


def embedded(pdf: bytes) -> tuple[bytes, str]:
    """The only image of a page, a JPEG: as it is stored, and its colour space."""
    with pikepdf.open(BytesIO(pdf)) as file:
        (image,) = file.pages[0].get_images().values()
        assert image.Filter == pikepdf.Name.DCTDecode
        return image.read_raw_bytes(), str(image.ColorSpace)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_jpeg_is_embedded_byte_for_byte(fonts: Fonts, residence_face: Face, mode: str) -> None:
    data = picture("JPEG", mode)
    stored, colors = embedded(holding(residence_face, data).pdf(fonts))
    assert stored == data
    assert colors == ("/DeviceRGB" if mode == "RGB" else "/DeviceGray")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "decoded"),
        (b"GIF89a" + bytes(100), "decoded"),
        (picture("GIF", "L"), "decoded"),
        (picture("PNG"), "decoded"),
        (picture("JPEG")[:2000], "decoded"),
        (picture("JPEG", size=(99, 400)), "99 × 400"),
        (picture("JPEG", "L", size=(4000, 3001)), "4000 × 3001"),
        (picture("JPEG", "CMYK"), "CMYK"),
        (picture("JPEG") + bytes(5_000_000), "bytes"),
    ],
)
def test_other_pictures_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InputError) as error:
        check_photo(data)
    assert error.value.code == "photo.invalid"
    assert reason in error.value.message


def test_a_picture_stored_sideways_is_refused() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with pytest.raises(InputError, match="turned"):
        check_photo(picture("JPEG", exif=exif))


def test_of_several_pages_the_first_alone_has_the_photograph(fonts: Fonts) -> None:
    """Who verifies counts the pictures of each page, and a record names one."""
    usual, data = fleet_type(), picture("JPEG")
    layout = usual.layout.model_copy(update={"photo": Box(x=150.0, y=40.0, w=25.0, h=35.0)})
    kind = usual.model_copy(update={"layout": layout})
    photo = Photo("image/jpeg", hashlib.sha256(data).hexdigest())
    document = replace(fleet_license(), photo=photo)
    pdf = render(kind, document, qr_text="HTTPS://ZZ.EXAMPLE.COM/V#A", fonts=fonts, photo=data)
    with pikepdf.open(BytesIO(pdf)) as file:
        assert [len(page.get_images()) for page in file.pages] == [1, 0]
    assert picture_digests(pdf) == (photo.sha256,)


def test_the_photograph_must_be_the_one_that_the_licence_names(fonts: Fonts, residence_face: Face) -> None:
    for other in (picture("JPEG"), None):
        with pytest.raises(InputError) as error:
            replace(residence_face, photo=other).pdf(fonts)
        assert error.value.code == "photo.mismatch"


def test_a_photograph_keeps_its_proportions(fonts: Fonts, residence_face: Face) -> None:
    pdf = holding(residence_face, picture("JPEG", size=(400, 200))).pdf(fonts)
    with pikepdf.open(BytesIO(pdf)) as file:
        content = file.pages[0].Contents.read_bytes()
    placed = re.search(rb"q ([0-9.]+) 0 0 ([0-9.]+) [0-9.]+ [0-9.]+ cm /\S+ Do Q", content)
    assert placed is not None
    wide, high = map(float, placed.groups())
    assert wide / high == pytest.approx(2, rel=0.01)
