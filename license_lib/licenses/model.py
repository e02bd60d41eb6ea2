"""The licence value: what is issued, sealed, stored and verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from license_lib.identifiers import LicenseIdentifier
from license_lib.status import StatusClaim

Rows = tuple[Mapping[str, str], ...]
"""Repeated rows of a face, such as the vehicles of a fleet: for each, its texts by column."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Holder 持证主体. A licence may have several (co-owners).

    Args:
        name: name as it stands on the face 持证主体.
        number: ID number or credit code 持证主体代码; kept out of `repr`.
        number_kind: holder code type 持证主体代码类型 (GB/T 36903 annex A), e.g. `001` or `111`.
    """

    name: str
    number: str = field(repr=False)
    number_kind: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """Issuing body 颁发机构 with its credit code 颁发机构代码 and level 颁发机构级别 (1 国家级 … 5 其他)."""

    name: str
    code: str
    level: int


@dataclass(frozen=True, slots=True)
class Photo:
    """The photograph as it is printed: its media type and SHA-256 (hex). The bytes travel beside the record."""

    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TemplateRef:
    """The template that draws a licence: its key, its version, and a digest of everything that shapes the face.

    The digest tells a template that was edited under the same version: its faces cannot be compared any more, and
    nobody may call them forged for that.
    """

    key: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class License:
    """An electronic licence 电子证照, whole and immutable.

    Args:
        identifier: licence identifier 证照标识 (GB/T 36904); a new version is a new identifier.
        type_name: 证照名称. type_code: 证照类型代码.
        template: the template whose layout draws it.
        number: licence number 证照编号.
        valid_until: last day of validity, inclusive; None is 长期, no end.
        fields: face extension fields by their `KZ_…` code (GB/T 36903), in face order; only those that have a value.
        tables: repeated rows by the `KZ_…` code of their field; each row has its texts by the columns' codes.
        salt: 16 random bytes. They make the record's digest a commitment: without them, a digest in a public QR would
            let anybody find the holder's ID number by trying all of them.
        status: where its state is published; None if in no status list.
    """

    identifier: LicenseIdentifier
    type_name: str
    type_code: str
    template: TemplateRef
    number: str = field(repr=False)
    holders: tuple[Holder, ...] = field(repr=False)
    issuer: Issuer
    issued_on: date
    valid_from: date
    valid_until: date | None
    fields: Mapping[str, str] = field(repr=False)
    photo: Photo | None
    salt: bytes = field(repr=False)
    tables: Mapping[str, Rows] = field(default_factory=dict, repr=False)
    status: StatusClaim | None = None
