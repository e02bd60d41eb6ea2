"""The signature container (CMS) in its gap: what nobody signs of it, and what only an insider or a stranger could."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from attacks.registry import attack
from attacks.workshop import AT, Workshop, container, gap, resigned, with_container
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from signing import algorithms, der
from signing.cms import SignedDataTemplate, UnfinishedSignature, attribute
from signing.keys import SealCredential, SoftSigner

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_CONTEXT_0, _CONTEXT_1 = 0xA0, 0xA1
_SHA1: Final = "1.3.14.3.2.26"

Rewrite = Callable[[list[bytes]], list[bytes]]


def value_of(pdf: bytes) -> bytes:
    """The container without its padding."""
    padded = container(pdf)
    return padded[: der.encoded_length(padded)]


def parts(value: bytes) -> tuple[list[bytes], list[bytes]]:
    """The encoded members of SignedData, and of its only SignerInfo."""
    _, explicit = der.read(value).members(der.SEQUENCE)
    (signed_data,) = explicit.members(_CONTEXT_0)
    members = [node.raw for node in signed_data.members(der.SEQUENCE)]
    (signer,) = der.read(members[-1]).members(der.SET)
    return members, [node.raw for node in signer.members(der.SEQUENCE)]


def whole(members: list[bytes], *signers: list[bytes]) -> bytes:
    """A container of these members and signers, instead of the members' last."""
    infos = b"".join(der.tlv(der.SEQUENCE, *signer) for signer in signers)
    signed_data = der.tlv(der.SEQUENCE, *members[:-1], der.tlv(der.SET, infos))
    return der.tlv(der.SEQUENCE, der.oid(algorithms.SIGNED_DATA), der.tlv(_CONTEXT_0, signed_data))


def rewritten(pdf: bytes, data: Rewrite | None = None, signer: Rewrite | None = None) -> bytes:
    """Rewrite members of SignedData or SignerInfo of a sealed file."""
    members, info = parts(value_of(pdf))
    return with_container(pdf, whole(data(members) if data else members, signer(info) if signer else info))


def put(index: int, new: bytes) -> Rewrite:
    """Exchange one member."""
    return lambda members: [*members[:index], new, *(members[index:][1:])]


def certificates(*encoded: bytes) -> bytes:
    """The certificates of a container."""
    return der.set_of(*encoded, tag=_CONTEXT_0)


def signed_with(workshop: Workshop, *attributes: bytes, body: str = "market") -> Callable[[bytes], bytes]:
    """Sign with just these attributes."""
    credential = workshop.credential(body)
    template = SignedDataTemplate(credential, algorithms.DATA)

    def sign(digest: bytes) -> bytes:
        filled = [one or digest_attribute(digest) for one in attributes]
        encoded = der.set_of(*filled)
        return UnfinishedSignature(template, encoded, credential.sign(encoded), None).finish()

    return sign


def digest_attribute(digest: bytes) -> bytes:
    """The signed message digest."""
    return attribute(algorithms.MESSAGE_DIGEST, der.tlv(der.OCTET_STRING, digest))


def type_attribute() -> bytes:
    """The signed content type."""
    return attribute(algorithms.CONTENT_TYPE, der.oid(algorithms.DATA))


def name_attribute(certificate: bytes) -> bytes:
    """The signed name of the signer's certificate."""
    identifier = der.tlv(der.SEQUENCE, der.tlv(der.OCTET_STRING, hashlib.sha256(certificate).digest()))
    return attribute(algorithms.SIGNING_CERTIFICATE_V2, der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, identifier)))


def namesake(workshop: Workshop) -> SealCredential:
    """A certificate of one's own making, with the name, number and issuer of the seal's, and another key."""
    old = workshop.credential().certificate
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        old.issuer,
        old.subject,
        key.public_key(),
        old.serial_number,
        old.not_valid_before_utc,
        old.not_valid_after_utc,
        list(old.extensions),
    )
    return SealCredential(builder.sign(key, hashes.SHA256()), workshop.credential().chain, SoftSigner(key))


def signed_by(credential: SealCredential) -> Callable[[bytes], bytes]:
    """Sign as this credential, without a time-stamp."""
    return lambda digest: SignedDataTemplate(credential, algorithms.DATA).sign(digest).finish()


@attack()
def signature_of_another_licence(workshop: Workshop) -> bytes:
    return with_container(workshop.pdf(), value_of(workshop.pdf("neighbour")))


@attack()
def time_stamp_stripped(workshop: Workshop) -> bytes:
    """The unsigned attributes may be cut off by anybody: the seal stays good until its certificate ends."""
    return rewritten(workshop.pdf(), signer=lambda info: info[:-1])


@attack()
def time_stamp_of_another_licence(workshop: Workshop) -> bytes:
    _, info = parts(value_of(workshop.pdf("neighbour")))
    return rewritten(workshop.pdf(), signer=put(-1, info[-1]))


