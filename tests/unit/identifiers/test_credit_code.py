"""Unified social credit codes (GB 32100) and the recorded override."""

import csv
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from license_lib.identifiers import CheckOverride, CreditCode, NumberError
from license_lib.identifiers.credit import ALPHABET, check_character

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"

VALID = [
    "91350100M000100Y43",
    "91620100719023721L",
    "914403001922038216",
    "11100000000013127D",
    "11100000MB0143028R",
    "11100000MB03271699",
    "11100000000019713D",
    "11100000000013338W",
    "11220000013544541J",
    "11430000006122244L",
    "11330105002500287C",
]
INVALID = [
    ("91350100M0001TGQXM", "number.check"),
    ("914403001922038217", "number.check"),
    ("91350100I000100Y43", "number.alphabet"),
    ("91350100M000100Y4Z", "number.alphabet"),
    ("913501X0M000100Y43", "number.alphabet"),
    ("91350100-M000100Y43", "number.alphabet"),
    ("９１３５０１００Ｍ０００１００Ｙ４٣", "number.alphabet"),
    ("91350100M000100Y4", "number.length"),
    ("91350100M000100Y433", "number.length"),
    ("", "number.length"),
    ("000000000000000000", "number.form"),
]
OVERRIDE = CheckOverride(reason="issued like this, register extract of 2026-03-02", approved_by="Li Hua 李华")

subjects = st.text(ALPHABET, min_size=9, max_size=9).filter(lambda text: text != "0" * 9)
authorities = st.text(ALPHABET, min_size=2, max_size=2)
regions = st.integers(0, 999_999).map("{:06d}".format)


@st.composite
def codes(draw: st.DrawFn) -> str:
    body = draw(authorities) + draw(regions) + draw(subjects)
    return body + check_character(body)


@pytest.mark.parametrize("text", VALID)
def test_issued_codes_are_read(text: str) -> None:
    value = CreditCode.parse(text)
    assert (value.number, str(value), value.format(), value.override) == (text, text, text, None)
    assert value.region == text[2:8]
    assert value.holder_code_type == "001"


@pytest.mark.parametrize(("text", "code"), INVALID, ids=[f"{i}-{code}" for i, (_, code) in enumerate(INVALID)])
def test_wrong_codes_are_refused_with_their_reason(text: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        CreditCode.parse(text)
    assert caught.value.code == code


def test_letters_may_lead() -> None:
    for lead in ("A1", "N2", "Y1", "GA"):
        body = f"{lead}620402719023721"
        assert CreditCode.parse(body + check_character(body)).number.startswith(lead)


def test_an_issued_code_that_does_not_check_needs_a_recorded_override() -> None:
    value = CreditCode.parse("91350100m0001tgqxm", override=OVERRIDE)
    assert value.number == "91350100M0001TGQXM"
    assert value.override is OVERRIDE
    assert "overridden" in repr(value)
    with pytest.raises(NumberError):
        CreditCode("91350100M0001TGQXM")


@pytest.mark.parametrize(("text", "code"), INVALID[2:], ids=[f"{i}-{code}" for i, (_, code) in enumerate(INVALID[2:])])
def test_an_override_excuses_nothing_but_the_check_character(text: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        CreditCode.parse(text, override=OVERRIDE)
    assert caught.value.code == code


def test_an_override_of_a_code_that_checks_is_refused() -> None:
    with pytest.raises(NumberError) as caught:
        CreditCode.parse("91350100M000100Y43", override=OVERRIDE)
    assert caught.value.code == "number.override"


@pytest.mark.parametrize(
    ("reason", "approved_by"),
    [("", "Li Hua"), ("issued", ""), ("  ", "Li Hua"), ("issued", "\u200b-"), ("x" * 501, "Li")],
)
def test_an_override_without_reason_or_person_is_none(reason: str, approved_by: str) -> None:
    with pytest.raises(NumberError) as caught:
        CheckOverride(reason=reason, approved_by=approved_by)
    assert caught.value.code == "number.override"


def test_what_a_keyboard_does_is_mended() -> None:
    assert CreditCode.parse("　９１３５０１００m000100y43\n").number == "91350100M000100Y43"
    # A dotless i becomes I, a sharp s two letters when raised: no letter may appear that nobody wrote.
    with pytest.raises(NumberError):
        CreditCode.parse("91350100M000100Y4ı")


def test_a_code_is_masked_in_repr_and_travels() -> None:
    value = CreditCode.parse("91620100719023721L")
    assert value.masked() == "9****************L"
    assert repr(value) == "CreditCode(9****************L)"
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301  our own bytes


@given(codes())
def test_every_well_formed_code_is_read_and_agrees_with_another_implementation(code: str) -> None:
    assert CreditCode.parse(code).number == code
    assert uscc.calc_check_digit(code) == code[17]


@given(codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_caught(code: str, position: int, wrong: str) -> None:
    if wrong != code[position]:
        with pytest.raises(NumberError):
            CreditCode.parse(code[:position] + wrong + code[position + 1 :])


@given(codes(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(code: str, at: int) -> None:
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    if swapped != code:
        with pytest.raises(NumberError):
            CreditCode.parse(swapped)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared real data is not on this machine")
def test_every_code_of_the_real_registers_is_read() -> None:
    with (DATA / "organisations.csv").open(encoding="utf-8-sig", newline="") as file:
        enterprises = [row["credit_code"] for row in csv.DictReader(file)]
    with (DATA / "service_items.csv").open(encoding="utf-8-sig", newline="") as file:
        departments = {row["deptCode"] for row in csv.DictReader(file)}
    assert len(enterprises) == 295
    for code in enterprises:
        assert CreditCode.parse(code).number == code
    # One department is registered in lower case; what has another length is an organisation code or a database key.
    assert {len(code) for code in departments} != {18}
    for code in departments:
        if len(code) == 18:
            assert CreditCode.parse(code).number == code.upper()
        else:
            with pytest.raises(NumberError):
                CreditCode.parse(code)
