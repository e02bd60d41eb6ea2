"""The file for the printer: face and code of the sealed licence, without what makes that one a licence file."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageStat
from support import ISSUERS

from license_lib.authority import Authority
from license_lib.errors import InputError
from license_lib.issuing import Issued
from license_lib.qr import scan, scan_file
from license_lib.rendering import page_png, print_copy
from license_lib.verification import Outcome


@pytest.fixture(params=ISSUERS)
def issued(request: pytest.FixtureRequest, issued_licenses: dict[str, Issued]) -> Issued:
    return issued_licenses[request.param]


def by_poppler(pdf: bytes, folder: Path) -> Image.Image:
    (folder / "page.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-singlefile", folder / "page.pdf", folder / "page"], check=True)
    return Image.open(folder / "page.ppm")


def by_mupdf(pdf: bytes, folder: Path) -> Image.Image:
    (folder / "page.pdf").write_bytes(pdf)
    command = ["mutool", "draw", "-q", "-r", "150", "-o", str(folder / "page.ppm"), str(folder / "page.pdf")]
    subprocess.run(command, check=True, capture_output=True)
    return Image.open(folder / "page.ppm")


@pytest.mark.parametrize("draw", [by_poppler, by_mupdf])
def test_the_print_looks_like_the_licence_seal_and_all(
    draw: Callable[[bytes, Path], Image.Image], issued: Issued, shared_authority: Authority, tmp_path: Path
) -> None:
    printed = draw(print_copy(issued.pdf), tmp_path).convert("RGB")
    printed.load()
    difference = ImageChops.difference(printed, draw(issued.pdf, tmp_path).convert("RGB")).convert("L")
    assert difference.point(lambda value: 255 if value > 32 else 0).getbbox() is None, (
        "but for the edges of the seal, which fall between pixels"
    )
    place = shared_authority.catalogue.get(issued.license.template.key).layout.seal
    box = [edge * 150 / 25.4 for edge in (place.x, place.y, place.x + place.size, place.y + place.size)]
    red, green, _ = printed.crop((int(box[0]), int(box[1]), int(box[2]), int(box[3]))).split()
    seal = ImageChops.subtract(red, green).point(lambda value: 255 if value > 100 else 0)
    assert ImageStat.Stat(seal).mean[0] > 255 * 0.1, "the seal is there, in red"


def test_nothing_in_it_is_signed_or_attached(issued: Issued, tmp_path: Path) -> None:
    file = tmp_path / "print.pdf"
    file.write_bytes(print_copy(issued.pdf))
    done = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False)
    assert "does not contain any signatures" in done.stdout + done.stderr
    listed = subprocess.run(["qpdf", "--list-attachments", str(file)], capture_output=True, text=True, check=True)
    assert "no embedded files" in listed.stdout
    with pikepdf.open(file) as pdf:
        assert not {"/AcroForm", "/Perms", "/AF", "/Names", "/DSS"} & set(pdf.Root.keys())
        assert all("/Annots" not in page.obj for page in pdf.pages)
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"
        assert not any({"/BleedBox", "/TrimBox", "/ArtBox"} & set(page.obj.keys()) for page in pdf.pages)
        streams = [
            one.read_bytes()
            for one in pdf.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Filter") != "/DCTDecode"
        ]
    for personal in (b"KZ_FDDBR", b'"CZZT', b"license-record"):
        assert not any(personal in data for data in (file.read_bytes(), *streams))


def test_it_is_called_a_print(issued: Issued) -> None:
    with pikepdf.open(BytesIO(print_copy(issued.pdf))) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == f"打印件：{issued.license.type_name} {issued.identifier}"
        assert metadata["dc:identifier"] == issued.identifier


def test_the_printed_code_still_proves_the_licence(issued: Issued, shared_authority: Authority) -> None:
    (text,) = scan(page_png(print_copy(issued.pdf), dpi=150))
    assert (text,) == scan_file(issued.pdf)
    verdict = shared_authority.verify_code(text)
    assert verdict.outcome is Outcome.IN_FORCE
    assert verdict.code is not None
    assert str(verdict.code.identifier) == issued.identifier


def test_the_print_itself_is_no_licence_file(business: Issued, shared_authority: Authority) -> None:
    verdict = shared_authority.verify(print_copy(business.pdf))
    assert verdict.outcome is not Outcome.IN_FORCE
    assert any(finding.code == "seal.missing" for finding in verdict.findings)


def test_the_same_licence_gives_the_same_print(business: Issued) -> None:
    assert print_copy(business.pdf) == print_copy(business.pdf)


@pytest.mark.parametrize("data", [b"", b"no pdf", b"%PDF-1.7\n"])
def test_what_is_no_licence_is_refused(data: bytes) -> None:
    with pytest.raises(InputError) as error:
        print_copy(data)
    assert error.value.code == "preview.unreadable"


def test_a_strangers_document_is_refused() -> None:
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    with pytest.raises(InputError, match="no licence"):
        print_copy(out.getvalue())
