"""A new certificate for the time-stamp authority of a development PKI, years later: what every renewal waits for."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from support import PASSPHRASE

from license_lib.resources import resource_folder
from signing.certificates import Issuer, timestamp_certificate
from signing.key_files import encrypt_private_key, load_certificates, load_private_key
from signing.pki_description import load_description


def renew_time_stamp_authority(keys: Path, at: datetime) -> None:
    """Give the authority a new key and a certificate that begins now."""
    description = load_description(resource_folder("keys") / "development.toml")
    above = keys / "public" / "intermediates" / "city-ca.pem"
    issuer = Issuer(load_certificates(above)[0], load_private_key(keys / "private" / "city-ca.pem", PASSPHRASE))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = timestamp_certificate(description, issuer, key.public_key(), at)
    (keys / "private" / "tsa.pem").write_bytes(encrypt_private_key(key, PASSPHRASE, salt=bytes(16), iv=bytes(16)))
    (keys / "public" / "tsa.pem").write_bytes(certificate.public_bytes(Encoding.PEM) + above.read_bytes())
