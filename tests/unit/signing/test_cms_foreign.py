"""Containers of other people's software: OpenSSL writes them, and says by itself that they are good."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from signing import algorithms, der
from signing.cms_reader import SignedData, UnacceptableAlgorithmError, read_foreign, read_signed_data
from signing.der import DerError

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
CONTENT = b"what was signed"


def run(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and certificates, and the content as a file."""
    made = tmp_path_factory.mktemp("openssl")
    (made / "content").write_bytes(CONTENT)
    for name, kind in {
        "rsa": ("rsa", "rsa_keygen_bits:2048"),
        "small": ("rsa", "rsa_keygen_bits:768"),
        "old": ("rsa", "rsa_keygen_bits:1024"),
        "brainpool": ("ec", "ec_paramgen_curve:brainpoolP256r1"),
        "secp256k1": ("ec", "ec_paramgen_curve:secp256k1"),
    }.items():
        run("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1], "-out", f"{made}/{name}.key")
        subject = ("-subj", f"/CN={name}", "-days", "3650", "-sha256")
        run("req", "-x509", "-new", "-key", f"{made}/{name}.key", *subject, "-out", f"{made}/{name}.pem")
    return made


def container(folder: Path, *options: str, key: str = "rsa") -> bytes:
    signer = ("-signer", f"{folder}/{key}.pem", "-inkey", f"{folder}/{key}.key")
    out = f"{folder}/out.der"
    run("cms", "-sign", "-binary", "-in", f"{folder}/content", *signer, "-outform", "DER", "-out", out, *options)
    loosely = ("-inform", "DER", "-in", out, "-content", f"{folder}/content", "-binary")
    run("cms", "-verify", "-noverify", *loosely, "-out", f"{folder}/seen")
    return (folder / "out.der").read_bytes()


def holds(signed: SignedData, content: bytes = CONTENT) -> bool:
    digest = hashlib.new(signed.digest_name, content).digest()
    return signed.message_digest_is(digest) and signed.signature_is_valid(digest)


GOOD = {
    "RSA": ((), "rsa"),
    "without attributes": (("-noattr",), "rsa"),
    "SHA-1": (("-md", "sha1"), "rsa"),
    "SHA-224": (("-md", "sha224"), "rsa"),
    "SHA3-256": (("-md", "sha3-256"), "rsa"),
    "named by its key": (("-keyid",), "rsa"),
    "RSA-PSS": (("-keyopt", "rsa_padding_mode:pss", "-md", "sha256"), "rsa"),
    "RSA-PSS with a short salt": (
        ("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20", "-md", "sha256"),
        "rsa",
    ),
    "a small key": ((), "old"),
    "Brainpool": (("-md", "sha256"), "brainpool"),
}


@pytest.mark.parametrize(("options", "key"), GOOD.values(), ids=GOOD.keys())
def test_what_openssl_signs_is_read(folder: Path, options: tuple[str, ...], key: str) -> None:
    made = container(folder, *options, key=key)
    signed, used = read_foreign(made + bytes(20))
    assert used == len(made)
    assert signed.content is None
    assert holds(signed)
    assert not holds(signed, CONTENT + b"!")
    assert signed.names_its_certificate() is None


def test_values_without_a_length_are_read(folder: Path) -> None:
    loose = container(folder, "-stream", "-nodetach")
    assert loose[1] == 0x80
    signed, used = read_foreign(loose)
    assert used == len(loose)
    assert signed.content == CONTENT
    with pytest.raises(DerError):
        read_signed_data(loose)


def test_what_is_read_as_of_strangers_is_not_what_we_write(folder: Path) -> None:
    with pytest.raises(DerError, match="members, found 5"):
        read_signed_data(container(folder, "-noattr"))
    with pytest.raises(UnacceptableAlgorithmError):
        read_signed_data(container(folder, "-keyopt", "rsa_padding_mode:pss", "-md", "sha256")).signature_is_valid()
    old = read_signed_data(container(folder, "-md", "sha1"))
    with pytest.raises(UnacceptableAlgorithmError):
        _ = old.digest_name
    with pytest.raises(UnacceptableAlgorithmError, match="RSA 1024"):
        read_signed_data(container(folder, key="old")).signature_is_valid()


REFUSED = {
    "a tiny key": (("-md", "sha256"), "small", "RSA 768"),
    "a curve of other people": (("-md", "sha256"), "secp256k1", "secp256k1"),
    "MD5": (("-md", "md5"), "rsa", "1.2.840.113549.2.5"),
    "another mask": (
        ("-md", "sha256", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_mgf1_md:sha512"),
        "rsa",
        "RSA-PSS parameters",
    ),
}


@pytest.mark.parametrize(("options", "key", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_an_algorithm_that_is_not_accepted_is_named(
    folder: Path, options: tuple[str, ...], key: str, reason: str
) -> None:
    signed, _ = read_foreign(container(folder, *options, key=key))
    with pytest.raises(UnacceptableAlgorithmError, match=reason):
        holds(signed)


def test_a_mask_of_another_kind_is_not_accepted(folder: Path) -> None:
    made = container(folder, "-keyopt", "rsa_padding_mode:pss", "-md", "sha256")
    mask = der.oid(algorithms.MASK_GENERATION_1)
    assert made.count(mask) == 1
    signed, _ = read_foreign(made.replace(mask, mask[:-1] + b"\x0c"))
    with pytest.raises(UnacceptableAlgorithmError, match="RSA-PSS parameters"):
        holds(signed)


def test_nobody_signs_for_another(folder: Path) -> None:
    twice = container(folder, "-signer", f"{folder}/old.pem", "-inkey", f"{folder}/old.key")
    with pytest.raises(DerError):
        read_foreign(twice)
    run("cms", "-sign", "-binary", "-nocerts", "-in", f"{folder}/content", "-signer", f"{folder}/rsa.pem", "-inkey",
        f"{folder}/rsa.key", "-outform", "DER", "-out", f"{folder}/bare.der")  # fmt: skip
    with pytest.raises(DerError, match="certificate is not embedded"):
        read_foreign((folder / "bare.der").read_bytes())


def test_every_byte_of_the_value_counts(folder: Path) -> None:
    made = container(folder, "-md", "sha256")
    signature = read_foreign(made)[0].signature
    start = made.index(signature)
    for position in range(start, start + len(signature), 7):
        changed = made[:position] + bytes((made[position] ^ 4,)) + made[position + 1 :]
        assert not holds(read_foreign(changed)[0])
