"""How large the codes of a type are: of its examples, and of the longest licences that are legal."""

from collections.abc import Iterator
from dataclasses import dataclass

from license_lib.catalogue import LicenseType
from license_lib.catalogue.checks import all_layouts
from license_lib.code_size import CodeSize
from license_lib.errors import InputError
from license_lib.rendering.qr_drawing import qr_matrix
from license_lib.status import LIST_SIZE, StatusRef
from license_lib.template_craft.longest import longest
from license_lib.template_craft.specimens import Example, Specimen, of_layout

_ORDINARY = StatusRef(20, LIST_SIZE - 1)
"""A place as most licences have one: a city's list 20 begins with its twenty-millionth."""


@dataclass(frozen=True, slots=True)
class LayoutCodes:
    """The codes of one layout of a type.

    Attributes:
        type: the type's key.
        layout: the layout's name, empty for the main one.
        ordinary: of the example, at a place in a status list as most licences have one.
        longest: of the longest legal licence at the last of all places.
    """

    type: str
    layout: str
    ordinary: CodeSize
    longest: CodeSize


def layout_codes(kind: LicenseType, found: tuple[Example, ...]) -> Iterator[LayoutCodes]:
    """The codes of each layout that has an example; of what no code can hold, nothing: the check names that."""
    for steps, _ in all_layouts(kind):
        name = str(steps[1]) if len(steps) > 1 else ""
        try:
            base = of_layout(found, kind, name)
            yield LayoutCodes(kind.key, name, ordinary_code(base), longest_code(longest(base)))
        except InputError:
            continue


def ordinary_code(base: Specimen) -> CodeSize:
    """The code of a specimen at an ordinary place in a status list.

    Raises:
        InputError: no code can hold it.
    """
    return CodeSize.of(len(qr_matrix(base.code(_ORDINARY))), base.layout.qr.size)


def longest_code(long: Specimen) -> CodeSize:
    """The code of a specimen at the place that takes the most room.

    Raises:
        InputError: no code can hold it.
    """
    return CodeSize.of(len(qr_matrix(long.code())), long.layout.qr.size)
