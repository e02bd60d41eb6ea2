"""An outsider's audit 审计 of what an authority publishes: its log, its status lists, and licences that people hold.

It needs the log's public key and nothing else. With a trust list it also knows who may sign status lists.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from license_lib.errors import InputError
from license_lib.licenses.record import RecordError, canonical_bytes, parse_record, record_digest
from license_lib.log.audit_folder import AuditFolder
from license_lib.log.checkpoints import Checkpoint, LogPolicy, open_checkpoint
from license_lib.log.findings import LogError, LogFinding
from license_lib.log.leaves import EventLeaf
from license_lib.log.ledger import Ledger
from license_lib.log.tiles import Fetch
from license_lib.publishing.folder import WITNESSED, status_name, status_names
from license_lib.publishing.reading import log_reader
from license_lib.repository.notices import read_notice
from license_lib.status import StatusListError
from license_lib.status.tokens import StatusToken, open_token, read_token
from license_lib.trust_list import Snapshot
from license_lib.verification.confinement import Confined
from license_lib.verification.reading import UnreadableError, attached_record
from signing.errors import SigningError

SLACK: Final = timedelta(minutes=1)
"""So long it may take until what was recorded stands in a list."""
PROMPT: Final = timedelta(hours=2)
"""A change that is older must stand in the list that is published now."""
OLDEST: Final = timedelta(hours=24)
"""Age of the oldest list that is relied on, as verifiers have it."""
_UNSURE: Final = frozenset({"log.missing", "log.unwitnessed", "log.license-unreadable"})
"""What a server that is slow, or a file that is none, comes to."""
_MOST_LISTS: Final = 1000
"""Of 2**20 licences each: who shows more shows them to keep the auditor busy."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and about what: a status list or a file by its name; the log if empty."""

    about: str
    finding: LogFinding


@dataclass(frozen=True, slots=True)
class LogReport:
    """What an audit came to.

    Attributes:
        findings: nothing, if all is as it should be.
        head: what the log shows now; None if nothing that can be believed.
        complete: whether all of it was read.
        lists: status lists that were compared. licenses, notices: files that were looked up.
    """

    findings: tuple[Found, ...]
    head: Checkpoint | None
    complete: bool
    lists: int
    licenses: int
    notices: int

    @property
    def undetermined(self) -> bool:
        """Whether nothing speaks against the log, and it could not be read all the same."""
        return bool(self.findings) and all(found.finding.code in _UNSURE for found in self.findings)


@dataclass(frozen=True, slots=True)
class HeldDigests:
    """What the log should have of a licence that somebody holds: SHA-256 of its record, and of what was sealed."""

    record: bytes
    file: bytes


def audit_published(
    fetch: Fetch,
    policy: LogPolicy,
    folder: Path,
    *,
    now: datetime,
    known: Iterable[bytes] = (),
    licenses: Sequence[tuple[str, bytes]] = (),
    notices: Sequence[tuple[str, bytes]] = (),
    status: bool = False,
    signers: Sequence[bytes] = (),
) -> LogReport:
    """Audit what is published.

    Lists are fetched before the log is: what they say stands in the log by then.

    Args:
        fetch: gives published files.
        policy: which log. Its head need not be witnessed, for all of it is read here; that the newest witnessed one
            belongs to it is asked, if a quorum is.
        folder: the auditor's own, for this log.
        known: signed checkpoints that were got elsewhere.
        licenses: name and content of files to look up.
        notices: name and content of notices of events 办理告知: does the log say what they say?
        status: compare the status lists, too.
        signers: DER certificates of those who may sign them; empty: whoever did.

    Raises:
        InputError: `notice.malformed`, `notice.contradicts`.
        MachineError: `log.folder`, `log.unreachable`, `publishing.folder`.
    """
    told = [(name, read_notice(data)) for name, data in notices]
    findings = list[Found]()
    tokens = list(_tokens(fetch, signers, now, findings)) if status else []
    witnessed, problem = _witnessed(fetch, policy)
    if problem:
        findings.append(Found("", problem))
    audited = AuditFolder(folder, replace(policy, quorum=0)).run(log_reader(fetch), known=[*known, *witnessed])
    findings += [Found("", finding) for finding in audited.result.findings]
    if audited.result.complete:
        if status:
            findings += _of_lists(audited.ledger, tokens, now)
        findings += _of_licenses(audited.ledger, licenses, now)
        findings += _of_notices(audited.ledger, told)
    signed, lists = audited.result.signed, len({number for number, _, _ in tokens})
    head = signed.checkpoint if signed else None
    return LogReport(tuple(findings), head, audited.result.complete, lists, len(licenses), len(notices))


