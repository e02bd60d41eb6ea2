"""Time-stamps over a wire (RFC 3161 §2.4): the request written, and the answer believed in nothing until it is checked.

What a seal is given must hold before every judge later; so everything that a judge will ask is asked here first.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from signing import algorithms, der
from signing.cms_reader import SignedData, UnacceptableAlgorithmError, read_signed_data
from signing.der import DerError, Node
from signing.errors import TimestampError
from signing.revocation import Standing
from signing.trust import TrustStore

REQUEST_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"
_BOOLEAN: Final = 0x01
_TRUE: Final = bytes((0xFF,))
_GRANTED: Final = frozenset({0, 1})
_SHA256_BARE: Final = der.tlv(der.SEQUENCE, der.oid(algorithms.SHA256))
_SHA256_NULL: Final = der.tlv(der.SEQUENCE, der.oid(algorithms.SHA256), der.tlv(der.NULL))
_FAILURES: Final[Mapping[int, str]] = {
    0: "it does not know the algorithm",
    2: "it does not permit or support the request",
    5: "it finds the request malformed",
    14: "its time source is not available",
    15: "it does not support the policy",
    16: "it does not support an extension",
    17: "it cannot give what was asked in addition",
    25: "it has a system failure",
}
"""PKIFailureInfo in words (RFC 3161 §2.4.2)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked, and what an answer has to be.

    Attributes:
        digest: SHA-256, 32 bytes.
        nonce: comes back in the token.
        policy: object identifier of the policy asked for; empty: any.
        size: most bytes of a token.
        tolerance: how far the authority's clock may be from ours.
    """

    digest: bytes
    nonce: int
    policy: str
    size: int
    tolerance: timedelta

    def request(self) -> bytes:
        """Encode the TimeStampReq; the authority's certificate is wanted in the token."""
        return der.tlv(
            der.SEQUENCE,
            der.integer(1),
            der.tlv(der.SEQUENCE, _SHA256_NULL, der.tlv(der.OCTET_STRING, self.digest)),
            der.oid(self.policy) if self.policy else b"",
            der.integer(self.nonce),
            der.tlv(_BOOLEAN, _TRUE),
        )


def read_reply(encoded: bytes, wanted: Wanted, *, trust: TrustStore, at: datetime) -> bytes:
    """Take the token out of an answer that is sound in every way.

    Whether the authority's certificate was revoked is asked of what is at hand, and silence accepted: evidence for the
    decades is gathered by `signing.collecting`, and a seal without it is not called long-term by any judge.

    Args:
        encoded: DER TimeStampResp.
        wanted: what was asked.
        trust: anchors of time-stamp authorities.
        at: now.

    Returns:
        DER TimeStampToken.

    Raises:
        TimestampError: `timestamp.refused`, `.malformed`, `.size`, `.algorithm`, `.imprint`, `.nonce`, `.policy`,
            `.time`, `.period`, `.untrusted`.
    """
    try:
        token = _granted(encoded)
        if len(token) > wanted.size:
            raise TimestampError(
                "timestamp.size",
                f"The token has {len(token)} bytes, and room is kept for {wanted.size}",
                hint="raise token_bytes in license.toml, or ask an authority that sends fewer certificates",
            )
        signed = read_signed_data(token)
        content = _content(signed)
        moment = _check_content(content, wanted)
        _check_signature(signed, content)
    except UnacceptableAlgorithmError as error:
        raise TimestampError(
            "timestamp.algorithm", f"The token uses an algorithm that is not accepted: {error}"
        ) from None
    except DerError as error:
        raise TimestampError("timestamp.malformed", f"The answer is no time-stamp: {error}") from None
    if abs(moment - at) > wanted.tolerance:
        raise TimestampError(
            "timestamp.time",
            f"The token says {moment.isoformat()}, and our clock {at.isoformat()}",
            hint="set the clock of this machine, or ask another authority",
        )
    _check_trust(signed, trust, moment)
    return token


