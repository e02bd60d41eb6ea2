"""Time-stamp authorities over HTTP that refuse, lie, are late or are not there."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from loopback import Answer, Asked, Reply, closed_port, fetcher, granted, read_request, serving, stamping

from signing import algorithms, der, devkit
from signing.cms import SignedDataTemplate
from signing.errors import NetworkError, TimestampError
from signing.keys import SealCredential
from signing.sealing import seal
from signing.timestamp_answers import Wanted
from signing.timestamps import LocalTimestamper
from signing.timestamps_http import EveryAuthorityFailedError, FailedAttempt, FallbackTimestamper, HttpTimestamper
from signing.trust import TrustStore
from signing.validation import validate

DIGEST = hashlib.sha256(b"a signature value").digest()


def http(pki: Any, url: str, *, trust: TrustStore | None = None, seconds: float = 10.0, size: int = 8192) -> Any:
    return HttpTimestamper(
        url, fetcher=fetcher(seconds=seconds), trust=trust or pki.trust(), clock=lambda: pki.now, token_bytes=size
    )


def refusal(pki: Any, answer: Answer, *, trust: TrustStore | None = None, size: int = 8192) -> TimestampError:
    with serving(answer) as url, pytest.raises(TimestampError) as caught:
        http(pki, url, trust=trust, size=size).timestamp(DIGEST, 2**40)
    assert url.removeprefix("http://") in caught.value.message, "the authority is named"
    return caught.value


def info(
    pki: Any, digest: bytes, nonce: int | None, *, algorithm: str = algorithms.SHA256, moment: datetime | None = None
) -> bytes:
    """A TSTInfo as one likes."""
    return der.tlv(
        der.SEQUENCE,
        der.integer(1),
        der.oid("1.2.3"),
        der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, der.oid(algorithm)), der.tlv(der.OCTET_STRING, digest)),
        der.integer(5),
        der.generalized_time(moment or pki.now),
        der.integer(nonce) if nonce is not None else b"",
    )


def signed(credential: SealCredential, content: bytes) -> bytes:
    template = SignedDataTemplate(credential, algorithms.TST_INFO)
    return template.sign(hashlib.sha256(content).digest(), content=content).finish()


def saying(pki: Any, make: Callable[[bytes, int], bytes]) -> Answer:
    """Answer with what is made of digest and nonce, signed by the PKI's authority."""
    return lambda asked: Reply(granted(signed(pki.credential("tsa"), make(*read_request(asked.body)))))


def test_a_token_arrives_and_is_asked_for_as_the_standard_says(pki: Any) -> None:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        seen.append(asked)
        return stamping(pki.timestamper())(asked)

    with serving(answer) as url:
        token = http(pki, url).timestamp(DIGEST, 2**40)
    assert len(token) > 500
    (asked,) = seen
    assert asked.headers["Content-Type"] == "application/timestamp-query"
    version, imprint, nonce, wants = der.read(asked.body).members(der.SEQUENCE, 4)
    assert (version.as_integer(), nonce.as_integer(), wants.raw) == (1, 2**40, bytes((1, 1, 0xFF)))
    assert imprint.members(der.SEQUENCE)[1].content == DIGEST


def test_a_seal_over_http_is_valid(pki: Any, plain_pdf: bytes) -> None:
    with serving(stamping(pki.timestamper())) as url:
        sealed = seal(
            plain_pdf,
            credential=pki.credential(),
            timestamper=http(pki, url),
            appearance=None,
            at=pki.now,
            nonce=lambda: 9,
        )
    assert validate(sealed, trust=pki.trust(), at=pki.now).sealed_at == pki.now


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda pki: lambda digest, nonce: info(pki, digest, nonce + 1), "timestamp.nonce"),
        (lambda pki: lambda digest, _: info(pki, digest, None), "timestamp.nonce"),
        (lambda pki: lambda digest, nonce: info(pki, digest[::-1], nonce), "timestamp.imprint"),
        (
            lambda pki: lambda digest, nonce: info(pki, digest, nonce, algorithm=algorithms.SHA384),
            "timestamp.algorithm",
        ),
        (
            lambda pki: lambda digest, nonce: info(pki, digest, nonce, moment=pki.now - timedelta(minutes=6)),
            "timestamp.time",
        ),
        (
            lambda pki: lambda digest, nonce: info(pki, digest, nonce, moment=pki.now + timedelta(minutes=6)),
            "timestamp.time",
        ),
        (lambda _: lambda _digest, _nonce: b"\x30\x00", "timestamp.malformed"),
    ],
)
def test_a_lie_is_named(pki: Any, make: Any, code: str) -> None:
    assert refusal(pki, saying(pki, make(pki))).code == code


