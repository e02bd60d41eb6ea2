"""The one configuration file, `license.toml`: where things are and who may issue what. It holds no secret.

Read once, by the composition root; nothing is read at import, and nothing below sees the file.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from license_lib.errors import InputError, MachineError
from license_lib.identifiers import CreditCode, NumberError

FILE_NAME = "license.toml"


class SettingsError(InputError):
    """`settings.missing` or `settings.invalid`: the file, the path in it and what is wrong."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StorageSettings(_Frozen):
    """Where licences are kept. Relative paths are relative to the file's folder."""

    database: str = "sqlite:///data/license.db"
    files: Path = Path("data/files")


class IssuerSettings(_Frozen):
    """An issuing body 颁发机构: `id` names its seal key, `types` the licence types that it may issue."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=2, max_length=60)]
    code: str
    level: Annotated[int, Field(ge=1, le=5)]
    types: frozenset[str]

    @field_validator("code")
    @classmethod
    def _credit_code(cls, value: str) -> str:
        try:
            return str(CreditCode.parse(value))
        except NumberError as error:
            raise ValueError(str(error)) from None


class Settings(_Frozen):
    """Everything that one authority needs to know.

    Args:
        public_url: where the page behind the QR lives; it is printed on every licence, so choose it for decades.
        keys: PKI folder (`private/` and `public/`).
        templates: folder of licence types; the built-in ones if left out.
    """

    home: Path
    public_url: Annotated[str, Field(pattern=r"^https?://[^#?\s]{1,100}$")]
    keys: Path = Path("keys")
    templates: Path | None = None
    storage: StorageSettings = StorageSettings()
    issuers: tuple[IssuerSettings, ...] = ()

    @property
    def database_url(self) -> str:
        """Database URL with a relative SQLite path made absolute."""
        match = re.fullmatch(r"sqlite:///(?!/)(.+)", self.storage.database)
        return f"sqlite:///{(self.home / match[1]).resolve()}" if match else self.storage.database

    @property
    def files(self) -> Path:
        """Folder of sealed files."""
        return self.home / self.storage.files

    @property
    def keys_folder(self) -> Path:
        """PKI folder."""
        return self.home / self.keys

    @classmethod
    def load(cls, home: Path) -> "Settings":
        """Read `license.toml` in a folder.

        Raises:
            SettingsError: the file is missing or wrong.
            MachineError: `settings.unreadable`.
        """
        path = home / FILE_NAME
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SettingsError(
                "settings.missing", f"there is no {FILE_NAME} in {home}", hint="run `license init`, or give --home"
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError("settings.invalid", f"{path}: not TOML: {error}") from None
        except OSError as error:
            raise MachineError("settings.unreadable", f"{path}: {error.strerror}") from None
        try:
            return cls.model_validate({**document, "home": home})
        except ValidationError as error:
            faults = [
                f"{FILE_NAME}: {'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"
                for fault in error.errors(include_url=False, include_input=False)
            ]
            raise SettingsError("settings.invalid", "; ".join(faults)) from None
