"""Texts before the machine: what counts as the same, as another one, and as nothing that it could tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.catalogue.layout import Box
from license_lib.paper.comparing import Answer, Placed, Result, Why, compare_anywhere, compare_in_place, normal
from license_lib.paper.page_text import UNREAD, Letter
from license_lib.paper.report import grouped
from license_lib.paper.signed import SignedField

BOX = Box(x=20, y=20, w=100, h=10)
SIZE = 4.0  # millimetres: 11 points


def field(value: str, **more: object) -> SignedField:
    known = {"key": "holder_name", "code": "CZZT", "zh": "名称", "en": "Name", "source": "code", "place": BOX}
    return SignedField(**(known | {"value": value} | more))  # type: ignore[arg-type]


def line(text: str, x: float = 30, size: float = SIZE, *, visible: bool = True) -> list[Placed]:
    points = size / 25.4 * 72
    return [
        Placed(Letter(one, (0, 0), points, visible, points), x + size * 1.05 * index, 25, size)
        for index, one in enumerate(text)
    ]


def answer(signed: SignedField, letters: list[Placed], page: str | None = None) -> Answer:
    seen = normal("".join(one.letter.text for one in letters if one.letter.visible))
    return compare_in_place(signed, letters, seen if page is None else page)


@pytest.mark.parametrize(
    "seen",
    ["甲公司（样例）", "甲公司(样例)", "甲 公\u3000司（样例）", "甲\u200b公司（样例）"],
)
def test_forms_of_the_same_text_are_the_same(seen: str) -> None:
    assert answer(field("甲公司（样例）"), line(seen)).result is Result.SAME


@pytest.mark.parametrize("seen", ["乙公司", "甲公司分公司", "甲公", "甲公司甲公司", "甲公司.", "申公司"])
def test_any_other_text_is_another(seen: str) -> None:
    assert answer(field("甲公司"), line(seen)) == Answer(Result.DIFFERENT, found=seen)


def test_what_is_not_seen_small_large_unnamed_or_overprinted_is_not_read() -> None:
    signed = field("甲公司", smallest=6.0, largest=14.0)
    assert answer(signed, line("甲公司", visible=False)).why is Why.HIDDEN
    assert answer(signed, [*line("甲公司"), *line("乙", 80, visible=False)]).why is Why.HIDDEN
    assert answer(signed, line("甲公司", size=0.4)).why is Why.TINY
    assert answer(signed, [*line("甲公司"), *line("仅", 60, 20)]).why is Why.LARGE
    assert answer(signed, line(f"甲{UNREAD}司")).why is Why.GLYPHS
    assert answer(signed, [*line("甲公司"), *line("乙公司", 30.3)]).why is Why.GLYPHS
    assert answer(signed, []).why is Why.NOTHING
    assert answer(signed, [], page="别处甲公司").why is Why.ELSEWHERE
    assert answer(field("甲公司", place=None), line("甲公司"), page="").why is Why.NO_PLACE


def test_what_goes_on_elsewhere_agrees_as_far_as_it_goes() -> None:
    assert answer(field("甲乙丙丁"), line("甲乙（下转续页）")) == Answer(Result.SAME, Why.CONTINUED, "甲乙(下转续页)")
    assert answer(field("甲乙丙丁"), line("甲丙（下转续页）")).result is Result.DIFFERENT
    assert answer(field("甲乙丙丁"), line("（下转续页）")).result is Result.DIFFERENT


def test_masked_texts_agree_as_far_as_they_show() -> None:
    name = field("张**、李*", hidden="name")
    assert answer(name, line("张三丰、李四")) == Answer(Result.SAME, Why.MASKED, "张三丰、李四")
    assert answer(name, line("张三、李四")).result is Result.DIFFERENT
    assert answer(field("6****************1", hidden="number"), line("620402199506120001")).result is Result.SAME


def test_on_a_page_of_other_make_a_text_is_somewhere_changed_or_missing() -> None:
    number = field("91620402MA0000000Q")
    assert compare_anywhere(number, "信用代码91620402MA0000000Q名称") == Answer(Result.NOT_COMPARED, Why.ELSEWHERE)
    assert compare_anywhere(number, "信用代码91620402MA0000009Q名称") == Answer(
        Result.DIFFERENT, found="91620402MA0000009Q"
    )
    assert compare_anywhere(number, "信用代码91110000123456789X").result is Result.MISSING
    day = field("2026年3月2日")
    assert {
        compare_anywhere(day, seen).why for seen in ("2026-03-02", "2026/03/02", "2026.03.02", "2026年03月02日")
    } == {Why.ELSEWHERE}
    assert compare_anywhere(field("张*", hidden="name"), "张三").result is Result.MISSING


@given(st.text(max_size=60), st.text(max_size=60))
def test_same_is_said_of_nothing_but_equal_texts(signed: str, seen: str) -> None:
    told = answer(field(signed or "甲"), line(seen))
    if told.result is Result.SAME and told.why is Why.NONE:
        assert normal(seen) == normal(signed or "甲")


def test_numbers_and_identifiers_come_in_pieces() -> None:
    assert grouped("91620402MA0000000Q") == ("9162", "0402", "MA00", "0000", "0Q")
    assert grouped("白银市样例公司") == ("白银市样例公司",)
    assert grouped("甘JY12620402000001号") == ("甘", "JY12", "6204", "0200", "0001", "号")
    assert "".join(grouped("1.2.156.3005.2.11100000MB0143028R001.9")) == "1.2.156.3005.2.11100000MB0143028R001.9"
