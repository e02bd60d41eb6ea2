"""What the API asks and answers about licences on record, for those who may look them up."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from license_lib.calendar import CHINA
from license_lib.lifecycle import EventKind, LicenseState
from license_lib.repository.entries import UsageKind
from license_lib.repository.usage_search import UsageFilter
from verify_api.schemas import IssuerFacts

CODE_LENGTH = 64
"""Characters of an item's code 事项编码; those of a real district have 55 at most."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PurposeQuestion(_Document):
    """What a licence is looked up for; it goes on the usage trail. No personal data: addresses end up in logs."""

    purpose: str = Field(min_length=1, max_length=120, description="用途", examples=["办理食品经营许可"])
    item: str = Field(default="", max_length=CODE_LENGTH, description="事项编码", examples=["000131001000"])
    case: str = Field(default="", max_length=60, description="案卷号", examples=["2026-1"])


class PageQuestion(PurposeQuestion):
    """The same, and how fine a page is drawn."""

    dpi: int = Field(default=110, ge=36, le=200, description="Dots per inch")


class UsageQuestion(PurposeQuestion):
    """The same, and which page of the answer."""

    limit: int = Field(default=50, ge=1, le=100, description="Entries of a page, at most")
    cursor: str = Field(default="", max_length=64, description="`next` of the page before; empty for the first")


class TrailQuestion(UsageQuestion):
    """Which entries of your own department's trail; what is left out keeps none away."""

    since: date | None = Field(default=None, description="First day, Beijing time", examples=["2026-11-01"])
    until: date | None = Field(default=None, description="Last day, Beijing time", examples=["2026-11-30"])
    actor: str = Field(default="", max_length=64, description="Person or program, exactly", examples=["li.wei"])
    identifier: str = Field(default="", max_length=128, description="证照标识")
    about: str = Field(default="", max_length=120, description="事项编码 or 案卷号, exactly, or a part of the 用途")
    kind: UsageKind | None = Field(default=None, description="What was done")
    outcome: str = Field(default="", max_length=64, description="What came of it", examples=["NOT_GENUINE"])

    def wanted(self, body: str, types: frozenset[str] | None) -> UsageFilter:
        """The same as a filter.

        Args:
            body: the department of who asks. types: the licence types that they may ask about; None for all.
        """
        return UsageFilter(
            body=body,
            since=datetime.combine(self.since, time(), CHINA) if self.since else None,
            before=datetime.combine(self.until, time(), CHINA) + timedelta(days=1) if self.until else None,
            actor=self.actor.strip(),
            identifier=self.identifier.strip(),
            about=self.about.strip(),
            kind=self.kind,
            outcome=self.outcome.strip(),
            types=types,
        )


class SheetQuestion(TrailQuestion):
    """The same, and the language of headings and words."""

    lang: Literal["zh", "en"] = Field(default="zh", description="Language of headings and words")


class HolderQuestion(PurposeQuestion):
    """Whose licences, and what for. In a body, because a number has no place in an address."""

    holder_number: str = Field(
        min_length=1,
        max_length=64,
        description="持证主体代码: ID number, credit code or another",
        examples=["91620402MA0000000Q"],
    )
    limit: int = Field(default=50, ge=1, le=100, description="Licences of a page, at most")
    cursor: str = Field(default="", max_length=64, description="`next` of the page before; empty for the first")


class TypeFacts(_Document):
    """Licence type 证照类型: its template's short name, its code, its name 证照名称."""

    key: str
    code: str
    name: str


class FoundLicense(_Document):
    """A licence of a holder. `state` is the legal one now; whether it is in force, its verdict tells."""

    identifier: str = Field(description="证照标识, GB/T 36904")
    type: TypeFacts
    number: str = Field(description="证照编号")
    issuer: IssuerFacts
    issued_on: date
    valid_from: date
    valid_until: date | None = Field(description="Last day, of the face or of a decree; null for 长期")
    state: LicenseState | None = Field(description="Legal state; null before the issue takes effect")
    since: AwareDatetime | None = Field(description="When that state began")


class FoundLicenses(_Document):
    """A page of a holder's licences, in the order of issue. None found and none allowed is the same answer."""

    licenses: tuple[FoundLicense, ...]
    next: str | None = Field(description="Cursor of the next page; null if this is the last")


class EventDocument(_Document):
    """An event of a licence's life. Who recorded it is not told, their department is."""

    sequence: int = Field(description="Its place in the log, from 1")
    kind: EventKind
    effective_at: AwareDatetime
    recorded_at: AwareDatetime
    body: str
    reason: str
    legal_basis: str
    paper: str = Field(description="文号")
    details: dict[str, Any]


class LicenseDocument(FoundLicense):
    """A licence as it is on record."""

    previous: str | None = Field(description="证照标识 of the version before")
    next: str | None = Field(description="证照标识 of the version that took its place")
    state_code: str | None = Field(description="证照状态代码 of its type's code list")
    inspection_due: date | None = Field(description="年检截止")
    file_sha256: str = Field(description="Of the file as it was sealed, hex")
    record_sha256: str = Field(description="Of the record's canonical JSON, hex; the QR holds it too")
    record: dict[str, Any] = Field(description="The record that the file has as `record.json`: all that the face says")
    events: tuple[EventDocument, ...]


class UsageEntry(_Document):
    """Who used a licence 用证留痕."""

    sequence: int
    kind: UsageKind
    at: AwareDatetime
    outcome: str | None
    actor: str
    body: str
    purpose: str
    item: str
    case: str
    place: str
    audience: str = Field(description="核验单位: whom a presentation was for")
    consent: int | None = Field(description="Place in the log of the holder's consent that this use rests on")


class TrailEntry(UsageEntry):
    """The same, with the licence."""

    identifier: str | None = Field(description="证照标识; null where nothing was found")


class TrailPage(_Document):
    """A page of your own department's trail, the newest entry first."""

    entries: tuple[TrailEntry, ...]
    next: str | None = Field(description="Cursor of the next page; null if this is the last")


class UsagePage(_Document):
    """A page of the usage of a licence by one's own department, in the order of record."""

    entries: tuple[UsageEntry, ...]
    next: str | None = Field(description="Cursor of the next page; null if this is the last")
