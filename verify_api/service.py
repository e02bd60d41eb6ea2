"""From questions to reports: the verifier in worker threads, and the names of things for people.

Nothing is decided here. The service holds public material only: no issuing key, no passphrase.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol, TypeVar

import anyio

from license_lib.catalogue import Catalogue
from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.identifiers import LicenseIdentifier
from license_lib.issuers import Issuers
from license_lib.judges import confined_verifier, open_presenting, open_trail
from license_lib.presenting import Presentation
from license_lib.repository import Use
from license_lib.settings import Settings
from license_lib.verification import Verdict
from license_lib.verification.confinement import WORKERS, ConfinedVerifier
from license_lib.verification.report import verdict_report
from license_lib.verification.workers import Limits
from verify_api.presentations import PresentationDocument, told_presentation
from verify_api.problems import LOG, Problem
from verify_api.questions import Question
from verify_api.schemas import VerdictDocument, Words

QUEUE: Final = 64
_CODES_AT_ONCE: Final = 4
_LOOK_AGAIN: Final = timedelta(seconds=5)
_PUBLIC: Final = Use(actor="公众", purpose="公众核验", place="service")
"""Whoever scans a code is nobody's business: the trail says that it was verified, and when."""
STANDARD_LABELS: Final = {
    "ZZBH": Words(zh="证照编号", en="Licence number"),
    "CZZT": Words(zh="持证主体", en="Holder"),
}
"""Names of the GB/T 36903 codes that any type may publish; a type's own fields bring their own."""

T = TypeVar("T")


class Judge(Protocol):
    """What is needed of `license_lib.verification.Verifier`."""

    @property
    def catalogue(self) -> Catalogue:
        """Licence types, for their names."""
        ...

    @property
    def issuers(self) -> Issuers:
        """Issuing bodies, for their names."""
        ...

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Verdict:
        """Judge a PDF or a picture."""
        ...

    def verify_code(self, text: str, *, at: datetime, now: datetime | None = None) -> Verdict:
        """Judge the text of a QR."""
        ...

    def status(self, identifier: str, *, at: datetime) -> Verdict | None:
        """State of a licence of our repository."""
        ...


class Bench(Protocol):
    """Where the judge sits."""

    def judge(self, at: datetime) -> Judge:
        """The judge with the trust material of this moment."""
        ...

    def note(self, verdict: Verdict) -> None:
        """Put on the usage trail that somebody had a licence judged; raises if that cannot be done."""
        ...

    def redeem(self, text: str, use: Use) -> Presentation:
        """Use a presentation code up, and judge its licence; raises if that cannot be put on record."""
        ...

    def close(self) -> None:
        """Release the repository, and whoever works for the judge."""
        ...


