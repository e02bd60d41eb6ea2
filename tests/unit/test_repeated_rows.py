"""Repeated rows: strictly checked, kept in the record, shown on the face, and what is computed from them."""

import pytest
from flowing import fleet_draft, fleet_license, fleet_type, vehicles

from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses import face_content
from license_lib.licenses.record import RecordError, canonical_bytes, parse_record
from license_lib.licenses.request import RequestError
from license_lib.licenses.rules import FieldValue


def test_rows_go_into_the_record_and_come_back() -> None:
    document = fleet_license(rows=vehicles(3))
    assert document.tables["KZ_CLQD"][1] == {
        "KZ_CPH": "甘D00001",
        "KZ_CX": "重型半挂牵引车（集装箱）" * 2,
        "KZ_DW": "1.5",
    }
    assert document.tables["KZ_CLQD"][0] == {"KZ_CPH": "甘D00000"}
    assert parse_record(canonical_bytes(document)) == document


def test_without_rows_the_record_says_nothing_of_them() -> None:
    assert b"KZ_CLQD" not in canonical_bytes(fleet_license())


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        (b'"KZ_CPH":"', b'"CPH":"', "metadata.KZ_CLQD[0].CPH"),
        (b'[{"KZ_CPH"', b'["x",{"KZ_CPH"', "metadata.KZ_CLQD[0]"),
        (b'"KZ_CPH":"', b'"KZ_CPH":1,"KZ_X":"', "metadata.KZ_CLQD[0].KZ_CPH"),
    ],
)
def test_rows_of_another_form_are_no_record(before: bytes, after: bytes, path: str) -> None:
    record = canonical_bytes(fleet_license(rows=vehicles(1)))
    with pytest.raises(RecordError) as error:
        parse_record(record.replace(before, after))
    assert error.value.path == path


def test_an_empty_table_is_no_canonical_record() -> None:
    record = canonical_bytes(fleet_license(rows=[{"plate": "甘D00001"}]))
    with pytest.raises(RecordError):
        parse_record(record.replace(b'[{"KZ_CPH":"\xe7\x94\x98D00001"}]', b"[]"))


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        ("甘D00001", "field.rows", "fields.vehicles: must be a list"),
        ([{"plate": "甘D00001", "wheels": "4"}], "field.unknown", "fields.vehicles[0].wheels"),
        ([{"plate": "甘D00001", "车牌号": "甘D00002"}], "field.duplicate", "fields.vehicles[0].plate"),
        ([{"plate": "甘D00001"}, {"tons": "many", "plate": "甘D00002"}], "field.decimal", "fields.vehicles[1].tons"),
        ([{"tons": "1"}], "field.missing", "fields.vehicles[0].plate"),
        ([{"plate": "甘" * 11}], "text.too-long", "fields.vehicles[0].plate"),
        (vehicles(201), "field.rows", "at most 200"),
    ],
)
def test_faulty_rows_are_named_by_their_place(rows: FieldValue, code: str, place: str) -> None:
    with pytest.raises(RequestError) as error:
        fleet_draft({"vehicles": rows})
    assert error.value.code == code
    assert place in str(error.value)


def test_an_empty_row_is_no_row() -> None:
    with pytest.raises(RequestError, match=r"fields\.vehicles\[0\]: is an empty row"):
        fleet_draft({"vehicles": [{}]})


def test_a_text_field_takes_no_rows() -> None:
    with pytest.raises(RequestError) as error:
        fleet_draft({"scope": [{"plate": "甘D00001"}]})
    assert error.value.code == "field.form"


def test_computed_fields_follow_their_sources() -> None:
    content = face_content(fleet_type(), fleet_license(rows=vehicles(6)))
    assert content.texts["price_words"] == "壹拾万柒仟元零伍角叁分"
    assert content.texts["until_words"] == "二〇三一年十月三十日"
    assert (content.texts["count"], content.texts["load"]) == ("6", "12")  # 1.5 + 2.5 + 3.5 + 4.5
    assert content.texts["owners"] == "2"
    assert [row["holder_number"] for row in content.rows["holders"]] == ["11010519491231002X", "440524188001010014"]


def test_a_sum_that_has_no_capitals_is_refused_with_its_field() -> None:
    checked = fleet_draft({"price": "1.005"})
    identifier = LicenseIdentifier.build(checked.license_type.code.value, checked.issuer.code, "20260000001")
    with pytest.raises(InputError, match=r"fields\.price: a sum of money has two decimals"):
        face_content(checked.license_type, checked.license(identifier, bytes(16)))
