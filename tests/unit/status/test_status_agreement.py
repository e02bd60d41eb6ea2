"""A code and a record must refer to the same place in a status list."""

from dataclasses import replace

import pytest
from faces import example_face

from license_lib.findings import Finding
from license_lib.license_code import license_code, stand_in_code
from license_lib.licenses import License
from license_lib.licenses.record import canonical_bytes, record_digest
from license_lib.qr import decode
from license_lib.qr.payload import STAND_IN_SIGNATURE
from license_lib.status import LONGEST, StatusRef
from license_lib.verification.agreement import differences

FACE = example_face("business-license")
BASE = "https://license.example"


def with_place(place: StatusRef | None) -> License:
    return replace(FACE.document, status=place.claim(BASE) if place else None)


def code_of(document: License) -> str:
    return license_code(FACE.license_type, document, key_id=bytes(8), sign=lambda _: STAND_IN_SIGNATURE, base_url=BASE)


def digest_of(document: License) -> bytes:
    return record_digest(canonical_bytes(document))


@pytest.mark.parametrize("place", [None, StatusRef(1, 5)])
def test_the_code_of_a_licence_agrees_with_its_record(place: StatusRef | None) -> None:
    document = with_place(place)
    assert list(differences(document, digest_of(document), FACE.license_type, decode(code_of(document)))) == []


@pytest.mark.parametrize("other", [None, StatusRef(1, 6), StatusRef(2, 5)])
def test_a_code_that_refers_to_another_place_is_told(other: StatusRef | None) -> None:
    document = with_place(StatusRef(1, 5))
    proof = replace(decode(code_of(document)), status=other)
    assert list(differences(document, digest_of(document), FACE.license_type, proof)) == [
        Finding("qr.mismatch", {"fields": "status", "labels": "状态名单位置"})
    ]


@pytest.mark.parametrize("place", [None, StatusRef(1, 5), LONGEST])
def test_no_code_is_longer_than_its_stand_in(place: StatusRef | None) -> None:
    stand_in = stand_in_code(FACE.license_type, FACE.document, BASE)
    assert len(code_of(with_place(place))) <= len(stand_in)
    assert len(code_of(with_place(LONGEST))) == len(stand_in)
