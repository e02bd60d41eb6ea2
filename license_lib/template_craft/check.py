"""Check a template: all that keeps it from loading, then all that it does badly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from license_lib.catalogue import Catalogue, LicenseType, LoadedType, TemplateError, load_type
from license_lib.catalogue.problems import TemplateProblem
from license_lib.lifecycle import RulesError, load_rules
from license_lib.rendering import Fonts
from license_lib.template_craft.built_in import built_in_types
from license_lib.template_craft.codes import LayoutCodes, layout_codes
from license_lib.template_craft.lint_places import place_lints
from license_lib.template_craft.lint_rows import LINT, LOADING, Finding, Lint, lint
from license_lib.template_craft.lint_texts import artwork_lints, code_lints, pattern_lints, text_lints
from license_lib.template_craft.lint_values import example_lints, longest_lints
from license_lib.template_craft.specimens import Example, examples


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, the gravest first for each type.

    Attributes:
        types: the keys of those that were checked.
        codes: how large the codes of their layouts are.
    """

    types: tuple[str, ...]
    findings: tuple[Finding, ...]
    codes: tuple[LayoutCodes, ...] = ()

    @property
    def errors(self) -> int:
        """How many findings keep a template from being released."""
        return sum(finding.severity == "error" for finding in self.findings)


def check_templates(folder: Path, key: str = "", *, fonts: Fonts, day: date) -> Report:
    """Check what a folder of templates says now.

    A folder of which one type does not load is of no use to any, so its faults are all that is told then.

    Args:
        key: check this type only: its key, Chinese name or type code.
        fonts: what would print the licences.
        day: today, for the examples.

    Raises:
        InputError: `type.unknown`.
        MachineError: `font.unreadable`.
    """
    try:
        catalogue = Catalogue.load(folder)
    except TemplateError as error:
        return Report((), tuple(Finding(LOADING, "error", problem) for problem in error.problems))
    keys = [catalogue.get(key).key] if key else [kind.key for kind in catalogue]
    now = [catalogue.versions(kind.key).all()[-1] for kind in catalogue]
    own = {kind.key for kind in now}
    known = [*now, *(kind for kind in built_in_types() if kind.key not in own)]
    findings: list[Finding] = []
    codes: list[LayoutCodes] = []
    for one in keys:
        others = [kind for kind in known if kind.key != one]
        loaded = load_type(folder / one)
        released = [kind.version for kind in catalogue.versions(one).released]
        shown = examples(folder / one, loaded.kind, day)
        found = [*_lifecycle(folder / one), *_findings(shown, loaded, released, others, fonts)]
        findings += sorted(found, key=lambda finding: finding.severity)
        codes += layout_codes(loaded.kind, shown)
    return Report(tuple(keys), tuple(findings), tuple(codes))


def _findings(
    found: tuple[Example, ...],
    loaded: LoadedType,
    released: Sequence[int],
    others: Sequence[LicenseType],
    fonts: Fonts,
) -> Iterator[Finding]:
    kind = loaded.kind
    lints: list[Lint] = [
        *place_lints(kind),
        *text_lints(kind, fonts),
        *artwork_lints(kind, loaded.artwork),
        *code_lints(kind, others),
        *pattern_lints(kind),
        *lost_releases(released),
        *example_lints(kind, found, fonts),
        *longest_lints(kind, found, fonts),
    ]
    for one in lints:
        yield Finding(one.code, LINT[one.code].severity, _placed(one, loaded))


def _lifecycle(folder: Path) -> Iterator[Finding]:
    """Faults of `lifecycle.toml`, which is no part of the type and keeps nothing from loading."""
    try:
        load_rules(folder)
    except RulesError as error:
        for fault in error.faults:
            yield Finding(error.code, "error", TemplateProblem.of(error.file, fault))


def lost_releases(released: Sequence[int]) -> Iterator[Lint]:
    """Versions before the newest release that are not there: their licences are UNDETERMINED for ever."""
    for version in sorted(set(range(1, max(released, default=0))) - set(released)):
        yield lint("release.lost", ("version",), version=version)


def _placed(one: Lint, loaded: LoadedType) -> TemplateProblem:
    if one.file or loaded.places is None:
        return TemplateProblem.of(f"{loaded.kind.key}/{one.file}", replace(one.fault, path=""))
    (problem,) = loaded.places.problems([(one.steps, one.fault)])
    return problem
