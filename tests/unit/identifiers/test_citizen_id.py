"""Citizen IDs and the cards that share their shape (GB 11643)."""

import copy
import pickle
import traceback
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.identifiers import CitizenId, HolderCodeTypes, NumberError, NumberKind, Sex

# The weights as GB 11643 prints them: a second way to the check character that the code does not take.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PROVINCES = ["11", "15", "23", "31", "37", "44", "46", "50", "54", "62", "65", "71"]

VALID = [
    ("11010519491231002X", NumberKind.CITIZEN_ID, date(1949, 12, 31), Sex.FEMALE, "110105"),
    ("440524188001010014", NumberKind.CITIZEN_ID, date(1880, 1, 1), Sex.MALE, "440524"),
    ("110101199003078670", NumberKind.CITIZEN_ID, date(1990, 3, 7), Sex.MALE, "110101"),
    ("440308199901101512", NumberKind.CITIZEN_ID, date(1999, 1, 10), Sex.MALE, "440308"),
    ("44040119580101000X", NumberKind.CITIZEN_ID, date(1958, 1, 1), Sex.FEMALE, "440401"),
    ("810000199408230021", NumberKind.HMT_RESIDENCE_PERMIT, date(1994, 8, 23), Sex.FEMALE, "810000"),
    ("830000199201300022", NumberKind.HMT_RESIDENCE_PERMIT, date(1992, 1, 30), Sex.FEMALE, "830000"),
    ("911398199012310021", NumberKind.FOREIGNER_CARD, date(1990, 12, 31), Sex.FEMALE, "11"),
]
INVALID = [
    ("440308199901101513", "number.check"),
    ("11010119900307867X", "number.check"),
    ("111111199901101512", "number.province"),
    ("440308199902301512", "number.date"),
    ("44030819990110", "number.length"),
    ("", "number.length"),
    ("   ", "number.length"),
    ("1" * 1_000_000, "number.length"),
    ("001101199003078670", "number.province"),
    ("99110119900307867X", "number.province"),
    ("981398199012310021", "number.province"),
    ("440308170001101512", "number.date"),
    ("440308219901101512", "number.date"),
    ("X10105194912310021", "number.alphabet"),
    ("1101051949123100XX", "number.alphabet"),
    ("11010519491231002Y", "number.alphabet"),
    ("110105 19491231 002X", "number.alphabet"),
    ("\u200b11010519491231002X", "number.alphabet"),
    ("11010519491231002\x00", "number.alphabet"),
    ("٤٤٠٣٠٨١٩٩٩٠١١٠١٥١٢", "number.alphabet"),
    ("𝟒𝟒𝟎𝟑𝟎𝟖𝟏𝟗𝟗𝟗𝟎𝟏𝟏𝟎𝟏𝟓𝟏𝟐", "number.alphabet"),
    ("④40308199901101512", "number.alphabet"),
    ("61010462092769X", "number.alphabet"),
    ("610104620230690", "number.date"),
    ("810000940823002", "number.province"),
    ("KAZ110090123106", "number.check"),
    ("KAZ990090123105", "number.province"),
    ("KAZ110090133105", "number.date"),
    ("KA1110090123105", "number.alphabet"),
    ("KAZ1100901231O5", "number.alphabet"),
]


def gb_check(body: str) -> str:
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def icao_check(body: str) -> str:
    values = [int(c) if c.isdigit() else ord(c) - ord("A") + 10 for c in body]
    return str(sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values)) % 10)


births = st.dates(date(1850, 1, 1), date(2026, 6, 30))
sequences = st.integers(0, 999).map("{:03d}".format)


@st.composite
def full_numbers(draw: st.DrawFn) -> str:
    prefix = draw(
        st.one_of(
            st.tuples(st.sampled_from(PROVINCES), st.integers(0, 9999)).map(lambda t: f"{t[0]}{t[1]:04d}"),
            st.sampled_from(["810000", "820000", "830000"]),
            st.tuples(st.sampled_from(PROVINCES[:-1]), st.integers(4, 894)).map(lambda t: f"9{t[0]}{t[1]:03d}"),
        )
    )
    body = f"{prefix}{draw(births):%Y%m%d}{draw(sequences)}"
    return body + gb_check(body)


