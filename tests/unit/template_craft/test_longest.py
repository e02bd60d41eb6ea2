"""The longest legal licence: every text as long as the type allows, cut only where the layout cannot hold it."""

from pathlib import Path

import pytest
from crafting import DAY, Department
from faces import TYPES, templates

from license_lib.catalogue import Catalogue, FieldType
from license_lib.licenses import face_content
from license_lib.rendering import Fonts, check_fit
from license_lib.resources import resource_folder
from license_lib.template_craft.longest import HOLDER_NAME, SEVERAL, fitted, longest, tight_places
from license_lib.template_craft.specimens import Specimen, examples, of_layout


def specimen_of(folder: Path, key: str, name: str = "") -> Specimen:
    kind = Catalogue.load(folder).versions(key).all()[-1]
    return of_layout(examples(folder / key, kind, DAY), kind, name)


def of_department(department: Department) -> Specimen:
    return specimen_of(department.folder, department.type_folder.name)


@pytest.mark.parametrize("key", TYPES)
def test_it_is_legal_and_nothing_could_be_longer(key: str) -> None:
    kind = templates().get(key)
    for name in ("", *kind.variant_layouts):
        long = longest(specimen_of(resource_folder("templates"), key, name))
        assert long.layout == kind.variant_layouts.get(name, kind.layout)
        assert {len(holder.name) for holder in long.document.holders} == {HOLDER_NAME}
        assert len(long.document.holders) == (SEVERAL if kind.holder.several else 1)
        for spec in kind.fields:
            if spec.type is FieldType.ROWS:
                assert len(long.document.tables[spec.code]) == spec.max_rows
            elif spec.type is FieldType.TEXT and not spec.choices and spec.pattern is None:
                assert len(long.document.fields[spec.code]) == spec.max_length


def test_a_pattern_too_hard_leaves_the_text_of_the_example(department: Department) -> None:
    department.edit("type.toml", 'pattern = "[0-9]{4}-[0-9]{5}"', 'pattern = "(?=2)[0-9-]{1,20}"')
    assert longest(of_department(department)).document.number == "2026-00001"


def test_what_does_not_fit_is_cut_to_what_does(department: Department, fonts: Fonts) -> None:
    department.edit("layout.toml", "y = 93, w = 243, h = 13", "y = 93, w = 243, h = 6")
    department.edit("layout.toml", "x = 27, y = 71, w = 188, h = 11", "x = 27, y = 71, w = 60, h = 5")
    department.edit("layout.toml", "x = 27, y = 58, w = 190, h = 9", "x = 27, y = 58, w = 52, h = 4")
    department.edit("type.toml", 'pattern = "[0-9]{4}-[0-9]{5}"', 'pattern = ".{1,60}"')
    department.add_tables("refuse", rows=50, most=20)
    base = of_department(department)
    long = longest(base)
    tight = list(tight_places(long, fonts, ("layout",)))
    assert [one.part.field for one in tight] == ["license_number", "holder_name", "address", "vehicles"]
    assert all(0 < one.fits < one.given for one in tight)
    cut = fitted(long, base, tight)
    check_fit(cut.kind, face_content(cut.kind, cut.document), fonts)
    assert cut.document.number == base.document.number
    assert len(cut.document.fields["KZ_ZS"]) == tight[2].fits
    assert len(cut.document.tables["KZ_CLQD"]) == tight[3].fits
    assert long.document.fields["KZ_ZS"].startswith(cut.document.fields["KZ_ZS"])


def test_several_holders_share_what_a_box_holds(department: Department, fonts: Fonts) -> None:
    department.edit("type.toml", 'kind = "organisation"', 'kind = "organisation"\nseveral = true')
    department.edit("layout.toml", "x = 27, y = 71, w = 188, h = 11", "x = 27, y = 71, w = 120, h = 5")
    base = of_department(department)
    long = longest(base)
    assert len({holder.number for holder in long.document.holders}) == SEVERAL
    tight = list(tight_places(long, fonts, ("layout",)))
    cut = fitted(long, base, tight)
    check_fit(cut.kind, face_content(cut.kind, cut.document), fonts)
    assert 1 <= len(cut.document.holders[0].name) < HOLDER_NAME


def test_numbers_of_many_holders_and_sums_of_many_rows_are_said_as_in_the_example(
    department: Department, fonts: Fonts
) -> None:
    department.edit("type.toml", 'kind = "organisation"', 'kind = "organisation"\nseveral = true')
    department.edit("layout.toml", "x = 27, y = 82, w = 121, h = 11", "x = 27, y = 82, w = 84, h = 5")
    department.add_tables("continue", rows=50, most=20)
    for old, new in (
        ("KZ_CLHP", "KZ_HDZZL"),
        ("车辆号牌", "核定载质量（吨）"),
        ('"Plate"', '"Load", type = "decimal"'),
    ):
        department.edit("type.toml", old, new)
    department.edit("example.toml", '"样A00001"', '"8"')
    department.add("type.toml", '[[computed]]\nkey = "load"\nlabel = "总吨位"\nenglish = "Load"\nof = "vehicles"\n')
    department.add("type.toml", 'form = "sum"\ncolumn = "plate"\n')
    box = '{ field = "load", label_w = 20, x = 217, y = 176, w = 29, h = 2.6, min_size = 6 },'
    department.edit("layout.toml", "boxes = [\n", f"boxes = [\n    {box}\n")
    base = of_department(department)
    long = longest(base)
    tight = list(tight_places(long, fonts, ("layout",)))
    assert [one.part.field for one in tight] == ["load", "holder_number"]
    cut = fitted(long, base, tight)
    check_fit(cut.kind, face_content(cut.kind, cut.document), fonts)
    assert cut.document.holders == base.document.holders
    assert cut.document.tables == base.document.tables


def test_a_number_too_long_is_said_as_in_the_example(department: Department, fonts: Fonts) -> None:
    department.edit("type.toml", "max_length = 1000", 'type = "decimal"')
    department.edit("example.toml", "样例经营活动；样例技术服务、技术咨询。", "86.5")
    department.edit("layout.toml", 'min_size = 9, overflow = "continue"', "min_size = 12")
    department.edit("layout.toml", "x = 27, y = 109, w = 243", "x = 27, y = 109, w = 46")
    department.edit("layout.toml", "y = 109, w = 46, h = 26", "y = 109, w = 46, h = 6")
    base = of_department(department)
    long = longest(base)
    assert long.document.fields["KZ_XKFW"] == "9" * 15 + ".999999"
    tight = list(tight_places(long, fonts, ("layout",)))
    assert [(one.part.field, one.fixed) for one in tight] == [("scope", False)]
    assert fitted(long, base, tight).document.fields["KZ_XKFW"] == "86.5"
