"""The JSON Schema for editors: what is committed is what the models say, and it takes what loads."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crafting import Department

from license_lib.catalogue import Catalogue, TemplateError
from license_lib.errors import MachineError
from license_lib.resources import resource_folder
from license_lib.template_craft.key_texts import KEY_TEXTS
from license_lib.template_craft.schema import layout_schema, lifecycle_schema, schemas, type_schema, write_schemas

TEMPLATES = resource_folder("templates")
FILES = [
    path
    for path in sorted(
        {
            path
            for name in ("*/type.toml", "*/layout*.toml", "*/lifecycle.toml", "_*/*.toml")
            for path in TEMPLATES.glob(name)
        }
    )
    if not path.name.startswith("example")
]
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str, date),  # an editor takes a TOML date for a text
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (),
}


def schema_of(path: Path) -> dict[str, Any]:
    return {"type.toml": type_schema, "lifecycle.toml": lifecycle_schema}.get(path.name, layout_schema)()


def faults(schema: dict[str, Any], value: Any, part: dict[str, Any], path: str = "") -> list[str]:
    """What a value breaks of a part of a schema: as much of JSON Schema as ours use."""
    if "$ref" in part:
        name = part["$ref"].removeprefix("#/$defs/")
        return faults(schema, value, {**schema["$defs"][name], **{k: v for k, v in part.items() if k != "$ref"}}, path)
    if type(value) not in TYPES.get(part.get("type", ""), (type(value),)):
        return [f"{path}: is no {part['type']}"]
    found = simple_faults(value, part, path)
    for index, one in enumerate(value if isinstance(value, list) else []):
        found += faults(schema, one, part.get("items", {}), f"{path}[{index}]")
    known, others = part.get("properties", {}), part.get("additionalProperties", {})
    for name, one in (value if isinstance(value, dict) else {}).items():
        found += faults(schema, name, part.get("propertyNames", {}), f"{path}.{name}")
        if name in known or others:
            found += faults(schema, one, known.get(name, others), f"{path}.{name}")
        elif others is False:
            found.append(f"{path}.{name}: is not known")
    if "anyOf" in part and all(faults(schema, value, one, path) for one in part["anyOf"]):
        found.append(f"{path}: is none of the forms")
    return found


def simple_faults(value: Any, part: dict[str, Any], path: str) -> list[str]:
    """What a value breaks by itself."""
    size = len(value) if isinstance(value, str | list) else 0
    number = value if isinstance(value, int | float) else 0
    tests = {
        "is none of the choices": value in part.get("enum", [value]) and value == part.get("const", value),
        "has another form": not isinstance(value, str) or re.search(part.get("pattern", ""), value),
        "is too short": size >= part.get("minLength", part.get("minItems", 0)),
        "is too long": size <= part.get("maxLength", part.get("maxItems", size)),
        "is too small": part.get("exclusiveMinimum", number - 1) < number >= part.get("minimum", number),
        "is too large": number <= part.get("maximum", number),
    }
    missing = [name for name in part.get("required", []) if isinstance(value, dict) and name not in value]
    return [f"{path}: {what}" for what, passed in tests.items() if not passed] + [
        f"{path}.{name}: is missing" for name in missing
    ]


def test_the_committed_files_are_what_the_models_say() -> None:
    there = {path.name: path.read_text("utf-8") for path in (TEMPLATES / "schema").iterdir()}
    assert there == dict(schemas()), "license template schema templates"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_loads_is_valid_and_names_its_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    schema = schema_of(path)
    name = path.stem if path.name in {"type.toml", "lifecycle.toml"} else "layout"
    assert text.startswith(f"#:schema ../schema/{name}.schema.json\n")
    if path.parent.name != "_new":  # whose values are filled in when it is used
        assert faults(schema, tomllib.loads(text), schema) == []


def test_a_new_type_is_valid(department: Department) -> None:
    for name in ("type.toml", "layout.toml"):
        schema = schema_of(Path(name))
        assert faults(schema, tomllib.loads((department.type_folder / name).read_text("utf-8")), schema) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("type.toml", "max_length = 1000", "max_lenght = 1000", ".fields[2].max_lenght: is not known"),
        ("type.toml", 'label = "住所"\n', "", ".fields[0].label: is missing"),
        ("type.toml", "KZ_XKLB", "XKLB", ".fields[1].code: has another form"),
        ("type.toml", "years = 5", "years = 500", ".validity.years: is none of the forms"),
        ("type.toml", 'rule = "given"', 'rule = "gave"', ".number.rule: is none of the choices"),
        ("layout.toml", ", x = 27, y = 138", ", y = 138", ".boxes[6]: is none of the forms"),
        ("layout.toml", 'empty = "无"', "empty = 0", ".boxes[6].empty: is no string"),
        ("layout.toml", 'extends = ["a4-landscape"]', 'extend = ["a4-landscape"]', ".extend: is not known"),
    ],
)
def test_what_does_not_load_is_not_valid(department: Department, file: str, old: str, new: str, fault: str) -> None:
    department.edit(file, old, new)
    schema = schema_of(Path(file))
    assert faults(schema, tomllib.loads((department.type_folder / file).read_text("utf-8")), schema) == [fault]
    with pytest.raises(TemplateError):
        Catalogue.load(department.folder)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("inspection_months = 0", ".inspection_months: is none of the forms"),
        ('late = ["never"]', ".late[0]: is none of the choices"),
        ('[[never]]\nkinds = []\nzh = "没有"\nen = "none"', ".never[0].kinds: is too short"),
        ("inspection_month = 1", ".inspection_month: is not known"),
    ],
)
def test_a_life_cycle_that_is_wrong_is_not_valid(text: str, fault: str) -> None:
    schema = lifecycle_schema()
    assert faults(schema, tomllib.loads(text), schema) == [fault]


def test_every_key_is_explained_and_no_other() -> None:
    def keys(part: object) -> set[str]:
        if isinstance(part, list):
            return set[str]().union(*map(keys, part))
        if not isinstance(part, dict):
            return set()
        own = set(part["properties"]) if isinstance(part.get("properties"), dict) else set[str]()
        return own.union(*(keys(one) for one in part.values()))

    assert keys([type_schema(), layout_schema(), lifecycle_schema()]) == set(KEY_TEXTS)
    assert all(re.search("[\u4e00-\u9fff]", text) and re.search("[A-Za-z]{3}", text) for text in KEY_TEXTS.values())


def test_entries_that_change_a_shared_one_need_only_say_what_differs() -> None:
    schema = layout_schema()
    for entry in ({"id": "scan", "x": 222}, {"id": "scan", "remove": True}):
        assert faults(schema, {"texts": [entry]}, schema) == []
    assert faults(schema, {"texts": [{"x": 222}]}, schema) == [".texts[0]: is none of the forms"]


def test_they_are_plain_json_of_the_draft() -> None:
    for text in schemas().values():
        schema = json.loads(text)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["additionalProperties"] is False


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "schema").write_text("", "utf-8")
    with pytest.raises(MachineError) as caught:
        write_schemas(tmp_path)
    assert caught.value.code == "output.unwritable"
