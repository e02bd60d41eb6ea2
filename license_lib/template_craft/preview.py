"""Look at a template: its example, or the longest licence that it can print, as a face that says 样例."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from license_lib.catalogue import Catalogue
from license_lib.errors import InputError, MachineError
from license_lib.rendering import Fonts, page_png, render
from license_lib.resources import fonts_beside
from license_lib.template_craft.longest import fitted, longest, tight_places
from license_lib.template_craft.marks import marked
from license_lib.template_craft.specimens import Specimen, examples, layout_named, of_layout

_KINDS = {b"%PDF": ".pdf", b"\x89PNG": ".png"}


def preview(
    folder: Path, key: str, *, fonts: Fonts, day: date, variant: str = "", longest_values: bool = False
) -> bytes:
    """A template as its folder says now, drawn with its example.

    Args:
        folder: the folder of templates.
        key: the type's key, Chinese name or type code.
        fonts: the faces to draw with.
        day: today.
        variant: which layout: its name, or the choice that it is for; the main one if empty.
        longest_values: instead of the example's values, the longest that are legal, cut to what fits.

    Returns:
        A PDF without record, signature and code; 样例 stands across every page.

    Raises:
        TemplateError: the folder does not load.
        InputError: `type.unknown`, `template.variant`, `example.missing`, or why the example is none.
        MachineError: `font.unreadable`.
    """
    catalogue = Catalogue.load(folder)
    kind = catalogue.versions(key).all()[-1]
    name = layout_named(kind, variant)
    shown = of_layout(examples(folder / kind.key, kind, day), kind, name)
    if longest_values:
        long = longest(shown)
        shown = fitted(long, shown, list(tight_places(long, fonts, ("layout",))))
    return drawn(shown, fonts, fonts_beside(folder), catalogue.artwork)


def drawn(shown: Specimen, fonts: Fonts, fonts_folder: Path, artwork: Callable[[str], bytes]) -> bytes:
    """A specimen as a PDF with its marks.

    Raises:
        InputError: what `render` refuses.
        MachineError: `font.unreadable`.
    """
    code = shown.harmless_code()
    pdf = render(shown.kind, shown.document, qr_text=code, fonts=fonts, photo=shown.photo, artwork=artwork)
    return marked(pdf, shown.layout, fonts_folder)


def write_picture(pdf: bytes, path: Path, *, page: int = 1, dpi: int = 150) -> None:
    """Write a preview, as a picture of one page where the file's name ends in `.png`, and else as the PDF.

    Args:
        page: 1 is the first.
        dpi: dots per inch, 1 to 600.

    Raises:
        InputError: `preview.unreadable`, there is no such page.
        MachineError: `output.unwritable`.
    """
    write_output(path, page_png(pdf, page - 1, dpi) if path.suffix.lower() == ".png" else pdf)


def check_outputs(paths: Iterable[Path]) -> None:
    """Refuse names of files that a preview is not written to, before any is.

    Raises:
        InputError: `output.kind`.
    """
    for path in paths:
        if path.suffix.lower() not in _KINDS.values():
            raise InputError("output.kind", f"{path.name}: a preview is a .pdf or a .png", hint="name it so")


def write_output(path: Path, data: bytes) -> None:
    """Write what a command gives.

    Raises:
        InputError: `output.kind`, the file's name promises something else than `.pdf` or `.png`.
        MachineError: `output.unwritable`.
    """
    if path.suffix.lower() != _KINDS[data[:4]]:
        raise InputError("output.kind", f"{path.name}: what is written is {_KINDS[data[:4]]}", hint="name it so")
    try:
        path.write_bytes(data)
    except OSError as error:
        raise MachineError("output.unwritable", f"{path}: {error.strerror}") from None
