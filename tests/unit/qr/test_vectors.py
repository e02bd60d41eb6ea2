"""Codes right and wrong: tests/vectors/codes says what each gives, and `proofs.cases` how it was made."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from proofs.cases import ALL, GOOD
from proofs.make_vectors import VECTORS, case
from proofs.workshop import KEY

from license_lib.qr import QrError, decode

FOLDERS = sorted(path.parent for path in VECTORS.glob("*/case.json"))
EXPECTED = {name: expected for expected, cases in ALL.items() for name in cases}


def vector(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_code_gives_what_its_vector_says(folder: Path) -> None:
    assert case(vector(folder)["text"]) == vector(folder)
    assert vector(folder)["expect"] == EXPECTED[folder.name]


@pytest.mark.parametrize("name", GOOD)
def test_good_ones_are_signed(name: str) -> None:
    proof = decode(vector(VECTORS / name)["text"])
    KEY.public_key().verify(proof.signature, proof.signed, ec.ECDSA(hashes.SHA256()))


def test_vectors_are_those_that_are_made() -> None:
    """The key is fixed and nonces follow from it: made anew, every code is the same."""
    assert {folder.name: vector(folder)["text"] for folder in FOLDERS} == {
        name: text for cases in ALL.values() for name, text in cases.items()
    }


def test_each_wrong_code_is_wrong_in_its_own_way() -> None:
    texts = [vector(folder)["text"] for folder in FOLDERS]
    assert len(set(texts)) == len(texts)
    assert len(texts) > 100


def test_a_refusal_shows_nothing_of_the_code() -> None:
    for folder in FOLDERS:
        with_error = vector(folder)
        if with_error["expect"] != "good":
            with pytest.raises(QrError) as caught:
                decode(with_error["text"])
            assert not re.search("[0-9]{3}|样例", str(caught.value))
