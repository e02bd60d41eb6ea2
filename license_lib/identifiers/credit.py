"""Unified social credit code 统一社会信用代码 (GB 32100): the number of a legal person or organisation.

18 characters: registering authority 1, type of body 1 (both may be letters), division 6 digits, subject 9, check
(MOD 31). The letters I O S V Z do not occur.
"""

from dataclasses import dataclass, field

from license_lib.identifiers.basics import DIGITS, NumberError, clean_upper, mask, require_alphabet, wrong_length

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18

_LETTERS_AND_DIGITS = frozenset(ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))
_MOST_TEXT = 500


@dataclass(frozen=True, slots=True)
class CheckOverride:
    """The recorded decision to accept an *issued* code whose check character is wrong (some exist).

    Args:
        reason: why the code is believed to be issued as it stands.
        approved_by: who answers for that.

    Raises:
        NumberError: `number.override` if either says nothing or is longer than 500 characters.
    """

    reason: str
    approved_by: str

    def __post_init__(self) -> None:
        """A blank, or mere punctuation, is no reason and no person."""
        for text in (self.reason, self.approved_by):
            if len(text) > _MOST_TEXT or not any(character.isalnum() for character in text):
                raise NumberError(
                    "number.override",
                    "an override needs a reason and the person who approves it",
                    "强制接受须填写理由和批准人",
                )


@dataclass(frozen=True, slots=True, repr=False)
class CreditCode:
    """A unified social credit code 统一社会信用代码; every value in existence has passed the rules.

    Args:
        number: canonical form, 18 characters in upper case.
        override: why a failing check character was accepted; None for every code that checks. The caller records it.

    Raises:
        NumberError: `number.length`, `.alphabet`, `.form` (no subject), `.check`, or `number.override` for an override
            of a code that checks: such a record would claim a fault that is not there.
    """

    number: str
    override: CheckOverride | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Judge length, alphabet and check character; an override excuses the last only."""
        number = self.number
        if len(number) != LENGTH:
            raise wrong_length(number, "18", "18")
        require_alphabet(number, _LETTERS_AND_DIGITS, hint="digits and letters, without I O S V Z")
        require_alphabet(number[2:8], DIGITS, offset=2, hint="characters 3–8 are the division, digits only")
        if number[8:17] == "000000000":
            raise NumberError("number.form", "characters 9–17 name no body", "第9–17位主体标识码全为零")
        checks = check_character(number) == number[17]
        if not checks and self.override is None:
            raise NumberError(
                "number.check",
                "the check character does not fit: a character is wrong or two are swapped",
                "校验码不符：可能有一位写错或相邻两位颠倒",
                hint="a code that was issued like this needs an override with reason and approver",
            )
        if checks and self.override is not None:
            raise NumberError("number.override", "the code checks: no override is needed", "校验码相符，无须强制接受")

    @classmethod
    def parse(cls, text: str, *, override: CheckOverride | None = None) -> "CreditCode":
        """Read a code; surrounding white space, full-width forms and lower case are mended.

        Args:
            text: the code as written.
            override: accept a code that is known to be issued with a wrong check character.

        Raises:
            NumberError: as the class says.
        """
        return cls(clean_upper(text), override)

    @property
    def region(self) -> str:
        """Division of the registering authority, six digits of GB/T 2260 (100000 for the centre); advisory."""
        return self.number[2:8]

    @property
    def holder_code_type(self) -> str:
        """Holder code type 持证主体代码类型 001 (GB/T 36903 Annex A)."""
        return "001"

    def format(self) -> str:
        """The whole code in its canonical form."""
        return self.number

    def masked(self) -> str:
        """First and last character, stars between."""
        return mask(self.number)

    def __str__(self) -> str:
        """The whole code: it is public register data."""
        return self.number

    def __repr__(self) -> str:
        """Masked, as every number is in logs."""
        return f"CreditCode({self.masked()}{', overridden' if self.override else ''})"


def check_character(code: str) -> str:
    """Check character 校验码 of the first 17 characters, which must be of the alphabet (GB 32100, MOD 31)."""
    total = sum(_VALUES[character] * weight for character, weight in zip(code, _WEIGHTS, strict=False))
    return ALPHABET[-total % 31]
