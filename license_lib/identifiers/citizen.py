"""Numbers of natural persons: citizen ID 公民身份号码 (GB 11643) and the cards that share its shape.

Forms that live side by side:

- 18 characters: region 6, birth date 8, sequence 3, check (ISO 7064 MOD 11-2, so X may be the last).
- 15 digits: as issued until 1999; converted on parse.
- 81, 82, 83: residence permits 居住证 for people of Hong Kong, Macao and Taiwan; 18 characters.
- 9: foreigner's permanent residence card 外国人永久居留身份证 since December 2023: 9, province 2, country 3
  (ISO 3166-1 numeric), birth date 8, sequence 3, check.
- three letters: the same card before that: nationality 3, region 4, YYMMDD, sequence 1, check 7-3-1. Both stay valid.
"""

from dataclasses import dataclass, field
from datetime import date

from stdnum.iso7064 import mod_11_2

from license_lib.identifiers.basics import (
    DIGITS,
    UPPER,
    NumberError,
    NumberKind,
    Sex,
    clean_upper,
    mask,
    plain_date,
    read_date,
    require_alphabet,
    wrong_length,
)
from license_lib.identifiers.regions import CITIZEN_PROVINCES, MAINLAND_PROVINCES, PERMIT_PREFIXES, is_listed

_FULL, _SHORT = 18, 15
_CHECK_CHARACTERS = DIGITS | {"X"}
# Sequences that the 15-digit form kept for people over a hundred, who were born in 18YY.
_CENTENARIANS = frozenset({"996", "997", "998", "999"})
# The last day on which the card with letters was issued; nobody who holds one was born later.
_OLD_CARD_ENDED = date(2023, 11, 30)
_OLD_CARD_WEIGHTS = (7, 3, 1) * 5


@dataclass(frozen=True, slots=True, repr=False)
class CitizenId:
    """The number of a natural person; make it with `parse`.

    `repr()`, `str()` and so every log line show it masked. Read `number` where the whole is truly wanted.

    Args:
        number: canonical form, upper case: 18 characters, or 15 for the foreigner's card with letters.
        kind: citizen ID, residence permit or foreigner's card.
        birth_date: date of birth. The card with letters has no century: the latest one possible is taken.
        sex: None where the form does not carry it (the foreigner's card with letters).
        region: digits of GB/T 2260, advisory below the province: 6, or 2 or 4 on a foreigner's card.
        nationality: on a foreigner's card as printed: ISO 3166-1 numeric, on the older one alpha-3; advisory.
        from_fifteen: the number was given with 15 digits. Equality leaves it out: it is the same person.
    """

    number: str
    kind: NumberKind
    birth_date: date
    sex: Sex | None
    region: str
    nationality: str | None = None
    from_fifteen: bool = field(default=False, compare=False)

    @classmethod
    def parse(cls, text: str, *, on: date | None = None) -> "CitizenId":
        """Read a number in any living form.

        Surrounding white space, full-width forms and lower case are taken as typed by hand and mended; separators
        within the number, invisible characters and digits of other scripts are refused.

        Args:
            text: the number as written.
            on: the day to judge on; a birth after it is refused. Without it only the calendar is checked.

        Raises:
            NumberError: `number.length`, `.alphabet`, `.province`, `.date` or `.check`.
        """
        number = clean_upper(text)
        day = plain_date(on)
        if len(number) == _FULL:
            return _full(number, day)
        if len(number) == _SHORT:
            return _old_card(number, day) if number[0] in UPPER else _short(number, day)
        raise wrong_length(number, "18 or 15", "18位或15")

    @property
    def holder_code_type(self) -> str:
        """Holder code type 持证主体代码类型 by the defaults of `HolderCodeTypes` (GB/T 36903 Annex A)."""
        return HolderCodeTypes().of(self)

    def format(self) -> str:
        """The whole number in its canonical form."""
        return self.number

    def masked(self) -> str:
        """First and last character, stars between."""
        return mask(self.number)

    def __repr__(self) -> str:
        """Kind and masked number: an ID number does not leak into logs this way."""
        return f"CitizenId({self.masked()}, {self.kind.value})"