def _granted(encoded: bytes) -> bytes:
    """Read TimeStampResp and PKIStatusInfo."""
    info, *token = der.read(encoded).members(der.SEQUENCE, 1, 2)
    status, *optional = info.members(der.SEQUENCE, 1, 2, 3)
    if status.as_integer() not in _GRANTED:
        raise TimestampError("timestamp.refused", f"The authority refuses: {_failure(optional)}")
    if not token:
        raise DerError("it was granted, and is not there")
    return token[0].raw


def _failure(optional: list[Node]) -> str:
    """Why it was refused, in our words: the authority's own text is a stranger's, and is not repeated."""
    for node in optional:
        if node.tag == der.BIT_STRING and node.content:
            bits = node.content[1:]
            told = [
                text for bit, text in _FAILURES.items() if bit // 8 < len(bits) and bits[bit // 8] << bit % 8 & 0x80
            ]
            if told:
                return ", ".join(told)
    return "it does not say why"


def _content(signed: SignedData) -> bytes:
    if signed.content_type != algorithms.TST_INFO or signed.content is None:
        raise DerError("not a time-stamp token")
    return signed.content


def _check_content(content: bytes, wanted: Wanted) -> datetime:
    """Compare the TSTInfo with what was asked, and return its time."""
    version, policy, imprint, _serial, moment, *optional = der.read(content).members(der.SEQUENCE, *range(5, 11))
    if version.as_integer() != 1:
        raise DerError("unexpected version of the token")
    algorithm, digest = imprint.members(der.SEQUENCE, 2)
    if algorithm.raw not in {_SHA256_BARE, _SHA256_NULL}:
        raise TimestampError("timestamp.algorithm", "The token is over another digest than SHA-256")
    if digest.expect(der.OCTET_STRING).content != wanted.digest:
        raise TimestampError("timestamp.imprint", "The token belongs to something else")
    nonces = [node.as_integer() for node in optional if node.tag == der.INTEGER]
    if nonces != [wanted.nonce]:
        raise TimestampError("timestamp.nonce", "The token answers another request: it may be an old one")
    if wanted.policy and policy.as_oid() != wanted.policy:
        raise TimestampError("timestamp.policy", "The token was given under another policy than the one asked for")
    return moment.as_time()


def _check_signature(signed: SignedData, content: bytes) -> None:
    if not signed.message_digest_is(hashlib.new(signed.digest_name, content).digest()):
        raise DerError("the token was altered")
    if not signed.signature_is_valid():
        raise DerError("the token's signature does not verify")
    if not signed.names_its_certificate():
        raise DerError("the token does not name its certificate by an accepted digest")


def _check_trust(signed: SignedData, trust: TrustStore, moment: datetime) -> None:
    from signing.validation.chain import is_for_time_stamps

    certificate = signed.certificate
    if not is_for_time_stamps(certificate):
        raise TimestampError("timestamp.untrusted", "The token's certificate is not for time-stamps")
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        raise TimestampError("timestamp.period", "The authority's certificate was not valid when it gave the token")
    path = trust.find_path(certificate, signed.others, moment)
    if path is None:
        raise TimestampError(
            "timestamp.untrusted",
            "The token's certificate leads to no trust anchor",
            hint="put the root certificate of the time-stamp authority into public/anchors of the key folder",
        )
    if not {link.public_bytes(Encoding.DER) for link in path}.issuperset(signed.others):
        # Unsigned material that leads nowhere; `judge_chain` stumbles over it in every seal that holds the token.
        raise TimestampError("timestamp.untrusted", "The token carries certificates that are not of its path")
    for link, issuer in pairwise(path):
        if trust.revocation.ask(link, issuer, moment).standing is Standing.REVOKED:
            raise TimestampError("timestamp.untrusted", "The authority's certificate, or one above it, was revoked")
