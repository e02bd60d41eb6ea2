"""A licence type made for tests: a text and two tables that flow onto continuation pages, and computed fields."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from license_lib.catalogue import LicenseType
from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses import Issuer, License
from license_lib.licenses.request import Draft, HolderRequest, LicenseRequest, draft
from license_lib.licenses.rules import FieldValue

ISSUER = Issuer("白银市样例行政审批局", "11620400000000101R", 3)
TODAY = date(2026, 11, 22)
OWNERS = (HolderRequest("样例·张三", "11010519491231002X"), HolderRequest("样例·李四", "440524188001010014"))


def _field(key: str, code: str, label: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "code": code, "label": label, "english": key, **more}


_TYPE: dict[str, Any] = {
    "key": "fleet-permit",
    "version": 1,
    "name": "车队许可证",
    "english": "Fleet permit",
    "code": {"value": "11620400000000101R999", "official": False, "source": "for tests"},
    "definer": {"name": "白银市样例行政审批局", "level": 3},
    "holder": {"kind": "either", "several": True, "in_qr": "none"},
    "number": {"rule": "given", "in_qr": False},
    "validity": {"rule": "given"},
    "issuing": {"levels": [3]},
    "fields": [
        _field("scope", "KZ_JYFW", "经营范围", max_length=2000),
        _field("price", "KZ_HTJG", "合同价格", type="decimal"),
        _field(
            "vehicles",
            "KZ_CLQD",
            "车辆清单",
            type="rows",
            required=False,
            max_rows=200,
            columns=[
                _field("plate", "KZ_CPH", "车牌号", max_length=10),
                _field("model", "KZ_CX", "车辆类型", required=False),
                _field("tons", "KZ_DW", "载质量", type="decimal", required=False),
            ],
        ),
    ],
    "computed": [
        {"key": "price_words", "label": "大写金额", "english": "In words", "of": "price", "form": "amount"},
        {"key": "until_words", "label": "止", "english": "Until", "of": "valid_until", "form": "date"},
        {"key": "count", "label": "车辆数", "english": "Vehicles", "of": "vehicles", "form": "count"},
        {"key": "load", "label": "总吨位", "english": "Load", "of": "vehicles", "form": "sum", "column": "tons"},
        {"key": "owners", "label": "人数", "english": "Owners", "of": "holders", "form": "count"},
    ],
    "layout": {
        "page": {"orientation": "landscape"},
        "title": {"text": "车队许可证", "x": 60, "y": 22, "w": 177, "h": 16, "size": 30, "align": "center"},
        "boxes": [
            {"field": "license_number", "x": 27, "y": 42, "w": 120, "h": 8},
            {"field": "holder_name", "x": 27, "y": 52, "w": 120, "h": 8},
            {"field": "scope", "x": 27, "y": 62, "w": 120, "h": 40, "min_size": 10, "overflow": "continue"},
            {"field": "price", "x": 27, "y": 104, "w": 120, "h": 8},
            {"field": "price_words", "x": 27, "y": 114, "w": 120, "h": 8},
            {"field": "issuer_name", "x": 27, "y": 124, "w": 120, "h": 8},
            {"field": "issued_on", "x": 27, "y": 134, "w": 120, "h": 8},
            {"field": "valid_until", "x": 27, "y": 144, "w": 120, "h": 8},
            {"field": "until_words", "x": 27, "y": 154, "w": 120, "h": 8},
            {"field": "count", "page": 2, "x": 27, "y": 24, "w": 60, "h": 8},
            {"field": "load", "page": 2, "x": 90, "y": 24, "w": 60, "h": 8},
            {"field": "owners", "page": 2, "x": 160, "y": 24, "w": 60, "h": 8},
        ],
        "tables": [
            {
                "field": "holders",
                "x": 155,
                "y": 88,
                "w": 115,
                "h": 30,
                "columns": [{"field": "holder_name", "w": 40}, {"field": "holder_number", "w": 60}],
            },
            {
                "field": "vehicles",
                "page": 2,
                "x": 27,
                "y": 36,
                "w": 243,
                "h": 60,
                "overflow": "continue",
                "min_size": 9,
                "columns": [
                    {"field": "plate", "w": 50},
                    {"field": "model", "w": 120},
                    {"field": "tons", "w": 40, "align": "right"},
                ],
            },
        ],
        "qr": {"x": 220, "y": 20, "size": 44},
        "seal": {"x": 200, "y": 130, "size": 42},
    },
}


def fleet_type(labels: str = "zh") -> LicenseType:
    """The type, with labels in one language or two."""
    layout = {**_TYPE["layout"], "labels": labels}
    return LicenseType.model_validate({**_TYPE, "layout": layout})


def vehicles(count: int) -> list[dict[str, str]]:
    """So many different vehicles, some with long descriptions, some without weight."""
    return [
        {"plate": f"甘D{number:05d}", "model": "重型半挂牵引车（集装箱）" * (1 + number % 4), "tons": f"{number}.5"}
        if number % 5
        else {"plate": f"甘D{number:05d}"}
        for number in range(count)
    ]


def fleet_draft(fields: Mapping[str, FieldValue], kind: LicenseType | None = None) -> Draft:
    """A checked request for a fleet permit with other face fields than the usual ones."""
    usual: dict[str, FieldValue] = {"scope": "道路普通货物运输", "price": "107000.53"}
    request = LicenseRequest(
        license_type="fleet-permit",
        issuer="transport",
        holders=OWNERS,
        number="甘01号",
        valid_until=date(2031, 10, 30),
        fields={**usual, **fields},
    )
    return draft(request, kind or fleet_type(), ISSUER, today=TODAY)


def fleet_license(scope: str = "道路普通货物运输", rows: Sequence[Mapping[str, str]] = ()) -> License:
    """A fleet permit as a licence."""
    checked = fleet_draft({"scope": scope, "vehicles": rows})
    identifier = LicenseIdentifier.build(checked.license_type.code.value, ISSUER.code, "20260000001")
    return checked.license(identifier, bytes(16))