def test_a_seal_certificate_is_no_authority(pki: Any) -> None:
    impostor = LocalTimestamper(pki.credential("market"), lambda: pki.now, lambda: 1)
    assert refusal(pki, stamping(impostor)).code == "timestamp.untrusted"


def test_a_strangers_authority_is_untrusted(pki: Any, other_pki: Any) -> None:
    error = refusal(pki, stamping(other_pki.timestamper()))
    assert (error.code, "public/anchors" in error.hint) == ("timestamp.untrusted", True)


def test_a_revoked_authority_is_untrusted(own_pki: Any) -> None:
    revoked, at = own_pki.credential("tsa").certificate, own_pki.now - timedelta(hours=1)
    devkit.revoke_certificate(own_pki.folder, revoked, passphrase=own_pki.passphrase, at=at)
    assert refusal(own_pki, stamping(own_pki.timestamper())).code == "timestamp.untrusted"


def test_every_changed_byte_is_noticed(pki: Any) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Reply:
        asked.append(request)
        return Reply(bytes(given))

    sound = granted(pki.timestamper().timestamp(DIGEST, 3))
    with serving(answer) as url:
        timestamper = http(pki, url)
        given = bytearray(sound)
        assert timestamper.timestamp(DIGEST, 3)
        for position in [*range(8), *range(8, len(sound), 37)]:
            given = bytearray(sound)
            given[position] ^= 2
            with pytest.raises(TimestampError):
                timestamper.timestamp(DIGEST, 3)
    assert len(asked) > 40


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (der.integer(2) + der.tlv(der.BIT_STRING, bytes((0, 0x80))), "does not know the algorithm"),
        (der.integer(2) + der.tlv(der.BIT_STRING, bytes((0, 0, 1))), "does not support the policy"),
        (der.integer(2) + der.tlv(der.BIT_STRING, bytes((6, 0, 0, 0, 0x40))), "has a system failure"),
        (der.integer(5), "does not say why"),
        (der.integer(2) + der.tlv(der.SEQUENCE, der.tlv(0x0C, b"<b>call the clerk</b>")), "does not say why"),
    ],
)
def test_a_refusal_is_told_in_words(pki: Any, status: bytes, words: str) -> None:
    error = refusal(pki, lambda _: Reply(der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, status))))
    assert error.code == "timestamp.refused"
    assert words in error.message
    assert "clerk" not in error.message


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", bytes(100), granted(b""), granted(der.tlv(der.SEQUENCE)), b"\x30\x80\x00\x00"],
    ids=["nothing", "page", "zeros", "granted nothing", "empty token", "BER"],
)
def test_garbage_is_malformed(pki: Any, body: bytes) -> None:
    assert refusal(pki, lambda _: Reply(body)).code == "timestamp.malformed"


def test_a_token_must_fit_into_its_room(pki: Any) -> None:
    answer = stamping(pki.timestamper())
    size = len(pki.timestamper().timestamp(DIGEST, 2**40))
    assert refusal(pki, answer, size=1024).code == "timestamp.size"
    with serving(lambda _: Reply(granted(bytes((0x30, 0x82, 4, 0)) + bytes(1024)))) as url:
        timestamper = http(pki, url, size=1027)
        with pytest.raises(TimestampError) as caught:
            timestamper.timestamp(DIGEST, 1)
    assert "has 1028 bytes, and room is kept for 1027" in caught.value.message
    assert size > 1024
    assert refusal(pki, lambda _: Reply(bytes(20_000))).code == "timestamp.size"


