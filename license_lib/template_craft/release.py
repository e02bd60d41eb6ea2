"""Release a template: freeze what its folder says, once it has no errors."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from license_lib.catalogue import Catalogue, load_type
from license_lib.catalogue.releases import write_release
from license_lib.errors import InputError
from license_lib.rendering import Fonts
from license_lib.template_craft.check import Report, check_templates


@dataclass(frozen=True, slots=True)
class Released:
    """What came of a release: the frozen file, or None where the check found errors; and all that it found."""

    report: Report
    path: Path | None


def release_template(folder: Path, key: str, *, fonts: Fonts, day: date) -> Released:
    """Freeze a type under its version number; from then on licences are issued with it.

    Args:
        folder: the folder of templates.
        key: the type's key, Chinese name or type code.
        fonts: what will print the licences.
        day: today.

    Raises:
        InputError: `type.unknown`; `template.nothing-new`, the folder says what has been released already.
        MachineError: `output.unwritable`, `font.unreadable`.
    """
    report = check_templates(folder, key, fonts=fonts, day=day)
    if report.errors:
        return Released(report, None)
    (checked,) = report.types
    draft = Catalogue.load(folder).versions(checked).draft
    if draft is None:
        raise InputError(
            "template.nothing-new",
            "what the folder says has been released already",
            hint="change something and raise `version` in type.toml",
        )
    return Released(report, write_release(folder / checked, load_type(folder / checked)))
