"""Situations: the seal is whole, and its certificate or its time is in doubt."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from support import NOON, PASSPHRASE, example_request
from verdicts.stage import Judged, Stage, situation

from license_lib.qr import scan_file
from license_lib.resources import resource_folder
from signing.certificates import Issuer, seal_certificate
from signing.devkit import publish_crls, revoke_certificate
from signing.key_files import load_certificates, load_private_key
from signing.keys import SealCredential, SoftSigner
from signing.pki_description import load_description

DAY = timedelta(days=1)


def market_seal(stage: Stage, begins: timedelta) -> SealCredential:
    """A second certificate of the same body, by the same authority, that begins at another time."""
    folder = stage.shared.settings.keys_folder
    authority = load_certificates(folder / "public" / "intermediates" / "city-ca.pem")[0]
    key = ec.generate_private_key(ec.SECP256R1())
    subject: x509.Name = stage.credential(stage.shared).certificate.subject
    made = seal_certificate(
        load_description(resource_folder("keys") / "development.toml"),
        Issuer(authority, load_private_key(folder / "private" / "city-ca.pem", PASSPHRASE)),
        key.public_key(),
        subject,
        NOON + begins,
    )
    return SealCredential(made, (authority,), SoftSigner(key))


@situation("seal.sealed-after-expiry")
def _(stage: Stage) -> Judged:
    old = market_seal(stage, timedelta(days=-3 * 365))
    ends = old.certificate.not_valid_after_utc
    assert NOON - DAY < ends < NOON + 2 * DAY, "while its authority lives"
    pdf = stage.insider(stage.business.license, credential=old, sealed_at=ends - DAY, proven_at=ends + 2 * DAY)
    return stage.on_record(pdf).verify(pdf, at=ends + 3 * DAY)


@situation("seal.sealed-before-validity")
def _(stage: Stage) -> Judged:
    new = market_seal(stage, 10 * DAY)
    pdf = stage.insider(stage.business.license, credential=new, sealed_at=NOON + 11 * DAY, proven_at=NOON)
    return stage.on_record(pdf).verify(pdf, at=NOON + 12 * DAY)


@situation("seal.certificate-expired")
def _(stage: Stage) -> Judged:
    """Paper: a code has no time-stamp, and three years later nobody knows when it was signed."""
    authority = stage.authority()
    code = scan_file(authority.issue(example_request("business-license")).pdf)[0]
    stage.clock.advance(days=3 * 366)
    publish_crls(authority.settings.keys_folder, passphrase=PASSPHRASE, at=stage.clock())
    return stage.reopened(authority).verify_code(code, at=stage.clock())


@situation("seal.certificate-not-yet-valid")
def _(stage: Stage) -> Judged:
    """The clock of who verifies is slow."""
    code = scan_file(stage.business.pdf)[0]
    return stage.shared.verifier.verify_code(code, at=NOON - DAY)


@situation("seal.certificate-revoked")
def _(stage: Stage) -> Judged:
    authority = stage.authority()
    issued = authority.issue(example_request("business-license"))
    market = stage.credential(authority).certificate
    folder = authority.settings.keys_folder
    revoke_certificate(folder, market, passphrase=PASSPHRASE, at=NOON)
    return stage.reopened(authority).verify(issued.pdf, at=NOON + DAY)


@situation("seal.revoked-no-proof")
def _(stage: Stage) -> Judged:
    authority = stage.authority()
    code = scan_file(authority.issue(example_request("business-license")).pdf)[0]
    market = stage.credential(authority).certificate
    revoke_certificate(authority.settings.keys_folder, market, passphrase=PASSPHRASE, at=NOON + DAY)
    return stage.reopened(authority).verify_code(code, at=NOON + 2 * DAY)


@situation("seal.revocation-unknown")
def _(stage: Stage) -> Judged:
    authority = stage.authority()
    code = scan_file(authority.issue(example_request("business-license")).pdf)[0]
    for path in (authority.settings.keys_folder / "public" / "crl").iterdir():
        path.unlink()
    return stage.reopened(authority).verify_code(code, at=NOON)


@situation("seal.revocation-stale")
def _(stage: Stage) -> Judged:
    return stage.shared.verifier.verify_code(scan_file(stage.business.pdf)[0], at=NOON + 31 * DAY)


@situation("seal.timestamp-missing")
def _(stage: Stage) -> Judged:
    pdf = stage.insider(stage.business.license)
    return stage.on_record(pdf).verify(pdf, at=NOON)


@situation("seal.development")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(stage.business.pdf)
