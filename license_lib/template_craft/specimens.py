"""Specimens 样例: licences that nobody issued, to look at and to measure a template with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from license_lib.catalogue import Layout, LicenseType
from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier
from license_lib.license_code import stand_in_code
from license_lib.licenses import Issuer, License
from license_lib.licenses.record import SALT_BYTES
from license_lib.licenses.request import LicenseRequest, draft
from license_lib.licenses.rules import FieldValue
from license_lib.request_files import read_request
from license_lib.status import LONGEST, StatusRef

EXAMPLES = "example*.toml"
ISSUER_NAME, ISSUER_CODE = "样例市行政审批局", "11620400000000101R"
_SERIAL = "SPECIMEN"
_PAGE_URL = "https://license.example.gov.cn"
_SAID = "SPECIMEN NOT A LICENCE "


@dataclass(frozen=True, slots=True)
class Specimen:
    """A licence as a type would draw it; its identifier says that it is none.

    Attributes:
        request: what it was made from.
        photo: the photograph's file, where it has one.
    """

    kind: LicenseType
    request: LicenseRequest = field(repr=False)
    document: License = field(repr=False)
    photo: bytes | None = field(default=None, repr=False)

    @property
    def layout(self) -> Layout:
        """The layout that its values choose."""
        return self.kind.layout_for(self.document.fields)

    def code(self, place: StatusRef = LONGEST) -> str:
        """What the QR of such a licence would say, with a signature that signs nothing.

        Args:
            place: in a status list; the default takes the most room.

        Raises:
            InputError: `qr.id-number`, `qr.unencodable`.
        """
        return stand_in_code(self.kind, self.document, _PAGE_URL, place)

    def harmless_code(self) -> str:
        """A QR text that makes as large a symbol as the real one would, leads nowhere and says what it is."""
        length = len(self.code()) * 20 // 33  # a letter takes 5½ bits, a digit 3⅓
        return (_SAID * (length // len(_SAID) + 1))[:length].strip()


@dataclass(frozen=True, slots=True)
class Example:
    """An `example*.toml` of a type folder: the specimen that it makes, or why it makes none."""

    file: str
    specimen: Specimen | None
    error: InputError | None


def examples(folder: Path, kind: LicenseType, day: date) -> tuple[Example, ...]:
    """Every example of a type folder, `example.toml` first.

    Args:
        day: today; an example must not have been issued later.
    """
    return tuple(_example(path, kind, day) for path in sorted(folder.glob(EXAMPLES), key=lambda path: path.stem))


def specimen(kind: LicenseType, request: LicenseRequest, day: date) -> Specimen:
    """A request as a licence, by the strict way of issuing, from a body that may issue it.

    Raises:
        InputError: with every fault of the request.
    """
    issuer = Issuer(ISSUER_NAME, ISSUER_CODE, kind.issuing.levels[0])
    checked = draft(request, kind, issuer, today=day)
    identifier = LicenseIdentifier.build(kind.code.value, issuer.code, f"{checked.issued_on:%Y%m%d}{_SERIAL}")
    return Specimen(kind, request, checked.license(identifier, bytes(SALT_BYTES)), checked.photo)


def layout_named(kind: LicenseType, name: str) -> str:
    """The name of a layout ("" is the main one), from its name, from the choice that it is for, or from "".

    Raises:
        InputError: `template.variant`, the type has no such layout.
    """
    if not name or name in kind.variant_layouts:
        return name
    by_choice = _layout_by_choice(kind)
    if name not in by_choice:
        known = ", ".join((*kind.variant_layouts, *by_choice)) or "none: leave --variant out"
        raise InputError("template.variant", f"{kind.name} has no variant of that name", hint=f"it has {known}")
    return by_choice[name]


def of_layout(found: tuple[Example, ...], kind: LicenseType, name: str) -> Specimen:
    """The specimen that an example makes for a layout; that of another layout, changed to this one, if need be.

    Raises:
        InputError: `example.missing`, no example makes any specimen; or why the only one makes none.
    """
    there = [one.specimen for one in found if one.specimen is not None]
    wanted = kind.variant_layouts.get(name, kind.layout)
    for one in there:
        if one.layout is wanted:
            return one
    error = next((one.error for one in found if one.error is not None), None)
    if not there and error is not None:
        raise error
    if not there or kind.variants is None:
        hint = f"add {kind.key}/example.toml; it is what `license issue` takes"
        raise InputError("example.missing", f"{kind.name} has no example", hint=hint)
    choice = next(choice for choice, layout in _layout_by_choice(kind).items() if layout == name)
    fields = {**without(there[0].request, kind, {kind.variants.field}), kind.variants.field: choice}
    return specimen(kind, replace(there[0].request, fields=fields), there[0].document.issued_on)


def without(request: LicenseRequest, kind: LicenseType, keys: set[str]) -> Mapping[str, FieldValue]:
    """The face fields of a request without those of some keys, whatever they are called there."""
    names = {name for key in keys for name in (key, kind.by_key[key].label, kind.by_key[key].code)}
    return {name: value for name, value in request.fields.items() if name not in names}


def _layout_by_choice(kind: LicenseType) -> dict[str, str]:
    if kind.variants is None:
        return {}
    return {choice: kind.variants.layouts.get(choice, "") for choice in kind.by_key[kind.variants.field].choices}


def _example(path: Path, kind: LicenseType, day: date) -> Example:
    try:
        request = read_request(path, {"type": kind.key, "issuer": ISSUER_CODE})
        return Example(path.name, specimen(kind, request, day), None)
    except InputError as error:
        return Example(path.name, None, error)
