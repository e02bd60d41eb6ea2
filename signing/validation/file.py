"""Judge every signature of a PDF: integrity, what was changed since, time, trust (ETSI EN 319 102-1, EN 319 142-1).

Integrity is judged first and apart from trust. Document time-stamps are judged from the newest to the oldest: each
proves that what it covers existed at its time, and what is older is judged as of then (EN 319 102-1 §5.6).
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from signing.der import DerError
from signing.pdf_reading import FileMap, PdfError, Revision, map_file
from signing.pdf_reading.agreement import disagreement
from signing.pdf_reading.content import suspicious
from signing.pdf_reading.file_map import Oddity
from signing.pdf_reading.plain import PlainFile, read_plain
from signing.pdf_reading.plain_archive import ArchivedFile, read_archived
from signing.reports import Change, ChangeKind, FileReport, Indication, SealFinding, SealReport, SubIndication
from signing.trust import TrustStore
from signing.validation.appearances import doubts
from signing.validation.byte_range import Range, scan
from signing.validation.certainty import Judgement, judge_certainty, signer_facts
from signing.validation.chain import Problem, failed, undecided
from signing.validation.changes import changes
from signing.validation.document import Signature, claimed_time, signatures
from signing.validation.integrity import Integrity, judge_container, judge_integrity
from signing.validation.permissions import Permissions, permissions_of
from signing.validation.tail import is_revision
from signing.validation.time_stamps import imprint_problem
from signing.validation.unreadable import shows_no_signature

MAX_BYTES: Final = 32 * 1024 * 1024
"""Larger files are not looked at."""
_ARCHIVED: Final = (
    Change(ChangeKind.TIME_STAMP, "Root/AcroForm/Archive1"),
    Change(ChangeKind.EVIDENCE, "Root/DSS"),
)
"""What an archive update of our own changes: it was compared with what our writer makes, to the last byte."""


class Case:
    """One file under examination.

    Args:
        pdf: its bytes.
        foreign: accept signatures of other formats than PAdES.
        plain: the file as it was read, if it is a plain one: nothing about it is unusual or ambiguous.

    Attributes:
        pdf: its bytes.
        plain: the same as given.
        map: what every byte is for.
        revision: the file as it is.
        signatures: in the order in which they were made.
        integrity: of each of them.
        permissions: of each of them.
        changes: after each of them.
    """

    def __init__(self, pdf: bytes, *, foreign: bool = True, plain: PlainFile | ArchivedFile | None = None) -> None:
        self.pdf = pdf
        self._foreign = foreign
        self.plain = plain
        self.map: FileMap = plain or map_file(pdf)
        self.revision: Revision = self.map.last
        self.signatures: Sequence[Signature] = signatures(self.map)
        self.integrity: Sequence[Integrity] = [self._integrity(one) for one in self.signatures]
        self.permissions: Sequence[Permissions] = [
            permissions_of(self.map.revision(one.end) if one.end else self.revision, one) for one in self.signatures
        ]
        self._doubts: dict[int, tuple[tuple[str, str], ...]] = {}
        self.changes: Sequence[tuple[Change, ...]] = self._changes()

    def file_findings(self) -> tuple[SealFinding, ...]:
        """What is to be said of the file as a whole."""
        if self.plain is not None:
            return ()
        # What the signed revision itself holds is as it was signed; what stands behind it nobody vouches for.
        signed = min((one.end for one in self.signatures if one.end), default=0)
        odd: dict[tuple[str, str], None] = {}  # each kind once: a hostile file has as many as it likes
        for found in self.map.oddities:
            inside = found.offset < signed and found.oddity is not Oddity.OVERLAP
            odd["pdf.unusual" if inside or not signed else "pdf.structure", found.oddity.value] = None
        findings = [SealFinding(code, {"reason": reason}) for code, reason in odd]
        if not self.signatures:
            return tuple(findings)
        ranges = [one.range.numbers for one in self.signatures if isinstance(one.range, Range)]
        if reason := disagreement(self.pdf, self.revision, ranges):
            findings.append(SealFinding("pdf.ambiguous", {"reason": reason}))
        findings += [SealFinding(code, {"reason": what}) for code, what in suspicious(self.revision)]
        if self.revision.trailer.get("Encrypt") is not None:
            findings.append(SealFinding("pdf.encrypted"))
        return tuple(findings)

    def problems_of(self, index: int) -> list[Problem]:
        """What is wrong with a signature before anybody asks whom to trust."""
        problems = list(self.integrity[index].problems)
        refused = [one for one in self.changes[index] if not one.permitted]
        if refused:
            where = ", ".join(dict.fromkeys(one.where for one in refused[:3]))
            problems.append(failed("seal.changed-after", SubIndication.FORMAT_FAILURE, where=where))
        else:
            later = (
                doubt for end, found in self._doubts.items() if end > self.signatures[index].end for doubt in found
            )
            for code, where in dict(later).items():
                problems.append(undecided(code, SubIndication.SIG_CONSTRAINTS_FAILURE, where=where))
        return problems

    def covered(self, index: int) -> bytes:
        """The signed revision, if the signature holds it."""
        held = not self.integrity[index].problems
        return self.pdf[: self.signatures[index].end] if held else b""

    def _integrity(self, signature: Signature) -> Integrity:
        judged = judge_integrity(self.pdf, signature, foreign=self._foreign)
        if judged.problems or judged.signed is None or not signature.is_time_stamp:
            return judged
        assert isinstance(signature.range, Range)  # noqa: S101 -- without a range there is a problem
        reason = imprint_problem(judged.signed, *signature.range.signed_parts(self.pdf))
        if not reason:
            return judged
        problem = failed("seal.altered", SubIndication.HASH_FAILURE, reason=reason)
        return Integrity((problem,), judged.signed)

    def _changes(self) -> list[tuple[Change, ...]]:
        """Compare each signed revision with the next one, and the last with the file."""
        ends = sorted({one.end for one in self.signatures if one.end} | {len(self.pdf)})
        steps: dict[int, tuple[Change, ...]] = {}
        for start, end in pairwise(ends):
            if isinstance(self.plain, ArchivedFile):
                steps[end] = _ARCHIVED
                continue
            before, after = self.map.revision(start), self.map.revision(end)
            steps[end] = changes(before, after)
            self._doubts[end] = doubts(self.pdf, before, after, steps[end])
        found = []
        for one, allowed in zip(self.signatures, self.permissions, strict=True):
            later = [(end, change) for end, step in steps.items() if one.end and end > one.end for change in step]
            found.append(tuple(Change(change.kind, change.where, end, allowed.allow(change)) for end, change in later))
        return found


def plain_case(pdf: bytes) -> Case | None:
    """A plain file whose seal holds, and its archive time-stamp, if it has one; None for every other file.

    Nothing about such a file is unusual, ambiguous or suspicious (ADR 25).
    """
    plain = read_plain(pdf) or read_archived(pdf)
    if plain is None:
        return None
    try:
        case = Case(pdf, foreign=False, plain=plain)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 -- whatever it is, it is for the way that judges everything
        return None
    kinds = [one.is_time_stamp for one in case.signatures]
    is_whole = case.signatures[-1:] and case.signatures[-1].end == len(pdf)
    is_sound = not any(one.problems for one in case.integrity)
    expected = [False] if isinstance(plain, PlainFile) else [False, True]
    return case if is_whole and is_sound and kinds == expected else None


class Opened:
    """A file, or as much of it as can be judged.

    Args:
        pdf: its bytes.
        foreign: accept signatures of other formats than PAdES.

    Attributes:
        case: what is judged; None if nothing can be.
        findings: what is to be said of the file before that.
    """

    def __init__(self, pdf: bytes, *, foreign: bool) -> None:
        self.case: Case | None = None
        self.findings: list[SealFinding] = []
        reason = ""
        try:
            self.case = Case(pdf, foreign=foreign)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - hostile files make readers raise anything; every exception is a finding
            reason = str(error) if isinstance(error, PdfError) else type(error).__name__
        if self.case is not None and any(one.end for one in self.case.signatures):
            return
        sealed = self._sealed_revision(pdf, foreign=foreign)
        if sealed is not None:
            # The file hides what was sealed, or cannot be read: what was sealed can, and is what may be read.
            self.case = sealed
            tail = pdf[len(sealed.pdf) :]
            code = "seal.changed-after" if is_revision(tail, len(sealed.pdf)) else "seal.coverage"
            self.findings.append(SealFinding(code, {"reason": reason or "the signature was removed"}))
        elif self.case is None:
            code = "pdf.unreadable" if shows_no_signature(pdf) else "pdf.malformed"
            self.findings.append(SealFinding(code, {"reason": reason}))
        if sealed is None and any(not _verifies(pdf, one) for one in scan(pdf)):
            self.findings.append(SealFinding("seal.altered"))

    @staticmethod
    def _sealed_revision(pdf: bytes, *, foreign: bool) -> Case | None:
        """The last revision that is sealed, and holds."""
        for found in reversed(scan(pdf)):
            if not _verifies(pdf, found) or found.end == len(pdf):
                continue
            try:
                case = Case(pdf[: found.end], foreign=foreign)
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001, S112 -- no revision that could be judged
                continue
            if case.signatures:
                return case
        return None


def examine(pdf: bytes, *, trust: TrustStore | None, at: datetime, max_bytes: int = MAX_BYTES) -> FileReport:
    """Judge every signature of a PDF.

    Args:
        pdf: any bytes.
        trust: whom to trust; None: nobody is asked about, only whether the document is intact.
        at: the moment at which the question is asked; timezone-aware.
        max_bytes: of files beyond this size nothing is said: they are not read.

    Returns:
        The report. A bad document is a report, never an exception.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of validation needs a time zone")
    if len(pdf) > max_bytes:
        return FileReport((SealFinding("pdf.too-large", {"limit": str(max_bytes)}),), (), len(pdf))
    opened = Opened(pdf, foreign=True)
    case = opened.case
    if case is None:
        return FileReport(tuple(opened.findings), (), len(pdf))
    try:
        judged = judge_certainty(case, trust, at)
        reports = tuple(report_of(case, index, one) for index, one in enumerate(judged))
        return FileReport((*opened.findings, *case.file_findings()), reports, len(pdf))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - certificates of strangers, too
        return FileReport((SealFinding("pdf.malformed", {"reason": type(error).__name__}),), (), len(pdf))


