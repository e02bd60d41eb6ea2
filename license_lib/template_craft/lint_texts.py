"""What a template says itself: characters that no font has, pictures that cannot be drawn, contradicting codes."""

import re
from collections.abc import Iterable, Iterator, Mapping

from license_lib.catalogue import LicenseType
from license_lib.catalogue.checks import all_layouts
from license_lib.catalogue.faults import Steps
from license_lib.catalogue.fields import ColumnSpec
from license_lib.errors import InputError
from license_lib.rendering import Fonts
from license_lib.rendering.artwork import artwork_drawing
from license_lib.rendering.fonts import HEI, SONG
from license_lib.template_craft.lint_rows import Lint, lint
from license_lib.template_craft.patterns import shortest_match

LOCAL = "本地代码"
_REMARK = re.compile(r"（.*）$")


def text_lints(kind: LicenseType, fonts: Fonts) -> Iterator[Lint]:
    """Every text of the template itself that cannot be printed."""
    for steps, text, font in _texts(kind):
        try:
            fonts.check("text", text, font)
        except InputError as error:
            yield lint("glyph.static", steps, why=error)


def artwork_lints(kind: LicenseType, artwork: Mapping[str, bytes]) -> Iterator[Lint]:
    """Every picture that loads but cannot be drawn."""
    for steps, layout in all_layouts(kind):
        for index, one in enumerate(layout.artwork):
            try:
                artwork_drawing(artwork[one.sha256])
            except InputError as error:
                yield lint("artwork.undrawable", (*steps, "artwork", index, "file"), why=error)


def code_lints(kind: LicenseType, others: Iterable[LicenseType]) -> Iterator[Lint]:
    """Codes that other types use for something else, and a code that says two things of where it comes from."""
    if kind.code.official is (LOCAL in kind.code.source):
        yield lint("code.not-local" if kind.code.official else "code.local", ("code", "source"))
    labels: dict[str, tuple[str, str]] = {}
    codes: dict[str, tuple[str, str]] = {}
    for other in others:
        for _, spec in _specs(other):
            labels.setdefault(spec.code, (_meaning(spec), other.key))
            codes.setdefault(_meaning(spec), (spec.code, other.key))
    for steps, spec in _specs(kind):
        label = _meaning(spec)
        meant, where = labels.get(spec.code, (label, ""))
        if meant != label:
            yield lint("code.meaning", (*steps, "code"), code=spec.code, other=meant, type=where)
            continue
        code, where = codes.get(label, (spec.code, ""))
        if code != spec.code:
            yield lint("code.other", (*steps, "code"), label=label, other=code, type=where)


def pattern_lints(kind: LicenseType) -> Iterator[Lint]:
    """Patterns that no legal text can match: it would be too long."""
    for steps, spec in _specs(kind):
        least = shortest_match(spec.pattern) if spec.pattern is not None else 0
        if least > spec.max_length:
            yield lint("pattern.impossible", (*steps, "pattern"), least=least, most=spec.max_length)


def _specs(kind: LicenseType) -> Iterator[tuple[Steps, ColumnSpec]]:
    for index, field in enumerate(kind.fields):
        yield ("fields", index), field
        for number, column in enumerate(field.columns):
            yield ("fields", index, "columns", number), column


def _meaning(spec: ColumnSpec) -> str:
    """A label without its remark: 法定代表人（负责人） means 法定代表人."""
    return _REMARK.sub("", spec.label)


def _texts(kind: LicenseType) -> Iterator[tuple[Steps, str, str]]:
    """Every text of the template with the font that it is printed in."""
    yield ("name",), kind.name, SONG
    for steps, spec in _specs(kind):
        yield (*steps, "label"), spec.label, HEI
        yield (*steps, "english"), spec.english, HEI
        for index, choice in enumerate(spec.choices):
            yield (*steps, "choices", index), choice, SONG
    for index, computed in enumerate(kind.computed):
        yield ("computed", index, "label"), computed.label, HEI
        yield ("computed", index, "english"), computed.english, HEI
    for steps, layout in all_layouts(kind):
        yield (*steps, "title", "text"), layout.title.text, layout.title.font
        for index, text in enumerate(layout.texts):
            yield (*steps, "texts", index, "text"), text.text, text.font
        for index, box in enumerate(layout.boxes):
            place = (*steps, "boxes", index)
            yield (*place, "label"), box.label or "", HEI
            yield (*place, "english"), box.english or "", HEI
            yield (*place, "empty"), box.empty, box.font
        for index, table in enumerate(layout.tables):
            place = (*steps, "tables", index)
            yield (*place, "label"), table.label or "", HEI
            for number, column in enumerate(table.columns):
                yield (*place, "columns", number, "label"), column.label or "", HEI
