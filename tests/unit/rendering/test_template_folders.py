"""The committed types: their rules and codes, what their QR may show, and layouts on which nothing collides."""

import csv
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from faces import TYPES, Face, example_face, templates

from license_lib.catalogue import FieldType, HolderKind, LicenseType, Shown
from license_lib.catalogue.fields import ColumnSpec
from license_lib.catalogue.layout import Box, Layout, Square
from license_lib.identifiers import LicenseTypeCode
from license_lib.rendering.blocks import MM
from license_lib.rendering.ornament import INNER
from license_lib.resources import resource_folder

OFFICIAL = {
    "business-license": "11100000MB0143028R001",
    "real-estate-certificate": "11100000MB03271699001",
    "road-transport-permit": "11100000000019713D008",
    "vehicle-transport-certificate": "11100000000019713D013",
}
SERVICE_ITEMS = Path(__file__).resolve().parents[4] / "shared" / "data" / "service_items.csv"
Rectangle = tuple[float, float, float, float]


def rectangle(place: Box | Square) -> Rectangle:
    if isinstance(place, Square):
        return place.x, place.y, place.x + place.size, place.y + place.size
    return place.x, place.y, place.x + place.w, place.y + place.h


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return max(one[0], other[0]) < min(one[2], other[2]) - 1e-6 and max(one[1], other[1]) < min(one[3], other[3]) - 1e-6


def places(layout: Layout, page: int) -> dict[str, Rectangle]:
    """Everything that stands on a page, but for the seal, which stands over other things."""
    found = {f"box {box.field}": rectangle(box) for box in layout.boxes if box.page == page}
    found |= {f"table {table.field}": rectangle(table) for table in layout.tables if table.page == page}
    found |= {f"text {text.text}": rectangle(text) for text in layout.texts if text.page == page}
    if page == 1:
        found |= {"title": rectangle(layout.title), "qr": rectangle(layout.qr)}
        found |= {"photo": rectangle(layout.photo)} if layout.photo else {}
    return found


def specs(kind: LicenseType) -> Iterator[ColumnSpec]:
    for field in kind.fields:
        yield field
        yield from field.columns


LAYOUTS = [
    pytest.param(layout, id=f"{kind.key}-{number}")
    for kind in templates()
    for number, layout in enumerate(kind.layouts)
]


def test_all_types_are_there_with_an_example_for_each_layout() -> None:
    assert tuple(kind.key for kind in templates()) == TYPES
    assert len(TYPES) == 12
    for kind in templates():
        examples = list((resource_folder("templates") / kind.key).glob("example*.toml"))
        assert len(examples) == len(kind.layouts), kind.key


def test_only_published_codes_are_called_official() -> None:
    for kind in templates():
        assert LicenseTypeCode.parse(kind.code.value)
        assert kind.code.official == (kind.key in OFFICIAL)
        assert kind.code.value == OFFICIAL.get(kind.key, kind.code.value)
        if not kind.code.official:
            assert "本地代码" in kind.code.source


def test_one_code_means_one_thing_in_every_type() -> None:
    meanings: dict[str, str] = {}
    codes: dict[str, str] = {}
    for kind in templates():
        for spec in specs(kind):
            label = re.sub(r"（.*）$", "", spec.label)
            assert meanings.setdefault(spec.code, label) == label, (kind.key, spec.code)
            assert codes.setdefault(label, spec.code) == spec.code, (kind.key, label)


def test_items_have_a_code_of_a_public_list_or_are_named_as_local() -> None:
    for kind in templates():
        assert kind.service_items
        for item in kind.service_items:
            assert re.fullmatch(r"LOCAL-[0-9]{4}|5[0-9A-Z]{11,13}", item.code), (kind.key, item.code)


@pytest.mark.skipif(not SERVICE_ITEMS.is_file(), reason="the shared data (service_items.csv) is not on this machine")
def test_items_are_called_as_the_public_list_calls_them() -> None:
    with SERVICE_ITEMS.open(encoding="utf-8-sig", newline="") as file:
        listed = {(row["itemCode"].partition("-")[0], row["name"]) for row in csv.DictReader(file)}
    public = {(item.code, item.name) for kind in templates() for item in kind.service_items if item.code[0] != "L"}
    assert len(public) > 20
    assert public <= listed


def test_persons_are_masked_in_the_qr_and_no_id_number_is_in_it() -> None:
    for kind in templates():
        if kind.holder.kind is not HolderKind.ORGANISATION:
            assert kind.holder.in_qr is Shown.MASKED
        assert not any(spec.in_qr and spec.type is FieldType.CITIZEN_ID for spec in kind.fields)
    assert not templates().get("residence-permit").number.in_qr
    assert not templates().get("birth-certificate").number.in_qr


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_collides_on_a_page(layout: Layout) -> None:
    for page in range(1, layout.pages + 1):
        for (one, first), (other, second) in combinations(places(layout, page).items(), 2):
            assert not overlap(first, second), f"{one} and {other}"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_everything_stands_inside_the_border(layout: Layout) -> None:
    inner = INNER / MM
    for page in range(1, layout.pages + 1):
        for name, (left, top, right, bottom) in {**places(layout, page), "seal": rectangle(layout.seal)}.items():
            assert left >= inner, name
            assert top >= inner, name
            assert right <= layout.page.width - inner, name
            assert bottom <= layout.page.height - inner, name


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_seal_stands_over_issuer_and_date_and_over_nothing_else(layout: Layout) -> None:
    left, top, right, bottom = seal = rectangle(layout.seal)
    covered = [name for name, place in places(layout, 1).items() if overlap(seal, place)]
    assert covered[0] == "box issuer_name"
    assert covered[1:] in (["box issued_on"], ["box issued_in_numerals"], ["box registered_in_numerals"])
    day = next(box for box in layout.boxes if f"box {box.field}" == covered[1])
    assert day.x + day.w / 2 == pytest.approx((left + right) / 2)
    assert top < day.y < day.y + day.h < bottom


def test_examples_are_marked_as_samples(example: Face) -> None:
    assert all("样例" in holder.name for holder in example.document.holders)


@pytest.mark.parametrize("key", ["residence-permit", "teacher-qualification"])
def test_what_names_a_person_by_face_shows_a_photo(key: str) -> None:
    assert templates().get(key).photo == "required"
    assert example_face(key).photo is not None


def test_real_estate_may_have_several_holders_of_either_kind() -> None:
    holder = templates().get("real-estate-certificate").holder
    assert holder.several
    assert holder.kind is HolderKind.EITHER


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("food-business-permit", "JY16204020000011"),
        ("road-transport-permit", "甘交运管许可白字620402000001号"),
        ("vehicle-transport-certificate", "甘交运管白字620402000001号"),
        ("birth-certificate", "V620000001"),
        ("teacher-qualification", "20266204042000001"),
        ("construction-permit", "620402202603020101"),
        ("medical-institution-license", "PDY00001X62040217A1001"),
        ("no-criminal-record-certificate", "白公查字〔2026〕00001号"),
        ("real-estate-certificate", "甘（2026）白银市不动产权第0000001号"),
    ],
)
def test_number_rules_accept_real_forms(key: str, number: str) -> None:
    assert re.fullmatch(templates().get(key).number.pattern, number)
    assert not re.fullmatch(templates().get(key).number.pattern, number + "1")
