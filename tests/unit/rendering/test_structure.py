"""The logical structure of a face: what a reader says and in which order; poppler reads it out of the finished file."""

import re
import subprocess
from io import BytesIO
from itertools import count
from pathlib import Path

import pikepdf
from faces import Face

from license_lib.rendering import Fonts
from license_lib.rendering.blocks import MM, Area, Block, Line, Part
from license_lib.rendering.face import PHOTO_ALT, QR_ALT
from license_lib.rendering.structure import Element, Mark, arranged


def block(part: Part, text: str, field: str = "", row: int = 0, column: int = 0) -> Block:
    line = Line(text, 0, 0, 100, 10)
    return Block(field, part, (line,), Area(0, 0, 100, 10), "song", "#000000", row=row, column=column)


def outline(*blocks: Block) -> list[object]:
    """The structure of these blocks: kind and kids of each element, the text of each mark."""
    marked = [(one, Mark(0, number)) for one, number in zip(blocks, count(), strict=False)]
    texts = {mark: one.lines[0].text for one, mark in marked}

    def told(kid: Element | Mark) -> object:
        return texts[kid] if isinstance(kid, Mark) else {kid.kind + kid.language: [told(one) for one in kid.kids]}

    return [told(element) for element in arranged(marked)]


def test_labels_and_values_are_items_of_one_list() -> None:
    assert outline(
        block("title", "营业执照"),
        block("label", "名称", "name"),
        block("value", "样例公司", "name"),
        block("label", "住所", "address"),
        block("value", "2026年3月2日", "issued_on"),
        block("text", "正本"),
    ) == [
        {"H1": ["营业执照"]},
        {
            "L": [
                {"LI": [{"Lbl": ["名称"]}, {"LBody": ["样例公司"]}]},
                {"LI": [{"Lbl": ["住所"]}]},
                {"LI": [{"LBody": ["2026年3月2日"]}]},
            ]
        },
        {"P": ["正本"]},
    ]


def test_a_field_that_stands_twice_is_two_items() -> None:
    (one,) = outline(
        block("label", "名称", "name"),
        block("value", "甲", "name"),
        block("label", "名称", "name"),
        block("value", "乙", "name"),
    )
    assert one == {"L": [{"LI": [{"Lbl": ["名称"]}, {"LBody": [value]}]} for value in "甲乙"]}


def test_english_says_that_it_is() -> None:
    assert outline(
        block("text", "Medical Certificate of Birth"),
        block("label", "名称", "name"),
        block("english", "Name", "name"),
        block("value", "ABC Ltd", "name"),
        block("text", "2026"),
    ) == [
        {"P": [{"Spanen": ["Medical Certificate of Birth"]}]},
        {"L": [{"LI": [{"Lbl": ["名称", {"Spanen": ["Name"]}]}, {"LBody": ["ABC Ltd"]}]}]},
        {"P": ["2026"]},
    ]


def test_cells_stand_in_rows_of_equal_length() -> None:
    cells = [
        (0, 0, "姓名"),
        (0, 0, "Name"),
        (0, 1, "份额"),
        (0, 2, "备注"),
        (1, 0, "甲"),
        (1, 1, "一半"),
        (2, 2, "已故"),
    ]
    (table,) = outline(*(block("cell" if row else "head", text, "owners", row, column) for row, column, text in cells))
    assert table == {
        "Table": [
            {"TR": [{"TH": ["姓名", {"Spanen": ["Name"]}]}, {"TH": ["份额"]}, {"TH": ["备注"]}]},
            {"TR": [{"TD": ["甲"]}, {"TD": ["一半"]}, {"TD": []}]},
            {"TR": [{"TD": []}, {"TD": []}, {"TD": ["已故"]}]},
        ]
    }


def test_two_tables_stay_two() -> None:
    kinds = [next(iter(one)) for one in outline(  # type: ignore[call-overload]
        block("head", "甲", "first"), block("head", "乙", "second"), block("label", "丙", "third")
    )]  # fmt: skip
    assert kinds == ["Table", "Table", "L"]


def test_poppler_reads_every_value_behind_its_label(fonts: Fonts, example: Face, tmp_path: Path) -> None:
    file = tmp_path / "face.pdf"
    file.write_bytes(example.pdf(fonts))
    done = subprocess.run(["pdfinfo", "-struct-text", str(file)], capture_output=True, check=True, text=True)
    assert done.stderr == ""
    items = re.split(r"^ {2,4}[A-Z]", done.stdout, flags=re.MULTILINE)
    said = ["".join(re.findall(r'"(.*)"', item)) for item in items]
    values = example.values()
    for box in example.license_type.layout.boxes:
        label = example.license_type.label_of(box.field) if box.label is None else box.label
        if label and example.license_type.layout.labels == "zh-en":
            label += example.license_type.english_of(box.field) if box.english is None else box.english
        if values[box.field]:
            assert label + values[box.field] in said, box.field
    shown = [values[box.field] for box in example.license_type.layout.boxes if values[box.field]]
    order = [said.index(value) for value in shown if value in said]
    assert order == sorted(order)
    assert re.findall(r"^  (H\d|Figure)", done.stdout, flags=re.MULTILINE)[0] == "H1"


def test_pictures_say_what_they_show_and_where(fonts: Fonts, example: Face) -> None:
    layout = example.license_type.layout
    with pikepdf.open(BytesIO(example.pdf(fonts))) as pdf:
        figures = {str(one.Alt): one.A.BBox for one in pdf.Root.StructTreeRoot.K.K if one.S == "/Figure"}
    places = {QR_ALT: (layout.qr.x, layout.qr.y, layout.qr.size, layout.qr.size)}
    if layout.photo:
        places[PHOTO_ALT] = (layout.photo.x, layout.photo.y, layout.photo.w, layout.photo.h)
    assert set(figures) == set(places)
    for alt, (x, y, width, height) in places.items():
        left, bottom, right, top = (float(edge) / MM for edge in figures[alt])
        assert x - 0.01 <= left < right <= x + width + 0.01
        assert y - 0.01 <= layout.page.height - top < layout.page.height - bottom <= y + height + 0.01
