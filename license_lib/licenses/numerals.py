"""Numbers and dates in Chinese, as certificates print them.

Sums of money follow the rules for filling in bills 正确填写票据和结算凭证的基本规定 (People's Bank of China, 1997).
"""

from datetime import date
from decimal import Decimal

from license_lib.errors import InputError

_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLAIN = "〇一二三四五六七八九"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
MOST_DIGITS = 4 * len(_GROUPS)


def number_in_capitals(text: str) -> str:
    """`12.5` → `壹拾贰点伍`: a decimal number of at most 16 digits before the point.

    Raises:
        InputError: `number.capitals`, it is larger.
    """
    whole, _, fraction = text.partition(".")
    return _whole(whole) + ("点" + "".join(_CAPITALS[int(digit)] for digit in fraction) if fraction else "")


def amount_in_capitals(text: str) -> str:
    """A sum of money in yuan, in capitals: `1409.50` → `壹仟肆佰零玖元伍角`, `5000000` → `伍佰万元整`.

    Raises:
        InputError: `number.capitals`, it has more than 16 digits, or parts of a fen.
    """
    yuan, _, fraction = text.partition(".")
    if fraction[2:].strip("0"):
        raise InputError("number.capitals", "a sum of money has two decimals at most")
    jiao, fen = (int(digit) for digit in fraction[:2].ljust(2, "0"))
    parts = [_whole(yuan) + "元"] if int(yuan) or not (jiao or fen) else []
    if not (jiao or fen):
        return parts[0] + "整"
    if jiao:  # a zero before the jiao stands where the yuan end in one, as the rules' own examples show
        parts.append(("零" if parts and yuan.endswith("0") else "") + _CAPITALS[jiao] + "角")
    elif parts:
        parts.append("零")
    if fen:
        parts.append(_CAPITALS[fen] + "分")
    return "".join(parts)


def date_in_numerals(day: date) -> str:
    """`二〇二六年十一月二十三日`."""
    year = "".join(_PLAIN[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def total(texts: list[str]) -> str:
    """The sum of decimal numbers, without trailing zeros: `86.50` + `12` → `98.5`."""
    added = sum(map(Decimal, texts), Decimal(0))
    shown = f"{added:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _whole(digits: str) -> str:
    digits = digits.lstrip("0")
    if len(digits) > MOST_DIGITS:
        raise InputError("number.capitals", f"has more than {MOST_DIGITS} digits before the point")
    text, pending = "", False
    for index, digit in enumerate(digits):
        place = len(digits) - 1 - index
        if digit == "0":
            pending = True
        else:
            text += ("零" if pending and text else "") + _CAPITALS[int(digit)] + _UNITS[place % 4]
            pending = False
        group = place // 4
        if place % 4 == 0 and group:
            if set(digits[max(0, index - 3) : index + 1]) != {"0"}:
                pending = False  # a zero that ends a group is not read
                text += _GROUPS[group][:1] if group == 3 else _GROUPS[group]  # noqa: PLR2004 -- 万亿: 亿 comes with its own group
            elif group == 2:  # noqa: PLR2004 -- 一万亿零…: the 亿 of a group of zeros still stands
                text += "亿"
    return text or "零"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _PLAIN[tens] + "十") + (_PLAIN[ones] if ones else "")
