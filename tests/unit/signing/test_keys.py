"""Credentials: loaded once, checked, silent about their secrets."""

import hashlib
import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from signing.errors import KeyLoadError
from signing.keys import SealCredential, SoftSigner, load_credential, load_key_pair, verify_signature


def test_a_credential_tells_who_seals(pki: Any) -> None:
    credential = pki.credential("market")
    certificate = credential.certificate
    assert credential.certificate_der == certificate.public_bytes(serialization.Encoding.DER)
    assert credential.key_id == hashlib.sha256(credential.certificate_der).digest()[:8]
    assert credential.organization_id == "NTRCN-11620400000000102W"
    assert [x509.load_der_x509_certificate(link).subject for link in credential.chain_der] == [certificate.issuer]


def test_signatures_are_deterministic_and_verify(pki: Any) -> None:
    credential = pki.credential()
    signature = credential.sign(b"data")
    assert signature == credential.sign(b"data")
    assert signature != credential.sign(b"date")
    assert verify_signature(credential.certificate_der, signature, b"data")


def test_signatures_over_other_data_or_by_others_do_not_verify(pki: Any) -> None:
    credential, other = pki.credential("market"), pki.credential("health")
    signature = credential.sign(b"data")
    assert not verify_signature(credential.certificate_der, signature, b"date")
    assert not verify_signature(other.certificate_der, signature, b"data")
    assert not verify_signature(credential.certificate_der, signature[:-1], b"data")
    assert not verify_signature(credential.certificate_der, b"", b"data")
    assert not verify_signature(b"no certificate", signature, b"data")


def test_nothing_secret_is_printed_or_pickled(pki: Any) -> None:
    credential = pki.credential()
    secret = credential.signer._key.private_numbers().private_value  # noqa: SLF001 - the test looks for a leak
    assert str(secret) not in repr(credential)
    assert "白银市市场监督管理局" in repr(credential)
    assert repr(credential.signer) == "SoftSigner()"
    with pytest.raises(TypeError):
        pickle.dumps(credential)


@pytest.mark.parametrize("name", ["nobody", "../private/market", "", "MARKET"])
def test_a_missing_credential_is_named(pki: Any, name: str) -> None:
    with pytest.raises(KeyLoadError) as caught:
        load_credential(pki.folder, name, passphrase=pki.passphrase, at=pki.now)
    assert caught.value.code == "key.missing"


@pytest.mark.parametrize("passphrase", [b"wrong passphrase", b""])
def test_a_wrong_passphrase_is_refused_without_repeating_it(pki: Any, passphrase: bytes) -> None:
    with pytest.raises(KeyLoadError) as caught:
        load_credential(pki.folder, "market", passphrase=passphrase, at=pki.now)
    assert caught.value.code == "key.passphrase"
    assert "wrong passphrase" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_of_another_certificate_is_refused(pki: Any) -> None:
    with pytest.raises(KeyLoadError) as caught:
        load_key_pair(
            pki.folder / "private" / "health.pem",
            pki.folder / "public" / "seals" / "market.pem",
            passphrase=pki.passphrase,
            at=pki.now,
        )
    assert caught.value.code == "key.mismatch"


@pytest.mark.parametrize(
    ("days", "code"), [(-10, "key.certificate-not-yet-valid"), (4 * 366, "key.certificate-expired")]
)
def test_a_certificate_outside_its_period_is_refused(pki: Any, days: int, code: str) -> None:
    with pytest.raises(KeyLoadError) as caught:
        load_credential(pki.folder, "market", passphrase=pki.passphrase, at=pki.now + timedelta(days=days))
    assert caught.value.code == code
    assert caught.value.hint


def test_an_unencrypted_key_is_refused(pki: Any, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "key.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    with pytest.raises(KeyLoadError) as caught:
        load_key_pair(path, pki.folder / "public" / "seals" / "market.pem", passphrase=b"", at=pki.now)
    assert caught.value.code == "key.damaged"


def test_a_damaged_certificate_is_refused(pki: Any, tmp_path: Path) -> None:
    path = tmp_path / "market.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(KeyLoadError) as caught:
        load_key_pair(pki.folder / "private" / "market.pem", path, passphrase=pki.passphrase, at=pki.now)
    assert caught.value.code == "key.damaged"


def test_a_signer_without_the_key_is_refused(pki: Any) -> None:
    certificate = pki.credential().certificate
    with pytest.raises(KeyLoadError):
        SealCredential(certificate, (), SoftSigner(ec.generate_private_key(ec.SECP256R1())))
