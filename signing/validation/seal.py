"""The seal profile: what a certified seal of ours must be, beyond what any signed document must be.

One certification signature that allows no change (DocMDP P=1), PAdES, DER, over a file of which every byte has its
place; behind it nothing but long-term evidence and document time-stamps (docs/seals.md, "What may follow a seal").
"""

from collections.abc import Sequence
from datetime import datetime

from signing import algorithms
from signing.pdf_reading.content import ACTIVE, EXTERNAL, HIDDEN
from signing.reports import CHANGED, MEANINGLESS, UNCERTAIN, Indication, SealFinding, SealReport, SubIndication
from signing.trust import TrustStore
from signing.validation.certainty import Judgement, judge_certainty
from signing.validation.chain import Problem, failed, undecided
from signing.validation.document import PADES
from signing.validation.file import MAX_BYTES, Case, Opened, plain_case, report_of
from signing.validation.tail import strangers

_UNSAFE = frozenset({ACTIVE, EXTERNAL, HIDDEN})


def validate(
    pdf: bytes, *, trust: TrustStore, at: datetime, max_bytes: int = MAX_BYTES, thorough: bool = False
) -> SealReport:
    """Judge the seal of a PDF.

    Args:
        pdf: any bytes.
        trust: whom to trust, and the revocation lists known.
        at: the moment at which the question is asked; timezone-aware.
        max_bytes: of files beyond this size nothing is said: they are not read.
        thorough: read a plain file, too, as any other: the report is the same, by a longer way (ADR 25).

    Returns:
        The report. A bad document is a report, never an exception.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of validation needs a time zone")
    if len(pdf) > max_bytes:
        return _refused([undecided("pdf.too-large", SubIndication.GENERIC, limit=str(max_bytes))])
    case = None if thorough else plain_case(pdf)
    before: list[SealFinding] = []
    if case is None:
        opened = Opened(pdf, foreign=False)
        case, before = opened.case, opened.findings
    if case is None:
        return _refused(_file_problems(before))
    try:
        strange = _file_problems(before)
        seals = [index for index, one in enumerate(case.signatures) if not one.is_time_stamp]
        if not seals or (len(seals) > 1 and case.permissions[seals[0]].level != 1):
            return _refused([*_count_problems(len(seals)), *strange])
        judged = judge_certainty(case, trust, at)
        index = seals[0]  # what it certified, it certified alone
        strange += _count_problems(len(seals))
        strange += [*_profile_problems(case, index), *_archive_problems(case, index, judged)]
        strange += _file_problems(case.file_findings())
        return report_of(case, index, judged[index], strange, plain=True)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - certificates of strangers make libraries raise anything
        return _refused([failed("pdf.malformed", SubIndication.FORMAT_FAILURE, reason=type(error).__name__)])


def _profile_problems(case: Case, index: int) -> list[Problem]:
    signature, signed = case.signatures[index], case.integrity[index].signed
    problems = []
    if case.permissions[index].level != 1:
        problems.append(undecided("seal.not-certified", SubIndication.SIG_CONSTRAINTS_FAILURE))
    if signature.sub_filter != PADES:
        problems.append(undecided("seal.format", SubIndication.SIG_CONSTRAINTS_FAILURE, reason="not PAdES"))
    if signed is not None and not {algorithms.SIGNATURE_TIME_STAMP}.issuperset(signed.unsigned):
        # Nobody signed them, and PAdES (EN 319 142-1 §6.3) knows no other.
        reason = "unknown unsigned attribute"
        problems.append(undecided("seal.format", SubIndication.SIG_CONSTRAINTS_FAILURE, reason=reason))
    if signature.end and (reason := strangers(case, signature.end)):
        code = "seal.coverage" if reason == "bytes" else "seal.changed-after"
        problems.append(failed(code, SubIndication.FORMAT_FAILURE, reason=reason))
    return problems


def _count_problems(count: int) -> list[Problem]:
    """Not exactly one seal."""
    if count == 1:
        return []
    if count:
        return [undecided("seal.several", SubIndication.SIG_CONSTRAINTS_FAILURE, count=str(count))]
    return [failed("seal.missing", SubIndication.FORMAT_FAILURE)]


def _file_problems(findings: Sequence[SealFinding]) -> list[Problem]:
    """In a sealed file, nothing may be unusual."""
    problems: list[Problem] = []
    for one in findings:
        params = dict(one.params)
        if one.code == "pdf.unreadable":
            problems.append(failed("pdf.malformed", SubIndication.FORMAT_FAILURE, **params))
        elif one.code == "pdf.unusual":
            problems.append(failed("pdf.structure", SubIndication.FORMAT_FAILURE, **params))
        elif one.code == "pdf.encrypted":
            problems.append(failed("pdf.malformed", SubIndication.FORMAT_FAILURE, reason="encrypted"))
        elif one.code in UNCERTAIN:
            problems.append(undecided(one.code, SubIndication.GENERIC, **params))
        elif one.code in MEANINGLESS | CHANGED | _UNSAFE:
            problems.append(failed(one.code, SubIndication.FORMAT_FAILURE, **params))
    return problems


def _archive_problems(case: Case, index: int, judged: Sequence[Judgement]) -> list[Problem]:
    """A document time-stamp that proves nothing leaves it open who added it, and why.

    Where the seal itself does not hold, time-stamps over it cannot either, and there is nothing to add.
    """
    problems: list[Problem] = []
    for signature, integrity, one in zip(case.signatures, case.integrity, judged, strict=True):
        if not signature.is_time_stamp:
            continue
        problems += one.problems
        # Not a time-stamp over the file: something else than a seal allows behind it.
        if integrity.problems and not case.integrity[index].problems:
            reason = f"a document time-stamp that is none: {integrity.problems[0].finding.code}"
            problems.append(failed("seal.changed-after", SubIndication.FORMAT_FAILURE, reason=reason))
    return problems


def _refused(problems: list[Problem]) -> SealReport:
    """A report on a file of which nothing can be said but what is wrong with it."""
    problems.sort(key=lambda problem: problem.indication is not Indication.TOTAL_FAILED)
    return SealReport(
        indication=problems[0].indication,
        sub_indication=problems[0].sub_indication,
        findings=tuple(problem.finding for problem in problems),
        covered=b"",
        signer=None,
        sealed_at=None,
        claimed_at=None,
        revocation_as_of=None,
    )
