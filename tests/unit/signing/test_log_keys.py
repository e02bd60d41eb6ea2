"""The log's key: a pair with a name, whose public half everybody can read."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from support import PASSPHRASE

from signing.errors import KeyLoadError
from signing.key_files import load_ed25519_key, load_private_key
from signing.log_keys import load_log_key, read_log_vkey, vkey_text


def test_the_published_key_of_another_program_is_spelled_alike() -> None:
    """Of golang.org/x/mod/sumdb/note, documentation."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    raw = bytes.fromhex("1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6")
    assert vkey_text("PeterNeumann", Ed25519PublicKey.from_public_bytes(raw)) == text


def test_the_logs_key_is_a_pair_under_its_name(pki: Any) -> None:
    key = load_log_key(pki.folder, PASSPHRASE)
    assert key.name == "licenses.baiyin.example/log"
    assert key.vkey == read_log_vkey(pki.folder)
    key.key.public_key().verify(key.key.sign(b"checkpoint"), b"checkpoint")
    assert "PrivateKey" not in repr(key)


def test_another_logs_public_half_is_no_pair(pki: Any, tmp_path: Path) -> None:
    (tmp_path / "private").symlink_to(pki.folder / "private")
    (tmp_path / "public").mkdir()
    published = tmp_path / "public" / "log.vkey"
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    for text in (other, read_log_vkey(pki.folder).replace("baiyin", "lanzhou"), ""):
        published.write_text(text, encoding="ascii")
        with pytest.raises(KeyLoadError) as caught:
            load_log_key(tmp_path, PASSPHRASE)
        assert caught.value.code == "key.mismatch"
    published.write_bytes(b"\xff")
    with pytest.raises(KeyLoadError) as caught:
        load_log_key(tmp_path, PASSPHRASE)
    assert caught.value.code == "key.damaged"


def test_a_key_of_another_kind_is_refused(pki: Any) -> None:
    for load, name in ((load_ed25519_key, "status"), (load_private_key, "log")):
        with pytest.raises(KeyLoadError) as caught:
            load(pki.folder / "private" / f"{name}.pem", PASSPHRASE)
        assert caught.value.code == "key.damaged"
    with pytest.raises(KeyLoadError) as caught:
        load_log_key(pki.folder, b"another passphrase")
    assert caught.value.code == "key.passphrase"
