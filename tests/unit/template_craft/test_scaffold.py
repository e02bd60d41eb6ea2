"""A new type is clean from its first moment, nobody's code is taken, and nothing is overwritten."""

import tomllib
from pathlib import Path

import pytest
from crafting import DAY, KEY, NAME, Department
from faces import TYPES, templates

from license_lib.catalogue import Catalogue, load_type
from license_lib.errors import InputError, MachineError
from license_lib.rendering import Fonts
from license_lib.template_craft.check import check_templates
from license_lib.template_craft.scaffold import new_template


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_its_own_has_all_that_it_needs(department: Department) -> None:
    kind = load_type(department.type_folder).kind
    assert (kind.key, kind.name, kind.version, kind.code.official) == (KEY, NAME, 1, False)
    assert kind.layout.title.text == NAME
    assert "占位" in kind.code.source
    names = set(contents(department.folder))
    assert {"_parts/a4-landscape.toml", "schema/type.schema.json", "schema/layout.schema.json"} <= names
    assert not any(name.endswith(".ttf") or name.startswith("_new") for name in names), "fonts stay where they are"


def test_its_comments_explain_it_in_chinese(department: Department) -> None:
    text = (department.type_folder / "type.toml").read_text("utf-8")
    sections = [line for line in text.splitlines() if line.startswith("[") and line != "[[fields]]"]
    for section in sections:
        assert text.partition(f"\n{section}\n")[0].rpartition("\n\n")[2].lstrip("#").strip(), (
            f"{section} has no comment"
        )
    assert "$" not in text + (department.type_folder / "layout.toml").read_text("utf-8")


def test_codes_of_stand_ins_differ_from_all_that_are_there(department: Department) -> None:
    for number in range(3):
        new_template(department.folder, f"other-{number}", f"样例证{number}")
    codes = [kind.code.value for kind in Catalogue.load(department.folder)]
    assert len(set(codes)) == 4
    assert not set(codes) & {kind.code.value for kind in templates()}


@pytest.mark.parametrize("key", TYPES)
def test_a_copy_of_any_type_is_clean_and_has_no_official_code(tmp_path: Path, fonts: Fonts, key: str) -> None:
    made = new_template(tmp_path, "copied", "样例副本证", like=templates().get(key).name)
    kind, original = load_type(made).kind, templates().get(key)
    assert (kind.key, kind.name, kind.version, kind.code.official) == ("copied", "样例副本证", 1, False)
    assert kind.code.value not in {one.code.value for one in templates()}
    assert (kind.fields, kind.number, kind.validity) == (original.fields, original.number, original.validity)
    assert {layout.title.text for layout in kind.layouts} == {"样例副本证"}
    assert not (made / "releases").exists()
    assert original.key not in (made / "type.toml").read_text("utf-8")
    report = check_templates(tmp_path, fonts=fonts, day=DAY)
    assert (report.types, report.errors) == (("copied",), 0)


def test_a_copy_of_a_departments_own_type(department: Department) -> None:
    department.edit("type.toml", "version = 1", "version = 7\neffective_from = 2027-01-01")
    department.edit("type.toml", "max_length = 1000", "max_length = 999")
    made = load_type(new_template(department.folder, "copied", "样例副本证", like=KEY)).kind
    assert (made.version, made.effective_from, made.by_key["scope"].max_length) == (1, None, 999)
    assert made.code.value != load_type(department.type_folder).kind.code.value


@pytest.mark.parametrize(
    ("key", "name", "like", "code"),
    [
        (KEY, "样例另一证", "", "template.exists"),
        ("other", NAME, "", "template.exists"),
        ("other", "营业执照", "", "template.exists"),
        ("Other", "样例另一证", "", "template.key"),
        ("../other", "样例另一证", "", "template.key"),
        ("fonts", "样例另一证", "", "template.key"),
        ("schema", "样例另一证", "", "template.key"),
        ("other", "证", "", "template.name"),
        ("other", '证"照', "", "template.name"),
        ("other", "证$照", "", "template.name"),
        ("other", "证" * 41, "", "text.too-long"),
        ("other", "证\n照", "", "text.character"),
        ("other", "样例另一证", "nosuch", "type.unknown"),
        ("other", "样例另一证", "../business-license", "type.unknown"),
    ],
)
def test_what_cannot_be_made_changes_nothing(department: Department, key: str, name: str, like: str, code: str) -> None:
    before = contents(department.folder)
    with pytest.raises(InputError) as caught:
        new_template(department.folder, key, name, like=like)
    assert caught.value.code == code
    assert contents(department.folder) == before


def test_shared_parts_that_are_there_stay(department: Department) -> None:
    part, lost = department.folder / "_parts" / "a4-landscape.toml", department.folder / "_parts" / "a5-landscape.toml"
    part.write_text(part.read_text("utf-8") + "# ours\n", "utf-8")
    lost.unlink()
    new_template(department.folder, "other", "样例另一证")
    assert part.read_text("utf-8").endswith("# ours\n")
    assert lost.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(MachineError) as caught:
        new_template(tmp_path / "file", KEY, NAME)
    assert caught.value.code == "output.unwritable"


def test_the_example_is_what_issuing_takes(department: Department) -> None:
    example = tomllib.loads((department.type_folder / "example.toml").read_text("utf-8"))
    assert {"number", "issued_on", "holders", "fields"} <= example.keys()
    assert "样例" in example["holders"][0]["name"]
