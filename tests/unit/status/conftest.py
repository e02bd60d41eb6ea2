"""Who signs status lists, and somebody else."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support import NOON

from signing.keys import SealCredential, SoftSigner

NewSigner = Callable[..., SealCredential]


def new_signer(number: int, *, begins: datetime = NOON - timedelta(days=1), days: int = 365) -> SealCredential:
    """A certificate of its own key; whether it may sign lists, the list of signers says."""
    key = ec.derive_private_key(number, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"状态名单 {number}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return SealCredential(certificate, (), SoftSigner(key))


@pytest.fixture(scope="session")
def signer() -> SealCredential:
    return new_signer(0x5EA1)


@pytest.fixture(scope="session")
def stranger() -> SealCredential:
    return new_signer(0xBAD)


@pytest.fixture(scope="session")
def make_signer() -> NewSigner:
    return new_signer
