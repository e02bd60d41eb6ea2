"""What is fuzzed, with what it must hold to: each target takes any bytes, and raises if a property is broken."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import cbor2
from attacks.on_containers import value_of
from attacks.replay import trust_of_vectors, verifier_of_vectors
from attacks.vectors import HONEST, LICENSES, base_license, load_cases, vector_moment
from bundles import town
from bundles.cases import GOOD as GOOD_BUNDLES
from bundles.cases import WHOLE
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from fuzz.evidence_judge import only_evidence_was_added, same_but_for_gaps
from fuzz.mutations import BUNDLE, CODE, DER, JSON, PDF, Mutation
from proofs.workshop import make, old_text_of, token_of

from license_lib.bundle import BundleError, OpenedBundle, open_bundle, pinned, read_file, update
from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.licenses.record import RecordError, canonical_bytes, parse_record
from license_lib.offline import OfflineVerifier
from license_lib.qr import QrError, QrProof, decode, encode, scan_file
from license_lib.resources import resource_folder
from license_lib.trust_list import TrustListError
from license_lib.verification import Outcome
from license_lib.verification.reading import attached_record
from signing import algorithms, der
from signing.cms_reader import UnacceptableAlgorithmError, read_signed_data
from signing.reports import Indication
from signing.validation import validate
from signing.validation.time_stamps import judge_time_stamp

LARGEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes of strangers.

    Attributes:
        run: raises if a property does not hold.
        seeds: good inputs to begin with.
        mutations: that know their form.
    """

    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    mutations: Sequence[Mutation]


class BrokenPropertyError(AssertionError):
    """An input for which something does not hold that must."""


@cache
def licenses() -> tuple[bytes, ...]:
    """Licences as issued, and such with honest evidence behind their seal."""
    return tuple(case.file for case in load_cases(HONEST))


@cache
def issued() -> tuple[bytes, ...]:
    """Licences as issued."""
    return tuple(base_license(name) for name in LICENSES)


def run_validate(data: bytes) -> None:
    """Validation never raises, passes nothing but what was sealed, and reads nothing else."""
    report = validate(data, trust=trust_of_vectors(), at=vector_moment())
    if not report.findings and report.indication is not Indication.TOTAL_PASSED:
        raise BrokenPropertyError("refused without a reason")
    if report.covered and not any(same_but_for_gaps(report.covered, one) for one in issued()):
        raise BrokenPropertyError("covers what nobody sealed")
    if report.indication is Indication.TOTAL_PASSED:
        if not report.covered or not data.startswith(report.covered):
            raise BrokenPropertyError("passed without covered bytes")
        if len(report.covered) < len(data) and not only_evidence_was_added(report.covered, data):
            raise BrokenPropertyError("passed with something else than evidence behind the seal")


def run_verify(data: bytes) -> None:
    """Verification never raises, and only the issued file, with or without evidence, is in force."""
    verdict = verifier_of_vectors().verify(data, at=vector_moment())
    if verdict.outcome is not Outcome.IN_FORCE:
        return
    if verdict.intact not in issued() or not data.startswith(verdict.intact):
        raise BrokenPropertyError("in force, and not as issued")
    if verdict.intact != data and not only_evidence_was_added(verdict.intact, data):
        raise BrokenPropertyError("in force with something else than evidence behind the seal")


def run_container(data: bytes) -> None:
    """The reader of containers raises its own error only, and so does their arithmetic."""
    try:
        signed = read_signed_data(data)
        signed.message_digest_is(bytes(32))
        signed.names_its_certificate()
        valid = signed.signature_is_valid()
    except (der.DerError, UnacceptableAlgorithmError):
        return
    named = signed.names_its_certificate()
    if valid and named and signed.attributes and not any(signed.certificate_der in known for known in _containers()):
        # A signature that is made by nobody whose container is among the seeds cannot be valid by chance.
        raise BrokenPropertyError("valid, and by nobody")


def run_der(data: bytes) -> None:
    """What is read is written again as the same bytes; every way of looking at it raises DerError only."""
    try:
        node = der.read(data)
    except der.DerError:
        return
    if der.tlv(node.tag, node.content) != data:
        raise BrokenPropertyError("two encodings of one value")
    pending = [node]
    while pending:
        one = pending.pop()
        for look in (one.as_integer, one.as_oid, one.as_time):
            try:
                look()
            except der.DerError:
                continue
        try:
            pending += one.members(one.tag) if one.tag & 0x20 else ()
        except der.DerError:
            continue


