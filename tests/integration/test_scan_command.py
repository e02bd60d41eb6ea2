"""`license qr scan`: one line a file, whatever the file is, and where each licence's code is."""

import io
import shutil
import zlib
from pathlib import Path

import pikepdf
import pytest
import qrcode
from PIL import Image, ImageFilter
from support import NOON, license_command

from license_lib.pdfium import opened, page_picture
from license_lib.qr.retries import Patience
from license_lib.resources import resource_folder
from license_lib.verification.scans import confined_scanner, scan_licenses
from license_lib.verification.workers import Limits

STILL = Patience(60, float)
"""A clock that stands still at 0.0."""


@pytest.fixture(scope="module")
def shared_city(typed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one 营业执照; tests only read from it."""
    home = Path(shutil.copytree(typed_home, tmp_path_factory.mktemp("scanned-city") / "home"))
    request = resource_folder("templates") / "business-license" / "example.toml"
    arguments = ("--type", "business-license", "--issuer", "market", "--home", home)
    assert license_command("issue", request, *arguments, "-o", home / "license.pdf").code == 0
    return home


@pytest.fixture(scope="module")
def identifier(shared_city: Path) -> str:
    return str(
        license_command("show", "--number", "91620402MA0000000Q", "--home", shared_city, "--json").value["identifier"]
    )


def page_of(pdf: Path, dpi: float) -> Image.Image:
    with opened(pdf.read_bytes()) as document:
        return page_picture(document[0], dpi, grayscale=True)


def test_each_file_has_one_line_with_an_error_if_it_was_refused(shared_city: Path, tmp_path: Path) -> None:
    pdf, empty, bomb, foreign = (tmp_path / name for name in ("a.pdf", "b.png", "c.png", "d.png"))
    pdf.write_bytes((shared_city / "license.pdf").read_bytes())
    Image.new("L", (60, 60), 255).save(empty)
    Image.new("1", (9000, 9000)).save(bomb)
    qrcode.make("HTTPS://EXAMPLE.COM/").save(str(foreign))
    missing = tmp_path / "line\nend.png"
    files = [foreign, bomb, missing, empty, pdf]
    done = license_command("qr", "scan", *files, "--json", "--seconds", "0.2")
    assert [value["file"] for value in done.values] == [str(file) for file in files]
    assert [len(value["texts"]) for value in done.values] == [1, 0, 0, 0, 1]
    assert [len(value["licenses"]) for value in done.values] == [0, 0, 0, 0, 1]
    errors = [value.get("error", {}).get("code") for value in done.values]
    assert errors == [None, "picture.too-large", "file.unreadable", None, None]
    assert (done.code, done.err) == (3, "")
    assert license_command("qr", "scan", foreign, pdf).code == 0
    assert license_command("qr", "scan", foreign, empty, "--seconds", "0").code == 1
    assert license_command("qr", "scan", empty, bomb, "--seconds", "0").code == 2


def test_a_broken_licence_code_is_an_error_beside_its_text(shared_city: Path, tmp_path: Path) -> None:
    (text,) = license_command("qr", "scan", shared_city / "license.pdf", "--json").value["texts"]
    picture = tmp_path / "broken.png"
    qrcode.make(text[:-8]).save(str(picture))
    done = license_command("qr", "scan", picture, "--json")
    assert (done.code, done.value["texts"], done.value["licenses"]) == (1, [text[:-8]], [])
    assert done.value["error"]["code"] == "qr.malformed"


def test_a_code_with_line_ends_is_one_line(tmp_path: Path) -> None:
    """Else the text of a stranger's code looks like the result of another file."""
    picture = tmp_path / "forged.png"
    said = "x\nlicense.pdf: HTTPS://CITY.EXAMPLE/V#1\x1b[2K"
    qrcode.make(said).save(str(picture))
    told = license_command("qr", "scan", picture).out
    assert told == f"{picture}: x\\nlicense.pdf: HTTPS://CITY.EXAMPLE/V#1\\x1b[2K\n"
    assert license_command("qr", "scan", picture, "--json").value["texts"] == [said]


def test_places_of_a_licence_are_on_its_page(shared_city: Path, identifier: str) -> None:
    (one,) = license_command("qr", "scan", shared_city / "license.pdf", "--json").value["licenses"]
    (place,) = one["places"]
    assert (one["identifier"], one["record"], place["page"]) == (identifier, "same", 1)
    for pixel, millimetre in zip(place["pixels"], place["mm"], strict=True):
        assert [axis * 25.4 / 150 for axis in pixel] == pytest.approx(millimetre, abs=0.1)
    left, top, right, bottom = (round(number * 300 / 25.4) for number in (*place["mm"][0], *place["mm"][2]))
    cut = page_of(shared_city / "license.pdf", 300).crop((left - 40, top - 40, right + 40, bottom + 40))
    again = scan_licenses(_png(cut), None)
    assert [str(found.proof.identifier) for found in again.licenses] == [identifier], "the code is not there"


def test_a_code_from_another_licence_is_not_of_the_embedded_record(
    shared_city: Path, tmp_path: Path, identifier: str
) -> None:
    with pikepdf.open(shared_city / "license.pdf") as document:
        stream = document.attachments["license-record.json"].obj.EF.F
        record = stream.read_bytes()
        stream.write(record.replace("样例".encode(), "假例".encode()))
        assert stream.read_bytes() != record
        document.save(tmp_path / "other.pdf")
    (one,) = license_command("qr", "scan", tmp_path / "other.pdf", "--json").value["licenses"]
    assert (one["identifier"], one["record"]) == (identifier, "other")


def test_several_licences_in_one_photo(shared_city: Path, tmp_path: Path, identifier: str) -> None:
    page = page_of(shared_city / "license.pdf", 150)
    photo = Image.new("L", (page.width + 500, page.height), 120)
    photo.paste(page, (500, 0))
    photo.paste(qrcode.make("another").get_image().convert("L").rotate(20, expand=True, fillcolor=255), (30, 200))
    photo.paste(page.filter(ImageFilter.GaussianBlur(2)).crop((0, 0, 10, 10)), (0, 0))
    picture = tmp_path / "photo.jpg"
    photo.save(picture, quality=85)
    value = license_command("qr", "scan", picture, "--json").value
    assert len(value["texts"]) == 2
    assert [one["identifier"] for one in value["licenses"]] == [identifier]
    assert min(x for x, _ in value["licenses"][0]["places"][0]["pixels"]) > 500


def test_a_file_that_takes_too_much_is_refused_and_the_next_is_read(shared_city: Path) -> None:
    pdf = (shared_city / "license.pdf").read_bytes()
    with confined_scanner(STILL, workers=1, method="fork", limits=Limits(seconds=0)) as scanner:
        refused = scanner.verify(pdf, at=NOON)
    assert refused.error is not None
    assert (refused.error.code, refused.error.hint != "", refused.texts) == ("picture.overrun", True, ())
    with confined_scanner(STILL, workers=1, method="fork") as scanner:
        assert len(scanner.verify(pdf, at=NOON).licenses) == 1


def test_a_pdf_whose_picture_is_a_bomb_costs_a_worker_and_nothing_else(tmp_path: Path, shared_city: Path) -> None:
    side = 60_000
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(side)) for _ in range(side)) + packer.flush()
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 300))
    image = document.make_stream(
        packed,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=side,
        Height=side,
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8,
        Filter=pikepdf.Name.FlateDecode,
    )
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
    document.pages[0].Contents = document.make_stream(b"q 300 0 0 300 0 0 cm /I Do Q")
    document.save(tmp_path / "bomb.pdf")
    assert (tmp_path / "bomb.pdf").stat().st_size < 8_000_000
    limits = Limits(seconds=20, memory=1 << 30)
    with confined_scanner(STILL, workers=1, method="fork", limits=limits) as scanner:
        files = [tmp_path / "bomb.pdf", shared_city / "license.pdf"]
        bomb, sound = (scan for _, scan in scanner.verify_each(files, Path.read_bytes, at=NOON))
    assert getattr(bomb, "texts", None) == ()
    assert len(getattr(sound, "licenses", ())) == 1


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
