"""The drawn face, as outside tools see it: text, fonts, QR, attachment, structure; and the same bytes every time."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from faces import QR_TEXT, Face, example_face
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar_decode

from license_lib.errors import InputError
from license_lib.rendering import Attachment, Fonts, page_png, plan_face

RARE = "㛃䶮龑𠅤𫖯·买买提½㎡"
RECORD = Attachment(json.dumps({"ZZMC": "营业执照"}).encode())


def pdftotext(pdf: bytes, folder: Path) -> str:
    file = folder / "face.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def pdfium_text(pdf: bytes, _: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        text: str = document[0].get_textpage().get_text_bounded()
        return text


def mutool_text(pdf: bytes, folder: Path) -> str:
    file = folder / "face.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["mutool", "draw", "-q", "-F", "text", str(file)], capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("extract", [pdftotext, pdfium_text, mutool_text])
def test_every_value_can_be_extracted(
    fonts: Fonts, example: Face, extract: Callable[[bytes, Path], str], tmp_path: Path
) -> None:
    text = squeezed(extract(example.pdf(fonts), tmp_path))
    for box in example.license_type.layout.boxes:
        assert squeezed(example.values()[box.field]) in text, box.field


@pytest.mark.parametrize("extract", [pdftotext, pdfium_text, mutool_text])
def test_rare_characters_are_extracted_as_they_were_given(
    fonts: Fonts, business_face: Face, extract: Callable[[bytes, Path], str], tmp_path: Path
) -> None:
    face = business_face.with_fields(legal_representative=RARE, address=f"{RARE}路1号" * 3)
    text = squeezed(extract(face.pdf(fonts), tmp_path))
    assert RARE in text
    assert f"{RARE}路1号" * 3 in text


def test_characters_that_share_a_glyph_stay_apart(fonts: Fonts, business_face: Face) -> None:
    # Latin, Cyrillic and full-width A, two ideographs that Song draws alike: looks alike, is not the same.
    lookalikes = "AАＡ㘽㦳"
    fonts.check("address", lookalikes)
    pdf = business_face.with_fields(address=lookalikes).pdf(fonts)
    with pikepdf.open(BytesIO(pdf)) as file:
        maps = "".join(font.ToUnicode.read_bytes().decode() for font in file.pages[0].Resources.Font.as_dict().values())
    for character in lookalikes:
        assert f"<{ord(character):04X}>" in maps


def test_all_fonts_are_embedded_subsets_with_unicode(fonts: Fonts, example: Face, tmp_path: Path) -> None:
    (tmp_path / "face.pdf").write_bytes(example.pdf(fonts))
    done = subprocess.run(["pdffonts", str(tmp_path / "face.pdf")], capture_output=True, check=True, text=True)
    rows = done.stdout.splitlines()[2:]
    blocks = plan_face(example.license_type, example.content(), fonts).blocks
    runs = {run.face for block in blocks for line in block.lines for run in fonts.runs(line.text, block.face)}
    assert len(rows) == len(runs) >= 2
    for row in rows:
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row
        assert row.split()[0][6] == "+"


def test_structure_is_sound_for_qpdf_and_mutool(fonts: Fonts, example: Face, tmp_path: Path) -> None:
    file = tmp_path / "face.pdf"
    file.write_bytes(example.pdf(fonts, attachment=RECORD))
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True)
    for arguments in (["info"], ["draw", "-N", "-q", "-o", str(tmp_path / "face.png")]):
        done = subprocess.run(["mutool", *arguments, str(file)], check=True, capture_output=True, text=True)
        assert "warning" not in done.stderr
        assert "error" not in done.stderr


def test_the_qr_is_read_by_three_readers_at_150_dpi(fonts: Fonts, example: Face, tmp_path: Path) -> None:
    file = tmp_path / "face.png"
    file.write_bytes(page_png(example.pdf(fonts), dpi=150))
    with Image.open(file) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [QR_TEXT]
        assert [code.data.decode() for code in zbar_decode(picture, symbols=[ZBarSymbol.QRCODE])] == [QR_TEXT]
    done = subprocess.run(["zbarimg", "--quiet", "--raw", str(file)], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == QR_TEXT


def test_the_longest_qr_is_still_read_from_poppler_at_150_dpi(
    fonts: Fonts, business_face: Face, tmp_path: Path
) -> None:
    text = QR_TEXT + "A7MZXW6Y" * 38  # a holder's name of 50 characters needs about so much
    (tmp_path / "face.pdf").write_bytes(business_face.pdf(fonts, qr_text=text))
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", str(tmp_path / "face.pdf"), str(tmp_path / "face")], check=True
    )
    with Image.open(tmp_path / "face.png") as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [text]
        assert [code.data.decode() for code in zbar_decode(picture, symbols=[ZBarSymbol.QRCODE])] == [text]


def test_the_record_is_attached_as_data(fonts: Fonts, business_face: Face) -> None:
    with pikepdf.open(BytesIO(business_face.pdf(fonts, attachment=RECORD))) as file:
        assert file.attachments["license-record.json"].get_file().read_bytes() == RECORD.data
        (associated,) = file.Root.AF
        assert associated.AFRelationship == pikepdf.Name.Data
        assert associated.EF.F.Subtype == pikepdf.Name("/application/json")
        assert associated.EF.F.objgen == file.Root.Names.EmbeddedFiles.Names[1].EF.UF.objgen


def test_the_file_says_what_it_is(fonts: Fonts, business_face: Face) -> None:
    with pikepdf.open(BytesIO(business_face.pdf(fonts))) as file:
        title = f"营业执照 {business_face.document.identifier}"
        assert len(file.pages) == 1
        assert [float(edge) for edge in file.pages[0].MediaBox] == pytest.approx([0, 0, 841.89, 595.28], abs=0.01)
        assert str(file.docinfo.Title) == title
        assert file.Root.Lang == "zh-CN"
        assert file.Root.ViewerPreferences.DisplayDocTitle
        with file.open_metadata() as metadata:
            assert metadata["dc:title"] == title
            assert metadata["pdfaid:part"] == "3"
            assert metadata["dc:identifier"] == str(business_face.document.identifier)


def test_no_holder_stands_in_the_metadata(fonts: Fonts, residence_face: Face) -> None:
    with pikepdf.open(BytesIO(residence_face.pdf(fonts))) as file:
        metadata = file.Root.Metadata.read_bytes().decode() + repr(dict(file.docinfo))
    for holder in residence_face.document.holders:
        assert holder.name not in metadata
        assert holder.number not in metadata


def test_the_same_licence_gives_the_same_bytes(fonts: Fonts, example: Face) -> None:
    assert example.pdf(fonts, attachment=RECORD) == example.pdf(fonts, attachment=RECORD)


def test_faces_drawn_before_do_not_matter(fonts: Fonts, business_face: Face) -> None:
    alone = business_face.pdf(fonts)
    example_face("birth-certificate").pdf(fonts)
    assert business_face.pdf(fonts) == alone


def test_another_process_gives_the_same_bytes(fonts: Fonts, residence_face: Face, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from faces import example_face; from license_lib.rendering import Fonts;"
        "from license_lib.resources import resource_folder;"
        "fonts = Fonts.load(resource_folder('templates') / 'fonts');"
        "Path(sys.argv[1]).write_bytes(example_face('residence-permit').pdf(fonts))"
    )
    tests = Path(__file__).resolve().parents[2]
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.pdf"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"}
        subprocess.run([sys.executable, "-c", code, str(file)], check=True, env=environment)
        assert file.read_bytes() == residence_face.pdf(fonts)


def test_another_value_gives_other_bytes(fonts: Fonts, business_face: Face) -> None:
    assert business_face.with_fields(address="甘肃省白银市样例路2号").pdf(fonts) != business_face.pdf(fonts)


def test_previews_are_bounded_and_refuse_what_is_no_pdf(fonts: Fonts, business_face: Face) -> None:
    pdf = business_face.pdf(fonts)
    with Image.open(BytesIO(page_png(pdf, dpi=72))) as picture:
        assert picture.size == pytest.approx((842, 595), abs=1)
        assert picture.mode == "RGB"
    for data, page, dpi in ((b"no pdf", 0, 150), (pdf, 1, 150), (pdf, -1, 150), (pdf, 0, 601), (pdf, 0, 0)):
        with pytest.raises(InputError) as error:
            page_png(data, page, dpi)
        assert error.value.code == "preview.unreadable"
