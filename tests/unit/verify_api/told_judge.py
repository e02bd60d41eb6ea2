"""A judge that says what a test tells it to say, and remembers what it was asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from license_lib.acceptance import ServiceItems
from license_lib.catalogue import Catalogue
from license_lib.counter import CounterDesk
from license_lib.errors import MachineError
from license_lib.findings import Finding
from license_lib.identifiers import LicenseIdentifier
from license_lib.issuers import Issuers, IssuingBody
from license_lib.licenses import Issuer
from license_lib.paper import PaperChecks
from license_lib.presenting import Presentation
from license_lib.qr import QrProof
from license_lib.records import Records
from license_lib.rendering import Fonts
from license_lib.repository.entries import Use
from license_lib.verification import Proof, Verdict
from license_lib.verification.scans import FileScan
from license_lib.verification.verdict import CODE_PROOFS, RECORD_PROOFS, Evidence

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BODY = IssuingBody(
    "market", Issuer("白银市市场监督管理局（样例）", "11620400000000102W", 3), frozenset({"business-license"})
)
IDENTIFIER = LicenseIdentifier.build("11100000MB0143028R001", BODY.issuer.code, "20260302TEST")


def verdict(*codes: str, public: dict[str, str] | None = None, **params: str) -> Verdict:
    """A verdict on a code, with these findings."""
    findings = tuple(Finding(code, params) for code in codes)
    proof = QrProof(
        identifier=IDENTIFIER,
        issued_on=date(2026, 3, 2),
        valid_from=date(2026, 3, 2),
        valid_until=None,
        digest=bytes(32),
        public=public if public is not None else {"CZZT": "白银市样例商贸有限公司", "KZ_LX": "有限责任公司"},
        key_id=bytes(8),
        signed=b"",
        signature=b"",
    )
    return Verdict(
        at=NOON,
        findings=findings,
        proved=frozenset(set(CODE_PROOFS) - {Proof.STATUS} if findings else CODE_PROOFS),
        required=CODE_PROOFS,
        license=None,
        code=proof,
        evidence=Evidence(status_as_of=NOON),
    )


@dataclass
class ToldJudge:
    """A bench with one judge, who answers what he is told and remembers what he was asked."""

    catalogue: Catalogue
    issuers: Issuers
    answer: Verdict | Exception | None = field(default_factory=verdict)
    asked: list[tuple[str, object, datetime]] = field(default_factory=list)
    noted: list[Verdict] = field(default_factory=list)
    unnotable: Exception | None = None
    scanned: FileScan = field(default_factory=FileScan)
    uses: list[Use | None] = field(default_factory=list)
    kept: Records | None = None
    key: bytes = bytes(32)
    items: ServiceItems = field(default_factory=lambda: ServiceItems(()))
    printed: PaperChecks = field(default_factory=PaperChecks)
    closed: bool = False
    before: Callable[[], object] = lambda: None

    def judge(self, at: datetime) -> "ToldJudge":
        assert at.tzinfo
        return self

    def note(self, verdict: Verdict, use: Use | None) -> None:
        if self.unnotable:
            raise self.unnotable
        self.noted.append(verdict)
        self.uses.append(use)

    def scan(self, data: bytes, *, at: datetime) -> FileScan:
        self.asked.append(("scan", data, at))
        return self.scanned

    def paper(self, data: bytes, *, at: datetime) -> PaperChecks:
        self.asked.append(("paper", data, at))
        return self.printed

    @property
    def desk(self) -> CounterDesk:
        raise MachineError("storage.failed", "no repository here")

    @property
    def fonts(self) -> Fonts:
        raise MachineError("font.unreadable", "no fonts here")

    @property
    def records(self) -> Records:
        if self.kept is None:
            raise MachineError("storage.failed", "no repository here")
        return self.kept

    def redeem(self, text: str, use: Use) -> Presentation:
        self.asked.append(("redeem", (text, use), NOON))
        self.before()
        if isinstance(self.answer, Exception):
            raise self.answer
        refused = Verdict(
            at=NOON,
            findings=(Finding("presentation.used", {"time": "2026-11-22 11:59:00"}),),
            proved=frozenset(),
            required=RECORD_PROOFS,
            license=None,
            code=None,
            evidence=Evidence(),
        )
        return Presentation(verdict=refused, public=(), consent=None)

    def close(self) -> None:
        self.closed = True

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Verdict:
        assert now == NOON
        return self._say("file", data, at)

    def verify_code(self, text: str, *, at: datetime, now: datetime | None = None) -> Verdict:
        assert now == NOON
        return self._say("code", text, at)

    def status(self, identifier: str, *, at: datetime) -> Verdict | None:
        if self.answer is None:
            self.asked.append(("status", identifier, at))
            return None
        return self._say("status", identifier, at)

    def _say(self, kind: str, value: object, at: datetime) -> Verdict:
        self.asked.append((kind, value, at))
        self.before()
        if isinstance(self.answer, Exception):
            raise self.answer
        assert self.answer is not None
        return self.answer