@attack()
def time_stamp_by_the_seal_key(workshop: Workshop) -> bytes:
    """The body stamps its own signature with its seal key, a year before."""
    _, info = parts(value_of(workshop.pdf()))
    signature = der.read(info[5]).content
    token = workshop.timestamper(AT + timedelta(minutes=1), "market").timestamp(hashlib.sha256(signature).digest(), 1)
    stamped = der.tlv(_CONTEXT_1, attribute(algorithms.SIGNATURE_TIME_STAMP, token))
    return rewritten(workshop.pdf(), signer=put(-1, stamped))


@attack()
def time_stamp_by_a_stranger(workshop: Workshop) -> bytes:
    _, info = parts(value_of(workshop.pdf()))
    signature = der.read(info[5]).content
    token = workshop.stranger().timestamper(AT).timestamp(hashlib.sha256(signature).digest(), 1)
    stamped = der.tlv(_CONTEXT_1, attribute(algorithms.SIGNATURE_TIME_STAMP, token))
    return rewritten(workshop.pdf(), signer=put(-1, stamped))


@attack()
def time_stamp_from_the_future(workshop: Workshop) -> bytes:
    _, info = parts(value_of(workshop.pdf()))
    signature = der.read(info[5]).content
    token = workshop.timestamper(AT + timedelta(days=30)).timestamp(hashlib.sha256(signature).digest(), 1)
    stamped = der.tlv(_CONTEXT_1, attribute(algorithms.SIGNATURE_TIME_STAMP, token))
    return rewritten(workshop.pdf(), signer=put(-1, stamped))


@attack()
def time_stamp_attribute_empty(workshop: Workshop) -> bytes:
    empty = der.tlv(der.SEQUENCE, der.oid(algorithms.SIGNATURE_TIME_STAMP), der.tlv(der.SET))
    return rewritten(workshop.pdf(), signer=put(-1, der.tlv(_CONTEXT_1, empty)))


@attack()
def time_stamp_attribute_twice(workshop: Workshop) -> bytes:
    """Two attributes of one type: the first is empty of proof, the second is true, or the other way round."""
    _, info = parts(value_of(workshop.pdf()))
    (stamped,) = der.read(info[-1]).members(_CONTEXT_1)
    other = attribute(algorithms.SIGNATURE_TIME_STAMP, der.tlv(der.SEQUENCE))
    return rewritten(workshop.pdf(), signer=put(-1, der.tlv(_CONTEXT_1, other, stamped.raw)))


@attack()
def unsigned_attribute_added(workshop: Workshop) -> bytes:
    note = attribute("1.2.3.4", der.tlv(der.OCTET_STRING, b"FORGED"))
    return rewritten(workshop.pdf(), signer=lambda info: [*info[:-1], der.tlv(_CONTEXT_1, note)])


@attack()
def certificate_of_another_body(workshop: Workshop) -> bytes:
    police = workshop.credential("police")
    return rewritten(workshop.pdf(), data=put(3, certificates(police.certificate_der, *police.chain_der)))


@attack()
def certificate_of_the_same_name(workshop: Workshop) -> bytes:
    """The embedded certificate is one's own, and so is the signature; name, number and issuer are the seal's."""
    return resigned(workshop.pdf(), signed_by(namesake(workshop)))


@attack()
def certificate_exchanged_under_the_signature(workshop: Workshop) -> bytes:
    own = namesake(workshop)
    members, info = parts(value_of(workshop.pdf()))
    members[3] = certificates(own.certificate_der, *own.chain_der)
    return with_container(workshop.pdf(), whole(members, info[:-1]))


@attack()
def certificate_that_leads_nowhere_added(workshop: Workshop) -> bytes:
    credential = workshop.credential()
    members, info = parts(value_of(workshop.pdf()))
    stray = workshop.stranger().credential("police").certificate_der
    members[3] = certificates(credential.certificate_der, *credential.chain_der, stray)
    return with_container(workshop.pdf(), whole(members, info[:-1]))


@attack()
def certificates_removed(workshop: Workshop) -> bytes:
    return rewritten(workshop.pdf(), data=lambda members: [*members[:3], *members[4:]])


@attack()
def sealed_with_the_time_stamp_key(workshop: Workshop) -> bytes:
    return resigned(workshop.pdf(), signed_by(workshop.credential("tsa")))


@attack()
def sealed_with_an_answering_key(workshop: Workshop) -> bytes:
    """The key that signs answers about revocations (OCSP) is no seal."""
    return resigned(workshop.pdf(), signed_by(workshop.credential("ocsp")))


@attack()
def signature_in_its_other_form(workshop: Workshop) -> bytes:
    """Of an ECDSA signature (r, s), (r, n - s) is valid too: another file of the same seal."""
    _, info = parts(value_of(workshop.pdf()))
    r, s = decode_dss_signature(der.read(info[5]).content)
    other = der.tlv(der.OCTET_STRING, encode_dss_signature(r, _ORDER - s))
    return rewritten(workshop.pdf(), signer=lambda members: [*members[:5], other])


