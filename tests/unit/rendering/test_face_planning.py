"""Every text stays in its box: it wraps, it shrinks, or it is refused; it is never cut."""

from dataclasses import replace
from itertools import pairwise

import pytest
from faces import TYPES, Face, example_face

from license_lib.catalogue import FieldType
from license_lib.errors import InputError
from license_lib.rendering import Fonts, check_fit, plan_face
from license_lib.rendering.blocks import Block, FacePlan
from license_lib.rendering.setting import ASCENT, DESCENT


def value_block(plan: FacePlan, field: str) -> Block:
    return next(block for block in plan.blocks if block.field == field and block.part == "value")


def planned(face: Face, fonts: Fonts) -> FacePlan:
    return plan_face(face.license_type, face.content(), fonts)


def assert_within_boxes(plan: FacePlan) -> None:
    for block in plan.blocks:
        x, y, width, height = block.box
        for line in block.lines:
            assert line.x >= x - 0.01, block
            assert line.x + line.width <= x + width + 0.01, block
            assert line.baseline - ASCENT * line.size >= y - 0.01, block
            assert line.baseline + DESCENT * line.size <= y + height + 0.01, block
        for upper, lower in pairwise(block.lines):
            assert lower.baseline - upper.baseline >= 1.2 * lower.size, block


def fullest(key: str) -> Face:
    """The example with every text field as long as its type allows, in full-width characters."""
    face = example_face(key)
    texts = {
        spec.key: ("白银市样例长文本，（第一号）" * 100)[: spec.max_length]
        for spec in face.license_type.fields
        if spec.type is FieldType.TEXT and not spec.choices and spec.pattern is None
    }
    return face.with_fields(**texts).with_holders("司马欧阳·" * 10)


@pytest.mark.parametrize("key", TYPES)
def test_examples_stay_within_their_boxes(fonts: Fonts, key: str) -> None:
    assert_within_boxes(planned(example_face(key), fonts))


@pytest.mark.parametrize("key", TYPES)
def test_the_longest_allowed_values_fit_every_type(fonts: Fonts, key: str) -> None:
    face = fullest(key)
    plan = planned(face, fonts)
    assert_within_boxes(plan)
    for box in face.license_type.layout.boxes:
        values = [block for block in plan.blocks if block.field == box.field and block.part == "value"]
        shown = "".join(line.text for block in values for line in block.lines)
        assert shown == (face.values()[box.field] or box.empty)
        assert len(values) <= 1 or box.overflow == "continue"


def test_a_short_value_is_set_in_full_size_beside_its_label(fonts: Fonts, business_face: Face) -> None:
    plan = planned(business_face.with_fields(address="白银市"), fonts)
    (line,) = value_block(plan, "address").lines
    assert line.size == 13
    label = next(block for block in plan.blocks if block.field == "address" and block.part == "label")
    assert line.baseline == pytest.approx(label.lines[0].baseline)


def test_a_long_value_wraps_then_shrinks(fonts: Fonts, business_face: Face) -> None:
    def address(length: int) -> Block:
        return value_block(planned(business_face.with_fields(address="址" * length), fonts), "address")

    assert len(address(60).lines) > 1
    assert address(60).lines[0].size == 13
    assert address(190).lines[0].size < 10


def test_a_last_line_of_one_or_two_characters_is_avoided(fonts: Fonts, business_face: Face) -> None:
    for length in range(20, 60):
        lines = value_block(planned(business_face.with_fields(address="址" * length), fonts), "address").lines
        assert len(lines) == 1 or len(lines[-1].text) > 2


def test_what_does_not_fit_is_refused_with_the_number_of_characters_that_do(fonts: Fonts, business_face: Face) -> None:
    secret = "密" * 10_000
    face = business_face.with_fields(address=secret)
    with pytest.raises(InputError) as error:
        check_fit(face.license_type, face.content(), fonts)
    assert error.value.code == "field.overflow"
    assert "address" in error.value.message
    assert "10000 characters" in error.value.message
    assert "mm" in error.value.message
    assert "密" not in str(error.value)
    fitting = int("".join(filter(str.isdigit, error.value.hint)))
    assert_within_boxes(planned(business_face.with_fields(address="密" * fitting), fonts))
    with pytest.raises(InputError):
        planned(business_face.with_fields(address="密" * (fitting + 1)), fonts)


def test_one_endless_word_is_refused_too(fonts: Fonts, business_face: Face) -> None:
    face = business_face.with_holders("A" * 50_000)
    with pytest.raises(InputError, match="holder_name"):
        face.pdf(fonts)


def test_owners_go_on_before_what_they_own(fonts: Fonts) -> None:
    names = [f"样例·买买提·阿卜杜热合曼·{number}" for number in range(40)]
    face = example_face("real-estate-certificate").with_holders(*names).with_fields(notes="附记内容" * 200)
    plan = planned(face, fonts)
    assert_within_boxes(plan)
    cells = [block for page in plan.pages for block in page.blocks if block.part == "cell" and not block.column]
    assert ["".join(line.text for line in cell.lines) for cell in cells] == names
    labels = ["".join(line.text for line in block.lines) for block in plan.blocks if block.part == "label"]
    assert labels[-2:] == ["权利人（续）", "附记（续）"]


def test_the_longest_identifier_fits_every_type(fonts: Fonts) -> None:
    for key in TYPES:
        face = example_face(key)
        longest = {**face.values(), "identifier": f"1.2.156.3005.2.{'W' * 21}.{'W' * 18}.{'W' * 32}.001.W"}
        assert_within_boxes(plan_face(face.license_type, replace(face.content(), texts=longest), fonts))


def test_labels_of_a_column_end_at_the_same_edge(fonts: Fonts, business_face: Face) -> None:
    plan = planned(business_face, fonts)
    right_edges = {
        round(block.lines[0].x + block.lines[0].width, 1)
        for block in plan.blocks
        if block.part == "label" and block.field in {"holder_name", "entity_type", "legal_representative"}
    }
    assert len(right_edges) == 1
