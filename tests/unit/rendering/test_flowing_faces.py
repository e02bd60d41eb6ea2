"""What finds no room on the face goes on on continuation pages, whole and in order; the judge reads it back."""

from dataclasses import replace
from typing import Any, Literal

import pytest
from flowing import fleet_license, fleet_type, vehicles

from license_lib.catalogue.layout import Page
from license_lib.errors import InputError
from license_lib.licenses import License, face_content
from license_lib.rendering import FacePlan, Fonts, plan_face, render, tables
from license_lib.rendering.blocks import MM, PagePlan
from license_lib.rendering.line_breaking import wrap
from license_lib.rendering.setting import ASCENT, DESCENT
from license_lib.verification.faces import PAGE, differing_fields
from license_lib.verification.reading import read_face

QR_TEXT = "HTTPS://ZZ.EXAMPLE.COM/V#" + "MZXW6YTBOIQGE5DFON2A7" * 15
SCOPE = "".join(f"第{number}类：食品、日用百货、五金交电的批发、零售；" for number in range(1, 90))
Labels = Literal["zh", "zh-en"]


def planned(document: License, fonts: Fonts) -> FacePlan:
    return plan_face(fleet_type(), face_content(fleet_type(), document), fonts)


def shown(document: License, fonts: Fonts, labels: Labels = "zh") -> bytes:
    return render(fleet_type(labels), document, qr_text=QR_TEXT, fonts=fonts)


def differences(record: License, pdf: bytes, labels: Labels = "zh") -> list[str]:
    """What the face in `pdf` shows otherwise than the record."""
    kind = fleet_type(labels)
    content = face_content(kind, record)
    return differing_fields(kind, content, read_face(pdf, content.layout))


def text_of(page: PagePlan, *parts: str) -> str:
    return "".join(line.text for block in page.blocks if block.part in parts for line in block.lines)


def test_a_face_whose_texts_fit_has_no_continuation(fonts: Fonts) -> None:
    plan = planned(fleet_license(rows=vehicles(4)), fonts)
    assert len(plan.pages) == 2
    assert "续" not in text_of(plan.pages[0], "note", "label")
    assert text_of(plan.pages[0], "note") == "第1页 共2页"


@pytest.mark.parametrize("length", [700, 1000, 2000])
def test_a_long_text_goes_on_whole(fonts: Fonts, length: int) -> None:
    plan = planned(fleet_license(SCOPE[:length]), fonts)
    values = [block for block in plan.blocks if block.field == "scope" and block.part == "value"]
    assert "".join(line.text for block in values for line in block.lines) == SCOPE[:length]
    assert "（下转续页）" in text_of(plan.pages[0], "note")
    assert "经营范围（续）" in text_of(plan.pages[2], "label")
    assert values[0].lines[0].size == 10  # the floor that the template sets
    assert all(line.size >= 10 for block in values for line in block.lines)


def test_rows_go_on_under_the_same_head(fonts: Fonts) -> None:
    plan = planned(fleet_license(rows=vehicles(60)), fonts)
    plates = [
        line.text
        for block in plan.blocks
        if (block.field, block.part, block.column) == ("vehicles", "cell", 0)
        for line in block.lines
    ]
    assert plates == [row["plate"] for row in vehicles(60)]
    assert len(plan.pages) > 4
    for page in plan.pages[1:]:
        assert text_of(page, "head") == "车牌号车辆类型载质量"


def test_everything_stays_on_its_page_and_in_its_area(fonts: Fonts) -> None:
    page = fleet_type().layout.page
    plan = planned(fleet_license(SCOPE[:2000], vehicles(60)), fonts)
    for block in plan.blocks:
        for line in block.lines:
            assert line.x >= block.box.x - 0.01
            assert line.x + line.width <= block.box.x + block.box.width + 0.01
            assert line.baseline - ASCENT * line.size >= block.box.y - 0.01
            assert line.baseline + DESCENT * line.size <= block.box.y + block.box.height + 0.01
        assert block.box.x + block.box.width <= page.width * MM + 0.01
        assert block.box.y + block.box.height <= page.height * MM + 0.01
    body = page.body
    for continuation in plan.pages[2:]:
        for block in continuation.blocks:
            if block.part in {"label", "value", "head", "cell"}:
                assert block.box.y >= body.y * MM - 0.01
                assert block.box.y + block.box.height <= (body.y + body.h) * MM + 0.01


