"""The seal object 电子印章: what a seal looks like, and which certificates may use it and when.

It says what GB/T 38540 keeps in a seal (印章编码, name, list of certificates by digest, period, picture with its size
in millimetres), as a TOML file beside the certificates. A maker's signature over it is not there yet: who may write
the keys folder may write seals.
"""

import hashlib
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from signing.errors import SealingError
from signing.keys import SealCredential
from signing.seal_design import SealDesign, SealShape

FOLDER: Final = Path("public", "seals")
_MAX_BYTES: Final = 64 * 1024
_Millimetres = Annotated[float, Field(ge=10, le=100)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SealLook(_Frozen):
    """What a seal looks like: a design, or a file of the body's own.

    Attributes:
        artwork: a PNG or SVG file beside the seal object; without one, the seal is drawn from the texts.
        name, shape, code, caption, lower: see `SealDesign`.
        width_mm: millimetres; of an artwork, too.
        height_mm: the same.
    """

    artwork: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}\.(png|svg)$")] | None = None
    name: str = ""
    shape: SealShape = SealShape.ROUND
    width_mm: _Millimetres
    height_mm: _Millimetres
    code: str = ""
    caption: str = ""
    lower: str = ""

    @model_validator(mode="after")
    def _drawn_or_given(self) -> Self:
        if self.artwork is None:
            try:
                self.design()
            except SealingError as error:
                raise ValueError(error.message) from None
        elif self.model_fields_set - {"artwork", "width_mm", "height_mm"}:
            raise ValueError("an artwork brings its own shape and texts")
        return self

    def design(self) -> SealDesign:
        """The design of a seal without artwork.

        Raises:
            SealingError: `seal.design`.
        """
        return SealDesign(self.name, self.shape, self.width_mm, self.height_mm, self.code, self.caption, self.lower)


class Seal(_Frozen):
    """One seal of a body.

    Attributes:
        id: 印章编码, usually 13 digits.
        name: what it is called, for people and readers aloud.
        valid_from: from when it may be used.
        valid_until: until when.
        certificates: SHA-256 (hex) of each certificate that may use it.
        picture: what it looks like.
        signatory: the name seal or signature of who issues 签发人, where the document has room for one.
    """

    id: Annotated[str, Field(pattern=r"^[0-9A-Z]{4,18}$")]
    name: Annotated[str, Field(min_length=2, max_length=60)]
    valid_from: Annotated[AwareDatetime, Field(strict=True)]
    valid_until: Annotated[AwareDatetime, Field(strict=True)]
    certificates: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...], Field(min_length=1)]
    picture: SealLook
    signatory: SealLook | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.name.isprintable():
            raise ValueError("name must be of printable characters")
        if self.valid_from >= self.valid_until:
            raise ValueError("valid_from must be before valid_until")
        return self

    def check(self, credential: SealCredential, at: datetime) -> None:
        """Refuse a certificate that may not use this seal, or a time at which nobody may.

        Raises:
            SealingError: `seal-object.certificate`, `seal-object.period`.
        """
        if certificate_digest(credential.certificate_der) not in self.certificates:
            raise SealingError(
                "seal-object.certificate",
                f"The seal {self.id} does not name this certificate",
                hint="a new certificate may use a seal once the seal object names its SHA-256",
            )
        if not self.valid_from <= at <= self.valid_until:
            raise SealingError(
                "seal-object.period",
                f"The seal {self.id} may be used from {_day(self.valid_from)} to {_day(self.valid_until)} only",
                hint="have the seal renewed",
            )


def certificate_digest(certificate_der: bytes) -> str:
    """How a seal names a certificate: SHA-256 (hex) of its DER encoding."""
    return hashlib.sha256(certificate_der).hexdigest()


def load_seal(folder: Path, name: str) -> Seal:
    """Read the seal object of a body.

    Args:
        folder: PKI folder; the file is `public/seals/<name>.toml`.
        name: the body's id.

    Raises:
        SealingError: `seal-object.missing`, or `seal-object.invalid` with the first fault and where it is.
    """
    path = folder / FOLDER / f"{name}.toml"
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise ValueError(f"it has more than {_MAX_BYTES // 1024} KiB")  # noqa: TRY301 -- as wrong as the rest
        return Seal.model_validate(tomllib.loads(data.decode("utf-8")))
    except FileNotFoundError as error:
        raise SealingError(
            "seal-object.missing",
            f"There is no seal object {path.name}",
            hint="docs/seals.md says what is in it; `license keys init` makes one for each body",
        ) from error
    except OSError as error:
        raise _invalid(path, f"it cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise _invalid(path, f"{place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _invalid(path, str(error)) from error


def seal_toml(seal: Seal) -> str:
    """A seal as the text of its file."""
    lines = [
        "# A seal 电子印章: what it looks like, and which certificates (SHA-256) may use it and when.",
        f"id = {_text(seal.id)}",
        f"name = {_text(seal.name)}",
        f"valid_from = {_moment(seal.valid_from)}",
        f"valid_until = {_moment(seal.valid_until)}",
        "certificates = [" + ", ".join(f'"{digest}"' for digest in seal.certificates) + "]",
    ]
    for name, look in (("picture", seal.picture), ("signatory", seal.signatory)):
        if look is not None:
            values = look.model_dump(mode="json", exclude_defaults=True)
            lines += ["", f"[{name}]"]
            lines += [f"{key} = {_text(value) if isinstance(value, str) else value}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """A basic string of TOML, which JSON's strings are as long as nothing above U+FFFF is escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _invalid(path: Path, problem: str) -> SealingError:
    return SealingError("seal-object.invalid", f"{path.name}: {problem}", hint="docs/seals.md says what a seal holds")
