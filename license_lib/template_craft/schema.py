"""JSON Schema (draft 2020-12) of a type's TOML files, for editors that complete and check while one types.

It is made from the models that load the files, so it never says another thing; what several values break together is
for `license template check`. Each TOML file names its schema in its first line: `#:schema ../schema/type.schema.json`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from license_lib.catalogue import Layout, LicenseType
from license_lib.catalogue.collection import SCHEMA_FOLDER
from license_lib.catalogue.layout import LISTS
from license_lib.errors import MachineError
from license_lib.lifecycle.rule_files import LifecycleFile
from license_lib.template_craft.key_texts import KEY_TEXTS

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TABLES = ("Page", "StaticText", "Square", "Box")
_ENTRY_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"}
_PARTS = {"type": "array", "items": {"type": "string", "pattern": r"^[a-z][a-z0-9-]{0,60}(\.toml)?$"}}


def type_schema() -> dict[str, Any]:
    """What `type.toml` may say: a licence type without its layouts, which have files of their own."""
    schema = LicenseType.model_json_schema()
    for name in ("layout", "variant_layouts"):
        del schema["properties"][name]
    schema["required"].remove("layout")
    return _finished(schema, "证照类型 Licence type (type.toml)")


def layout_schema() -> dict[str, Any]:
    """What `layout.toml` and `layout-<name>.toml` may say: any part of a layout, for shared parts say the rest."""
    schema = Layout.model_json_schema()
    definitions, properties = schema["$defs"], schema["properties"]
    del schema["required"]
    properties["extends"] = dict(_PARTS)
    for name, part in properties.items():
        if name in LISTS:
            entry = part["items"]["$ref"].rpartition("/")[2]
            definitions[f"{entry}Entry"] = _entry(definitions[entry])
            part["items"] = {"$ref": f"#/$defs/{entry}Entry"}
            part.pop("minItems", None)
    for name in _TABLES:  # merged key by key, so no file has to say all of it
        definitions[name].pop("required", None)
    return _finished(schema, "版面 Layout (layout.toml)")


def lifecycle_schema() -> dict[str, Any]:
    """What `lifecycle.toml` may say."""
    return _finished(LifecycleFile.model_json_schema(), "生命周期 Life cycle (lifecycle.toml)")


def schemas() -> Mapping[str, str]:
    """The files of the schema folder by name."""
    made = {
        "type.schema.json": type_schema(),
        "layout.schema.json": layout_schema(),
        "lifecycle.schema.json": lifecycle_schema(),
    }
    return {name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n" for name, schema in made.items()}


def write_schemas(folder: Path) -> Path:
    """Write the schema files for a folder of templates.

    Returns:
        The folder that holds them.

    Raises:
        MachineError: `output.unwritable`.
    """
    target = folder / SCHEMA_FOLDER
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in schemas().items():
            (target / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise MachineError("output.unwritable", f"{target}: {error.strerror}") from None
    return target


def _entry(definition: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a list: whole, or with the `id` of an entry that is there, of which it says what differs."""
    keys = {"id": dict(_ENTRY_NAME), "remove": {"const": True}}
    entry = {key: value for key, value in definition.items() if key != "required"}
    entry["properties"] = {**keys, **definition["properties"]}
    entry["anyOf"] = [{"required": ["id"]}, {"required": definition["required"]}]
    return entry


def _finished(schema: dict[str, Any], title: str) -> dict[str, Any]:
    """With descriptions of all keys, without the definitions that nothing names any more."""
    for definition in [schema, *schema["$defs"].values()]:
        definition.pop("title", None)
        for name, said in definition.get("properties", {}).items():
            said.pop("title", None)
            said["description"] = KEY_TEXTS[name]
    named = _named(schema, {key: value for key, value in schema.items() if key != "$defs"})
    used = {name: schema["$defs"][name] for name in sorted(named)}
    rest = {key: value for key, value in schema.items() if key not in {"$defs", "description"}}
    return {"$schema": _DRAFT, "title": title, **rest, "$defs": used}


def _named(schema: Mapping[str, Any], part: object) -> set[str]:
    """The definitions that a part of a schema needs."""
    if isinstance(part, list):
        return set[str]().union(*(_named(schema, one) for one in part))
    if not isinstance(part, dict):
        return set()
    found = set[str]().union(*(_named(schema, value) for value in part.values()))
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return found
    name = reference.rpartition("/")[2]
    return found | {name} | _named(schema, schema["$defs"][name])
