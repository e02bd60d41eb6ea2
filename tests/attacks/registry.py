"""The list of attacks: each is a function with the case's name, which makes the attacked file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pikepdf
from attacks.revisions import Style, updated
from attacks.workshop import Workshop

Surgeon = Callable[[Workshop], bytes]


@dataclass(frozen=True, slots=True)
class Attack:
    """How the file of a case is made.

    Attributes:
        base: name of the licence that its edits are told against.
        make: makes the file.
    """

    base: str
    make: Surgeon


_ATTACKS: dict[str, Attack] = {}


def attacks() -> Mapping[str, Attack]:
    """All attacks by name."""
    from attacks import (  # noqa: F401 - importing them registers them
        on_binding,
        on_byte_ranges,
        on_catalogs,
        on_containers,
        on_evidence,
        on_forms,
        on_machines,
        on_pages,
        on_structure,
    )

    return _ATTACKS


def attack(base: str = "business") -> Callable[[Surgeon], Surgeon]:
    """Register a function that makes a file."""

    def register(make: Surgeon) -> Surgeon:
        name = make.__name__.replace("_", "-")
        assert name not in _ATTACKS, name
        _ATTACKS[name] = Attack(base, make)
        return make

    return register


def update(
    base: str = "business", *, style: Style | None = None
) -> Callable[[Callable[[pikepdf.Pdf], None]], Callable[[pikepdf.Pdf], None]]:
    """Register a change that is appended to a licence as a revision of its own."""

    def register(change: Callable[[pikepdf.Pdf], None]) -> Callable[[pikepdf.Pdf], None]:
        def make(workshop: Workshop) -> bytes:
            return updated(workshop.pdf(base), change, style)

        make.__name__, make.__module__ = change.__name__, change.__module__
        attack(base)(make)
        return change

    return register
