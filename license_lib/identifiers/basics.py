"""What all numbers share: kinds, the error, clean text in, masked text out."""

from datetime import date, datetime
from enum import StrEnum

from license_lib.errors import InputError

# The longest number is a licence identifier of some 90 characters. Whatever is longer is refused unread.
MAX_INPUT = 256

DIGITS = frozenset("0123456789")
UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
ALPHANUMERIC = DIGITS | UPPER

# What a Chinese input method types in full-width mode, and nothing else: NFKC would also take circled and
# superscript digits for numbers, which no person means.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

# A number names no century that nobody living or on record was born in; without a clock this is all one can say.
_FIRST_YEAR, _LAST_YEAR = 1800, 2099

_MASK_NEEDS = 4


class NumberKind(StrEnum):
    """What kind of number a text is; the value is stable and goes into JSON."""

    CITIZEN_ID = "citizen-id"
    HMT_RESIDENCE_PERMIT = "hmt-residence-permit"
    FOREIGNER_CARD = "foreigner-permanent-residence-card"
    CREDIT_CODE = "credit-code"
    LICENSE_IDENTIFIER = "license-identifier"
    LICENSE_TYPE_CODE = "license-type-code"
    UNKNOWN = "unknown"

    @property
    def name_zh(self) -> str:
        """The kind as people read it."""
        return _NAMES_ZH[self]


_NAMES_ZH = {
    NumberKind.CITIZEN_ID: "公民身份号码",
    NumberKind.HMT_RESIDENCE_PERMIT: "港澳台居民居住证号码",
    NumberKind.FOREIGNER_CARD: "外国人永久居留身份证号码",
    NumberKind.CREDIT_CODE: "统一社会信用代码",
    NumberKind.LICENSE_IDENTIFIER: "电子证照标识",
    NumberKind.LICENSE_TYPE_CODE: "证照类型代码",
    NumberKind.UNKNOWN: "未知号码",
}


class Sex(StrEnum):
    """Sex 性别 as the sequence digit of a number carries it (odd 男, even 女)."""

    MALE = "male"
    FEMALE = "female"


class NumberError(InputError):
    """A text is not the number it should be. None of its texts ever holds the number, at most a position in it.

    Args:
        code: `number.length`, `.alphabet`, `.form`, `.province`, `.date`, `.check`, `.version` or `.override`.
        message: what is wrong, in English.
        message_zh: the same for people, in Chinese.
        hint: what to do about it.
    """

    def __init__(self, code: str, message: str, message_zh: str = "", *, hint: str = "") -> None:
        super().__init__(code, message, hint=hint)
        self.message_zh = message_zh


def clean(text: str) -> str:
    """Undo what keyboards do: surrounding white space and full-width forms. Case stays, all else is judged later.

    Raises:
        NumberError: `number.length` for empty text or text longer than any number.
    """
    if len(text) > MAX_INPUT:
        raise NumberError("number.length", f"longer than {MAX_INPUT} characters", f"超过{MAX_INPUT}个字符")
    if not text.isascii():
        text = text.translate(_FULL_WIDTH)
    text = text.strip()
    if not text:
        raise NumberError("number.length", "empty", "号码为空")
    return text


def clean_upper(text: str) -> str:
    """Like `clean`, and lower-case ASCII letters become upper case."""
    text = clean(text)
    # Only ASCII: elsewhere upper() makes letters that were not there (ı becomes I).
    return text.upper() if text.isascii() else text


def wrong_length(number: str, wanted: str, wanted_zh: str) -> NumberError:
    """The error for a number of another length: the separator or invisible character that makes it so, if any."""
    try:
        require_alphabet(number, ALPHANUMERIC, hint="no spaces, separators or invisible characters")
    except NumberError as error:
        return error
    length = len(number)
    return NumberError("number.length", f"{length} characters, not {wanted}", f"共{length}位，应为{wanted_zh}位")


def require_alphabet(text: str, allowed: frozenset[str], *, offset: int = 0, hint: str = "") -> None:
    """Refuse the first character of `text` that is not allowed, naming its position only.

    Args:
        text: a number or part of it.
        allowed: the characters that may stand there.
        offset: how many characters of the number come before `text`.
        hint: what may stand there, in words.

    Raises:
        NumberError: `number.alphabet`.
    """
    if allowed.issuperset(text):
        return
    position = offset + 1 + next(i for i, character in enumerate(text) if character not in allowed)
    raise NumberError(
        "number.alphabet",
        f"character {position} is not allowed there",
        f"第{position}位字符不允许",
        hint=hint,
    )


def read_date(digits: str) -> date | None:
    """The date of eight ASCII digits YYYYMMDD; None if no such day is in the calendar of 1800 to 2099."""
    year = int(digits[:4])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def plain_date(on: date | None) -> date | None:
    """`on` as a mere date: a datetime is a date in Python, but the two do not compare."""
    return on.date() if isinstance(on, datetime) else on


def mask(number: str) -> str:
    """The first and the last character, stars between; all stars if that would tell most of it.

    There is no official masking rule; this is the stricter default. Ends that are not ASCII letters or digits are
    starred too, so that a masked text is safe to print whatever was typed.
    """
    if len(number) < _MASK_NEEDS:
        return "*" * len(number)
    first, last = (end if end.isascii() and end.isalnum() else "*" for end in (number[0], number[-1]))
    return f"{first}{'*' * (len(number) - 2)}{last}"