@dataclass(frozen=True, slots=True)
class HolderCodeTypes:
    """Which holder code type 持证主体代码类型 (GB/T 36903 Annex A) each form of number gets.

    Annex A knows 111 公民身份号码 and has no code for the other forms: practice is open, so a deployment may choose.

    Args:
        citizen_id: for citizen IDs.
        residence_permit: for residence permits of Hong Kong, Macao and Taiwan people.
        foreigner_card: for foreigner's cards of 18 characters.
        foreigner_card_with_letters: for the older card; by default 999 其他自然人.

    Raises:
        NumberError: `number.form` for a code that is not three digits.
    """

    citizen_id: str = "111"
    residence_permit: str = "111"
    foreigner_card: str = "111"
    foreigner_card_with_letters: str = "999"

    def __post_init__(self) -> None:
        """Refuse what cannot be a code."""
        for code in (self.citizen_id, self.residence_permit, self.foreigner_card, self.foreigner_card_with_letters):
            if len(code) != 3 or not DIGITS.issuperset(code):  # noqa: PLR2004  codes of Annex A have three digits
                raise NumberError("number.form", "a holder code type has three digits", "持证主体代码类型应为3位数字")

    def of(self, holder: CitizenId) -> str:
        """The code for this number."""
        if holder.kind is NumberKind.FOREIGNER_CARD:
            return self.foreigner_card if len(holder.number) == _FULL else self.foreigner_card_with_letters
        return self.residence_permit if holder.kind is NumberKind.HMT_RESIDENCE_PERMIT else self.citizen_id


def _full(number: str, on: date | None) -> CitizenId:
    require_alphabet(number[:17], DIGITS, hint="digits only, X at most as the last character")
    require_alphabet(number[17], _CHECK_CHARACTERS, offset=17, hint="a digit or X")
    nationality = None
    if number[0] == "9":
        kind, region, nationality = NumberKind.FOREIGNER_CARD, number[1:3], number[3:6]
        _require_province(region in MAINLAND_PROVINCES, "2–3")
    else:
        region = number[:6]
        permit = number[:2] in PERMIT_PREFIXES
        kind = NumberKind.HMT_RESIDENCE_PERMIT if permit else NumberKind.CITIZEN_ID
        _require_province(permit or number[:2] in CITIZEN_PROVINCES, "1–2")
    born = _require_birth(read_date(number[6:14]), on, "7–14")
    if mod_11_2.checksum(number) != 1:
        raise _wrong_check(kind, region)
    return CitizenId(number, kind, born, _sex(number[16]), region, nationality)


def _short(number: str, on: date | None) -> CitizenId:
    require_alphabet(number, DIGITS, hint="the form of 15 characters has digits only")
    _require_province(number[:2] in CITIZEN_PROVINCES, "1–2")
    century = "18" if number[12:] in _CENTENARIANS else "19"
    body = f"{number[:6]}{century}{number[6:]}"
    born = _require_birth(read_date(body[6:14]), on, "7–12")
    full = body + mod_11_2.calc_check_digit(body)
    return CitizenId(full, NumberKind.CITIZEN_ID, born, _sex(number[14]), number[:6], from_fifteen=True)


def _old_card(number: str, on: date | None) -> CitizenId:
    require_alphabet(number[:3], UPPER, hint="three letters of nationality, then digits")
    require_alphabet(number[3:], DIGITS, offset=3, hint="three letters of nationality, then digits")
    _require_province(number[3:5] in MAINLAND_PROVINCES, "4–5")
    latest = min(on, _OLD_CARD_ENDED) if on else _OLD_CARD_ENDED
    readings = (read_date(century + number[7:13]) for century in ("20", "19"))
    born = _require_birth(next((day for day in readings if day and day <= latest), None), on, "8–13")
    # ICAO 9303 values: digits as they are, A is 10.
    total = sum(int(c, 36) * weight for c, weight in zip(number[:14], _OLD_CARD_WEIGHTS, strict=False))
    if total % 10 != int(number[14]):
        raise _wrong_check(NumberKind.FOREIGNER_CARD, "")
    return CitizenId(number, NumberKind.FOREIGNER_CARD, born, None, number[3:7], number[:3])


def _sex(digit: str) -> Sex:
    return Sex.MALE if int(digit) % 2 else Sex.FEMALE


def _require_province(known: bool, positions: str) -> None:  # noqa: FBT001  the outcome of a test, not a switch
    if not known:
        raise NumberError(
            "number.province",
            f"no province has the prefix at characters {positions}",
            f"第{positions}位不是已知的省级行政区划代码",
        )


def _require_birth(born: date | None, on: date | None, positions: str) -> date:
    if born is None:
        raise NumberError(
            "number.date",
            f"characters {positions} are not a possible date of birth",
            f"第{positions}位不是有效的出生日期",
        )
    if on is not None and born > on:
        raise NumberError(
            "number.date",
            f"the date of birth at characters {positions} is in the future",
            f"第{positions}位出生日期晚于当前日期",
        )
    return born


def _wrong_check(kind: NumberKind, region: str) -> NumberError:
    """A wrong check character; if the region was never listed either, the mistake is most likely there."""
    if kind is NumberKind.CITIZEN_ID and not is_listed(region):
        return NumberError(
            "number.province",
            "the check character does not fit, and characters 1–6 are no known division",
            "校验码不符，且第1–6位不是已知的行政区划代码",
            hint="look at the first six characters first",
        )
    return NumberError(
        "number.check",
        "the check character does not fit: a character is wrong or two are swapped",
        "校验码不符：可能有一位写错或相邻两位颠倒",
        hint="compare it with the document character by character",
    )
