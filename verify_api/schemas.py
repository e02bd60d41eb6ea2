"""What the API answers, as documented models: the report of `license_lib.verification.report`, plus names for people.

The models forbid what they do not know: nothing leaves this service that is not documented here.
"""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from license_lib.findings import Effect, Severity
from license_lib.lifecycle import LicenseState
from license_lib.verification import Outcome, Proof
from license_lib.verification.verdict import StepResult
from signing.reports import Level


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Document):
    """One text in Chinese and English."""

    zh: str
    en: str


class FindingDocument(_Document):
    """One finding: a stable code, what it does to the outcome, and words that somebody can act on."""

    code: str = Field(examples=["status.revoked"])
    effect: Effect
    severity: Severity
    params: dict[str, str]
    text: Words
    remedy: Words


class StepDocument(_Document):
    """One step of the verification, and whether it proved its part."""

    number: int = Field(ge=1, le=8, description="1 seal to 8 validity")
    step: Proof
    proved: bool
    result: StepResult


class IssuerFacts(_Document):
    """Issuing body 颁发机构; the name is missing where the body is not known here."""

    name: str = ""
    code: str


class HolderFacts(_Document):
    """Holder 持证主体, masked where it is a person."""

    name: str
    number: str
    number_kind: str = Field(description="持证主体代码类型, GB/T 36903 annex A")


class LicenseFacts(_Document):
    """What the verified bytes say.

    `number` and `holders` come with a file, `public` and `labels` with a code, none of them with a look-up.
    """

    identifier: str = Field(description="证照标识, GB/T 36904")
    type: str = Field(default="", description="证照名称; empty where the type is not in the catalogue")
    issuer: IssuerFacts
    issued_on: date
    valid_from: date
    valid_until: date | None = Field(description="Last day of validity; null for 长期")
    number: str | None = Field(default=None, description="证照编号")
    holders: tuple[HolderFacts, ...] | None = None
    public: dict[str, str] | None = Field(default=None, description="Public face texts by GB/T 36903 code")
    labels: dict[str, Words] | None = Field(default=None, description="Names of the codes in `public`")


class TrustListDocument(_Document):
    """The trust list that was relied on, so that others can find the same one."""

    list_id: str
    sequence: int
    sha256: str = Field(description="Of the signed document, hex")
    issued_at: AwareDatetime
    next_update: AwareDatetime


class RecordedDocument(_Document):
    """What was issued under the identifier, for comparison: the record's digest is salted, the file holds its salt."""

    file_sha256: str = Field(description="SHA-256 of the one sealed file, hex")
    record_sha256: str = Field(description="SHA-256 of the record, hex; the QR holds it too")
    state: LicenseState | None = Field(description="Legal state; null before the issue took effect")
    since: AwareDatetime | None = Field(description="When that state began")
    valid_until: date | None = Field(description="The last day after an extension by decree")
    next: str | None = Field(description="证照标识 of the version that took its place")


class StatusListDocument(_Document):
    """The status list that told the state of another body's licence."""

    uri: str
    as_of: AwareDatetime = Field(description="When it was signed")
    expires: AwareDatetime = Field(description="Until when it may be used")


class LogDocument(_Document):
    """Where the licence's issue stands in a transparency log."""

    origin: str
    index: int = Field(ge=0)
    size: int = Field(ge=0, description="Entries of the head that it was compared with; 0 if none was published")
    published: bool = Field(description="Whether that head stands for the entry")
    source: Literal["repository", "proof"]


class EvidenceDocument(_Document):
    """How fresh the evidence was."""

    sealed_at: AwareDatetime | None = Field(description="Trusted time of sealing")
    revocation_as_of: AwareDatetime | None = Field(description="Date of the certificate revocation data")
    status_as_of: AwareDatetime | None = Field(description="When the licence's state was looked up")
    trust_list: TrustListDocument | None = Field(default=None, description="null where none was relied on")
    status_list: StatusListDocument | None = Field(default=None, description="null where none told the state")
    log: LogDocument | None = Field(default=None, description="null where neither the repository nor a proof tells")


class ProgramDocument(_Document):
    """What made the report."""

    name: str
    version: str


class SealDocument(_Document):
    """How long the seal can be judged."""

    level: Level | None = Field(description="PAdES baseline level, EN 319 142-1")
    archive_time_stamps: int = Field(ge=0)


class VerdictDocument(_Document):
    """A verdict 核验结论. `license` says what was read, which is proved only with IN_FORCE or NOT_IN_FORCE."""

    version: int = Field(description="Version of the report's format")
    program: ProgramDocument
    outcome: Outcome
    text: Words
    at: AwareDatetime = Field(description="The moment that the question is about")
    findings: tuple[FindingDocument, ...]
    steps: tuple[StepDocument, ...]
    license: LicenseFacts | None
    evidence: EvidenceDocument
    recorded: RecordedDocument | None = Field(default=None, description="Look-ups by identifier only")
    seal: SealDocument | None = Field(description="null where no seal was read")


class PictureDocument(_Document):
    """The verdicts on all licence codes of a picture."""

    complete: bool = Field(description="false where not all of the picture could be looked at")
    findings: tuple[FindingDocument, ...] = Field(description="Of the picture as a whole, such as `qr.none`")
    verdicts: tuple[VerdictDocument, ...] = Field(description="One for each code, in reading order")


class CodeQuestion(_Document):
    """The text of a licence's QR, as a scanner reads it."""

    code: str = Field(min_length=1, max_length=4096, examples=["HTTPS://LICENSE.EXAMPLE/V#1999302248590…"])
    at: str | None = Field(default=None, description="ISO 8601 date and time; Beijing time if it has no offset")


class Token(_Document):
    """An access token (RFC 6749 §5.1)."""

    access_token: str
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds", examples=[600])
    scope: str = Field(examples=["export:* look:food-business-permit"])


class Health(_Document):
    """The service is there."""

    status: str = "ok"


class Fault(_Document):
    """Where a request is wrong, and how."""

    path: str = Field(examples=["code"])
    message: str


class ProblemDocument(_Document):
    """An RFC 9457 problem: the request was wrong or the machine is in the way. It says nothing about a document.

    Further members may come (§3.2), such as `error` of OAuth 2.0.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str = Field(examples=["/problems#http.empty"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["http.empty"])
    hint: str
    title_zh: str
    hint_zh: str
    request_id: str
    faults: tuple[Fault, ...] = ()


class BatchLine(_Document):
    """A line of the answer to a batch: a verdict, or a problem with this document alone; in the last one, how many."""

    reference: str = Field(default="", description="The caller's own")
    verdict: VerdictDocument | None = None
    problem: ProblemDocument | None = None
    done: int | None = Field(default=None, description="Documents that were answered; only in the last line")
