"""What happens to values: examples that could not be issued, long ones that find no room, codes too fine to read."""

from collections.abc import Iterator

from license_lib.catalogue import LicenseType
from license_lib.catalogue.checks import all_layouts
from license_lib.catalogue.faults import Steps
from license_lib.code_size import AIM, LEAST_MODULE, READS_WELL
from license_lib.errors import InputError
from license_lib.licenses import face_content
from license_lib.rendering import Fonts, check_fit, check_photo
from license_lib.rendering.qr_drawing import qr_matrix
from license_lib.template_craft.codes import longest_code, ordinary_code
from license_lib.template_craft.lint_rows import Lint, lint
from license_lib.template_craft.longest import Tight, fitted, longest, tight_places
from license_lib.template_craft.specimens import Example, Specimen, of_layout


def example_lints(kind: LicenseType, found: tuple[Example, ...], fonts: Fonts) -> Iterator[Lint]:
    """Examples that could not be issued, and layouts without one."""
    shown = []
    for one in found:
        error = one.error if one.specimen is None else _unprintable(one.specimen, fonts)
        if error is not None:
            yield lint("example.refused", file=one.file, why=error)
        shown += [one.specimen.layout] if one.specimen is not None else []
    if len(shown) < len(found):
        return  # whose layout it would show is not known
    for steps, layout in all_layouts(kind):
        if not any(layout is one for one in shown):
            yield lint("example.none", steps)


def longest_lints(kind: LicenseType, found: tuple[Example, ...], fonts: Fonts) -> Iterator[Lint]:
    """What the longest legal values do to each layout that an example shows."""
    for steps, _ in all_layouts(kind):
        try:
            base = of_layout(found, kind, str(steps[1]) if len(steps) > 1 else "")
            if _unprintable(base, fonts) is not None:
                continue  # said of the example
        except InputError:
            continue  # there is no example, and that is said, too
        yield from _of_layout(base, fonts, steps)


def _of_layout(base: Specimen, fonts: Fonts, steps: Steps) -> Iterator[Lint]:
    try:
        long = longest(base)
    except InputError as error:
        yield lint("longest.refused", steps, why=error)
        return
    tight = list(tight_places(long, fonts, steps))
    for one in tight:
        yield _too_small(one)
    if not any(one.fixed or one.error for one in tight):
        cut = fitted(long, base, tight)
        try:
            check_fit(cut.kind, face_content(cut.kind, cut.document), fonts)
        except InputError as error:
            yield lint("longest.refused", steps, why=error)
    yield from _code_lints(base, long, steps)


def _too_small(one: Tight) -> Lint:
    field = one.part.field
    if one.error is not None:
        return lint("overflow.fails", one.steps, field=field, why=one.error)
    code = "box.never" if one.fixed else "table.small" if one.steps[-2] == "tables" else "box.small"
    return lint(code, one.steps, field=field, given=one.given, fits=one.fits)


def _code_lints(base: Specimen, long: Specimen, steps: Steps) -> Iterator[Lint]:
    place = (*steps, "qr")
    try:
        code = longest_code(long)
    except InputError as error:
        yield lint("qr.full", place, why=error)
        return
    if code.module < LEAST_MODULE:
        yield lint("qr.too-fine", place, module=code.module, wanted=LEAST_MODULE)
    elif code.module < READS_WELL:
        yield lint("qr.fine", place, module=code.module, wanted=READS_WELL)
    if (version := ordinary_code(base).version) > AIM:
        yield lint("qr.dense", place, version=version, aim=AIM)


def _unprintable(one: Specimen, fonts: Fonts) -> InputError | None:
    """Why a licence like this specimen would be refused when it is issued."""
    try:
        check_fit(one.kind, face_content(one.kind, one.document), fonts)
        qr_matrix(one.code())
        if one.photo is not None:
            check_photo(one.photo)
    except InputError as error:
        return error
    return None
