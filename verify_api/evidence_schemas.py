"""The directory of the service: where everything is that outsiders may have."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from verify_api.schemas import ProgramDocument


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileAddress(_Document):
    """Where a file is, relative to this service, and its media types; the first is given to who does not say."""

    href: str
    media_types: tuple[str, ...]


class LogAddresses(_Document):
    """The transparency log 透明日志 (C2SP tlog-tiles, signed-note)."""

    key: str = Field(description="Name and public key; empty where there is no log")
    checkpoint: str
    witnessed: str
    timestamp: str
    tiles: str = Field(
        description="`{level}` and `{index}` as C2SP tlog-tiles has them, partial tiles with `.p/{width}`"
    )
    entries: str


class CertificateAddress(_Document):
    """A certificate, and what it is for."""

    sha256: str
    role: str
    subject: str
    not_before: AwareDatetime
    not_after: AwareDatetime
    href: str


class Evidence(_Document):
    """What outsiders need. Who pins the root gets it by another way than this."""

    trust_list: FileAddress
    status_lists: tuple[FileAddress, ...]
    log: LogAddresses
    certificates: tuple[CertificateAddress, ...]
    revocation_lists: tuple[FileAddress, ...]


class Discovery(_Document):
    """The service in one document."""

    version: str = Field(description="Of the API")
    program: ProgramDocument
    openapi: str
    problems: str
    evidence: Evidence
