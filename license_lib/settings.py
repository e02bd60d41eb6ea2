"""The one configuration file, `license.toml`: where things are and who may issue what. It holds no secret.

Read once, by the composition root; nothing is read at import, and nothing below sees the file.
"""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from license_lib.access_settings import ServiceSettings, SignInSettings
from license_lib.environment import with_environment
from license_lib.errors import InputError
from license_lib.identifiers import CreditCode, NumberError
from license_lib.toml_files import TomlError, TomlFault, located, mendable, read_toml

FILE_NAME = "license.toml"
ACCEPTED_LISTS = "trust"
"""Folder of the trust lists that were accepted, in a home."""


class SettingsError(InputError):
    """`settings.missing` or `settings.invalid`: the file, the path in it, what is wrong and how to mend it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StorageSettings(_Frozen):
    """Where licences are kept. Relative paths are relative to the file's folder; `files` may be in a bucket, too.

    Secrets come from the environment: a database's password as libpq reads it (`PGPASSFILE`, `PGPASSWORD`), address and
    credentials of an object store as obstore does (`AWS_…`).
    """

    database: str = "sqlite:///data/license.db"
    files: str = "data/files"

    @field_validator("database")
    @classmethod
    def _without_password(cls, value: str) -> str:
        if re.match(r"[^/]*://[^/]*:[^/]*@", value):
            raise mendable("it holds a secret", "leave it out, and put it into the file that PGPASSFILE names")
        return value

    @field_validator("files")
    @classmethod
    def _folder_or_bucket(cls, value: str) -> str:
        if "://" in value and not re.fullmatch(r"s3://[^/@?#]+(/[^@?#]*)?", value):
            raise mendable("this is no place for files", "give a folder or s3://BUCKET/PREFIX")
        return value


class TimestampSettings(_Frozen):
    """Time-stamp authorities 时间戳服务, the preferred first; without any, the development authority of the key folder.

    `token_bytes` is the room that a seal keeps for a token; it takes twice that in the file. `policy` is asked for if
    it is given. `at_once`: so many tokens each process that issues a batch waits for at the same time. The root
    certificates of the authorities belong into `public/anchors` of the key folder.
    """

    urls: tuple[Annotated[str, Field(pattern=r"^https?://[!-?A-~]{1,500}$")], ...] = ()
    token_bytes: Annotated[int, Field(ge=1024, le=65536)] = 8192
    at_once: Annotated[int, Field(ge=1, le=64)] = 8
    policy: Annotated[str, Field(pattern=r"^([0-2](\.(0|[1-9][0-9]{0,39})){1,20})?$")] = ""


class NetworkSettings(_Frozen):
    """How other services are reached: within how many seconds, and through which proxy (none if it is left out)."""

    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    proxy: Annotated[str, Field(pattern=r"^(https?://[!-?A-~]{1,200})?$")] = ""


class StatusSettings(_Frozen):
    """Status lists 状态名单 of other bodies: how old a list may be that is relied on, 1 minute to 7 days."""

    max_staleness_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 24 * 60

    @property
    def max_staleness(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(minutes=self.max_staleness_minutes)


class PublishingSettings(_Frozen):
    """What is published 公布: where (relative to the file's folder), and how fresh status lists are kept.

    `refresh_minutes`: a list that is older is signed anew, though nothing has changed. `validity_minutes`: for so long
    it may be relied on, if nobody is there to publish the next one.
    """

    folder: Path = Path("public")
    refresh_minutes: Annotated[int, Field(ge=1, le=12 * 60)] = 60
    validity_minutes: Annotated[int, Field(ge=2, le=7 * 24 * 60)] = 24 * 60

    @model_validator(mode="after")
    def _in_time(self) -> "PublishingSettings":
        if self.refresh_minutes * 2 > self.validity_minutes:
            raise mendable("lists would end soon after the next is due", "make it at least twice refresh_minutes")
        return self

    @property
    def refresh(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(minutes=self.refresh_minutes)

    @property
    def validity(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(minutes=self.validity_minutes)


class LogSettings(_Frozen):
    """Who watches our log 透明日志: the verifier keys of witnesses, and how many must have signed to be relied on."""

    witnesses: tuple[str, ...] = ()
    quorum: Annotated[int, Field(ge=0)] = 0


class UsageSettings(_Frozen):
    """The usage trail 用证留痕: must every use say its purpose 用途, and do verifications go on it.

    Looks, exports and prints always do. Without `verifications` whoever verifies needs no right to write.
    """

    purpose_required: bool = False
    verifications: bool = True


class HealthSettings(_Frozen):
    """When something is to be looked at 运行状况 (docs/administration.md).

    `look_days`, `act_days`: so many before a certificate ends. `list_…`: before a trust list or a revocation list does.
    `archive_days`: before the certificate behind an archive time-stamp does. `backup_hours`, `fsck_hours`: so old the
    last backup and the last check may be.
    """

    look_days: Annotated[int, Field(ge=1, le=1000)] = 60
    act_days: Annotated[int, Field(ge=0, le=1000)] = 14
    list_look_days: Annotated[int, Field(ge=1, le=365)] = 3
    list_act_days: Annotated[int, Field(ge=0, le=365)] = 1
    archive_days: Annotated[int, Field(ge=1, le=1000)] = 180
    backup_hours: Annotated[int, Field(ge=1, le=10_000)] = 26
    fsck_hours: Annotated[int, Field(ge=1, le=10_000)] = 50

    @model_validator(mode="after")
    def _in_order(self) -> "HealthSettings":
        if self.act_days > self.look_days or self.list_act_days > self.list_look_days:
            raise mendable("it would be acted on before it is looked at", "make act_days smaller than look_days")
        return self


class LimitSettings(_Frozen):
    """What one caller of the service may take, in each of its processes (docs/api.md)."""

    address_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 1200
    anonymous_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 120
    caller_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 1200
    files_at_once: Annotated[int, Field(ge=1, le=1000)] = 4
    batch_documents: Annotated[int, Field(ge=1, le=10_000)] = 200


class SealingSettings(_Frozen):
    """How seals are made: `B-T` with a time-stamp, `B-LTA` with evidence and an archive time-stamp behind it, too."""

    level: Literal["B-T", "B-LTA"] = "B-LTA"


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
            raise mendable(error.message, "copy the code again, character by character") from None


class Settings(_Frozen):
    """Everything that one authority needs to know.

    Args:
        public_url: where the page behind the QR lives; it is printed on every licence, so choose it for decades.
        keys: PKI folder (`private/` and `public/`).
        templates: folder of licence types; the built-in ones if left out.
        fonts: TrueType files to ask for characters that the built-in fonts lack, in this order.
    """

    home: Path
    public_url: Annotated[str, Field(pattern=r'^https?://[!"$->@-~]{1,100}$')]
    keys: Path = Path("keys")
    templates: Path | None = None
    fonts: tuple[Path, ...] = ()
    storage: StorageSettings = StorageSettings()
    timestamps: TimestampSettings = TimestampSettings()
    network: NetworkSettings = NetworkSettings()
    status: StatusSettings = StatusSettings()
    publishing: PublishingSettings = PublishingSettings()
    log: LogSettings = LogSettings()
    usage: UsageSettings = UsageSettings()
    limits: LimitSettings = LimitSettings()
    health: HealthSettings = HealthSettings()
    sealing: SealingSettings = SealingSettings()
    sign_in: SignInSettings = SignInSettings()
    service: ServiceSettings = ServiceSettings()
    issuers: tuple[IssuerSettings, ...] = ()

    @field_validator("issuers")
    @classmethod
    def _told_apart(cls, value: tuple[IssuerSettings, ...]) -> tuple[IssuerSettings, ...]:
        for what in ("id", "code"):
            names = [getattr(issuer, what) for issuer in value]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise mendable(f"two issuing bodies have the {what} {twice[0]!r}", "make it unique")
        return value

    @property
    def database_url(self) -> str:
        """Database URL with a relative SQLite path made absolute."""
        match = re.fullmatch(r"sqlite:///(?!/)(.+)", self.storage.database)
        return f"sqlite:///{(self.home / match[1]).resolve()}" if match else self.storage.database

    @property
    def files(self) -> Path | str:
        """Folder of sealed files, or `s3://BUCKET/PREFIX`."""
        return self.storage.files if "://" in self.storage.files else self.home / self.storage.files

    @property
    def added_fonts(self) -> tuple[Path, ...]:
        """Fonts besides the built-in ones."""
        return tuple(self.home / path for path in self.fonts)

    @property
    def keys_folder(self) -> Path:
        """PKI folder."""
        return self.home / self.keys

    @property
    def seed_key(self) -> Path:
        """File of the key that second factors are encrypted with."""
        return self.home / self.sign_in.seed_key_file

    @property
    def kept_folder(self) -> Path:
        """What was made of templates and seals, and what they are called; it may be removed at any time."""
        return self.home / "kept"

    @property
    def accepted_lists_folder(self) -> Path:
        """The trust lists that were accepted; not there until one is."""
        return self.home / ACCEPTED_LISTS

    @property
    def public_folder(self) -> Path:
        """Folder of what is published."""
        return self.home / self.publishing.folder

    @classmethod
    def load(cls, home: Path, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read `license.toml` in a folder, and what the environment says instead; see `license_lib.environment`.

        Raises:
            SettingsError: the file is missing, cannot be read or is wrong; every fault is named.
        """
        path = home / FILE_NAME
        try:
            document = with_environment(read_toml(path), environment)
        except FileNotFoundError:
            hint = "run `license init`, or give --home"
            raise SettingsError("settings.missing", f"there is no {FILE_NAME} in {home}", hint=hint) from None
        except TomlError as error:
            raise _invalid(path, [error.fault]) from None
        if "home" in document:
            raise _invalid(path, [TomlFault("home", "is not known here", "remove it: it is the folder of this file")])
        try:
            return cls.model_validate({**document, "home": home})
        except ValidationError as error:
            raise _invalid(path, [fault for _, fault in located(error, cls, elsewhere=frozenset({"home"}))]) from None


def _invalid(path: Path, faults: list[TomlFault]) -> SettingsError:
    lines = [f"{path}: {fault.path + ': ' if fault.path else ''}{fault.problem} → {fault.mend}" for fault in faults]
    return SettingsError("settings.invalid", "\n".join(lines))
