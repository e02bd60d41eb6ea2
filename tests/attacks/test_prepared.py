"""What we are asked to seal: documents in which another content waits, and what sealing says of each today."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from attacks.preparations import PREPARATIONS, PREPARED
from support import NOON, PASSPHRASE

from signing.errors import SigningError
from signing.keys import SealCredential, load_credential
from signing.reports import Indication
from signing.sealing import seal
from signing.trust import TrustStore
from signing.validation import validate

SEALED: Final = "sealed"
TODAY: Final = {
    "form-field": "seal.already-signed",
    "form-drawn-by-the-viewer": "seal.already-signed",
    "xfa-form": "seal.already-signed",
    "offsets-that-lead-nowhere": "seal.not-a-pdf",
    "keys-twice": "seal.not-a-pdf",
    "keys-spelt-otherwise": "seal.not-a-pdf",
    "bytes-before-the-start": "seal.not-a-pdf",
}
"""What sealing refuses, and with what; it seals all others. A code that is not among the case's own is to be mended."""

NAMES: Final = sorted(path.parent.name for path in PREPARED.glob("*/case.toml"))


def case(name: str) -> dict[str, Any]:
    return tomllib.loads((PREPARED / name / "case.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def credential(master_home: Path) -> SealCredential:
    return load_credential(master_home / "keys", "market", passphrase=PASSPHRASE, at=NOON)


def outcome(pdf: bytes, credential: SealCredential, keys: Path) -> str:
    try:
        sealed = seal(pdf, credential=credential, timestamper=None, appearance=None, at=NOON, nonce=lambda: 1)
    except SigningError as refusal:
        return refusal.code
    report = validate(sealed, trust=TrustStore.load(keys), at=NOON)
    assert report.indication is Indication.TOTAL_PASSED, "what is sealed must also pass"
    return SEALED


@pytest.mark.parametrize("name", NAMES)
def test_what_sealing_says_of_a_prepared_document(name: str, credential: SealCredential, master_home: Path) -> None:
    pdf = (PREPARED / name / "prepared.pdf").read_bytes()
    assert outcome(pdf, credential, master_home / "keys") == TODAY.get(name, SEALED)


def test_every_refusal_of_today_is_a_right_one() -> None:
    assert {name: code for name, code in TODAY.items() if code not in case(name)["codes"]} == {}
    assert {name for name in NAMES if not case(name)["codes"]} == {"clean", "clean-link"}


@pytest.mark.parametrize("name", NAMES)
def test_a_prepared_document_can_be_made_again(name: str) -> None:
    texts = case(name)
    assert all(texts[key] for key in ("title", "title_en", "idea", "reference"))
    assert PREPARATIONS[name]() == (PREPARED / name / "prepared.pdf").read_bytes()


def test_every_preparation_has_its_case() -> None:
    assert set(NAMES) == set(PREPARATIONS)
    assert len({make() for make in PREPARATIONS.values()}) == len(PREPARATIONS) >= 10
