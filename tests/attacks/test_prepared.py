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
SEALED_ALL_THE_SAME: Final = {
    "earlier-revision": "whoever cuts the file loses the seal with it",
    "invisible-text": "scanned documents have it, too",
    "picture-of-no-size": "it is what it is: nothing may be exchanged behind the seal",
    "text-behind-a-picture": "only a person can tell it from a letterhead",
    "text-behind-a-white-box": "only a person can tell it from a form",
    "text-beyond-the-page": "printers leave their marks there",
    "text-read-otherwise": "ligatures and formulas are read otherwise, too",
    "text-that-is-transparent": "watermarks are",
}
"""What machines read otherwise than people. A seal vouches for what is shown, and nothing of that can change later."""

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
    said = outcome(pdf, credential, master_home / "keys")
    if name in SEALED_ALL_THE_SAME or not case(name)["codes"]:
        assert said == SEALED
    else:
        assert said in case(name)["codes"]


def test_the_honest_ones_are_among_them() -> None:
    assert {name for name in NAMES if not case(name)["codes"]} == {"clean", "clean-link"}


@pytest.mark.parametrize("name", NAMES)
def test_a_prepared_document_can_be_made_again(name: str) -> None:
    texts = case(name)
    assert all(texts[key] for key in ("title", "title_en", "idea", "reference"))
    assert PREPARATIONS[name]() == (PREPARED / name / "prepared.pdf").read_bytes()


def test_every_preparation_has_its_case() -> None:
    assert set(NAMES) == set(PREPARATIONS)
    assert len({make() for make in PREPARATIONS.values()}) == len(PREPARATIONS) >= 10
