"""A PKI as a page of configuration: the TOML file read into a frozen value."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from signing.errors import PkiError

_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_CODE: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
_SEAL_NUMBER: Final = re.compile(r"[0-9]{13}")
_RESERVED: Final = frozenset({"root-ca", "city-ca", "tsa", "ocsp", "trust-list", "status", "log"})
_ORIGIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[a-z0-9._-]+)+")
_LONGEST_NAME: Final = 64
"""X.520 ub-common-name and ub-organization-name: strict readers refuse longer ones."""


@dataclass(frozen=True, slots=True)
class Department:
    """A body that gets a seal certificate.

    Attributes:
        id: short ASCII name, used for file names.
        name: the body's name, as it stands in the seal.
        code: its unified social credit code 统一社会信用代码 (form checked here, the check character is the caller's).
        seal: number of its seal 印章编码, 13 digits.
    """

    id: str
    name: str
    code: str
    seal: str


@dataclass(frozen=True, slots=True)
class PkiDescription:
    """What `keys/development.toml` says. Names are common names, periods are in years or days as named.

    `log_origin` is the name of the transparency log 透明日志, which its checkpoints and its key bear.
    """

    country: str
    locality: str
    root: str
    city_ca: str
    timestamp_authority: str
    ocsp_responder: str
    list_signer: str
    status_signer: str
    operator: str
    operator_code: str
    root_years: int
    city_ca_years: int
    certificate_years: int
    crl_days: int
    base_url: str
    log_origin: str
    departments: tuple[Department, ...]


def load_description(path: Path) -> PkiDescription:
    """Read a PKI description.

    Raises:
        PkiError: `pki.description`, naming the path in the file.
    """
    try:
        return parse_description(path.read_text("utf-8"))
    except OSError as error:
        raise PkiError("pki.description", f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PkiError("pki.description", f"{path.name} is not UTF-8 text") from error


def parse_description(text: str) -> PkiDescription:
    """Parse the TOML text of a PKI description.

    Raises:
        PkiError: `pki.description`, naming the path in the text.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PkiError("pki.description", f"not TOML: {error}") from error
    departments = table.pop("departments", None)
    if not isinstance(departments, list) or not departments:
        raise _wrong("departments", "must be a list of at least one department")
    parsed = tuple(_department(entry, index) for index, entry in enumerate(departments))
    for what in ("id", "name", "seal"):
        values = [getattr(department, what) for department in parsed]
        if len(set(values)) != len(values):
            raise _wrong("departments", f"two departments share one {what}")
    names = (
        "country", "locality", "root", "city_ca", "timestamp_authority", "ocsp_responder", "list_signer",
        "status_signer", "operator",
    )  # fmt: skip
    periods = ("root_years", "city_ca_years", "certificate_years", "crl_days")
    _no_unknown(table, {*names, *periods, "operator_code", "base_url", "log_origin"}, "")
    texts = {name: _text(table, name, name) for name in names}
    numbers = {name: _period(table, name) for name in periods}
    entries: dict[str, Any] = texts | numbers
    return PkiDescription(
        **entries,
        operator_code=_code(table, "operator_code", "operator_code"),
        base_url=_base_url(table),
        log_origin=_origin(table),
        departments=parsed,
    )


def _department(entry: object, index: int) -> Department:
    path = f"departments[{index}]"
    if not isinstance(entry, dict):
        raise _wrong(path, "must be a table")
    _no_unknown(entry, {"id", "name", "code", "seal"}, f"{path}.")
    slug = _text(entry, "id", f"{path}.id")
    if not _SLUG.fullmatch(slug) or slug in _RESERVED:
        raise _wrong(f"{path}.id", "must be a short lower-case ASCII name that is not taken by the PKI itself")
    seal = _text(entry, "seal", f"{path}.seal")
    if not _SEAL_NUMBER.fullmatch(seal):
        raise _wrong(f"{path}.seal", "must be a seal number of 13 digits")
    return Department(slug, _text(entry, "name", f"{path}.name"), _code(entry, "code", f"{path}.code"), seal)


def _text(table: Mapping[str, Any], key: str, path: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or not value.isprintable():
        raise _wrong(path, f"must be a text of 1 to {_LONGEST_NAME} characters")
    return value


def _code(table: Mapping[str, Any], key: str, path: str) -> str:
    value = _text(table, key, path)
    if not _CODE.fullmatch(value):
        raise _wrong(path, "must be a unified social credit code of 18 characters")
    return value


def _period(table: Mapping[str, Any], key: str) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 400:  # noqa: PLR2004 - years or days
        raise _wrong(key, "must be a whole number from 1 to 400")
    return value


def _base_url(table: Mapping[str, Any]) -> str:
    value = table.get("base_url", "")
    if not isinstance(value, str) or not (value == "" or value.startswith(("http://", "https://"))):
        raise _wrong("base_url", "must be empty or an http(s) address")
    return value.rstrip("/")


def _origin(table: Mapping[str, Any]) -> str:
    """The log's name for ever, like an address without scheme (C2SP tlog-checkpoint): no white space, no plus."""
    value = _text(table, "log_origin", "log_origin")
    if not _ORIGIN.fullmatch(value):
        raise _wrong("log_origin", "must be a host and a path in lower case, without scheme and without / at the end")
    return value


def _no_unknown(table: Mapping[str, Any], known: set[str], prefix: str) -> None:
    for key in sorted(set(table) - known):
        raise _wrong(f"{prefix}{key}", "is not a known entry")


def _wrong(path: str, what: str) -> PkiError:
    return PkiError("pki.description", f"{path} {what}", hint="mend the PKI description")