def test_the_longest_headings_stay_on_the_narrowest_page(fonts: Fonts) -> None:
    usual = fleet_type()
    page = Page(size="A5", orientation="portrait")
    kind = usual.model_copy(
        update={"name": "许可证" * 13 + "书", "layout": usual.layout.model_copy(update={"page": page})}
    )
    plan = plan_face(kind, face_content(kind, fleet_license(SCOPE[:1000])), fonts)
    left, right = page.body.x * MM, (page.body.x + page.body.w) * MM
    for continuation in plan.pages[2:]:
        assert text_of(continuation, "title") == f"{kind.name}续页"
        headings = [block for block in continuation.blocks if block.part in {"title", "text", "label"}]
        assert len(headings) == 3
        assert all(left <= line.x and line.x + line.width <= right for block in headings for line in block.lines)


def test_rows_that_must_fit_and_do_not_are_refused(fonts: Fonts) -> None:
    document = fleet_license()
    crowd = replace(document, holders=tuple(replace(document.holders[0], name="张三") for _ in range(8)))
    with pytest.raises(InputError, match="holders: 8 rows do not fit their table") as error:
        planned(crowd, fonts)
    assert error.value.code == "field.overflow"


def test_rows_are_measured_once_for_each_place(fonts: Fonts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once in the table's own box by type size, once on a continuation page, and the first that a page did not hold."""
    measured: list[str] = []

    def counted(text: str, *others: Any) -> list[str] | None:
        measured.append(text)
        return wrap(text, *others)

    monkeypatch.setattr(tables, "wrap", counted)
    fleet = tuple({"KZ_CPH": f"甘D{number:05}"} for number in range(3000))
    with pytest.raises(InputError, match="more than 20 continuation pages"):
        planned(replace(fleet_license(), tables={"KZ_CLQD": fleet}), fonts)
    assert 200 < len(measured) < 1000
    assert len(measured) < len(set(measured)) + 100


def test_a_box_too_narrow_for_a_character_is_none_to_go_on_from(fonts: Fonts) -> None:
    usual = fleet_type()
    boxes = tuple(
        box.model_copy(update={"label_w": box.w - 3.0}) if box.field == "scope" else box for box in usual.layout.boxes
    )
    kind = usual.model_copy(update={"layout": usual.layout.model_copy(update={"boxes": boxes})})
    with pytest.raises(InputError) as error:
        plan_face(kind, face_content(kind, fleet_license()), fonts)
    assert error.value.code == "field.overflow"


def test_a_row_higher_than_a_page_is_refused(fonts: Fonts) -> None:
    document = fleet_license(rows=[{"plate": "甘D00001", "model": "重" * 100}])
    endless = {"KZ_CPH": "甘D00001", "KZ_CX": "重" * 1800}
    with pytest.raises(InputError) as error:
        planned(replace(document, tables={"KZ_CLQD": (endless,)}), fonts)
    assert error.value.code == "field.overflow"


@pytest.mark.parametrize("labels", ["zh", "zh-en"])
@pytest.mark.parametrize(("length", "count"), [(20, 0), (20, 4), (700, 0), (1000, 60), (2000, 17), (2000, 150)])
def test_the_judge_finds_everything_that_was_drawn(fonts: Fonts, labels: Labels, length: int, count: int) -> None:
    document = fleet_license(SCOPE[:length], vehicles(count))
    assert differences(document, shown(document, fonts, labels), labels) == []


@pytest.mark.parametrize(
    ("scope", "rows", "expected"),
    [
        (SCOPE[:1500].replace("第45类", "第44类"), vehicles(60), [PAGE]),  # a change on the continuation page
        (SCOPE[:1500].replace("第3类", "第8类"), vehicles(60), ["scope", PAGE]),  # a change in the box
        (SCOPE[:1499], vehicles(60), [PAGE]),  # the last character is missing
        (SCOPE[:1501], vehicles(60), [PAGE]),  # one too many
        (SCOPE[:1500], vehicles(59), ["count", "load", PAGE]),  # the last row is missing
        (SCOPE[:1500], vehicles(61), ["count", PAGE]),  # one too many
        (SCOPE[:1500], [*vehicles(59), {"plate": "甘D99999"}], ["load", PAGE]),  # another last row
        (SCOPE[:1500], [{"plate": "甘D99999"}, *vehicles(60)[1:]], ["vehicles", PAGE]),  # another first row
        (SCOPE[:1500], list(reversed(vehicles(60))), ["vehicles", PAGE]),  # another order
        (SCOPE[:20], vehicles(60), ["scope"]),  # no continuation of the text
    ],
)
def test_the_judge_finds_every_difference(
    fonts: Fonts, scope: str, rows: list[dict[str, str]], expected: list[str]
) -> None:
    record = fleet_license(SCOPE[:1500], vehicles(60))
    assert differences(record, shown(fleet_license(scope, rows), fonts)) == expected