@attack()
def signature_of_nothing(workshop: Workshop) -> bytes:
    """CVE-2022-21449: r = s = 0 was once valid for any document."""
    zero = der.tlv(der.OCTET_STRING, der.tlv(der.SEQUENCE, der.integer(0), der.integer(0)))
    return rewritten(workshop.pdf(), signer=put(5, zero))


@attack()
def digest_algorithm_exchanged(workshop: Workshop) -> bytes:
    sha512 = der.tlv(der.SEQUENCE, der.oid(algorithms.SHA512))
    return rewritten(workshop.pdf(), data=put(1, der.tlv(der.SET, sha512)), signer=put(2, sha512))


@attack()
def digest_algorithm_weak(workshop: Workshop) -> bytes:
    """An insider signs a SHA-1 digest: whoever finds a collision has a second licence."""
    sha1 = der.tlv(der.SEQUENCE, der.oid(_SHA1))
    pdf = workshop.pdf()
    start, end = gap(pdf)
    digest = hashlib.sha1(pdf[: start - 1] + pdf[end + 1 :]).digest()  # noqa: S324 - that is the attack
    name = name_attribute(workshop.credential().certificate_der)
    members, info = parts(signed_with(workshop, type_attribute(), digest_attribute(digest), name)(b""))
    members[1], info[2] = der.tlv(der.SET, sha1), sha1
    return with_container(pdf, whole(members, info))


@attack()
def attribute_digest_missing(workshop: Workshop) -> bytes:
    name = name_attribute(workshop.credential().certificate_der)
    return resigned(workshop.pdf(), signed_with(workshop, type_attribute(), name))


@attack()
def attribute_type_missing(workshop: Workshop) -> bytes:
    name = name_attribute(workshop.credential().certificate_der)
    return resigned(workshop.pdf(), signed_with(workshop, b"", name))


@attack()
def attribute_certificate_missing(workshop: Workshop) -> bytes:
    return resigned(workshop.pdf(), signed_with(workshop, type_attribute(), b""))


@attack()
def attribute_digest_twice(workshop: Workshop) -> bytes:
    """The first is the document's, the second is another's."""
    name = name_attribute(workshop.credential().certificate_der)
    other = digest_attribute(hashlib.sha256(b"another document").digest())
    return resigned(workshop.pdf(), signed_with(workshop, type_attribute(), b"", other, name))


@attack()
def attributes_all_missing(workshop: Workshop) -> bytes:
    """Without signed attributes, an encoded set of attributes could be presented as a document."""
    return rewritten(workshop.pdf(), signer=lambda info: [*info[:3], *info[4:6]])


@attack()
def signers_two(workshop: Workshop) -> bytes:
    members, info = parts(value_of(resigned(workshop.pdf(), signed_by(workshop.credential()))))
    return with_container(workshop.pdf(), whole(members, info, info))


@attack()
def signers_none(workshop: Workshop) -> bytes:
    members, _ = parts(value_of(workshop.pdf()))
    return with_container(workshop.pdf(), whole(members))


@attack()
def content_in_the_container(workshop: Workshop) -> bytes:
    template = SignedDataTemplate(workshop.credential(), algorithms.DATA)
    return resigned(workshop.pdf(), lambda digest: template.sign(digest, content=b"inside").finish())


@attack()
def container_of_another_type(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    value = value_of(pdf)
    return with_container(pdf, value.replace(der.oid(algorithms.SIGNED_DATA), der.oid(algorithms.DATA), 1))


@attack()
def container_in_ber(workshop: Workshop) -> bytes:
    """Lengths that are told at the end: two readers may end at different places."""
    _, explicit = der.read(value_of(workshop.pdf())).members(der.SEQUENCE)
    value = b"\x30\x80" + der.oid(algorithms.SIGNED_DATA) + explicit.raw + b"\0\0"
    return with_container(workshop.pdf(), value)


@attack()
def container_with_long_lengths(workshop: Workshop) -> bytes:
    value = value_of(workshop.pdf())
    content = der.read(value).content
    return with_container(workshop.pdf(), b"\x30\x84" + len(content).to_bytes(4, "big") + content)


@attack()
def container_cut_short(workshop: Workshop) -> bytes:
    value = value_of(workshop.pdf())
    return with_container(workshop.pdf(), value[:-40])


@attack()
def container_with_certificate_lists(workshop: Workshop) -> bytes:
    """Revocation lists that nobody signed along with the seal: a list of a stranger's."""
    pdf = resigned(workshop.pdf(), signed_by(workshop.credential()))
    members, info = parts(value_of(pdf))
    lists = der.tlv(_CONTEXT_1, (workshop.stranger().keys / "public" / "crl" / "city.crl").read_bytes())
    return with_container(pdf, whole([*members[:4], lists, members[-1]], info))


@attack()
def resealed_by_a_stranger(workshop: Workshop) -> bytes:
    """Somebody with a development kit makes an authority of the same names, and seals the same face."""
    stranger = workshop.stranger()
    return stranger.seal(workshop.face(workshop.license(), code=workshop.code()))
