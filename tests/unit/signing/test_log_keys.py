"""The log's key: a pair with a name, whose public half everybody can read."""

from pathlib import Path
from typing import Any

import pytest
from support import PASSPHRASE

from signing.errors import KeyLoadError
from signing.key_files import load_ed25519_key, load_private_key
from signing.log_keys import load_log_key, load_log_vkey
from signing.notes import Note, verify_note

OTHER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""Of golang.org/x/mod/sumdb/note, documentation."""


def refusal(folder: Path, passphrase: bytes = PASSPHRASE) -> str:
    with pytest.raises(KeyLoadError) as caught:
        load_log_key(folder, passphrase)
    return caught.value.code


def test_the_logs_key_signs_under_the_logs_name(pki: Any) -> None:
    signer, public = load_log_key(pki.folder, PASSPHRASE), load_log_vkey(pki.folder)
    assert (signer.name, str(signer.key())) == ("licenses.baiyin.example/log", str(public))
    (verified,) = verify_note(Note("checkpoint\n", (signer.sign("checkpoint\n"),)), [public])
    assert verified.key == public
    assert "Ed25519" not in repr(signer)


def test_another_public_half_is_no_pair(pki: Any, tmp_path: Path) -> None:
    (tmp_path / "private").symlink_to(pki.folder / "private")
    (tmp_path / "public").mkdir()
    published = tmp_path / "public" / "log.vkey"
    assert refusal(tmp_path) == "key.missing"
    published.write_text(OTHER + "\n", encoding="ascii")
    assert refusal(tmp_path) == "key.mismatch"
    own = str(load_log_vkey(pki.folder)).encode()
    for damaged in (b"", b"\xff", own.replace(b"baiyin", b"lanzhou"), own + b"\n\n", own[:-4]):
        published.write_bytes(damaged)
        assert refusal(tmp_path) == "key.damaged"


def test_a_key_of_another_kind_is_refused(pki: Any) -> None:
    for load, name in ((load_ed25519_key, "status"), (load_private_key, "log")):
        with pytest.raises(KeyLoadError) as caught:
            load(pki.folder / "private" / f"{name}.pem", PASSPHRASE)
        assert caught.value.code == "key.damaged"
    assert refusal(pki.folder, b"another passphrase") == "key.passphrase"
