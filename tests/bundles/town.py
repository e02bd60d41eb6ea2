"""A town of derived keys: the same bytes each time, so that vectors change only when the format does."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from license_lib.identifiers import LicenseIdentifier
from license_lib.log.checkpoints import Checkpoint, sign_checkpoint
from license_lib.qr import encode
from license_lib.status import Status, StatusBits, StatusRef
from license_lib.status.tokens import sign_cwt
from license_lib.trust_list import (
    ListedBody,
    ListedLog,
    ListedSeal,
    Scope,
    SealState,
    StateChange,
    TrustList,
    sign_list,
)
from signing.algorithms import LIST_SIGNING
from signing.keys import SealCredential, SoftSigner
from signing.notes import NoteSigner

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://license.example"
LIST_ID = "11620400000000101R"
BODY = "11620400000000102W"
BUSINESS = "11100000MB0143028R001"
LOG = "license.example/log"
GOOD, ENDED, PAUSED, ELSEWHERE = StatusRef(1, 5), StatusRef(1, 17), StatusRef(1, 1_000_000), StatusRef(9, 5)


def key(secret: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(secret, ec.SECP256R1())


def name(common: str, code: str = LIST_ID) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{code}"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


ROOT = key(0xC0FFEE01)
ROOT_NAME = name("Root of the bundle vectors")


def certificate(
    subject: x509.Name,
    secret: int,
    *usages: str,
    purpose: str = "",
    ends: datetime = datetime(2036, 1, 1, tzinfo=UTC),
) -> x509.Certificate:
    """Issued by the root, or the root itself, which has no usages but its own."""
    public, ca = key(secret).public_key(), secret == 0xC0FFEE01
    wanted = {"key_cert_sign", "crl_sign"} if ca else set(usages)
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(ROOT.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(ROOT_NAME)
        .public_key(public)
        .serial_number(secret)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(x509.KeyUsage(**{one: one in wanted for one in every}), critical=True)
        .add_extension(issuer_key, critical=False)
    )
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(purpose)]), critical=True)
    return builder.sign(ROOT, hashes.SHA256(), ecdsa_deterministic=True)


def credential(common: str, secret: int, code: str = LIST_ID, **options: str | datetime) -> SealCredential:
    usages = ["digital_signature", *(["content_commitment"] if code == BODY else [])]
    made = certificate(name(common, code), secret, *usages, **options)  # type: ignore[arg-type]  # purpose and ends
    return SealCredential(made, (), SoftSigner(key(secret)))


ANCHOR = certificate(ROOT_NAME, 0xC0FFEE01).public_bytes(Encoding.DER)
LISTER = credential("Signs trust lists", 0xC0FFEE02, purpose=LIST_SIGNING)
STATUS = credential("Signs states", 0xC0FFEE03)
SHORT_LIVED = credential("Signed states", 0xC0FFEE04, ends=NOW - HOUR)
SEAL = credential("Market seal", 0xC0FFEE05, BODY)
STRANGER = credential("Signs trust lists", 0xBAD02, purpose=LIST_SIGNING)
STRANGE_STATUS = credential("Signs states", 0xBAD03)
LOG_KEY = NoteSigner(LOG, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_LOG_KEY = NoteSigner(LOG, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))


def trust_list(*, signer: SealCredential = LISTER, **changes: object) -> bytes:
    body = ListedBody(
        name="白银市市场监督管理局（样例）",
        code=BODY,
        level=3,
        status_url=URL,
        seals=(
            ListedSeal(
                certificate=SEAL.certificate_der,
                history=(StateChange(state=SealState.IN_FORCE, since=datetime(2026, 1, 1, tzinfo=UTC)),),
            ),
        ),
        scopes=(Scope(types=(BUSINESS,), regions=("6204",)),),
    )
    said = TrustList(
        list_id=LIST_ID,
        authority="白银市政务服务中心（样例）",
        sequence=7,
        issued_at=NOW - 24 * HOUR,
        next_update=NOW + 6 * 24 * HOUR,
        anchors=(ANCHOR,),
        status_signers=(STATUS.certificate_der, SHORT_LIVED.certificate_der),
        log=ListedLog(vkey=str(LOG_KEY.key()), witnesses=(), quorum=0),
        bodies=(body,),
    )
    return sign_list(said.model_copy(update=changes), signer).document


def status_list(
    ended: tuple[int, ...] = (ENDED.index,), *, number: int = 1, at: datetime = NOW - HOUR, life: timedelta = 24 * HOUR
) -> bytes:
    states = dict.fromkeys(ended, Status.INVALID) | {PAUSED.index: Status.SUSPENDED}
    bits = StatusBits.of(states if number == 1 else {})
    uri = f"{URL}/status/{number}"
    return sign_cwt(bits, uri=uri, issued_at=at, expires_at=at + life, ttl_seconds=300, signer=STATUS)


def crl(*revoked: SealCredential, at: datetime = NOW - 2 * HOUR) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ROOT_NAME)
        .last_update(at)
        .next_update(at + 30 * 24 * HOUR)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ROOT.public_key()), critical=False)
    )
    for one in revoked:
        item = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(at)
        builder = builder.add_revoked_certificate(item.build())
    return builder.sign(ROOT, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def checkpoint(signer: NoteSigner = LOG_KEY, *, size: int = 1234, origin: str = LOG) -> bytes:
    return sign_checkpoint(Checkpoint(origin, size, bytes(range(32))), signer).encoded()


@dataclass(frozen=True)
class Paper:
    """A licence's code on paper."""

    place: StatusRef | None
    valid_until: date | None = date(2031, 11, 21)
    seal: SealCredential = SEAL
    body: str = BODY

    @property
    def text(self) -> str:
        return encode(
            identifier=LicenseIdentifier.build(BUSINESS, self.body, "2026112200000001"),
            issued_on=date(2026, 11, 22),
            valid_from=date(2026, 11, 22),
            valid_until=self.valid_until,
            digest=bytes(range(32)),
            public={"CZZT": "白银市样例商贸有限公司", "ZZBH": "91620100719023721L"},
            key_id=self.seal.key_id,
            sign=self.seal.sign,
            base_url=URL,
            status=self.place,
        )


IN_FORCE = Paper(GOOD).text
REVOKED = Paper(ENDED).text
SUSPENDED = Paper(PAUSED).text
EXPIRED = Paper(GOOD, date(2026, 11, 22)).text
NOT_IN_BUNDLE = Paper(ELSEWHERE).text
FORGED = Paper(GOOD, seal=credential("Market seal", 0xBAD05, BODY)).text
ALTERED = IN_FORCE[:-3] + ("000" if not IN_FORCE.endswith("000") else "111")
