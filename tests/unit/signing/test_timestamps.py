"""The local time-stamp authority, and what a token proves."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from signing import der
from signing.cms_reader import read_signed_data
from signing.errors import TimestampError
from signing.timestamps import LocalTimestamper
from signing.validation.time_stamps import judge_time_stamp

STAMPED = b"a signature value"
DIGEST = hashlib.sha256(STAMPED).digest()


def test_a_token_repeats_what_was_asked(pki: Any) -> None:
    content = read_signed_data(pki.timestamper().timestamp(DIGEST, 2**63)).content
    assert content is not None
    version, _policy, imprint, serial, moment, accuracy, nonce = der.read(content).members(der.SEQUENCE)
    assert version.as_integer() == 1
    assert imprint.members(der.SEQUENCE)[1].content == DIGEST
    assert serial.as_integer() >= 1
    assert moment.as_time() == pki.now
    assert accuracy.members(der.SEQUENCE)[0].as_integer() == 1
    assert nonce.as_integer() == 2**63


def test_a_sound_token_proves_its_time(pki: Any) -> None:
    judgement = judge_time_stamp(pki.timestamper().timestamp(DIGEST, 1), STAMPED, trust=pki.trust(), at=pki.now)
    assert judgement.proven_at == pki.now
    assert judgement.as_of == pki.created


def test_tokens_never_exceed_their_announced_size(pki: Any) -> None:
    timestamper = LocalTimestamper(pki.credential("tsa"), lambda: pki.now, lambda: 2**159 - 1)
    assert len(timestamper.timestamp(DIGEST, 2**64 - 1)) <= timestamper.token_size_limit


def test_a_token_for_something_else_is_invalid(pki: Any) -> None:
    token = pki.timestamper().timestamp(DIGEST, 1)
    judgement = judge_time_stamp(token, b"something else", trust=pki.trust(), at=pki.now)
    assert (judgement.proven_at, judgement.problem) == (None, "invalid")


def test_every_changed_byte_of_a_token_is_noticed(pki: Any) -> None:
    token, trust = pki.timestamper().timestamp(DIGEST, 1), pki.trust()
    for position in range(0, len(token), 7):
        changed = bytearray(token)
        changed[position] ^= 1
        assert judge_time_stamp(bytes(changed), STAMPED, trust=trust, at=pki.now).proven_at is None, position


def test_a_token_from_the_future_is_invalid(pki: Any) -> None:
    token = pki.timestamper(pki.now + timedelta(minutes=6)).timestamp(DIGEST, 1)
    assert judge_time_stamp(token, STAMPED, trust=pki.trust(), at=pki.now).problem == "invalid"
    slightly_fast = pki.timestamper(pki.now + timedelta(minutes=4)).timestamp(DIGEST, 1)
    assert judge_time_stamp(slightly_fast, STAMPED, trust=pki.trust(), at=pki.now).proven_at is not None


def test_a_token_of_a_stranger_is_untrusted(pki: Any, other_pki: Any) -> None:
    token = other_pki.timestamper().timestamp(DIGEST, 1)
    judgement = judge_time_stamp(token, STAMPED, trust=pki.trust(), at=pki.now)
    assert (judgement.problem, judgement.reason) == ("untrusted", "seal.unknown-issuer")


def test_a_token_under_a_seal_certificate_is_untrusted(pki: Any) -> None:
    impostor = LocalTimestamper(pki.credential("market"), lambda: pki.now, lambda: 1)
    judgement = judge_time_stamp(impostor.timestamp(DIGEST, 1), STAMPED, trust=pki.trust(), at=pki.now)
    assert judgement.problem == "untrusted"


def test_other_digests_are_not_time_stamped(pki: Any) -> None:
    with pytest.raises(TimestampError):
        pki.timestamper().timestamp(DIGEST[:20], 1)


def test_an_expired_authority_does_not_time_stamp(pki: Any) -> None:
    timestamper = LocalTimestamper(pki.credential("tsa"), lambda: pki.now + timedelta(days=11 * 366), lambda: 1)
    with pytest.raises(TimestampError) as caught:
        timestamper.timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.failed"