class SettingsBench:
    """The judge that a configuration describes, with the public trust material of today.

    The material is read again whenever it changes on disk: revocation lists go stale, and departments get new seals,
    while the service runs. Files are examined in worker processes, see `ConfinedVerifier`.

    Args:
        clock: the time, aware.
        workers: how many files are examined at once.
        limits: what one file may take.

    Raises:
        InputError: the configuration or a template is wrong.
        MachineError: no trust anchor, or the repository cannot be opened.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime], *, workers: int = WORKERS, limits: Limits | None = None
    ) -> None:
        self._settings = settings
        self._opened = ExitStack()
        self._trail = self._opened.enter_context(open_trail(settings, clock)) if settings.usage.verifications else None
        self._presenting = (
            self._opened.enter_context(open_presenting(settings, lambda: self.judge(clock()), clock))
            if settings.usage.verifications
            else None
        )
        self._make = partial(confined_verifier, settings, workers=workers, limits=limits)
        self._lock = Lock()
        self._looked = clock()
        self._stamp = self._public_material()
        self._verifier = self._make()
        self._verifier.start()

    def judge(self, at: datetime) -> ConfinedVerifier:
        """The judge with the trust material of this moment; where new material cannot be read, the old stays."""
        with self._lock:
            if abs(at - self._looked) >= _LOOK_AGAIN:
                self._looked = at
                self._renew()
            return self._verifier

    def note(self, verdict: Verdict) -> None:
        """Put on the usage trail that somebody had a licence of ours judged: not who, and not from where."""
        if self._trail is not None:
            self._trail.verified(verdict, _PUBLIC)

    def redeem(self, text: str, use: Use) -> Presentation:
        """Use a presentation code up, and judge its licence.

        Raises:
            MachineError: `storage.read-only` where this service was told to write nothing (`[usage] verifications`).
        """
        if self._presenting is None:
            raise MachineError("storage.read-only", "presentations are redeemed by a service that keeps the trail")
        return self._presenting.redeem(text, use)

    def close(self) -> None:
        """End the workers, and close the repository."""
        self._verifier.close()
        self._opened.close()

    def _renew(self) -> None:
        stamp = self._public_material()
        if stamp == self._stamp:
            return
        fresh = self._make()
        try:
            fresh.start()
        except LicenseError as error:
            # Half-written perhaps: the old lists grow stale by themselves, so nothing fails open meanwhile.
            LOG.warning("the trust material was not renewed: %s: %s", error.code, error.message)
            return
        self._verifier.retire()
        self._verifier, self._stamp = fresh, stamp

    def _public_material(self) -> frozenset[tuple[Path, int, int]]:
        found = set()
        folders = (self._settings.keys_folder / "public", self._settings.home / "trust")
        for path in (path for folder in folders for path in folder.rglob("*")):
            try:
                facts = path.stat()
            except OSError:
                continue  # gone since
            found.add((path, facts.st_mtime_ns, facts.st_size))
        return frozenset(found)


class Service:
    """Answers questions.

    Args:
        clock: the time, aware: the moment that a question without one is about.
        workers: how many files are examined at once; codes and look-ups do not wait for them.
        queue: how many more may wait.
    """

    def __init__(
        self, bench: Bench, clock: Callable[[], datetime], *, workers: int = WORKERS, queue: int = QUEUE
    ) -> None:
        self._bench = bench
        self._clock = clock
        self._queue = queue
        self._files = anyio.CapacityLimiter(workers)
        self._codes = anyio.CapacityLimiter(_CODES_AT_ONCE)

    @property
    def catalogue(self) -> Catalogue:
        """The licence types that the judge knows, for their names."""
        return self._bench.judge(self._clock()).catalogue

    async def verify(self, question: Question) -> VerdictDocument:
        """Judge a file or a code.

        Raises:
            Problem: `service.busy` if too many are waiting.
            MachineError: the repository cannot be asked, or the use not be put on record.
        """
        limiter = self._files if question.data else self._codes
        if limiter.statistics().tasks_waiting >= self._queue:
            raise Problem("service.busy")
        now = self._clock()
        at = question.at or now

        def work() -> VerdictDocument:
            judge = self._bench.judge(now)
            if question.data:
                verdict = judge.verify(question.data, at=at, now=now)
            else:
                verdict = judge.verify_code(question.code, at=at, now=now)
            self._bench.note(verdict)
            return told(verdict, judge)

        return await anyio.to_thread.run_sync(work, limiter=limiter)

    async def redeem(self, text: str, use: Use) -> PresentationDocument:
        """Use a presentation code up, and tell its licence as of now.

        Raises:
            Problem: `service.busy` if too many are waiting.
            InputError: `entry.text`, `usage.purpose-missing`.
            MachineError: it cannot be judged, or the use not be put on record; the code is not used then.
        """
        if self._codes.statistics().tasks_waiting >= self._queue:
            raise Problem("service.busy")

        def work() -> PresentationDocument:
            shown = self._bench.redeem(text, use)
            return told_presentation(shown, told(shown.verdict, self._bench.judge(self._clock()), minimal=True))

        return await anyio.to_thread.run_sync(work, limiter=self._codes)

    async def status(self, identifier: str) -> VerdictDocument:
        """State of a licence of our repository, without holder and number.

        Raises:
            NumberError: the identifier is not well-formed.
            InputError: `license.unknown`.
            MachineError: the repository cannot be asked.
        """
        wanted = str(LicenseIdentifier.parse(identifier))
        at = self._clock()

        def work() -> VerdictDocument:
            judge = self._bench.judge(at)
            verdict = judge.status(wanted, at=at)
            if verdict is None:
                raise InputError("license.unknown", "There is no licence with this identifier")
            self._bench.note(verdict)
            return told(verdict, judge, minimal=True)

        return await anyio.to_thread.run_sync(work)

    async def require_ready(self) -> None:
        """Ask the repository for a licence that it cannot have.

        Raises:
            MachineError: it cannot be read.
        """
        at = self._clock()
        await anyio.to_thread.run_sync(lambda: self._bench.judge(at).status("-", at=at))


def told(verdict: Verdict, judge: Judge, *, minimal: bool = False) -> VerdictDocument:
    """A verdict as its documented report, with the names of type, issuing body and public fields."""
    report = verdict_report(verdict, minimal=minimal)
    facts: dict[str, Any] | None = report["license"]
    source = verdict.license or verdict.code
    if facts and source:
        kind = judge.catalogue.find(source.identifier.type_code)
        body = judge.issuers.find(facts["issuer"]["code"])
        if kind:
            facts.setdefault("type", kind.name)
        if body:
            facts["issuer"].setdefault("name", body.issuer.name)
        if "public" in facts:
            own = {code: Words(zh=spec.label, en=spec.english) for code, spec in kind.by_code.items()} if kind else {}
            facts["labels"] = {code: label for code in facts["public"] if (label := (STANDARD_LABELS | own).get(code))}
    return VerdictDocument.model_validate(report)