def test_failures_of_the_network_are_unreachable(pki: Any) -> None:
    assert refusal(pki, lambda _: Reply(b"oh", 500)).code == "timestamp.unreachable"
    with pytest.raises(TimestampError) as caught:
        http(pki, closed_port()).timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.unreachable"
    with serving(lambda _: Reply(drip=True)) as url, pytest.raises(TimestampError) as caught:
        http(pki, url, seconds=0.3).timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.unreachable"


def test_what_is_no_address_or_no_digest_is_refused(pki: Any) -> None:
    with pytest.raises(NetworkError):
        http(pki, "ftp://x")
    with pytest.raises(TimestampError):
        http(pki, closed_port()).timestamp(DIGEST[:20], 1)


def test_a_policy_is_asked_for() -> None:
    wanted = Wanted(DIGEST, 7, "1.2.3.4", 8192, timedelta(minutes=5))
    assert der.read(wanted.request()).members(der.SEQUENCE)[2].as_oid() == "1.2.3.4"


class Several:
    """A fallback over some servers, its clock, and what it noticed."""

    def __init__(self, pki: Any, *urls: str) -> None:
        self.noticed: list[FailedAttempt] = []
        self.moment: datetime = pki.now
        self.timestamper = FallbackTimestamper(
            [http(pki, url) for url in urls], clock=lambda: self.moment, notice=self.noticed.append
        )


def test_the_next_authority_is_asked_and_the_failure_noticed(pki: Any) -> None:
    good = stamping(pki.timestamper())
    lying = saying(pki, lambda digest, nonce: info(pki, digest, nonce + 1))
    with serving(lying) as liar, serving(good) as helper:
        several = Several(pki, closed_port(), liar, helper)
        assert several.timestamper.timestamp(DIGEST, 1)
    assert [one.error.code for one in several.noticed] == ["timestamp.unreachable", "timestamp.nonce"]
    assert several.noticed[1].authority == liar.removeprefix("http://")


def test_who_failed_is_asked_last_for_a_minute(pki: Any) -> None:
    good = stamping(pki.timestamper())
    with serving(good) as helper:
        several = Several(pki, closed_port(), helper)
        several.timestamper.timestamp(DIGEST, 1)
        several.timestamper.timestamp(DIGEST, 2)
        assert len(several.noticed) == 1
        several.moment += timedelta(minutes=2)
        several.timestamper.timestamp(DIGEST, 3)
        assert len(several.noticed) == 2


def test_if_none_helps_everything_tried_is_told(pki: Any) -> None:
    lying = saying(pki, lambda digest, nonce: info(pki, digest, nonce + 1))
    dead = closed_port()
    with serving(lying) as liar:
        several = Several(pki, dead, liar)
        with pytest.raises(EveryAuthorityFailedError) as caught:
            several.timestamper.timestamp(DIGEST, 1)
    assert caught.value.code == "timestamp.failed"
    assert [one.error.code for one in caught.value.attempts] == ["timestamp.unreachable", "timestamp.nonce"]
    assert dead.removeprefix("http://") in caught.value.message
    assert liar.removeprefix("http://") in caught.value.message
    with pytest.raises(TimestampError) as unreached:
        Several(pki, dead, closed_port()).timestamper.timestamp(DIGEST, 1)
    assert unreached.value.code == "timestamp.unreachable"


def test_room_is_kept_for_the_largest(pki: Any) -> None:
    authorities = [http(pki, closed_port(), size=size) for size in (2000, 5000, 3000)]
    several = FallbackTimestamper(authorities, clock=lambda: pki.now, notice=lambda _: None)
    assert several.token_size_limit == 5000
