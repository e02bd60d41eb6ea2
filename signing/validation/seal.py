"""Validate 验章: is the seal of a PDF sound at a given moment? ETSI EN 319 102-1, PAdES EN 319 142-1.

Integrity is judged first and apart from trust: a changed byte is `seal.altered` whoever sealed. Nothing here raises on
any bytes; nothing reads the clock or the network.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from signing import algorithms
from signing.cms_reader import SignedData, UnacceptableAlgorithmError, read_signed_data
from signing.der import DerError
from signing.keys import subject_value
from signing.reports import Indication, SealFinding, SealReport, SignerFacts, SubIndication
from signing.trust import TrustStore
from signing.validation.byte_range import CoverageError, Range, scan
from signing.validation.chain import (
    Problem,
    failed,
    is_for_development,
    is_for_seals,
    judge_chain,
    undecided,
)
from signing.validation.locating import LocatedSeal, SealCountError, Tail, locate
from signing.validation.time_stamps import judge_time_stamp

MAX_BYTES: Final = 32 * 1024 * 1024
"""Larger files are not looked at."""


def validate(pdf: bytes, *, trust: TrustStore, at: datetime, max_bytes: int = MAX_BYTES) -> SealReport:
    """Judge the seal of a PDF.

    Args:
        pdf: any bytes.
        trust: whom to trust, and the revocation lists known.
        at: the moment at which the question is asked; timezone-aware.
        max_bytes: of files beyond this size nothing is said: they are not read.

    Returns:
        The report. A bad document is a report, never an exception.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of validation needs a time zone")
    if len(pdf) > max_bytes:
        return _Case(at).report([undecided("pdf.too-large", SubIndication.GENERIC, limit=str(max_bytes))])
    case = _Case(at)
    try:
        return case.report(case.judge(pdf, trust))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - parsers of hostile files raise anything; every exception is a finding
        case.withdraw()
        problem = failed("pdf.malformed", SubIndication.FORMAT_FAILURE, reason=type(error).__name__)
        return case.report([problem, *_altered_at_least(pdf)])


