"""A preview shows what a licence would, and can be taken for none."""

import math
import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from crafting import DAY, KEY, Department
from PIL import Image, ImageChops
from pypdfium2 import PdfDocument

from license_lib.catalogue import load_type
from license_lib.errors import InputError, MachineError
from license_lib.pdfium import opened, page_picture
from license_lib.qr import is_proof, scan_file
from license_lib.rendering import Fonts
from license_lib.resources import resource_folder
from license_lib.template_craft.marks import marked
from license_lib.template_craft.preview import preview, write_picture

BUILT_IN = resource_folder("templates")


def texts(pdf: bytes) -> list[str]:
    with PdfDocument(pdf) as document:
        return ["".join(str(page.get_textpage().get_text_range()).split()) for page in document]


def shown(department: Department, *, longest: bool = False) -> bytes:
    return preview(department.folder, KEY, fonts=department.fonts, day=DAY, longest_values=longest)


def test_the_values_of_the_example_can_be_read(department: Department) -> None:
    (text,) = texts(shown(department))
    for value in ("样例出租汽车运输证", "2026-00001", "样例商贸有限公司", "甲类", "2031年3月1日", "样例市行政审批局"):
        assert value in text
    assert "印章" not in text, "the marks are shapes: what is read is what the licence would say"


def test_it_is_no_licence(department: Department) -> None:
    pdf = shown(department)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.docinfo["/Title"]).startswith("样例：")
        assert not {"/AcroForm", "/AF", "/Names", "/Perms"} & set(document.Root.keys())
    codes = scan_file(pdf)
    assert all(text.startswith("SPECIMEN NOT A LICENCE") and not is_proof(text) for text in codes)
    assert "SPECIMEN" in texts(pdf)[0]


def test_the_code_is_as_dense_as_a_real_one(department: Department) -> None:
    (code,) = scan_file(preview(BUILT_IN, "residence-permit", fonts=department.fonts, day=DAY))
    assert 250 < len(code) < 450