@st.composite
def old_cards(draw: st.DrawFn) -> str:
    letters = draw(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3))
    born = draw(st.dates(date(1924, 1, 1), date(2023, 11, 30)))
    body = f"{letters}{draw(st.sampled_from(PROVINCES[:-1]))}00{born:%y%m%d}{draw(st.integers(0, 9))}"
    return body + icao_check(body)


@pytest.mark.parametrize(("text", "kind", "born", "sex", "region"), VALID)
def test_samples_of_the_standard_are_read(text: str, kind: NumberKind, born: date, sex: Sex, region: str) -> None:
    value = CitizenId.parse(text)
    assert (value.number, value.kind, value.birth_date, value.sex, value.region) == (text, kind, born, sex, region)
    assert value.format() == text
    assert not value.from_fifteen
    assert value.holder_code_type == "111"


@pytest.mark.parametrize(("text", "code"), INVALID, ids=[f"{i}-{code}" for i, (_, code) in enumerate(INVALID)])
def test_wrong_numbers_are_refused_with_their_reason(text: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        CitizenId.parse(text)
    assert caught.value.code == code
    assert caught.value.message_zh


def test_fifteen_digits_become_eighteen_and_the_same_person() -> None:
    value = CitizenId.parse("610104620927690")
    assert value.number == "610104196209276908"
    assert value.from_fifteen
    assert value == CitizenId.parse("610104196209276908")
    assert value.kind is NumberKind.CITIZEN_ID


def test_fifteen_digits_of_a_centenarian_belong_to_the_century_before() -> None:
    assert CitizenId.parse("440524800101999").birth_date == date(1880, 1, 1)
    assert CitizenId.parse("440524800101995").birth_date == date(1980, 1, 1)


def test_foreigners_card_with_letters() -> None:
    value = CitizenId.parse("KAZ110090123105")
    assert value.kind is NumberKind.FOREIGNER_CARD
    assert (value.number, value.birth_date, value.sex) == ("KAZ110090123105", date(1990, 12, 31), None)
    assert (value.region, value.nationality) == ("1100", "KAZ")
    assert value.holder_code_type == "999"
    assert CitizenId.parse("911398199012310021").nationality == "398"


@pytest.mark.parametrize(
    ("yymmdd", "on", "born"),
    [
        ("231130", None, date(2023, 11, 30)),
        ("231201", None, date(1923, 12, 1)),
        ("100101", date(2009, 6, 1), date(1910, 1, 1)),
        ("000229", None, date(2000, 2, 29)),
    ],
)
def test_the_card_without_a_century_takes_the_latest_possible(yymmdd: str, on: date | None, born: date) -> None:
    body = f"KAZ1100{yymmdd}0"
    assert CitizenId.parse(body + icao_check(body), on=on).birth_date == born


def test_a_leap_day_that_only_the_impossible_century_has_is_refused() -> None:
    body = "KAZ11000002290"  # 1900 had no 29 February, and on that day 2000 was still to come
    with pytest.raises(NumberError) as caught:
        CitizenId.parse(body + icao_check(body), on=date(1999, 1, 1))
    assert caught.value.code == "number.date"


def test_birth_after_the_day_of_judgement_is_refused_and_nothing_reads_the_clock() -> None:
    body = "62040220990101001"
    number = body + gb_check(body)
    assert CitizenId.parse(number).birth_date == date(2099, 1, 1)
    assert CitizenId.parse(number, on=date(2099, 1, 1)).number == number
    for on in (date(2098, 12, 31), datetime(2098, 12, 31, tzinfo=UTC)):
        with pytest.raises(NumberError) as caught:
            CitizenId.parse(number, on=on)
        assert caught.value.code == "number.date"


def test_what_a_keyboard_does_is_mended() -> None:
    for typed in (
        "11010519491231002x",
        "  11010519491231002X\n",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\u300011010519491231002x",
    ):
        assert CitizenId.parse(typed).number == "11010519491231002X"
    assert CitizenId.parse("kaz110090123105").number == "KAZ110090123105"


def test_no_letter_appears_that_nobody_typed() -> None:
    body = "IND110090123100"[:14]
    card = body + icao_check(body)
    assert CitizenId.parse(card.lower()).nationality == "IND"
    with pytest.raises(NumberError):
        CitizenId.parse("ı" + card[1:])  # a dotless i becomes I when raised


@pytest.mark.parametrize(
    ("text", "position"),
    [("110105 19491231 002X", 7), ("X10105194912310021", 1), ("11010519491231002Y", 18), ("KAZ1100901231O5", 14)],
)
def test_an_error_names_the_position(text: str, position: int) -> None:
    with pytest.raises(NumberError) as caught:
        CitizenId.parse(text)
    assert caught.value.message == f"character {position} is not allowed there"
    assert caught.value.message_zh == f"第{position}位字符不允许"


def test_the_prefix_of_taiwan_in_the_division_codes_is_known() -> None:
    body = "71000019900307867"
    assert CitizenId.parse(body + gb_check(body)).kind is NumberKind.CITIZEN_ID


def test_region_below_the_province_never_refuses() -> None:
    body = "11999919900307867"
    assert CitizenId.parse(body + gb_check(body)).region == "119999"


def test_holder_code_types_are_configurable() -> None:
    types = HolderCodeTypes(residence_permit="516", foreigner_card="998", foreigner_card_with_letters="414")
    samples = ("11010519491231002X", "810000199408230021", "911398199012310021", "KAZ110090123105")
    assert [types.of(CitizenId.parse(text)) for text in samples] == ["111", "516", "998", "414"]
    with pytest.raises(NumberError):
        HolderCodeTypes(residence_permit="51")
    with pytest.raises(NumberError):
        HolderCodeTypes(citizen_id="１１１")


def test_a_number_shows_itself_masked_only() -> None:
    value = CitizenId.parse("11010519491231002X")
    assert value.masked() == "1****************X"
    for shown in (repr(value), str(value), f"{value}", f"{[value]}"):
        assert "1****************X" in shown
        assert "1010519491231002" not in shown


def test_values_travel_and_stay_equal() -> None:
    value = CitizenId.parse("610104620927690")
    again = pickle.loads(pickle.dumps(value))  # noqa: S301  our own bytes, as a process pool sends them
    assert again == value
    assert again.from_fifteen
    assert copy.deepcopy(value) == value
    assert len({value, again, CitizenId.parse("610104196209276908")}) == 1


@given(full_numbers())
def test_every_well_formed_number_is_read_and_written_back(number: str) -> None:
    value = CitizenId.parse(number)
    assert value.number == number
    assert f"{value.birth_date:%Y%m%d}" == number[6:14]
    assert value.sex is (Sex.MALE if number[16] in "13579" else Sex.FEMALE)
    assert CitizenId.parse(value.format()) == value


@given(old_cards())
def test_every_well_formed_card_with_letters_is_read_and_written_back(number: str) -> None:
    value = CitizenId.parse(number)
    assert value.number == number
    assert f"{value.birth_date:%y%m%d}" == number[7:13]


@given(full_numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_wrong_character_is_caught(number: str, position: int, wrong: str) -> None:
    if wrong != number[position]:
        with pytest.raises(NumberError):
            CitizenId.parse(number[:position] + wrong + number[position + 1 :])


@given(full_numbers(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if swapped != number:
        with pytest.raises(NumberError):
            CitizenId.parse(swapped)


@given(old_cards(), st.integers(3, 14), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_of_a_card_with_letters_is_caught(number: str, position: int, wrong: str) -> None:
    # Letters ten apart weigh the same, so only digits are promised.
    if wrong != number[position]:
        with pytest.raises(NumberError):
            CitizenId.parse(number[:position] + wrong + number[position + 1 :])


@given(st.one_of(full_numbers(), old_cards()), st.data())
def test_no_error_echoes_the_number(number: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(number) - 1))
    wrong = number[:position] + data.draw(st.sampled_from("0123456789AX-٣")) + number[position + 1 :]
    try:
        CitizenId.parse(wrong)
    except NumberError as error:
        # The whole chain as a log would print it, without the lines of this file.
        told = f"{error!r} {error} {error.message_zh} {error.hint} {error.__cause__!r} {error.__context__!r}"
        told += "".join(traceback.format_exception_only(error))
        assert not any(wrong[i : i + 4] in told for i in range(len(wrong) - 3))


def test_an_error_survives_a_worker_process() -> None:
    with pytest.raises(NumberError) as caught:
        CitizenId.parse("440308199901101513")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  our own bytes
    assert (again.code, str(again), again.message_zh, again.hint) == (
        caught.value.code,
        str(caught.value),
        caught.value.message_zh,
        caught.value.hint,
    )