class _Case:
    """One validation: gathers facts on the way."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._covered = b""
        self._signer: SignerFacts | None = None
        self._sealed_at: datetime | None = None
        self._claimed_at: datetime | None = None
        self._as_of: datetime | None = None
        self._information: list[SealFinding] = []

    def withdraw(self) -> None:
        """Take back what was concluded: something unforeseen happened."""
        self._covered = b""
        self._sealed_at = None
        self._as_of = None

    def report(self, problems: Iterable[Problem]) -> SealReport:
        """Order the findings by weight; the weightiest problem is the outcome."""
        ordered = sorted(problems, key=lambda problem: problem.indication is not Indication.TOTAL_FAILED)
        return SealReport(
            indication=ordered[0].indication if ordered else Indication.TOTAL_PASSED,
            sub_indication=ordered[0].sub_indication if ordered else None,
            findings=(*(problem.finding for problem in ordered), *self._information),
            covered=self._covered,
            signer=self._signer,
            sealed_at=self._sealed_at,
            claimed_at=self._claimed_at,
            revocation_as_of=self._as_of,
        )

    def judge(self, pdf: bytes, trust: TrustStore) -> list[Problem]:
        """Run the steps in order and collect what is wrong."""
        try:
            seal = locate(pdf)
        except SealCountError as error:
            if error.count:
                return [undecided("seal.several", SubIndication.SIG_CONSTRAINTS_FAILURE, count=str(error.count))]
            return [failed("seal.missing", SubIndication.FORMAT_FAILURE), *_altered_at_least(pdf)]
        except CoverageError as error:
            problem = failed("seal.coverage", SubIndication.FORMAT_FAILURE, reason=str(error))
            return [problem, *_altered_at_least(pdf)]
        self._claimed_at = seal.claimed_at
        problems = _structure_problems(seal)
        try:
            signed = read_signed_data(seal.range.container)
        except DerError as error:
            return [*problems, failed("seal.format", SubIndication.FORMAT_FAILURE, reason=str(error))]
        self._signer = _facts(signed)
        integrity = _integrity_problems(pdf, seal.range, signed)
        problems += integrity
        if not integrity:
            self._covered = pdf[: seal.range.end]
        problems += self._time_problems(signed, trust)
        problems += self._trust_problems(signed, trust)
        return problems

    def _time_problems(self, signed: SignedData, trust: TrustStore) -> list[Problem]:
        """Judge the signature time-stamp; without a trusted one, everything is judged at the moment of validation."""
        if not {algorithms.SIGNATURE_TIME_STAMP}.issuperset(signed.unsigned):
            # Nobody signed them, and PAdES (EN 319 142-1 §6.3) knows no other.
            return [
                undecided("seal.format", SubIndication.SIG_CONSTRAINTS_FAILURE, reason="unknown unsigned attribute")
            ]
        token = signed.unsigned.get(algorithms.SIGNATURE_TIME_STAMP)
        if token is None:
            self._information.append(SealFinding("seal.timestamp-missing"))
            return []
        judgement = judge_time_stamp(token.raw, signed.signature, trust=trust, at=self._at)
        self._note_freshness(judgement.as_of)
        if judgement.proven_at is None:
            return [undecided(f"seal.timestamp-{judgement.problem}", SubIndication.NO_POE, reason=judgement.reason)]
        self._sealed_at = judgement.proven_at
        return []

    def _trust_problems(self, signed: SignedData, trust: TrustStore) -> list[Problem]:
        if is_for_development(signed.certificate):
            self._information.append(SealFinding("seal.development"))
        chain = judge_chain(signed.certificate, signed.others, trust, at=self._at, existed_at=self._sealed_at)
        self._note_freshness(chain.as_of)
        problems = list(chain.problems)
        if not is_for_seals(signed.certificate):
            problems.append(undecided("seal.key-usage", SubIndication.CHAIN_CONSTRAINTS_FAILURE))
        return problems

    def _note_freshness(self, as_of: datetime | None) -> None:
        if as_of is not None:
            self._as_of = as_of if self._as_of is None else min(self._as_of, as_of)


def _structure_problems(seal: LocatedSeal) -> list[Problem]:
    problems = []
    if seal.tail is Tail.STRAY:
        problems.append(failed("seal.coverage", SubIndication.FORMAT_FAILURE, reason=seal.tail.value))
    if seal.tail is Tail.CHANGES:
        problems.append(failed("seal.changed-after", SubIndication.FORMAT_FAILURE))
    if not seal.certified:
        problems.append(undecided("seal.not-certified", SubIndication.SIG_CONSTRAINTS_FAILURE))
    if not seal.is_pades:
        problems.append(undecided("seal.format", SubIndication.SIG_CONSTRAINTS_FAILURE, reason="not PAdES"))
    return problems


def _integrity_problems(pdf: bytes, covered: Range, signed: SignedData) -> list[Problem]:
    """Compare the digest, check the signature value and that the signature names its certificate."""
    if signed.content_type != algorithms.DATA or signed.content is not None:
        return [failed("seal.format", SubIndication.FORMAT_FAILURE, reason="not a detached signature")]
    try:
        digest = hashlib.new(signed.digest_name)
        for part in covered.signed_parts(pdf):
            digest.update(part)
        if not signed.message_digest_is(digest.digest()):
            return [failed("seal.altered", SubIndication.HASH_FAILURE)]
        if not signed.signature_is_valid() or signed.names_its_certificate() is False:
            return [failed("seal.altered", SubIndication.SIG_CRYPTO_FAILURE)]
    except UnacceptableAlgorithmError as error:
        return [undecided("seal.algorithm", SubIndication.CRYPTO_CONSTRAINTS_FAILURE, algorithm=str(error))]
    if signed.names_its_certificate() is None:
        return [undecided("seal.format", SubIndication.SIG_CONSTRAINTS_FAILURE, reason="no signing-certificate-v2")]
    return []


def _altered_at_least(pdf: bytes) -> list[Problem]:
    """Say of a file whose seal cannot be found or read whether it is a sealed one that was changed."""
    try:
        *_, covered = scan(pdf)
        signed = read_signed_data(covered.container)
        return [
            problem for problem in _integrity_problems(pdf, covered, signed) if problem.finding.code == "seal.altered"
        ]
    except Exception:  # noqa: BLE001 - an addition to a refusal that stands already
        return []


def _facts(signed: SignedData) -> SignerFacts:
    certificate = signed.certificate
    return SignerFacts(
        common_name=subject_value(certificate, "2.5.4.3"),
        organization=subject_value(certificate, "2.5.4.10"),
        organization_id=subject_value(certificate, algorithms.ORGANIZATION_IDENTIFIER),
        sha256=hashlib.sha256(signed.certificate_der).hexdigest(),
        serial=str(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        certificate_der=signed.certificate_der,
        development=is_for_development(certificate),
    )
