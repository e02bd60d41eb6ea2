"""The record: GB/T 36903 codes, one spelling, strict reading."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import rfc8785
from faces import example_face
from hypothesis import given
from hypothesis import strategies as st

from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier
from license_lib.license_code import license_code
from license_lib.licenses import Holder, Issuer, License, Photo, TemplateRef
from license_lib.licenses.record import MAX_RECORD_BYTES, RecordError, canonical_bytes, parse_record, record_digest
from license_lib.qr.payload import STAND_IN_SIGNATURE
from license_lib.status import StatusRef

LICENSE = License(
    identifier=LicenseIdentifier.build("11100000MB0143028R001", "11620400000000102W", "2026112200000001"),
    type_name="营业执照",
    type_code="11100000MB0143028R001",
    template=TemplateRef("business-license", 1, "0123456789abcdef"),
    number="91620100719023721L",
    holders=(
        Holder("白银市样例商贸有限公司", "91620100719023721L", "001"),
        Holder("样例·𠮷", "11010519491231002X", "111"),
    ),
    issuer=Issuer("白银市市场监督管理局（样例）", "11620400000000102W", 3),
    issued_on=date(2026, 11, 22),
    valid_from=date(2026, 11, 22),
    valid_until=date(2031, 11, 21),
    fields={"KZ_LX": "有限责任公司", "KZ_ZS": "甘肃省白银市"},
    photo=Photo("image/jpeg", "ab" * 32),
    salt=bytes(range(16)),
)


def raw() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(canonical_bytes(LICENSE))
    return read


def test_a_record_reads_back_as_the_same_licence() -> None:
    assert parse_record(canonical_bytes(LICENSE)) == LICENSE


def test_without_a_place_in_a_status_list_a_record_is_spelt_as_ever() -> None:
    assert (
        record_digest(canonical_bytes(LICENSE)).hex()
        == "ee05b88957ca61970fb3d4f696afda65861aa60a600adfcddc640f339544bdae"
    )
    assert "status" not in raw()


def test_no_code_commits_to_a_record_that_nobody_would_read() -> None:
    face = example_face("business-license")
    room = MAX_RECORD_BYTES - len(canonical_bytes(face.with_fields(business_scope="").document))

    def code(length: int) -> str:
        document = face.with_fields(business_scope="x" * length).document
        return license_code(
            face.license_type,
            document,
            key_id=bytes(8),
            sign=lambda _: STAND_IN_SIGNATURE,
            base_url="https://license.example",
        )

    assert parse_record(canonical_bytes(face.with_fields(business_scope="x" * room).document))
    assert code(room)
    with pytest.raises(InputError) as caught:
        code(room + 1)
    assert caught.value.code == "record.too-large"


def test_a_place_in_a_status_list_is_the_status_claim_of_the_standard() -> None:
    document = replace(LICENSE, status=StatusRef(1, 5).claim("https://license.example/"))
    data = canonical_bytes(document)
    assert json.loads(data)["status"] == {"status_list": {"idx": 5, "uri": "https://license.example/status/1"}}
    assert parse_record(data) == document
    assert document.status is not None
    assert document.status.ref == StatusRef(1, 5)


@pytest.mark.parametrize(
    ("status", "path"),
    [
        (None, "status"),
        ({}, "status.status_list"),
        ({"status_list": []}, "status.status_list"),
        ({"status_list": {"idx": 5}}, "status.status_list.uri"),
        ({"status_list": {"uri": "https://license.example/status/1"}}, "status.status_list.idx"),
        ({"status_list": {"idx": True, "uri": "https://license.example/status/1"}}, "status.status_list.idx"),
        ({"status_list": {"idx": 5.5, "uri": "https://license.example/status/1"}}, "status.status_list.idx"),
        ({"status_list": {"idx": "5", "uri": "https://license.example/status/1"}}, "status.status_list.idx"),
        ({"status_list": {"idx": -1, "uri": "https://license.example/status/1"}}, "status.status_list"),
        ({"status_list": {"idx": 2**20, "uri": "https://license.example/status/1"}}, "status.status_list"),
        ({"status_list": {"idx": 5, "uri": "https://license.example/status/0"}}, "status.status_list"),
        ({"status_list": {"idx": 5, "uri": "https://license.example/status/01"}}, "status.status_list"),
        ({"status_list": {"idx": 5, "uri": "https://license.example//status/1"}}, "status.status_list"),
        ({"status_list": {"idx": 5, "uri": "https://license.example/status/1?x"}}, "status.status_list"),
        ({"status_list": {"idx": 5, "uri": "https://license.example/status/1\n"}}, "status.status_list"),
        ({"status_list": {"idx": 5, "uri": "file:///status/1"}}, "status.status_list"),
        ({"status_list": {"idx": 5, "uri": "https://license.example/status/1", "x": 1}}, "status.status_list.x"),
        ({"status_list": {"idx": 5, "uri": "https://license.example/status/1"}, "x": 1}, "status.x"),
    ],
)
def test_a_status_claim_of_another_form_is_refused(status: object, path: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse_record(rfc8785.dumps(raw() | {"status": status}))
    assert caught.value.path == path


def test_a_place_is_no_real_number() -> None:
    data = canonical_bytes(replace(LICENSE, status=StatusRef(1, 5).claim("https://license.example")))
    with pytest.raises(RecordError):
        parse_record(data.replace(b'"idx":5', b'"idx":5.0'))


def test_the_standards_codes_are_used() -> None:
    metadata = raw()["metadata"]
    assert metadata["ZZMC"] == "营业执照"
    assert metadata["ZZBS"] == str(LICENSE.identifier)
    assert metadata["ZZBFJGJB"] == "3"
    assert metadata["CZZT"][1] == {
        "CZZT": "样例·𠮷",
        "CZZTDM": "11010519491231002X",
        "CZZTDMLX": "公民身份号码",
        "CZZTDMLXDM": "111",
    }


def test_long_term_is_no_end_date_and_no_invented_one() -> None:
    document = replace(LICENSE, valid_until=None)
    data = canonical_bytes(document)
    assert b"ZZYXQJZRQ" not in data
    assert parse_record(data) == document


def test_the_salt_makes_the_digest_a_commitment() -> None:
    other = replace(LICENSE, salt=bytes(16))
    assert record_digest(canonical_bytes(other)) != record_digest(canonical_bytes(LICENSE))


def test_numbers_and_salt_stay_out_of_repr() -> None:
    assert "11010519491231002X" not in repr(LICENSE)
    assert "91620100719023721L" not in repr(LICENSE.holders)
    assert LICENSE.salt.hex() not in repr(LICENSE)


def _set(*steps: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        place: Any = record
        for step in steps[:-1]:
            place = place[step]
        if to is ...:
            del place[steps[-1]]
        else:
            place[steps[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (_set("format", to="license-record/2"), "format"),
        (_set("format", to=...), "format"),
        (_set("extra", to=1), "extra"),
        (_set("salt", to="00"), "salt"),
        (_set("salt", to="Z" * 32), "salt"),
        (_set("template", to="x"), "template"),
        (_set("metadata", to=[]), "metadata"),
        (_set("metadata", "ZZBH", to=...), "metadata.ZZBH"),
        (_set("metadata", "ZZBH", to=""), "metadata.ZZBH"),
        (_set("metadata", "ZZBH", to=5), "metadata.ZZBH"),
        (_set("metadata", "ZZBS", to="1.2.3"), "metadata.ZZBS"),
        (_set("metadata", "ZZBFJGDM", to="116204000000001030"), "metadata.ZZBS"),
        (_set("metadata", "ZZLXDM", to="11100000MB03271699001"), "metadata.ZZBS"),
        (_set("metadata", "ZZBFRQ", to="2026-02-30"), "metadata.ZZBFRQ"),
        (_set("metadata", "ZZBFRQ", to="２０２６-01-01"), "metadata.ZZBFRQ"),
        (_set("metadata", "ZZBFJGJB", to="9"), "metadata.ZZBFJGJB"),
        (_set("metadata", "CZZT", to=[]), "metadata.CZZT"),
        (_set("metadata", "CZZT", 0, "CZZTDM", to=None), "metadata.CZZT[0].CZZTDM"),
        (_set("metadata", "CZZT", 1, "CZZTDMLX", to="护照"), "metadata.CZZT[1].CZZTDMLX"),
        (_set("metadata", "CZZT", 1, "more", to="x"), "metadata.CZZT[1].more"),
        (_set("metadata", "KZ_LX", to={}), "metadata.KZ_LX"),
        (_set("metadata", "kz_lx", to="x"), "metadata.kz_lx"),
        (_set("photo", "sha256", to="00"), "photo.sha256"),
        (_set("photo", "media_type", to="text/html"), "photo.media_type"),
    ],
)
def test_a_wrong_value_is_refused_by_its_path(change: Callable[[dict[str, Any]], None], path: str) -> None:
    record = raw()
    change(record)
    with pytest.raises(RecordError) as caught:
        parse_record(rfc8785.dumps(record))
    assert caught.value.path == path


def test_no_second_spelling_of_the_same_record() -> None:
    data = canonical_bytes(LICENSE)
    for other in (data + b"\n", json.dumps(raw(), ensure_ascii=False).encode(), json.dumps(raw()).encode()):
        with pytest.raises(RecordError, match="canonical"):
            parse_record(other)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b'"\\ud800"', b"\xff", b"{" + b" " * 300_000]
)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(RecordError):
        parse_record(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_our_own_words(data: bytes) -> None:
    with pytest.raises(RecordError):
        parse_record(data)
