"""Is a certificate trusted, usable for its purpose, and unrevoked at a moment? RFC 5280 §6 and EN 319 102-1 §5.2.6."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing import algorithms
from signing.known_certificates import encoding_of
from signing.reports import Indication, SealFinding, SubIndication
from signing.revocation import RevocationAnswer, Standing
from signing.trust import TrustStore

_ExtensionT = TypeVar("_ExtensionT", bound=x509.ExtensionType)

_SEALING_USAGES: Final = frozenset(
    {
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # documentSigning, RFC 9336
        x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # Microsoft document signing
        x509.ObjectIdentifier("1.2.840.113583.1.1.5"),  # Adobe authentic documents
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding and what it makes of the report."""

    finding: SealFinding
    indication: Indication
    sub_indication: SubIndication


@dataclass(frozen=True, slots=True)
class ChainJudgement:
    """What was found about a certificate.

    Attributes:
        problems: in the order found; empty if the certificate is trusted.
        as_of: thisUpdate of the oldest revocation list used.
    """

    problems: tuple[Problem, ...]
    as_of: datetime | None = None


def failed(code: str, sub: SubIndication, **params: str) -> Problem:
    """Make a problem that means TOTAL-FAILED."""
    return Problem(SealFinding(code, params), Indication.TOTAL_FAILED, sub)


def undecided(code: str, sub: SubIndication, **params: str) -> Problem:
    """Make a problem that means INDETERMINATE."""
    return Problem(SealFinding(code, params), Indication.INDETERMINATE, sub)


def judge_chain(
    certificate: x509.Certificate,
    embedded: Sequence[bytes],
    trust: TrustStore,
    *,
    at: datetime,
    existed_at: datetime | None = None,
) -> ChainJudgement:
    """Judge path, periods and revocation of an end entity.

    Args:
        certificate: the end entity.
        embedded: the other certificates that came with the signature, DER.
        trust: anchors, intermediates, revocation lists.
        at: moment of validation.
        existed_at: moment at which the signature is proven to have existed (a trusted time-stamp). Periods are judged
            then, and a later revocation of the end entity does no harm. None: everything is judged at `at`.
    """
    moment = existed_at or at
    path = trust.find_path(certificate, embedded, moment)
    if path is None:
        return ChainJudgement((_why_no_path(certificate, embedded, trust, moment, proven=existed_at is not None),))
    problems: list[Problem] = []
    used = {encoding_of(link) for link in path}
    if not used.issuperset(embedded):
        # Unsigned material that leads nowhere: a damaged or smuggled certificate.
        problems.append(undecided("seal.stray-certificate", SubIndication.CHAIN_CONSTRAINTS_FAILURE))
    oldest: datetime | None = None
    for position, (link, issuer) in enumerate(pairwise(path)):
        answer = trust.revocation.ask(link, issuer, at)
        problems.extend(_revocation_problems(answer, at, existed_at, is_ca=position > 0))
        if answer.as_of is not None:
            oldest = answer.as_of if oldest is None else min(oldest, answer.as_of)
    return ChainJudgement(tuple(problems), oldest)


def is_for_seals(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate is an end entity's for commitments: contentCommitment, and no other purpose named."""
    usage = _extension(certificate, x509.KeyUsage)
    constraints = _extension(certificate, x509.BasicConstraints)
    extended = _extension(certificate, x509.ExtendedKeyUsage)
    return (
        usage is not None
        and usage.content_commitment
        and not (constraints is not None and constraints.ca)
        and (extended is None or not _SEALING_USAGES.isdisjoint(extended))
    )


def is_for_time_stamps(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate is a time-stamp authority's (RFC 3161 §2.3: one critical extended key usage)."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return extension.critical and list(extension.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def is_for_development(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate was issued under the development policy."""
    policies = _extension(certificate, x509.CertificatePolicies)
    development = x509.ObjectIdentifier(algorithms.DEVELOPMENT_POLICY_OID)
    return policies is not None and any(policy.policy_identifier == development for policy in policies)


def _extension(certificate: x509.Certificate, kind: type[_ExtensionT]) -> _ExtensionT | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _why_no_path(
    certificate: x509.Certificate, embedded: Sequence[bytes], trust: TrustStore, moment: datetime, *, proven: bool
) -> Problem:
    """Tell an issuer that is unknown from a period that is over: is there a path at any time of the period?"""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not any(trust.find_path(certificate, embedded, time) for time in (start, end)):
        return undecided("seal.unknown-issuer", SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    judged_at = moment.isoformat()
    if proven and moment < start:
        limit = start.isoformat()
        return failed("seal.sealed-before-validity", SubIndication.NOT_YET_VALID, limit=limit, judged_at=judged_at)
    if proven and moment > end:
        limit = end.isoformat()
        return failed("seal.sealed-after-expiry", SubIndication.EXPIRED, limit=limit, judged_at=judged_at)
    if proven:  # the period of an authority above it, which says nothing about who used the seal
        return undecided("seal.unknown-issuer", SubIndication.NO_CERTIFICATE_CHAIN_FOUND, judged_at=judged_at)
    code, limit = "seal.certificate-expired", end.isoformat()
    if moment < start:
        code, limit = "seal.certificate-not-yet-valid", start.isoformat()
    return undecided(code, SubIndication.OUT_OF_BOUNDS_NO_POE, limit=limit, judged_at=judged_at)


def _revocation_problems(
    answer: RevocationAnswer, at: datetime, existed_at: datetime | None, *, is_ca: bool
) -> list[Problem]:
    if answer.standing is Standing.UNKNOWN:
        return [undecided("seal.revocation-unknown", SubIndication.TRY_LATER)]
    problems = []
    if answer.standing is Standing.REVOKED and answer.revoked_at is not None:
        date = answer.revoked_at.isoformat()
        if is_ca:
            problems.append(undecided("seal.revoked-no-proof", SubIndication.REVOKED_CA_NO_POE, date=date))
        elif existed_at is None:
            problems.append(undecided("seal.revoked-no-proof", SubIndication.REVOKED_NO_POE, date=date))
        elif answer.revoked_at <= existed_at:
            problems.append(failed("seal.certificate-revoked", SubIndication.REVOKED, date=date))
    if not problems and not answer.is_fresh(at):
        next_update = answer.next_update.isoformat() if answer.next_update else ""
        problems.append(undecided("seal.revocation-stale", SubIndication.TRY_LATER, next_update=next_update))
    return problems
