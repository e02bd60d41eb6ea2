"""The six committed types: their rules, what their QR may show, and a layout on which nothing collides."""

from itertools import combinations

import pytest
from faces import TYPES, Face, example_face, templates

from license_lib.catalogue import FieldType, HolderKind, LicenseType, Shown
from license_lib.catalogue.layout import Box, Square
from license_lib.identifiers import LicenseTypeCode
from license_lib.rendering.blocks import MM
from license_lib.rendering.ornament import INNER

OFFICIAL = {
    "business-license": "11100000MB0143028R001",
    "real-estate-certificate": "11100000MB03271699001",
    "road-transport-permit": "11100000000019713D008",
}
Rectangle = tuple[float, float, float, float]


def rectangle(place: Box | Square) -> Rectangle:
    if isinstance(place, Square):
        return place.x, place.y, place.x + place.size, place.y + place.size
    return place.x, place.y, place.x + place.w, place.y + place.h


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return max(one[0], other[0]) < min(one[2], other[2]) - 1e-6 and max(one[1], other[1]) < min(one[3], other[3]) - 1e-6


def places(kind: LicenseType) -> dict[str, Rectangle]:
    layout = kind.layout
    found = {"title": rectangle(layout.title), "qr": rectangle(layout.qr)}
    found |= {f"box {box.field}": rectangle(box) for box in layout.boxes}
    found |= {f"text {text.text}": rectangle(text) for text in layout.texts}
    if layout.photo is not None:
        found["photo"] = rectangle(layout.photo)
    return found


def test_all_six_types_are_there() -> None:
    assert tuple(kind.key for kind in templates()) == TYPES


def test_only_published_codes_are_called_official() -> None:
    for kind in templates():
        assert LicenseTypeCode.parse(kind.code.value)
        assert kind.code.official == (kind.key in OFFICIAL)
        assert kind.code.value == OFFICIAL.get(kind.key, kind.code.value)
        if not kind.code.official:
            assert "本地代码" in kind.code.source


def test_items_are_named_as_local() -> None:
    for kind in templates():
        assert kind.service_items
        assert all(item.code.startswith("LOCAL-") for item in kind.service_items)


def test_persons_are_masked_in_the_qr_and_no_id_number_is_in_it() -> None:
    for kind in templates():
        if kind.holder.kind is not HolderKind.ORGANISATION:
            assert kind.holder.in_qr is Shown.MASKED
        assert not any(spec.in_qr and spec.type is FieldType.CITIZEN_ID for spec in kind.fields)
    assert not templates().get("residence-permit").number.in_qr
    assert not templates().get("birth-certificate").number.in_qr


@pytest.mark.parametrize("key", TYPES)
def test_nothing_collides_on_the_page(key: str) -> None:
    found = places(templates().get(key))
    for (one, first), (other, second) in combinations(found.items(), 2):
        assert not overlap(first, second), f"{one} and {other}"


@pytest.mark.parametrize("key", TYPES)
def test_everything_stands_inside_the_border(key: str) -> None:
    kind = templates().get(key)
    inner = INNER / MM
    found = {**places(kind), "seal": rectangle(kind.layout.seal)}
    for name, (left, top, right, bottom) in found.items():
        assert left >= inner, name
        assert top >= inner, name
        assert right <= kind.layout.page.width - inner, name
        assert bottom <= kind.layout.page.height - inner, name


@pytest.mark.parametrize("key", TYPES)
def test_the_seal_stands_over_issuer_and_date_and_over_nothing_else(key: str) -> None:
    kind = templates().get(key)
    left, top, right, bottom = seal = rectangle(kind.layout.seal)
    covered = {name for name, place in places(kind).items() if overlap(seal, place)}
    assert covered == {"box issuer_name", "box issued_on"}
    issued_on = next(box for box in kind.layout.boxes if box.field == "issued_on")
    assert issued_on.x + issued_on.w / 2 == pytest.approx((left + right) / 2)
    assert top < issued_on.y < bottom


def test_examples_are_marked_as_samples(example: Face) -> None:
    assert all("样例" in holder.name for holder in example.document.holders)


def test_the_residence_permit_shows_a_photo() -> None:
    assert templates().get("residence-permit").photo == "required"
    assert example_face("residence-permit").photo is not None


def test_real_estate_may_have_several_holders_of_either_kind() -> None:
    holder = templates().get("real-estate-certificate").holder
    assert holder.several
    assert holder.kind is HolderKind.EITHER


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("food-business-permit", "JY16204020000011"),
        ("road-transport-permit", "甘交运管许可白字620402000001号"),
        ("birth-certificate", "V620000001"),
        ("real-estate-certificate", "甘（2026）白银市不动产权第0000001号"),
    ],
)
def test_number_rules_accept_real_forms(key: str, number: str) -> None:
    import re

    assert re.fullmatch(templates().get(key).number.pattern, number)
    assert not re.fullmatch(templates().get(key).number.pattern, number + "1")