def test_the_mark_lies_on_every_page_and_leaves_the_texts_alone(department: Department) -> None:
    pdf = shown(department, longest=True)
    assert len(texts(pdf)) == 2
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            last = page.Contents[-1].read_bytes() if isinstance(page.Contents, pikepdf.Array) else b""
            assert last.startswith(b"Q /Artifact BMC")
            assert last.endswith(b"EMC")
            assert b"Tj" not in last
    with opened(pdf) as document:
        for page in document:
            picture = page_picture(page, 20, grayscale=False)
            red, green, _ = picture.split()
            reddish = ImageChops.subtract(red, green).point(lambda depth: 255 if depth > 15 else 0)
            for quarter in ((0, 0), (1, 0), (0, 1), (1, 1)):
                left, top = quarter[0] * picture.width // 2, quarter[1] * picture.height // 2
                cut = reddish.crop((left, top, left + picture.width // 2, top + picture.height // 2))
                assert cut.histogram()[255] > 0.02 * cut.width * cut.height


def test_the_place_of_the_seal_is_outlined_on_the_first_page_only(department: Department) -> None:
    layout = load_type(department.type_folder).kind.layout
    pdf = shown(department, longest=True)
    with opened(pdf) as document:
        pages = [page_picture(page, 72, grayscale=False) for page in document]
    strong = []
    for picture in pages:
        scale = picture.width / layout.page.width
        seal = layout.seal
        box = [round(edge * scale) for edge in (seal.x, seal.y, seal.x + seal.size, seal.y + seal.size)]
        red, green, _ = picture.crop(tuple(box)).split()  # type: ignore[arg-type]  # four numbers
        strong.append(ImageChops.subtract(red, green).point(lambda depth: 255 if depth > 120 else 0).histogram()[255])
    assert strong[0] > 50
    assert strong[1] == 0


def test_the_place_of_the_signatorys_mark_is_outlined_where_there_is_one(department: Department) -> None:
    without = shown(department)
    department.add("layout.toml", "[signatory]\nx = 60\ny = 165\nw = 24\nh = 8\n")
    with opened(without) as one:
        before = page_picture(one[0], 72, grayscale=False)
    with opened(shown(department)) as other:
        after = page_picture(other[0], 72, grayscale=False)
    found = [edge / 72 * 25.4 for edge in ImageChops.difference(before, after).getbbox() or ()]
    assert found == pytest.approx([60, 165, 84, 173], abs=0.6), "millimetres"


def test_a_variant_by_its_name_or_by_its_choice(fonts: Fonts) -> None:
    by_name, by_choice = (
        preview(BUILT_IN, "营业执照", fonts=fonts, day=DAY, variant=variant) for variant in ("duplicate", "副本")
    )
    assert by_name == by_choice
    assert "副本编号" in texts(by_name)[0]
    assert "副本编号" not in texts(preview(BUILT_IN, "营业执照", fonts=fonts, day=DAY, variant="正本"))[0]


def test_a_variant_without_an_example_is_shown_with_the_one_there_is(department: Department) -> None:
    department.add("type.toml", '[variants]\nfield = "category"\nlayouts = { "乙类" = "second" }\n')
    department.add("layout-second.toml", 'extends = ["layout.toml"]\n[title]\ntext = "样例副证"\n')
    pdf = preview(department.folder, KEY, fonts=department.fonts, day=DAY, variant="second")
    assert "样例副证" in texts(pdf)[0]
    assert "乙类" in texts(pdf)[0]


def test_a_photo_of_the_example_is_shown(fonts: Fonts) -> None:
    with pikepdf.open(BytesIO(preview(BUILT_IN, "residence-permit", fonts=fonts, day=DAY))) as document:
        filters = [str(one.get("/Filter")) for one in document.pages[0].Resources.XObject.values()]
    assert "/DCTDecode" in filters


@pytest.mark.parametrize(
    ("key", "variant", "code"),
    [("nosuch", "", "type.unknown"), (KEY, "duplicate", "template.variant"), (KEY, "甲类", "template.variant")],
)
def test_what_there_is_not_is_refused(department: Department, key: str, variant: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        preview(department.folder, key, fonts=department.fonts, day=DAY, variant=variant)
    assert caught.value.code == code


def test_without_an_example_there_is_no_preview(department: Department) -> None:
    (department.type_folder / "example.toml").unlink()
    with pytest.raises(InputError) as caught:
        shown(department)
    assert caught.value.code == "example.missing"


def test_a_wrong_example_says_what_is_wrong(department: Department) -> None:
    department.edit("example.toml", "甲类", "丙类")
    with pytest.raises(InputError) as caught:
        shown(department)
    assert caught.value.code == "field.choice"


def test_the_longest_values_are_cut_to_what_fits(department: Department) -> None:
    department.edit("layout.toml", "y = 93, w = 243, h = 13", "y = 93, w = 243, h = 6")
    text = texts(shown(department, longest=True))[0]
    assert 20 < text.count("样例内容最长文字") < 100


def test_a_value_that_can_never_be_printed_is_named(department: Department) -> None:
    department.edit("type.toml", 'rule = "years"\nyears = 5', 'rule = "given"')
    department.edit("example.toml", "valid_from = 2026-03-02", 'valid_from = 2026-03-02\nvalid_until = "long-term"')
    department.edit("layout.toml", "y = 164, w = 117, h = 9", "y = 164, w = 44, h = 4")
    assert texts(shown(department))
    with pytest.raises(InputError, match="validity") as caught:
        shown(department, longest=True)
    assert caught.value.code == "field.overflow"


def test_the_same_input_gives_the_same_bytes(department: Department) -> None:
    assert shown(department) == shown(department)


def test_files_are_what_their_names_say(department: Department, tmp_path: Path) -> None:
    pdf = shown(department)
    write_picture(pdf, tmp_path / "a.pdf")
    write_picture(pdf, tmp_path / "a.PNG", dpi=50)
    assert (tmp_path / "a.pdf").read_bytes() == pdf
    with Image.open(tmp_path / "a.PNG") as picture:
        assert picture.size == (math.ceil(297 / 25.4 * 50), math.ceil(210 / 25.4 * 50))


@pytest.mark.parametrize(
    ("name", "page", "code"),
    [("a.png", 2, "preview.unreadable"), ("a.jpg", 1, "output.kind"), ("nosuch/a.pdf", 1, "output.unwritable")],
)
def test_what_cannot_be_written_is_refused(
    department: Department, tmp_path: Path, name: str, page: int, code: str
) -> None:
    with pytest.raises((InputError, MachineError)) as caught:
        write_picture(shown(department), tmp_path / name, page=page)
    assert caught.value.code == code
    assert not (tmp_path / name).exists()


def test_a_font_that_is_no_font_is_named(department: Department, tmp_path: Path) -> None:
    (tmp_path / "NotoSansSC-Regular.ttf").write_bytes(b"no font")
    with pytest.raises(MachineError, match=re.escape("NotoSansSC-Regular.ttf")) as caught:
        marked(shown(department), load_type(department.type_folder).kind.layout, tmp_path)
    assert caught.value.code == "font.unreadable"
