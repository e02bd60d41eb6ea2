"""Service items 政务服务事项 and their materials 申请材料: `service_items.toml` beside `license.toml`; strict."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.toml_files import TomlError, TomlFault, located, mendable, read_toml

FILE_NAME = "service_items.toml"
_MOST_BYTES = 4 * 1024 * 1024
_MOST_NAMED = 10
"""Codes in a hint: a district has more than a thousand items."""

Region = Annotated[str, Field(pattern=r"^([0-9]{2}){1,3}$")]
"""A division 行政区划 of GB/T 2260: two digits a province, four a city, six a district, each with all below it."""


class Whose(StrEnum):
    """Whose a licence must be."""

    APPLICANT = "applicant"
    """Whoever applies is a holder; others may be holders, too."""
    ALL_HOLDERS = "all-holders"
    """The same, and no holder is missing: co-owners apply together."""
    ANYBODY = "anybody"
    """Nobody asks, such as for the licence of a landlord."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AcceptedType(_Frozen):
    """A licence type that serves as a material: its key in the catalogue, and whose it must be."""

    type: str
    whose: Annotated[Whose, Field(strict=False)]


class Material(_Frozen):
    """What an applicant hands in 申请材料.

    `accepts` lists the licence types, any one of which serves; without any, such as for a form, it is always asked for.
    """

    name: Annotated[str, Field(min_length=2, max_length=80)]
    english: Annotated[str, Field(min_length=2, max_length=120)]
    required: bool
    accepts: tuple[AcceptedType, ...] = ()

    @field_validator("accepts")
    @classmethod
    def _each_once(cls, value: tuple[AcceptedType, ...]) -> tuple[AcceptedType, ...]:
        _told_apart([one.type for one in value], "type")
        return value

    def accepted(self, type_key: str) -> AcceptedType | None:
        """What it says of a licence type; None if that does not serve."""
        return next((one for one in self.accepts if one.type == type_key), None)


class ServiceItem(_Frozen):
    """A service item 政务服务事项: its materials, and the divisions whose bodies' licences serve; empty means all."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$")]
    name: Annotated[str, Field(min_length=2, max_length=110)]
    english: Annotated[str, Field(min_length=2, max_length=200)]
    materials: Annotated[tuple[Material, ...], Field(min_length=1)]
    regions: tuple[Region, ...] = ()

    @field_validator("materials")
    @classmethod
    def _each_once(cls, value: tuple[Material, ...]) -> tuple[Material, ...]:
        _told_apart([one.name for one in value], "name")
        return value

    def served_by(self, type_key: str) -> tuple[tuple[Material, AcceptedType], ...]:
        """The materials as which a licence type serves."""
        served = ((one, one.accepted(type_key)) for one in self.materials)
        return tuple((material, accepted) for material, accepted in served if accepted is not None)

    @property
    def types(self) -> frozenset[str]:
        """All licence types that serve for it."""
        return frozenset(one.type for material in self.materials for one in material.accepts)

    def covers(self, region: str) -> bool:
        """Whether licences of bodies of a division serve."""
        return not self.regions or any(region.startswith(prefix) for prefix in self.regions)


class _Document(_Frozen):
    items: Annotated[tuple[ServiceItem, ...], Field(min_length=1)]

    @field_validator("items")
    @classmethod
    def _each_once(cls, value: tuple[ServiceItem, ...]) -> tuple[ServiceItem, ...]:
        _told_apart([one.code for one in value], "code")
        return value


class ServiceItems:
    """All service items of a department."""

    def __init__(self, items: tuple[ServiceItem, ...]) -> None:
        self._items = {item.code: item for item in items}

    def __iter__(self) -> Iterator[ServiceItem]:
        """All of them, as the file has them."""
        return iter(self._items.values())

    def find(self, code: str) -> ServiceItem | None:
        """The item with this code; None if there is none."""
        return self._items.get(code)

    def get(self, code: str) -> ServiceItem:
        """The item with this code.

        Raises:
            InputError: `service-item.unknown`.
        """
        if code not in self._items:
            more = ", …" if len(self._items) > _MOST_NAMED else ""
            hint = f"known ones: {', '.join(islice(self._items, _MOST_NAMED))}{more}"
            raise InputError("service-item.unknown", "there is no such service item", hint=hint)
        return self._items[code]

    @classmethod
    def load_if_there(cls, home: Path, catalogue: Catalogue) -> "ServiceItems":
        """The same, and no items where there is no file.

        Raises:
            InputError: `service-items.invalid`.
        """
        return cls.load(home, catalogue) if (home / FILE_NAME).exists() else cls(())

    @classmethod
    def load(cls, home: Path, catalogue: Catalogue) -> "ServiceItems":
        """Read the file in a folder.

        Raises:
            InputError: `service-items.missing`, or `service-items.invalid` with every fault and its mend.
        """
        path = home / FILE_NAME
        try:
            items = _Document.model_validate(read_toml(path, _MOST_BYTES)).items
        except FileNotFoundError:
            hint = "write one; docs/acceptance.md has an example"
            raise InputError("service-items.missing", f"there is no {FILE_NAME} in {home}", hint=hint) from None
        except TomlError as error:
            raise _invalid(path, [error.fault]) from None
        except ValidationError as error:
            raise _invalid(path, [fault for _, fault in located(error, _Document)]) from None
        faults = [
            TomlFault(
                f"items[{place}].materials[{which}].accepts[{serves}].type",
                "is no licence type of the catalogue",
                f"use a key: {', '.join(kind.key for kind in catalogue)}",
            )
            for place, item in enumerate(items)
            for which, material in enumerate(item.materials)
            for serves, accepted in enumerate(material.accepts)
            if (kind := catalogue.find(accepted.type)) is None or kind.key != accepted.type
        ]
        if faults:
            raise _invalid(path, faults)
        return cls(items)


def _told_apart(names: list[str], what: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise mendable(f"{twice[0]!r} is there twice", f"make each {what} unique")


def _invalid(path: Path, faults: list[TomlFault]) -> InputError:
    lines = [f"{path}: {fault.path + ': ' if fault.path else ''}{fault.problem} → {fault.mend}" for fault in faults]
    return InputError("service-items.invalid", "\n".join(lines))
