"""Does a signature hold the bytes that it covers (ISO 32000-2 §12.8.3)? Whom to trust is judged elsewhere."""

import hashlib
from dataclasses import dataclass
from typing import Final

from signing import algorithms
from signing.cms_reader import SignedData, UnacceptableAlgorithmError, read_foreign, read_signed_data
from signing.der import DerError
from signing.reports import SubIndication
from signing.validation.byte_range import CoverageError, Range
from signing.validation.chain import Problem, failed, undecided
from signing.validation.document import Signature

_WITH_CONTENT: Final = "adbe.pkcs7.sha1"
_NOT_CMS: Final = "adbe.x509.rsa_sha1"


@dataclass(frozen=True, slots=True)
class Integrity:
    """What the arithmetic says.

    Attributes:
        problems: empty if the signature holds.
        signed: the container; None if it cannot be read.
    """

    problems: tuple[Problem, ...]
    signed: SignedData | None = None


def judge_integrity(pdf: bytes, signature: Signature, *, foreign: bool) -> Integrity:
    """Judge one signature of a document.

    Args:
        foreign: accept what other formats than PAdES allow, and algorithms that were acceptable once.
    """
    if isinstance(signature.range, CoverageError):
        return Integrity((failed("seal.coverage", SubIndication.FORMAT_FAILURE, reason=str(signature.range)),))
    if signature.sub_filter == _NOT_CMS:  # deprecated long ago (§12.8.3.2): a bare RSA value, with SHA-1
        reason = f"{_NOT_CMS} is not judged"
        return Integrity((undecided("seal.format", SubIndication.SIG_CONSTRAINTS_FAILURE, reason=reason),))
    return judge_container(pdf, signature.range, signature.sub_filter, foreign=foreign)


def judge_container(pdf: bytes, covered: Range, sub_filter: str = "", *, foreign: bool = True) -> Integrity:
    """Judge what a byte range covers by the container in its gap."""
    try:
        if foreign:
            signed, used = read_foreign(covered.container)
        else:
            signed, used = read_signed_data(covered.container), len(covered.container)
    except DerError as error:
        missing = "certificate is not embedded" in str(error)
        sub = SubIndication.NO_SIGNING_CERTIFICATE_FOUND if missing else SubIndication.FORMAT_FAILURE
        return Integrity(((undecided if missing else failed)("seal.format", sub, reason=str(error)),))
    if covered.container[used:].strip(b"\0"):
        reason = "something hides behind the signature value"
        return Integrity((failed("seal.coverage", SubIndication.FORMAT_FAILURE, reason=reason),))
    if sub_filter == "ETSI.RFC3161":
        return Integrity((), signed)  # its imprint is judged with the time-stamp
    try:
        problems = _problems(pdf, covered, signed, sub_filter)
    except UnacceptableAlgorithmError as error:
        problems = (undecided("seal.algorithm", SubIndication.CRYPTO_CONSTRAINTS_FAILURE, algorithm=str(error)),)
    return Integrity(problems, signed)


def _problems(pdf: bytes, covered: Range, signed: SignedData, sub_filter: str) -> tuple[Problem, ...]:
    content = signed.content
    if sub_filter == _WITH_CONTENT and content is not None:
        digest = hashlib.sha1(usedforsecurity=False)  # as the format has it; judged by the policy of algorithms
        for part in covered.signed_parts(pdf):
            digest.update(part)
        if content != digest.digest():
            return (failed("seal.altered", SubIndication.HASH_FAILURE),)
        content_digest = hashlib.new(signed.digest_name, content).digest()
    elif signed.content_type != algorithms.DATA or content is not None:
        return (failed("seal.format", SubIndication.FORMAT_FAILURE, reason="not a detached signature"),)
    else:
        digest = hashlib.new(signed.digest_name)
        for part in covered.signed_parts(pdf):
            digest.update(part)
        content_digest = digest.digest()
    if not signed.message_digest_is(content_digest):
        return (failed("seal.altered", SubIndication.HASH_FAILURE),)
    if not signed.signature_is_valid(content_digest) or signed.names_its_certificate() is False:
        return (failed("seal.altered", SubIndication.SIG_CRYPTO_FAILURE),)
    if not signed.foreign and signed.names_its_certificate() is None:
        reason = "no signing-certificate-v2"
        return (undecided("seal.format", SubIndication.SIG_CONSTRAINTS_FAILURE, reason=reason),)
    return ()
