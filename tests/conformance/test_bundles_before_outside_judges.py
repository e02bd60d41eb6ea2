"""Our bundles before a COSE library of others (`cwt` for Python), and openssl for the certificate and its signature."""

import shutil
import subprocess
from pathlib import Path

import cbor2
import cwt
import pytest
from bundles import town
from bundles.cases import GOOD, NEXT, SIGNED_WRONG, WHOLE
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from license_lib.bundle import read_bundle
from license_lib.bundle.making import make_bundle
from license_lib.bundle.manifest import Kind

KEY = town.STATUS.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def ours(data: bytes) -> bytes:
    """A bundle of the same parts as our library makes it, not as the workshop does."""
    parts = read_bundle(data)
    contents = {(part.kind, part.name): parts.contents[part.sha256] for part in parts.signed.manifest.parts}
    return make_bundle(contents, signer=town.STATUS, before=None, at=parts.signed.manifest.made).encoded()


@pytest.mark.parametrize("name", GOOD)
def test_a_library_for_python_verifies_every_good_manifest(name: str) -> None:
    key = cwt.COSEKey.from_pem(KEY, alg="ES256")
    message = cbor2.loads(GOOD[name].bundle)[1]
    said = cbor2.loads(cwt.COSE.new().decode(message, key))
    assert (said[0], said[1]) == (1, town.LIST_ID)


def test_it_refuses_what_was_changed_and_what_a_stranger_signed() -> None:
    key = cwt.COSEKey.from_pem(KEY, alg="ES256")
    for name in ("a-manifest-changed-after-signing", "signed-by-a-stranger-with-a-listed-certificate"):
        with pytest.raises(cwt.VerifyError):
            cwt.COSE.new().decode(cbor2.loads(SIGNED_WRONG[name].bundle)[1], key)


@pytest.mark.parametrize("data", [WHOLE, NEXT], ids=["whole", "next"])
def test_what_we_make_says_what_tools_of_others_make(data: bytes) -> None:
    made, expected = cbor2.loads(ours(data)), cbor2.loads(data)
    assert made[2] == expected[2]
    said, wanted = (cbor2.loads(cbor2.loads(one[1]).value[2]) for one in (made, expected))
    assert {**said, 4: 0} == {**wanted, 4: 0}, "but for its end, which is the workshop's own choice"
    assert ours(data) == cbor2.dumps(made, canonical=True)


def test_openssl_verifies_signature_and_digests(tmp_path: Path) -> None:
    """With nothing of COSE but the bytes that RFC 9052 §4.4 says are signed."""
    openssl = shutil.which("openssl")
    assert openssl is not None
    said = cbor2.loads(WHOLE)
    protected, _, payload, raw = cbor2.loads(said[1]).value
    files = {
        "signed": cbor2.dumps(["Signature1", protected, b"", payload]),
        "signature": encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        "key": KEY,
        **{f"part{number}": part for number, part in enumerate(said[2])},
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    verify = (openssl, "dgst", "-sha256", "-verify", "key", "-signature", "signature", "signed")
    assert subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "Verified OK\n"
    digests = subprocess.run(
        (openssl, "dgst", "-sha256", "-r", *(name for name in files if name.startswith("part"))),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    named = [(part[0], part[2].hex()) for part in cbor2.loads(payload)[5]]
    assert [digest for _, digest in named] == [line.split()[0] for line in digests.splitlines()]
    assert [kind for kind, _ in named] == [kind.value for kind in Kind]
