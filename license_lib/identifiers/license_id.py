"""Licence identifier 证照标识 (GB/T 36904) and licence type code 证照类型代码.

`1.2.156.3005.2.<type 21>.<issuer 18>.<serial>.<version 3>.<check 1>`; the check character is ISO 7064 MOD 37,36
(GB/T 17710) over type, issuer, serial and version without dots. It does not notice a dot that moved, so the lengths
of the parts are enforced.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from stdnum.iso7064 import mod_37_36

from license_lib.identifiers.basics import (
    ALPHANUMERIC,
    DIGITS,
    MAX_INPUT,
    NumberError,
    mask,
    require_alphabet,
    wrong_length,
)
from license_lib.identifiers.credit import LENGTH as CREDIT_LENGTH
from license_lib.identifiers.credit import CreditCode

ROOT = "1.2.156.3005.2"
TYPE_LENGTH = CREDIT_LENGTH + 3
SERIAL_MIN = 7
# Serials up to 32 are known, the maximum is not: write no longer ones, read them from others.
SERIAL_MAX = 32
FOREIGN_SERIAL_MAX = 64

_PARTS = 5
_FIXED = TYPE_LENGTH + CREDIT_LENGTH + 3 + 1
LAST_VERSION = 999
_UPPER_ONLY = "digits and upper-case letters only"


@dataclass(frozen=True, slots=True)
class LicenseTypeCode:
    """Licence type code 证照类型代码: the credit code of the body that defines the type, then three digits.

    Whether a code is official or local is the catalogue's business; both look the same.

    Args:
        body: the body that defines the type 证照定义机构.
        number: three digits, the body's own numbering.
    """

    body: CreditCode
    number: str

    @classmethod
    def parse(cls, text: str) -> "LicenseTypeCode":
        """Read a code exactly as it is written: it is part of identifiers, so nothing is mended.

        Raises:
            NumberError: `number.length`, `.alphabet`, `.form` or `.check` (of the body's credit code).
        """
        if len(text) != TYPE_LENGTH:
            raise wrong_length(text, "21", "21")
        require_alphabet(text, ALPHANUMERIC, hint=_UPPER_ONLY)
        require_alphabet(text[CREDIT_LENGTH:], DIGITS, offset=CREDIT_LENGTH, hint="the last three are digits")
        try:
            body = CreditCode(text[:CREDIT_LENGTH])
        except NumberError as error:
            raise _within("defining body", "定义机构代码", error) from None
        return cls(body, text[CREDIT_LENGTH:])

    def __str__(self) -> str:
        """All 21 characters."""
        return f"{self.body.number}{self.number}"


@dataclass(frozen=True, slots=True, repr=False)
class LicenseIdentifier:
    """Licence identifier 证照标识 (GB/T 36904); make it with `build`, `parse`, `parse_foreign` or `from_compact`.

    Args:
        type_code: licence type code 证照类型代码, 21 characters.
        issuer: issuing body 颁发机构代码, its credit code.
        serial: serial 流水号, digits and upper-case letters.
        version: version 版本号, 1 to 999; a new version is a new identifier.
        check: check character 校验位 as it stands.
        failed_checks: which check characters do not fit, of `identifier`, `type` and `issuer`; only
            `parse_foreign` lets any pass.
    """

    type_code: str
    issuer: str
    serial: str
    version: int
    check: str
    failed_checks: tuple[str, ...] = ()

    @classmethod
    def build(
        cls, type_code: LicenseTypeCode | str, issuer: CreditCode | str, serial: str, version: int = 1
    ) -> "LicenseIdentifier":
        """Make an identifier, strictly by the standard.

        Args:
            type_code: licence type code.
            issuer: issuing body; a code that was accepted by override is refused, for others could not check it.
            serial: 7 to 32 digits and upper-case letters.
            version: 1 to 999.

        Raises:
            NumberError: `number.length`, `.alphabet`, `.form`, `.check` or `.version`.
        """
        kind = str(LicenseTypeCode.parse(str(type_code)))
        body = CreditCode.parse(str(issuer)).number
        _require_serial(serial, SERIAL_MAX)
        if not 1 <= version <= LAST_VERSION:
            raise NumberError("number.version", "a version is 1 to 999", "版本号应为001至999")
        return cls(kind, body, serial, version, mod_37_36.calc_check_digit(f"{kind}{body}{serial}{version:03d}"))

    @classmethod
    def parse(cls, text: str) -> "LicenseIdentifier":
        """Read an identifier of our own generation, exactly as it is written: `str()` of the value is the text.

        Raises:
            NumberError: `number.form` (root, number of parts), `.length`, `.alphabet`, `.version` or `.check`.
        """
        return _strict(_read(_split(text), SERIAL_MAX))

    @classmethod
    def parse_foreign(cls, text: str) -> "LicenseIdentifier":
        """Read an identifier that somebody else made.

        A wrong legacy algorithm is in use elsewhere: a check that does not fit is told by `check_ok` and
        `failed_checks`, a warning and no more. Serials may have up to 64 characters.

        Raises:
            NumberError: as `parse`, but never `number.check`.
        """
        return _read(_split(text), FOREIGN_SERIAL_MAX)

    @classmethod
    def from_compact(cls, text: str) -> "LicenseIdentifier":
        """Read `compact()` back, strictly. All parts but the serial have a fixed length, so there is one reading.

        Raises:
            NumberError: as `parse`.
        """
        serial_length = len(text) - _FIXED
        if not SERIAL_MIN <= serial_length <= SERIAL_MAX:
            shortest, longest = _FIXED + SERIAL_MIN, _FIXED + SERIAL_MAX
            raise wrong_length(text, f"{shortest} to {longest}", f"{shortest}至{longest}")
        issuer, serial = TYPE_LENGTH + CREDIT_LENGTH, TYPE_LENGTH + CREDIT_LENGTH + serial_length
        return _strict(
            _read(
                [text[:TYPE_LENGTH], text[TYPE_LENGTH:issuer], text[issuer:serial], text[serial:-1], text[-1]],
                SERIAL_MAX,
            )
        )

    @property
    def check_ok(self) -> bool:
        """Whether the check characters of the identifier and of both bodies in it fit."""
        return not self.failed_checks

    def next_version(self) -> "LicenseIdentifier":
        """The identifier of the next version of the same licence.

        Raises:
            NumberError: `number.version` after 999; `number.check` for a foreign identifier that does not check.
        """
        return LicenseIdentifier.build(self.type_code, self.issuer, self.serial, self.version + 1)

    def compact(self) -> str:
        """Without root and dots, as the check character is computed and short media carry it."""
        return f"{self.type_code}{self.issuer}{self.serial}{self.version:03d}{self.check}"

    def masked(self) -> str:
        """First and last character, stars between."""
        return mask(str(self))

    def __str__(self) -> str:
        """The whole identifier with root and dots."""
        return f"{ROOT}.{self.type_code}.{self.issuer}.{self.serial}.{self.version:03d}.{self.check}"

    def __repr__(self) -> str:
        """With the serial masked: other issuers are free to put a holder's number there."""
        serial = mask(self.serial)
        return f"LicenseIdentifier({ROOT}.{self.type_code}.{self.issuer}.{serial}.{self.version:03d}.{self.check})"


def _split(text: str) -> list[str]:
    if len(text) > MAX_INPUT:
        raise NumberError("number.length", f"longer than {MAX_INPUT} characters", f"超过{MAX_INPUT}个字符")
    if not text.startswith(ROOT + "."):
        raise NumberError("number.form", f"does not start with {ROOT}.", f"应以{ROOT}.开头")
    parts = text[len(ROOT) + 1 :].split(".")
    if len(parts) != _PARTS:
        raise NumberError(
            "number.form", f"{len(parts)} parts after the root, not 5", f"根节点之后共{len(parts)}段，应为5段"
        )
    return parts


def _read(parts: list[str], serial_max: int) -> LicenseIdentifier:
    type_code, issuer, serial, version, check = parts
    if len(serial) > serial_max or not _WELL_FORMED.fullmatch(".".join(parts)):
        _require_form(parts, serial_max)
    failed, counted = _bodies(type_code, issuer)
    if _counted_on(counted, serial + version + check) != 1:
        failed = ("identifier", *failed)
    return LicenseIdentifier(type_code, issuer, serial, int(version), check, failed)


def _require_form(parts: list[str], serial_max: int) -> None:
    """Say which part is not as it should be."""
    type_code, issuer, serial, version, check = parts
    for part, (name, name_zh, length, allowed) in zip((type_code, issuer, version, check), _SHAPES, strict=True):
        if len(part) != length:
            raise NumberError(
                "number.length",
                f"the {name} has {len(part)} characters, not {length}",
                f"{name_zh}共{len(part)}位，应为{length}位",
            )
        _require(part, allowed, name, name_zh)
    _require(type_code[CREDIT_LENGTH:], DIGITS, "number at the end of the type code", "证照类型代码末三位")
    _require_serial(serial, serial_max)
    if version == "000":
        raise NumberError("number.version", "versions start at 001", "版本号从001开始")


_WELL_FORMED = re.compile("[0-9A-Z]{18}[0-9]{3}[.][0-9A-Z]{18}[.][0-9A-Z]{7,64}[.](?!000)[0-9]{3}[.][0-9A-Z]")
"""All parts at once: nearly every identifier is well-formed, and part by part takes five times as long."""
_SHAPES = (
    ("type code", "证照类型代码", TYPE_LENGTH, ALPHANUMERIC),
    ("issuer", "颁发机构代码", CREDIT_LENGTH, ALPHANUMERIC),
    ("version", "版本号", 3, DIGITS),
    ("check", "校验位", 1, ALPHANUMERIC),
)
_WHERE_ZH = {"identifier": "证照标识", "type": "证照类型代码", "issuer": "颁发机构代码"}


def _within(name: str, name_zh: str, error: NumberError) -> NumberError:
    """The same error, saying which part of the whole it is about."""
    return NumberError(error.code, f"{name}: {error.message}", f"{name_zh}：{error.message_zh}", hint=error.hint)


def _require(part: str, allowed: frozenset[str], name: str, name_zh: str) -> None:
    try:
        require_alphabet(part, allowed, hint="digits only" if allowed is DIGITS else _UPPER_ONLY)
    except NumberError as error:
        raise _within(name, name_zh, error) from None


_VALUES = "".join(sorted(ALPHANUMERIC))
_ONWARDS = tuple(
    bytes(((check or 36) * 2 % 37 + _VALUES.find(chr(code))) % 36 for code in range(ord("Z") + 1))
    for check in range(36)
)
"""ISO 7064 MOD 37,36: by what has been counted and the next character, what has been counted then."""


def _counted_on(check: int, text: str) -> int:
    """The count behind a text of digits and capitals; 18 is where it begins, and 1 where what checks ends.

    As `stdnum` has it, and quicker: every code that is scanned asks for it.
    """
    for code in text.encode("ascii"):
        check = _ONWARDS[check][code]
    return check


@lru_cache(maxsize=1024)  # the same few bodies stand in every identifier
def _bodies(type_code: str, issuer: str) -> tuple[tuple[str, ...], int]:
    """Which of the two bodies' codes do not check, and what has been counted behind them."""
    failed: tuple[str, ...] = () if _checks(type_code[:CREDIT_LENGTH], "type code", "证照类型代码") else ("type",)
    failed += () if _checks(issuer, "issuer", "颁发机构代码") else ("issuer",)
    return failed, _counted_on(18, type_code + issuer)


def _checks(code: str, name: str, name_zh: str) -> bool:
    """Whether a credit code checks; all that is wrong with it besides is an error."""
    try:
        CreditCode(code)
    except NumberError as error:
        if error.code != "number.check":
            raise _within(name, name_zh, error) from None
        return False
    return True


def _strict(value: LicenseIdentifier) -> LicenseIdentifier:
    if value.failed_checks:
        where = value.failed_checks[0]
        raise NumberError(
            "number.check",
            f"the check character of the {where} does not fit",
            f"{_WHERE_ZH[where]}的校验码不符",
            hint="one character is wrong, or another issuer made it by a legacy rule",
        )
    return value


def _require_serial(serial: str, serial_max: int) -> None:
    if not SERIAL_MIN <= len(serial) <= serial_max:
        raise NumberError(
            "number.length",
            f"the serial has {len(serial)} characters, not {SERIAL_MIN} to {serial_max}",
            f"流水号共{len(serial)}位，应为{SERIAL_MIN}至{serial_max}位",
        )
    _require(serial, ALPHANUMERIC, "serial", "流水号")
