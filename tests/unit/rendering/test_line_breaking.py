"""Lines break where Chinese typesetting lets them, and no character is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.rendering.line_breaking import NOT_FIRST, NOT_LAST, clusters, wrap

EM = 1000.0


def ems(text: str, width: float, most: int = 99) -> list[str] | None:
    return wrap(text, [EM if ord(c) > 0x2E80 else EM / 2 for c in text], width * EM, most)


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


def test_the_separator_of_names_does_not_start_a_line() -> None:
    assert ems("买买提·艾力", 3) == ["买买", "提·艾", "力"]


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


@given(st.text("甲乙，。（）“”·abc12 .-", max_size=80), st.integers(1, 12))
def test_wrapping_loses_nothing_and_never_exceeds_the_width(text: str, width: int) -> None:
    lines = ems(text, width)
    assert lines is not None
    assert "".join(lines) == text
    for line in lines:
        assert sum(1 if ord(c) > 0x2E80 else 0.5 for c in line.rstrip()) <= width


@given(st.text("甲乙，。（）", max_size=60))
def test_rules_hold_wherever_a_cluster_fits_a_line(text: str) -> None:
    width = max([len(piece) for piece in clusters(text)], default=1)
    for line in (ems(text, width) or [])[1:]:
        assert line[0] not in NOT_FIRST
    for line in (ems(text, width) or [])[:-1]:
        assert line[-1] not in NOT_LAST


@pytest.mark.parametrize("text", ["", "甲", "A"])
def test_short_texts_are_one_line(text: str) -> None:
    assert ems(text, 1) == [text]