def policy_of(vkey: str) -> LogPolicy:
    """The log of a verifier key, whoever witnesses it.

    Raises:
        InputError: `note.key`.
    """
    try:
        return LogPolicy.of(vkey)
    except (SigningError, ValueError):
        raise InputError("note.key", "this is no verifier key of a log", hint="give name+id+base64") from None


def listed_policy(snapshot: Snapshot) -> LogPolicy | None:
    """The log that a trust list names, with its witnesses; None if it names none."""
    log = snapshot.list.log
    return LogPolicy.of(log.vkey, log.witnesses, log.quorum) if log else None


def _witnessed(fetch: Fetch, policy: LogPolicy) -> tuple[list[bytes], LogFinding | None]:
    """The newest head that enough witnesses signed, if that is asked for."""
    if not policy.quorum:
        return [], None
    problem = LogFinding("log.unwitnessed", {"count": "0", "quorum": str(policy.quorum)})
    for name in ("log/checkpoint", WITNESSED):
        data = fetch(name)
        try:
            if data is not None:
                open_checkpoint(data, policy)
                return [data], None
        except LogError as error:
            problem = error.finding
    return [], problem


def _tokens(
    fetch: Fetch, signers: Sequence[bytes], now: datetime, findings: list[Found]
) -> Iterator[tuple[int, str, StatusToken]]:
    """All lists that are published, from number 1 on, in both forms; what is wrong with one is found.

    Each form is asked for itself: readers of one must not be told something else than readers of the other.
    """
    for number in range(1, _MOST_LISTS + 1):
        forms = [(name, data) for name in status_names(number) if (data := fetch(name)) is not None]
        if not forms:
            return
        missing = set(status_names(number)) - {name for name, _ in forms}
        findings.extend(Found(name, LogFinding("log.missing", {"path": name})) for name in missing)
        for name, data in forms:
            try:
                said = read_token(data)
                if not said.uri.endswith(f"/{status_name(number)}"):
                    raise StatusListError("status.list-other", "another list")  # noqa: TRY301 - one way out for all
                by = signers or (said.signer,)
                yield number, name, open_token(data, uri=said.uri, signers=by, now=now, max_staleness=OLDEST)
            except StatusListError as error:
                params = {"list": str(number), "why": error.code}
                findings.append(Found(name, LogFinding("log.status-unusable", params)))


def _of_lists(ledger: Ledger, tokens: Sequence[tuple[int, str, StatusToken]], now: datetime) -> Iterator[Found]:
    for number in sorted(ledger.lists - {number for number, _, _ in tokens}):
        yield Found(status_name(number), LogFinding("log.missing", {"path": status_name(number)}))
    for number, name, token in tokens:
        found = ledger.check_status_list(number, token.bits, token.issued_at, slack=SLACK)
        yield from (Found(name, finding) for finding in found)
        if not found and now - PROMPT > token.issued_at:
            for late in ledger.check_status_list(number, token.bits, now - PROMPT, slack=SLACK):
                if late.code == "log.status-differs":
                    params = {**late.params, "issued": token.issued_at.isoformat()}
                    yield Found(name, LogFinding("log.status-late", params))


def _of_licenses(ledger: Ledger, licenses: Sequence[tuple[str, bytes]], now: datetime) -> Iterator[Found]:
    """Files are strangers': they are read in a worker process, within limits."""
    if not licenses:
        return
    contents = dict(enumerate(data for _, data in licenses))
    with Confined[HeldDigests | None](_opened, lambda _: None, workers=1, method="fork") as judge:
        for place, data in contents.items():
            held = judge.verify(data, at=now)
            finding = ledger.check_license(held.record, held.file) if held else LogFinding("log.license-unreadable")
            if finding:
                yield Found(licenses[place][0], finding)


def _of_notices(ledger: Ledger, told: Sequence[tuple[str, EventLeaf]]) -> Iterator[Found]:
    for name, leaf in told:
        if finding := ledger.check_event(leaf):
            yield Found(name, finding)


class _Reader:
    """Reads what the log should have of a file."""

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> HeldDigests | None:
        """The digests of the newest intact sealed revision; None if there is none, or it is no licence."""
        from signing.validation import examine

        covered = examine(data, trust=None, at=now or at).intact
        try:
            record = attached_record(covered) if covered else None
            document = parse_record(record) if record else None
        except (RecordError, UnreadableError):
            return None
        if document is None:
            return None
        return HeldDigests(record_digest(canonical_bytes(document)), sha256(covered).digest())


@contextmanager
def _opened() -> Iterator[_Reader]:
    yield _Reader()
