"""Numbers in capitals, before the examples of the central bank's own rules, and dates in numerals."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.errors import InputError
from license_lib.licenses.numerals import amount_in_capitals, date_in_numerals, number_in_capitals, total

_DIGITS = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("figures", "capitals"),
    [  # 正确填写票据和结算凭证的基本规定, without its leading 人民币
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("5000000", "伍佰万元整"),
        ("0", "零元整"),
        ("0.5", "伍角"),
        ("0.05", "伍分"),
        ("10.00", "壹拾元整"),
        ("100000000", "壹亿元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("1000000010000", "壹万亿零壹万元整"),
    ],
)
def test_sums_of_money(figures: str, capitals: str) -> None:
    assert amount_in_capitals(figures) == capitals


def read(capitals: str) -> int:
    """A number in capitals, read back by the rules of speech: units below 万, then 万, then 亿."""
    whole = group = digit = 0
    for sign in capitals:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _UNITS:
            group, digit = group + digit * _UNITS[sign], 0
        elif sign == "万":
            whole, group, digit = whole + (group + digit) * 10_000, 0, 0
        else:
            whole, group, digit = (whole + group + digit) * 100_000_000, 0, 0
    return whole + group + digit


@given(st.integers(0, 10**16 - 1))
def test_every_whole_number_can_be_read_back(number: int) -> None:
    capitals = number_in_capitals(str(number))
    assert read(capitals) == number
    assert "零零" not in capitals
    assert number == 0 or not capitals.endswith("零")


def test_fractions_and_numbers_beyond_all_units() -> None:
    assert number_in_capitals("12.50") == "壹拾贰点伍零"
    for convert, text in ((number_in_capitals, "1" * 17), (amount_in_capitals, "1.005")):
        with pytest.raises(InputError) as error:
            convert(text)
        assert error.value.code == "number.capitals"


@pytest.mark.parametrize(
    ("day", "numerals"),
    [
        (date(2026, 11, 23), "二〇二六年十一月二十三日"),
        (date(2000, 1, 20), "二〇〇〇年一月二十日"),
        (date(1999, 10, 31), "一九九九年十月三十一日"),
        (date(2030, 12, 1), "二〇三〇年十二月一日"),
    ],
)
def test_dates(day: date, numerals: str) -> None:
    assert date_in_numerals(day) == numerals


def test_totals() -> None:
    assert total(["86.50", "12", "0.05"]) == "98.55"
    assert total(["100", "0.0"]) == "100"
    assert total([]) == "0"
