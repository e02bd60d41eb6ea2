"""Does a time-stamp prove when a signature existed? RFC 3161, RFC 5816, EN 319 102-1 §5.4."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from signing import algorithms, der
from signing.clocks import CLOCK_TOLERANCE
from signing.cms_reader import SignedData, UnacceptableAlgorithmError, read_signed_data
from signing.der import DerError
from signing.trust import TrustStore
from signing.validation.chain import is_for_time_stamps, judge_chain

Buffer: TypeAlias = bytes | memoryview


@dataclass(frozen=True, slots=True)
class TimeStampJudgement:
    """What a token proves.

    Attributes:
        proven_at: the time, if token and authority are sound; None otherwise.
        problem: `invalid`, `untrusted` or empty.
        reason: what is wrong, for people.
        as_of: thisUpdate of the oldest revocation list used.
    """

    proven_at: datetime | None
    problem: str = ""
    reason: str = ""
    as_of: datetime | None = None


def judge_time_stamp(token: bytes, *stamped: Buffer, trust: TrustStore, at: datetime) -> TimeStampJudgement:
    """Judge a time-stamp token over some bytes.

    Args:
        token: DER TimeStampToken.
        stamped: what was time-stamped, in parts (for a signature time-stamp: the signature value).
        trust: anchors, intermediates, revocation lists.
        at: moment of validation.
    """
    try:
        return _judge(read_signed_data(token), stamped, trust, at)
    except (DerError, UnacceptableAlgorithmError) as error:
        return TimeStampJudgement(None, "invalid", str(error))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - certificates of strangers raise anything; all mean the same here
        return TimeStampJudgement(None, "invalid", type(error).__name__)


def imprint_problem(token: SignedData, *stamped: Buffer) -> str:
    """What is wrong with a token before anybody asks whom to trust; empty if nothing is.

    Args:
        token: a time-stamp token, also one that was read as foreign.
        stamped: what it must be over, in parts.
    """
    try:
        _check(token, stamped)
    except (DerError, UnacceptableAlgorithmError) as error:
        return str(error)
    return ""


def _judge(signed: SignedData, stamped: Sequence[Buffer], trust: TrustStore, at: datetime) -> TimeStampJudgement:
    moment = _check(signed, stamped)
    if moment > at + CLOCK_TOLERANCE:
        return TimeStampJudgement(None, "invalid", "it is from the future")
    if not is_for_time_stamps(signed.certificate):
        return TimeStampJudgement(None, "untrusted", "the certificate is not for time-stamps")
    chain = judge_chain(signed.certificate, signed.others, trust, at=at)
    if chain.problems:
        return TimeStampJudgement(None, "untrusted", chain.problems[0].finding.code, chain.as_of)
    return TimeStampJudgement(moment, as_of=chain.as_of)


def _check(signed: SignedData, stamped: Sequence[Buffer]) -> datetime:
    """Check everything of a token but trust, and return its time."""
    if signed.content_type != algorithms.TST_INFO or signed.content is None or not signed.signed_attributes:
        raise DerError("not a time-stamp token")
    if not signed.message_digest_is(hashlib.new(signed.digest_name, signed.content).digest()):
        raise DerError("the token was altered")
    if not signed.signature_is_valid():
        raise DerError("the token's signature does not verify")
    if not signed.names_its_certificate() and not (signed.foreign and signed.names_its_certificate() is None):
        raise DerError("the token does not name its certificate")
    version, _policy, imprint, _serial, moment, *_rest = der.read(signed.content).members(der.SEQUENCE)
    if version.as_integer() != 1:
        raise DerError("unexpected version of the token")
    algorithm, digest = imprint.members(der.SEQUENCE, 2)
    name = signed.known_digests.get(algorithm.members(der.SEQUENCE, 1, 2)[0].as_oid())
    if name is None:
        raise UnacceptableAlgorithmError("digest algorithm of the token")
    hashed = hashlib.new(name)
    for part in stamped:
        hashed.update(part)
    if digest.expect(der.OCTET_STRING).content != hashed.digest():
        raise DerError("the token belongs to something else")
    return moment.as_time()
