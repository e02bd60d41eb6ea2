"""When was a signature made, and who vouches for it? Proofs of existence and trust, for all signatures of a file.

EN 319 102-1 §5.5 and §5.6: a document time-stamp that is sound proves that everything before it existed at its time.
Older evidence is then judged as of that time: at its control time 控制时间.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm

from signing import algorithm_policy, algorithms
from signing.cms_reader import SignedData, UnacceptableAlgorithmError
from signing.evidence import MOST_EVIDENCE, Evidence
from signing.keys import subject_value
from signing.pdf_reading import PdfError, Ref, Revision, Stream
from signing.pdf_reading.filters import unpacked
from signing.reports import Level, SealFinding, SignerFacts, SubIndication
from signing.trust import TrustStore
from signing.validation.byte_range import Range
from signing.validation.chain import Problem, is_for_development, is_for_seals, judge_chain, undecided
from signing.validation.time_stamps import judge_time_stamp

if TYPE_CHECKING:
    from signing.validation.file import Case

_LEAST_COST = 64 * 1024
"""What an item of evidence counts for at least: one that does not unpack costs time, too."""
_MOST_ITEMS: Final = 4096


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known about one signature beyond its integrity.

    Attributes:
        problems: in the order found.
        information: notes.
        proven_at: the earliest time at which it is proven to have existed; None without proof.
        as_of: thisUpdate of the oldest revocation evidence used.
        level: how long it can be validated.
    """

    problems: tuple[Problem, ...] = ()
    information: tuple[SealFinding, ...] = ()
    proven_at: datetime | None = None
    as_of: datetime | None = None
    level: Level | None = None


def judge_certainty(case: "Case", trust: TrustStore | None, at: datetime) -> list[Judgement]:
    """Judge all signatures of a file, the newest first; the result is in their own order.

    Args:
        case: the file.
        trust: whom to trust; None: nobody is asked about.
        at: the moment at which the question is asked.
    """
    if trust is None:
        return [Judgement() for _ in case.signatures]
    evidence = evidence_of(case.revision)
    trust = trust.with_evidence(evidence)
    control: datetime = at
    proven: datetime | None = None
    archived = False
    found: list[Judgement] = []
    for index in reversed(range(len(case.signatures))):
        signature, integrity = case.signatures[index], case.integrity[index]
        if integrity.signed is None or (integrity.problems and signature.is_time_stamp):
            found.append(Judgement())
            continue
        if signature.is_time_stamp:
            judgement = _document_time_stamp(case, index, trust, control)
            if judgement.proven_at is not None:
                proven = min(proven or judgement.proven_at, judgement.proven_at)
                control = min(control, proven)
                archived = archived or _has_certificates(case.map.revision(signature.end))
        else:
            judgement = _signature(integrity.signed, trust, control, proven)
            if judgement.proven_at is not None and not judgement.problems and evidence.certificates:
                judgement = replace(judgement, level=Level.B_LTA if archived else Level.B_LT)
        found.append(judgement)
    return found[::-1]


def evidence_of(revision: Revision) -> Evidence:
    """The evidence in the document security store; what cannot be read is passed over, and so is what is too much."""
    room = MOST_EVIDENCE
    kinds = []
    for key in ("Certs", "CRLs", "OCSPs"):
        found = []
        for stream in _stored(revision, key):
            if room <= 0:
                break
            data = _data(stream, room)
            room -= max(len(data), len(stream.data), _LEAST_COST)
            if data:
                found.append(data)
        kinds.append(tuple(found))
    return Evidence(*kinds)


def _has_certificates(revision: Revision) -> bool:
    return bool(evidence_of(revision).certificates)


def _stored(revision: Revision, key: str) -> list[Stream]:
    """The streams in a list of the document security store, each once."""
    entries = revision.entry(revision.entry(revision.entry(revision.trailer, "Root"), "DSS"), key)
    refs = dict.fromkeys(one for one in entries if isinstance(one, Ref)) if isinstance(entries, list) else {}
    return [one for one in map(revision.resolve, list(refs)[:_MOST_ITEMS]) if isinstance(one, Stream)]


def signer_facts(signed: SignedData) -> SignerFacts:
    """What the signer's certificate says."""
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


def _data(stream: Stream, most: int) -> bytes:
    try:
        return unpacked(stream, most)
    except PdfError:
        return b""


def _document_time_stamp(case: "Case", index: int, trust: TrustStore, control: datetime) -> Judgement:
    signature = case.signatures[index]
    if not isinstance(signature.range, Range):
        return Judgement()
    judged = judge_time_stamp(
        signature.range.container, *signature.range.signed_parts(case.pdf), trust=trust, at=control
    )
    if judged.proven_at is None:
        problem = undecided(f"seal.timestamp-{judged.problem}", SubIndication.NO_POE, reason=judged.reason)
        return Judgement((problem,), as_of=judged.as_of)
    return Judgement(proven_at=judged.proven_at, as_of=judged.as_of)


def _signature(signed: SignedData, trust: TrustStore, control: datetime, archived_at: datetime | None) -> Judgement:
    """Judge a signature at its control time, by itself: the level is that without a security store."""
    information: list[SealFinding] = []
    problems: list[Problem] = []
    proven, as_of = archived_at, None
    token = signed.unsigned.get(algorithms.SIGNATURE_TIME_STAMP)
    if token is None:
        if archived_at is None:
            information.append(SealFinding("seal.timestamp-missing"))
    else:
        stamp = judge_time_stamp(token.raw, signed.signature, trust=trust, at=control)
        as_of = stamp.as_of
        if stamp.proven_at is None:
            problems.append(undecided(f"seal.timestamp-{stamp.problem}", SubIndication.NO_POE, reason=stamp.reason))
        else:
            proven = stamp.proven_at
    if is_for_development(signed.certificate):
        information.append(SealFinding("seal.development"))
    chain = judge_chain(signed.certificate, signed.others, trust, at=control, existed_at=proven)
    problems += chain.problems
    as_of = min((one for one in (as_of, chain.as_of) if one is not None), default=None)
    if not is_for_seals(signed.certificate):
        problems.append(undecided("seal.key-usage", SubIndication.CHAIN_CONSTRAINTS_FAILURE))
    problems += _algorithm_problems(signed, proven, control)
    level = Level.B_B if proven is None else Level.B_T
    return Judgement(tuple(problems), tuple(information), proven, as_of, level)


def _algorithm_problems(signed: SignedData, proven: datetime | None, control: datetime) -> list[Problem]:
    """Judge by the table of dates, at the time that is proven."""
    try:
        refused = algorithm_policy.refusal(signed.digest_name, signed.certificate.public_key(), proven or control)
    except (UnacceptableAlgorithmError, UnsupportedAlgorithm, ValueError):
        return []  # without any arithmetic, which was said already
    if not refused:
        return []
    sub = SubIndication.CRYPTO_CONSTRAINTS_FAILURE if proven else SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    return [undecided("seal.algorithm", sub, algorithm=refused)]
