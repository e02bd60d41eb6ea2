"""From questions to reports: the verifier in worker threads, and the names of things for people.

Nothing is decided here. The service holds public material only: no issuing key, no passphrase.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

import anyio

from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.findings import Finding
from license_lib.identifiers import LicenseIdentifier
from license_lib.qr import is_proof
from license_lib.records import Records
from license_lib.repository.entries import Use
from license_lib.verification import Verdict
from license_lib.verification.confinement import WORKERS
from license_lib.verification.report import finding_value, verdict_report
from license_lib.verification.scans import FileScan
from license_lib.verification_reports import named_report
from verify_api.bench import SLOW, Bench, Judge
from verify_api.metrics import Metrics
from verify_api.presentations import PresentationDocument, told_presentation
from verify_api.problems import Problem
from verify_api.questions import Question
from verify_api.schemas import PictureDocument, VerdictDocument

QUEUE: Final = 64
_CODES_AT_ONCE: Final = 4
_LOOKS_AT_ONCE: Final = 8
_MOST_CODES: Final = 100
"""On one picture: each costs a signature and a question to the repository."""
_OF_PICTURES: Final = {
    "picture.malformed": "input.unsupported",
    "picture.more-pages": "picture.too-large",
    "picture.overrun": "verification.overrun",
}
"""What may be wrong with a picture, as the judge calls it."""

T = TypeVar("T")


class Service:
    """Answers questions.

    Args:
        clock: the time, aware: the moment that a question without one is about.
        metrics: where verdicts are counted.
        workers: how many files may be on their way, the slow ones too; codes and look-ups do not wait for them.
        queue: how many more may wait.
    """

    def __init__(
        self,
        bench: Bench,
        clock: Callable[[], datetime],
        metrics: Metrics,
        *,
        workers: int = WORKERS + SLOW.places,
        queue: int = QUEUE,
    ) -> None:
        self.bench = bench
        self._clock = clock
        self._metrics = metrics
        self._queue = queue
        self._files = anyio.CapacityLimiter(workers)
        self._codes = anyio.CapacityLimiter(_CODES_AT_ONCE)
        self._looks = anyio.CapacityLimiter(_LOOKS_AT_ONCE)
        self._drawing = anyio.CapacityLimiter(1)  # PDFium draws one page at a time anyway
        metrics.watch("files_examined", "Files under examination", lambda: self._files.borrowed_tokens)
        metrics.watch("files_waiting", "Files that wait for it", lambda: self._files.statistics().tasks_waiting)

    @property
    def catalogue(self) -> Catalogue:
        """The licence types that the judge knows, for their names."""
        return self.bench.judge(self._clock()).catalogue

    def require_room(self) -> None:
        """Refuse a file if too many are waiting.

        Raises:
            Problem: `service.busy`.
        """
        if self._files.statistics().tasks_waiting >= self._queue:
            raise Problem("service.busy")

    async def verify(self, question: Question, use: Use | None = None) -> VerdictDocument:
        """Judge a file or a code.

        Args:
            use: who asks, and what for; None for those who do not say who they are.

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
            judge = self.bench.judge(now)
            if question.data:
                verdict = judge.verify(question.data, at=at, now=now)
            else:
                verdict = judge.verify_code(question.code, at=at, now=now)
            self.bench.note(verdict, use)
            return told(verdict, judge)

        answer = await anyio.to_thread.run_sync(work, limiter=limiter)
        self._metrics.judged("file" if question.data else "code", answer)
        return answer

    async def verify_picture(self, data: bytes, at: datetime | None, use: Use | None = None) -> PictureDocument:
        """Judge every code of a picture; arguments and errors as for `verify`."""
        self.require_room()
        now = self._clock()

        def work() -> PictureDocument:
            scan = self.bench.scan(data, at=now)
            codes = [text for text in scan.texts if is_proof(text)]
            judge = self.bench.judge(now)
            verdicts = []
            for code in codes[:_MOST_CODES]:
                verdict = judge.verify_code(code, at=at or now, now=now)
                self.bench.note(verdict, use)
                verdicts.append(told(verdict, judge))
            return PictureDocument.model_validate(
                {
                    "complete": not _faults_of(scan) and len(codes) <= _MOST_CODES,
                    "findings": [finding_value(Finding(code)) for code in _faults_of(scan) or _missing(scan, codes)],
                    "verdicts": verdicts,
                }
            )

        answer = await anyio.to_thread.run_sync(work, limiter=self._files)
        for verdict in answer.verdicts:
            self._metrics.judged("code", verdict)
        return answer

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
            shown = self.bench.redeem(text, use)
            return told_presentation(shown, told(shown.verdict, self.bench.judge(self._clock()), minimal=True))

        return await anyio.to_thread.run_sync(work, limiter=self._codes)

    async def status(self, identifier: str, use: Use | None = None) -> VerdictDocument:
        """State of a licence of our repository, without holder and number.

        Raises:
            NumberError: the identifier is not well-formed.
            InputError: `license.unknown`.
            MachineError: the repository cannot be asked.
        """
        wanted = str(LicenseIdentifier.parse(identifier))
        at = self._clock()

        def work() -> VerdictDocument:
            judge = self.bench.judge(at)
            verdict = judge.status(wanted, at=at)
            if verdict is None:
                raise InputError("license.unknown", "There is no licence with this identifier")
            self.bench.note(verdict, use)
            return told(verdict, judge, minimal=True)

        answer = await anyio.to_thread.run_sync(work)
        self._metrics.judged("look-up", answer)
        return answer

    async def look(self, work: Callable[[Records, Judge], T]) -> T:
        """Ask the records, in a thread.

        Raises:
            LicenseError: as `work` raises it, or the repository cannot be opened.
        """
        now = self._clock()
        return await anyio.to_thread.run_sync(
            lambda: work(self.bench.records, self.bench.judge(now)), limiter=self._looks
        )

    async def examine(self, work: Callable[[], T]) -> T:
        """Examine a file in a place for files.

        Raises:
            Problem: `service.busy` if too many are waiting.
        """
        self.require_room()
        return await anyio.to_thread.run_sync(work, limiter=self._files)

    async def draw(self, work: Callable[[], T]) -> T:
        """Draw a page, one after the other."""
        return await anyio.to_thread.run_sync(work, limiter=self._drawing)

    async def require_ready(self) -> None:
        """Ask the repository for a licence that it cannot have.

        Raises:
            MachineError: it cannot be read.
        """
        at = self._clock()
        await anyio.to_thread.run_sync(lambda: self.bench.judge(at).status("-", at=at))


def _faults_of(scan: FileScan) -> tuple[str, ...]:
    """What is wrong with a picture; of a code that cannot be read, its verdict tells."""
    code = scan.error.code if scan.error else ""
    return (_OF_PICTURES.get(code, code),) if code.startswith("picture.") else ()


def _missing(scan: FileScan, codes: list[str]) -> tuple[str, ...]:
    return () if codes else ("qr.foreign" if scan.texts else "qr.none",)


def told(verdict: Verdict, judge: Judge, *, minimal: bool = False) -> VerdictDocument:
    """A verdict as its documented report, with the names of type, issuing body and public fields."""
    report = named_report(verdict_report(verdict, minimal=minimal), judge.catalogue, judge.issuers)
    return VerdictDocument.model_validate(report)