def run_time_stamp(data: bytes) -> None:
    """A token proves something only if it is the seed's own, over what that is over."""
    judgement = judge_time_stamp(data, b"another signature", trust=trust_of_vectors(), at=vector_moment())
    if judgement.proven_at is not None:
        raise BrokenPropertyError("proves the time of something else")


def run_code(data: bytes) -> None:
    """A code is read, or refused with QrError; there is one spelling of a proof."""
    text = data.decode("latin-1")
    try:
        proof = decode(text)
    except QrError:
        return
    anew = text.strip().partition("#")[2].isdecimal()  # what version 1 and 2 said, nothing writes any more
    again = written_again(proof) if anew else old_text_of(token_of(text.strip()))
    if again is not None and again.partition("#")[2] != text.strip().partition("#")[2]:
        raise BrokenPropertyError("a second spelling of one proof")


def written_again(proof: QrProof) -> str | None:
    try:
        return encode(
            identifier=proof.identifier,
            issued_on=proof.issued_on,
            valid_from=proof.valid_from,
            valid_until=proof.valid_until,
            digest=proof.digest,
            public=proof.public,
            key_id=proof.key_id,
            sign=lambda _: proof.signature,
            base_url="https://license.example",
            status=proof.status,
        )
    except InputError as error:
        if error.code == "qr.id-number":  # read, but never written by us
            return None
        raise


def run_record(data: bytes) -> None:
    """A record is read, or refused with RecordError; there is one spelling of a record."""
    try:
        document = parse_record(data)
    except RecordError:
        return
    if canonical_bytes(document) != data:
        raise BrokenPropertyError("a second spelling of one record")


def run_bundle(data: bytes) -> None:
    """A bundle is read, or refused by name; one that opens is signed, as others' CBOR sees it, and spelt in one way."""
    pin = pinned(town.LISTER.certificate_der)
    try:
        if read_file(data).encoded() != data:
            raise BrokenPropertyError("a second spelling of one bundle")
    except BundleError:
        pass
    for attempt in (partial(open_bundle, data, pin), partial(update, open_bundle(WHOLE, pin), data)):
        try:
            opened = attempt()
        except (BundleError, TrustListError):
            continue
        said = cbor2.loads(opened.bundle.encoded())
        protected, unprotected, payload, raw = cbor2.loads(said[1]).value
        der_signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        signed = cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
        town.key(0xC0FFEE03).public_key().verify(der_signature, signed, ec.ECDSA(hashes.SHA256()))
        if unprotected or [hashlib.sha256(part).digest() for part in said[2]] != [
            digest for _, _, digest, _ in cbor2.loads(payload)[5]
        ]:
            raise BrokenPropertyError("opened with other parts than were signed")
        if opened.manifest.payload() != payload:
            raise BrokenPropertyError("a second spelling of one manifest")
        offline_verifier(opened).verify_code(town.IN_FORCE, at=town.NOW)


def offline_verifier(opened: OpenedBundle) -> OfflineVerifier:
    return OfflineVerifier([opened], _catalogue())


@cache
def _catalogue() -> Catalogue:
    return Catalogue.load(resource_folder("templates"))


@cache
def _bundles() -> tuple[bytes, ...]:
    return tuple(case.bundle for case in GOOD_BUNDLES.values())


@cache
def _containers() -> tuple[bytes, ...]:
    return tuple(value_of(pdf) for pdf in issued())


@cache
def _tokens() -> tuple[bytes, ...]:
    return tuple(read_signed_data(one).unsigned[algorithms.SIGNATURE_TIME_STAMP].raw for one in _containers())


@cache
def _codes() -> tuple[bytes, ...]:
    """Those of the vectors, which were issued before version 3, and one of today."""
    return (*(scan_file(pdf)[0].encode("latin-1") for pdf in issued()), make().encode("latin-1"))


@cache
def _records() -> tuple[bytes, ...]:
    return tuple(record for pdf in issued() if (record := attached_record(pdf)))


TARGETS: Final[dict[str, Target]] = {
    "validate": Target(run_validate, licenses, PDF),
    "verify": Target(run_verify, licenses, PDF),
    "container": Target(run_container, _containers, DER),
    "time-stamp": Target(run_time_stamp, _tokens, DER),
    "der": Target(run_der, _containers, DER),
    "code": Target(run_code, _codes, CODE),
    "record": Target(run_record, _records, JSON),
    "bundle": Target(run_bundle, _bundles, BUNDLE),
}
