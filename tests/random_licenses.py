"""Random requests that are legal: every type, any length that a field may have, any character that the fonts draw."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from stdnum.iso7064 import mod_11_2
from support import ISSUERS, example_request

from license_lib.authority import Authority
from license_lib.catalogue import FieldType, HolderKind, LicenseType, ValidityRule
from license_lib.catalogue.fields import ColumnSpec
from license_lib.errors import InputError
from license_lib.identifiers.credit import ALPHABET, check_character
from license_lib.issuing import Issued
from license_lib.licenses.request import HolderRequest, LicenseRequest
from license_lib.licenses.rules import FieldValue
from license_lib.rendering import Fonts
from license_lib.rendering.fonts import SONG

GENERAL = Path(__file__).parent / "data" / "general_standard_characters.txt"
RARE = ((0x3400, 0x4DBF), (0x20000, 0x323AF), (0xF900, 0xFAD9), (0x2F800, 0x2FA1D))
"""Extensions A to H, and compatibility ideographs."""
SIGNS = "（）《》“”‘’——……·、，。；：！？％￥〔〕【】〇①②Ⅳ№㎡℃½ÉǘḿǹAaBbXxYyZz0123456789 -/.,()&#@+*"
PROVINCES = ("110101", "310101", "440106", "540102", "620402", "650102")
FIRST, LAST = date(2026, 1, 1), date(2026, 11, 22)
_MOST_HOLDERS = 12
_TRIALS = 60


class Legal:
    """Random values of fields.

    Args:
        random: seeded; the same seed gives the same values.
    """

    def __init__(self, random: Random, fonts: Fonts) -> None:
        self.random = random
        self._fonts = fonts

    @cached_property
    def _characters(self) -> tuple[Sequence[str], Sequence[str]]:
        return characters(self._fonts)

    def text(self, most: int) -> str:
        """1 to `most` characters; half of the texts are short, one of ten as long as it may be."""
        random = self.random
        kind = random.random()
        length = most if kind > 0.9 else random.randint(1, most) if kind > 0.5 else random.randint(1, min(12, most))
        general, rare = self._characters
        made = "".join(
            random.choices((random.choice(general), random.choice(rare), random.choice(SIGNS)), (75, 15, 10))[0]
            for _ in range(length)
        )
        return made.strip() or random.choice(general)

    def day(self, first: date = date(1900, 1, 1), last: date = LAST) -> date:
        """A day."""
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def citizen_id(self) -> str:
        """A number of a person, with its check character."""
        begun = f"{self.random.choice(PROVINCES)}{self.day(date(1930, 1, 1)):%Y%m%d}{self.random.randint(1, 999):03}"
        return begun + mod_11_2.calc_check_digit(begun)

    def credit_code(self) -> str:
        """A number of a body, with its check character."""
        body = "".join(self.random.choices(ALPHABET, k=9))
        begun = f"{self.random.choice(('91', '12', '52', 'N2'))}{self.random.choice(PROVINCES)}{body}"
        return begun + check_character(begun)

    def value(self, spec: ColumnSpec) -> str:
        """A value of a field or column."""
        random = self.random
        made: Mapping[FieldType, Callable[[], str]] = {
            FieldType.DATE: lambda: self.day().isoformat(),
            FieldType.DECIMAL: lambda: f"{random.randint(0, 10 ** random.randint(1, 12))}.{random.randint(0, 99):02}",
            FieldType.CITIZEN_ID: self.citizen_id,
            FieldType.CREDIT_CODE: self.credit_code,
        }
        if not spec.required and random.random() < 0.3:
            return ""
        if spec.choices:
            return random.choice(spec.choices)
        if spec.type in made:
            return made[spec.type]()
        return self.text(spec.max_length) if spec.pattern is None else self.matching(spec.pattern)

    def matching(self, pattern: str) -> str:
        """A text of a pattern of a template."""
        return self._pieces(import_module("re._parser").parse(pattern))

    def _pieces(self, tree: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._piece(str(operation), value) for operation, value in tree)

    def _piece(self, operation: str, value: Any) -> str:
        if operation == "MAX_REPEAT":
            least, most, inner = value
            return "".join(self._pieces(inner) for _ in range(self.random.randint(least, most)))
        pieces: Mapping[str, Callable[[], str]] = {
            "LITERAL": lambda: chr(value),
            "IN": lambda: self._one_of(value),
            "SUBPATTERN": lambda: self._pieces(value[-1]),
            "BRANCH": lambda: self._pieces(self.random.choice(value[1])),
        }
        return pieces[operation]()  # a KeyError tells of a pattern that no template had before

    def _one_of(self, members: Sequence[tuple[Any, Any]]) -> str:
        kind, value = self.random.choice(members)
        return chr(self.random.randint(*value)) if str(kind) == "RANGE" else chr(value)

    def rows(self, spec: Any) -> list[Mapping[str, str]]:
        """Rows: mostly few, sometimes as many as may be."""
        random = self.random
        count = spec.max_rows if random.random() > 0.9 else random.randint(1, min(6, spec.max_rows))
        return [{column.key: self.value(column) for column in spec.columns} for _ in range(count)]

    def holders(self, kind: LicenseType) -> tuple[HolderRequest, ...]:
        """Who holds it."""
        random = self.random
        count = random.choice((1, 2, 3, _MOST_HOLDERS)) if kind.holder.several else 1
        found = []
        for _ in range(count):
            of_body = kind.holder.kind is HolderKind.ORGANISATION or (
                kind.holder.kind is HolderKind.EITHER and random.random() > 0.5
            )
            name = self.text(random.choice((4, 10, 50)))
            found.append(
                HolderRequest(name, self.credit_code(), "001") if of_body else HolderRequest(name, self.citizen_id())
            )
        return tuple(found)


_drawn: dict[int, tuple[Sequence[str], Sequence[str]]] = {}


def characters(fonts: Fonts) -> tuple[Sequence[str], Sequence[str]]:
    """The general table, and everything rarer that the fonts draw."""
    if not _drawn:
        general = "".join(GENERAL.read_text(encoding="utf-8").split())
        rare = [chr(code) for first, last in RARE for code in range(first, last + 1) if fonts.face_for(chr(code), SONG)]
        _drawn[0] = general, rare
    return _drawn[0]


def random_request(kind: LicenseType, legal: Legal) -> LicenseRequest:
    """A request of a type; it may be too long for its face."""
    base = example_request(kind.key)
    fields: dict[str, FieldValue] = {}
    for spec in kind.fields:
        wanted = spec.required or legal.random.random() > 0.3
        rows = spec.type is FieldType.ROWS
        value: FieldValue = (legal.rows(spec) if rows else legal.value(spec)) if wanted else ""
        fields |= {spec.key: value} if value else {}
    issued_on = legal.day(FIRST, LAST)
    ends: Any = legal.random.choice(("long-term", legal.day(date(2027, 1, 1), date(2999, 12, 31))))
    return replace(
        base,
        holders=legal.holders(kind),
        number=legal.matching(kind.number.pattern) if kind.number.rule == "given" else None,
        fields=fields,
        issued_on=issued_on,
        valid_from=legal.day(issued_on, LAST),
        valid_until=ends if kind.validity.rule is ValidityRule.GIVEN else None,
    )


def random_license(authority: Authority, key: str, seed: str, fonts: Fonts) -> Issued:
    """A licence of a type: random requests until one fits its face, its code and the rules.

    Raises:
        InputError: none does, or a request is refused for a reason that a legal one has not.
    """
    kind = authority.catalogue.get(key)
    for trial in range(_TRIALS):
        try:
            return authority.issue(random_request(kind, Legal(Random(f"{seed} {key} {trial}"), fonts)))  # noqa: S311 -- to be repeated, not to be secret
        except InputError as error:
            found = {problem.code for problem in getattr(error, "problems", ())} or {error.code}
            if not found <= {"field.overflow", "qr.unencodable", "qr.id-number", "holder.duplicate", "number.taken"}:
                raise
    raise InputError("test.no-license", f"{_TRIALS} requests in a row did not fit, of {key}, seed {seed}")


KEYS = tuple(ISSUERS)
