"""Bundles right and wrong: tests/vectors/bundles says what each gives, and `bundles.cases` how it was made."""

import hashlib
import json
from pathlib import Path

import pytest
from bundles import town
from bundles.cases import ALL, GOOD, NEXT, WHOLE
from bundles.make_vectors import SIGNER, VECTORS, described, opened
from bundles.workshop import delta

from license_lib.bundle import Bundle, BundleError, Delta, read_bundle, read_file
from license_lib.bundle.files import MAX_BUNDLE_BYTES

FOLDERS = sorted(VECTORS.glob("*/"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_case_gives_what_is_written_there(folder: Path) -> None:
    case = ALL[folder.name]
    expected = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    assert (folder / "file.bundle").read_bytes() == case.bundle, "run: python tests/bundles/make_vectors.py"
    assert (folder / "base.bundle").exists() == (case.base is not None)
    assert described(case) == expected


def test_there_is_a_folder_for_each_case_and_no_other() -> None:
    assert {folder.name for folder in FOLDERS} == set(ALL)
    assert (VECTORS / SIGNER).read_bytes() == town.LISTER.certificate_der


def test_the_good_are_good_and_no_other_is() -> None:
    assert {name for name, case in ALL.items() if described(case)["expect"] == "good"} == set(GOOD)


def test_a_base_and_its_delta_are_the_very_bytes_of_the_whole() -> None:
    made = read_bundle(NEXT).since(read_bundle(WHOLE).signed)
    assert made.encoded() == delta(WHOLE, NEXT), "as cbor2 writes it"
    found = read_file(made.encoded())
    assert isinstance(found, Delta)
    assert found.applied(read_bundle(WHOLE)).encoded() == NEXT
    assert len(made.encoded()) < len(NEXT) - len(town.trust_list())


def test_a_bundle_is_written_as_it_was_read() -> None:
    for name, case in GOOD.items():
        found = read_file(case.bundle)
        assert found.encoded() == case.bundle, name
        if isinstance(found, Bundle):
            assert hashlib.sha256(opened(case).bundle.encoded()).digest() == hashlib.sha256(case.bundle).digest()


def test_what_is_too_large_is_refused_unread() -> None:
    with pytest.raises(BundleError, match="larger than 32 MiB"):
        read_file(bytes(MAX_BUNDLE_BYTES + 1))
