"""Lines break where Chinese typesetting lets them, and no character is lost on the way."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from license_lib.rendering.line_breaking import NOT_FIRST, NOT_LAST, clusters, wrap

EM = 1000.0


def measure(character: str) -> float:
    return 1.0 if ord(character) > 0x2E80 else 0.5


def ems(text: str, width: float, most: int = 99) -> list[str] | None:
    return wrap(text, [EM * measure(character) for character in text], width * EM, most)


def test_closing_marks_do_not_start_a_line() -> None:
    assert ems("甲乙丙丁，戊己", 4) == ["甲乙丙", "丁，戊己"]


def test_opening_marks_do_not_end_a_line() -> None:
    assert ems("甲乙丙（丁戊）己", 4) == ["甲乙丙", "（丁戊）", "己"]


def test_several_marks_stay_together() -> None:
    assert ems("甲乙丙”）。丁", 4) == ["甲乙", "丙”）。", "丁"]


def test_words_and_numbers_are_not_broken() -> None:
    assert ems("甲乙ABC123丙", 4) == ["甲乙", "ABC123丙"]
    assert ems("面积12,000.00平方", 5) == ["面积", "12,000.00", "平方"]


def test_a_word_longer_than_a_line_is_broken() -> None:
    assert ems("甲ABCDEFGHIJ乙", 3) == ["甲ABCD", "EFGHIJ", "乙"]


@pytest.mark.parametrize("mark", "、。，．：；？！）】」』》〉〕］｝〗〞”’…—～·々ー℃㎡％%/／-－,.;:!?)]}")
def test_no_line_starts_with(mark: str) -> None:
    assert mark in NOT_FIRST
    assert ems(f"甲乙丙{mark}丁", 3) == ["甲乙", f"丙{mark}丁"]


@pytest.mark.parametrize("mark", "（【「『《〈〔［｛〖〝“‘￥¥$№＃([{")
def test_no_line_ends_with(mark: str) -> None:
    assert mark in NOT_LAST
    assert (ems(f"甲乙{mark}丙丁", 3) or [])[0] == "甲乙"


@pytest.mark.parametrize("pair", ["——", "……", "？！", "……。", "”）"])
def test_what_belongs_together_is_not_split(pair: str) -> None:
    assert all(pair in piece for piece in clusters(f"甲{pair}乙") if pair[0] in piece)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("工业/商业", 3, ["工", "业/商", "业"]),  # the dividing mark neither starts nor ends a line
        ("地址１２３号", 4, ["地址", "１２３号"]),  # full-width figures are a number too
        ("在2026年11月24日", 5, ["在2026年", "11月24日"]),  # a number keeps its unit
        ("注册资本100万元", 5, ["注册资本", "100万元"]),
        ("建筑面积86.5㎡", 5, ["建筑面积", "86.5㎡"]),
        ("甲乙丙10\u00a0kg", 5, ["甲乙丙", "10\u00a0kg"]),  # a no-break space
        ("甲乙（2026）第1号", 5, ["甲乙", "（2026）", "第1号"]),
    ],
)
def test_numbers_and_marks_keep_their_own(text: str, width: float, lines: list[str]) -> None:
    assert ems(text, width) == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("买买提·艾力", 5, ["买买提·", "艾力"]),
        ("阿卜杜热西提·买买提依明", 7, ["阿卜杜热西提·", "买买提依明"]),
        ("约翰·史密斯，男", 6, ["约翰·", "史密斯，男"]),
        ("买买提·艾力", 3, ["买买", "提·", "艾力"]),  # too narrow for a part: the mark still keeps its place
        ("本证由经营者买买提负责·艾力", 4, ["本证由经", "营者买买", "提负责·", "艾力"]),  # running text is not a name
    ],
)
def test_a_name_breaks_between_its_parts(text: str, width: float, lines: list[str]) -> None:
    assert ems(text, width) == lines


def test_spaces_stay_at_the_end_of_their_line() -> None:
    assert ems("甲乙 丙丁", 2) == ["甲乙 ", "丙丁"]


def test_marks_without_a_base_are_broken_rather_than_lost() -> None:
    assert ems("）" * 7, 3) == ["）））", "）））", "）"]


def test_more_lines_than_there_is_room_for() -> None:
    assert ems("甲乙丙丁戊", 2, most=2) is None
    assert ems("甲乙丙丁", 2, most=2) == ["甲乙", "丙丁"]


def test_a_character_wider_than_the_line_never_fits() -> None:
    assert ems("甲", 0.9) is None


def test_a_letter_keeps_its_accent() -> None:
    assert clusters("甲e\u0301乙") == ["甲", "e\u0301", "乙"]


@given(st.text("甲乙，。（）“”·abc12年 .-", max_size=80), st.integers(1, 12))
def test_wrapping_loses_nothing_and_never_exceeds_the_width(text: str, width: int) -> None:
    lines = ems(text, width)
    assert lines is not None
    assert "".join(lines) == text
    for line in lines:
        assert sum(map(measure, line.rstrip())) <= width


MIXED = st.text("甲乙年，。（）“”·—…/12aｂ１ .\u3000", max_size=60)


@given(MIXED)
def test_rules_hold_wherever_a_cluster_fits_a_line(text: str) -> None:
    pieces = clusters(text)
    width = max([sum(map(measure, piece)) for piece in pieces], default=1.0)
    lines = ems(text, width) or []
    ends, places = 0, set()
    for piece in pieces:
        ends += len(piece)
        places.add(ends)
    ends = 0
    for line in lines[:-1]:
        ends += len(line)
        assert ends in places
        assert line[-1] not in NOT_LAST
    for line in lines[1:]:
        assert line[0] not in NOT_FIRST
        assert not line[0].isspace()


@example("11）·乙乙", 4)  # 乙乙 is whole as a part of a name, which the rest of the text alone does not tell
@given(MIXED, st.integers(2, 30))
def test_no_line_could_have_taken_the_next_piece(text: str, halves: int) -> None:
    lines = ems(text, halves / 2) or []
    pieces = clusters(text)
    whole = dict(zip(accumulate(map(len, pieces), initial=0), pieces, strict=False))
    ends = accumulate(map(len, lines))
    for (line, following), end in zip(pairwise(lines), ends, strict=False):
        piece = whole.get(end, "").rstrip()
        if not piece or sum(map(measure, piece)) > halves / 2:  # within a piece that is longer than a line
            piece = clusters(following)[0].rstrip()
        assert sum(map(measure, line + piece)) > halves / 2


@given(MIXED, st.integers(2, 12), st.integers(0, 9))
def test_fewer_lines_than_needed_are_refused_and_enough_are_not(text: str, width: int, spare: int) -> None:
    lines = ems(text, width) or []
    assert ems(text, width, most=len(lines) + spare) == lines
    assert ems(text, width, most=len(lines) - 1) is None


@pytest.mark.parametrize("text", ["", "甲", "A"])
def test_short_texts_are_one_line(text: str) -> None:
    assert ems(text, 1) == [text]