def report_of(
    case: Case, index: int, judged: Judgement, more: Sequence[Problem] = (), *, plain: bool = False
) -> SealReport:
    """Put together what was found about a signature; the weightiest problem is the outcome.

    Args:
        plain: read what it covers as a plain file, if it is one and was not read as such already.
    """
    problems = [*case.problems_of(index), *judged.problems, *more]
    problems.sort(key=lambda problem: problem.indication is not Indication.TOTAL_FAILED)
    signature, signed = case.signatures[index], case.integrity[index].signed
    covered = case.covered(index)
    return SealReport(
        indication=problems[0].indication if problems else Indication.TOTAL_PASSED,
        sub_indication=problems[0].sub_indication if problems else None,
        findings=(*(problem.finding for problem in problems), *judged.information),
        covered=covered,
        signer=signer_facts(signed) if signed else None,
        sealed_at=judged.proven_at,
        claimed_at=claimed_time(signature),
        revocation_as_of=judged.as_of,
        name=signature.place.name,
        is_time_stamp=signature.is_time_stamp,
        level=judged.level,
        changes=case.changes[index],
        plain=_sealed(case.plain) or (read_plain(covered) if plain else None),
    )


def _sealed(plain: PlainFile | ArchivedFile | None) -> PlainFile | None:
    return plain.sealed if isinstance(plain, ArchivedFile) else plain


def _verifies(pdf: bytes, covered: Range) -> bool:
    try:
        judged = judge_container(pdf, covered)
    except (DerError, ValueError):
        return False
    return judged.signed is not None and not judged.problems
