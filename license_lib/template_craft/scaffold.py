"""Begin a licence type: a folder that loads, checks and previews at once, from nothing or from another type."""

import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from license_lib.catalogue import Catalogue, LicenseType
from license_lib.catalogue.collection import FONT_FOLDER, SCHEMA_FOLDER
from license_lib.catalogue.loading import LAYOUT_FILE, TYPE_FILE
from license_lib.catalogue.merging import PARTS_FOLDER
from license_lib.catalogue.releases import RELEASES_FOLDER
from license_lib.errors import InputError, MachineError
from license_lib.licenses.rules import checked_text
from license_lib.resources import resource_folder
from license_lib.template_craft.built_in import built_in_types

SCAFFOLD_FOLDER = "_new"
_KEY = re.compile(r"[a-z][a-z0-9-]{1,39}")
_MAX_NAME = 40
_BODY = "11620400000000101R"  # the fictitious body of the examples
_NUMBERS = range(999, 0, -1)
_SOURCE = "本地代码（占位，样例机构代码＋{number}）：未见公布的国家证照类型代码，正式使用前须更换"
_KEPT_OUT = frozenset({RELEASES_FOLDER, FONT_FOLDER})


@dataclass(frozen=True, slots=True)
class _Identity:
    """What tells a type from others."""

    key: str
    name: str
    english: str
    code: str
    source: str


def new_template(folder: Path, key: str, name: str, *, like: str = "") -> Path:
    """Make the folder of a new type. Nothing that is there is changed.

    Args:
        folder: the folder of templates; it is made, with the shared parts, if need be.
        key: the type's key, which is the folder's name.
        name: its Chinese name.
        like: begin with a copy of this type: its key, Chinese name or type code.

    Returns:
        The new folder.

    Raises:
        InputError: `template.key`, `template.name`, `template.exists`, `type.unknown`.
        TemplateError: the folder's other types do not load.
        MachineError: `output.unwritable`.
    """
    built_in = resource_folder("templates")
    target = folder / key
    if key in {FONT_FOLDER, SCHEMA_FOLDER}:
        raise InputError("template.key", f"the folder {key} is for something else", hint="choose another key")
    if not _KEY.fullmatch(key):
        raise InputError("template.key", "a key is 2 to 40 small letters, digits and hyphens", hint="taxi-permit")
    name = checked_text(name, "name", _MAX_NAME)
    if len(name) < 2 or set(name) & set('"\\$'):  # noqa: PLR2004 -- the least that a type's name may have
        raise InputError("template.name", "a name has 2 to 40 characters, without quotation marks, \\ and $")
    if target.exists():
        raise InputError("template.exists", f"{target} is there already", hint="choose another key")
    known = _known(folder)
    if name in {kind.name for kind in known.values()}:
        raise InputError("template.exists", f"there is a type called {name} already", hint="choose another --name")
    number = next(number for number in _NUMBERS if f"{_BODY}{number:03d}" not in {k.code.value for k in known.values()})
    identity = _Identity(
        key, name, key.replace("-", " ").capitalize(), f"{_BODY}{number:03d}", _SOURCE.format(number=f"{number:03d}")
    )
    source = _found(like, folder, built_in, known) if like else built_in / SCAFFOLD_FOLDER
    try:
        target.mkdir(parents=True)
        for path in sorted(source.iterdir()):
            if path.is_file() and path.name not in _KEPT_OUT:
                _copy(path, target / path.name, identity, known.get(source.name))
        for shared in (PARTS_FOLDER, SCHEMA_FOLDER):
            _complete(built_in / shared, folder / shared)
    except OSError as error:
        raise MachineError("output.unwritable", f"{target}: {error.strerror}") from None
    return target


def _known(folder: Path) -> dict[str, LicenseType]:
    """The newest version of every type, built in and of the folder."""
    found = list(built_in_types())
    if folder.is_dir() and any(path.is_dir() and path.name[0] not in "._" for path in folder.iterdir()):
        found += Catalogue.load(folder)
    return {kind.key: kind for kind in found}


def _found(like: str, folder: Path, built_in: Path, known: dict[str, LicenseType]) -> Path:
    """The folder of the type to begin with: the department's own, or else the built-in one."""
    key = next((kind.key for kind in known.values() if like in {kind.key, kind.name, kind.code.value}), None)
    if key is None:
        raise InputError("type.unknown", "there is no such licence type to begin with", hint="license catalogue list")
    return folder / key if (folder / key).is_dir() else built_in / key


def _copy(path: Path, target: Path, identity: _Identity, original: LicenseType | None) -> None:
    """A file of another type, or of the scaffold, as one of the new type."""
    if path.suffix != ".toml":
        shutil.copyfile(path, target)
        return
    text = path.read_text(encoding="utf-8-sig")
    if original is None:
        text = Template(text).substitute(asdict(identity))
    elif path.name == TYPE_FILE:
        text = _renamed(text, identity, original)
    elif path.stem.startswith(LAYOUT_FILE.removesuffix(".toml")):
        text = text.replace(f'text = "{original.name}"', f'text = "{identity.name}"')
    target.write_text(text, encoding="utf-8")


def _renamed(text: str, identity: _Identity, original: LicenseType) -> str:
    """`type.toml` of a type as that of another one, which has no official code and was never released."""
    head, bracket, tables = text.partition("\n[")
    head = re.sub(r"(?m)^(#.*|effective_from\s*=.*)\n", "", head)
    for key, value in (("key", identity.key), ("name", identity.name), ("english", identity.english)):
        head = re.sub(rf"(?m)^{key}\s*=.*$", f'{key} = "{value}"', head)
    head = re.sub(r"(?m)^version\s*=.*$", "version = 1", head)
    said = f'[code]\nvalue = "{identity.code}"\nofficial = false\nsource = "{identity.source}"\n'
    tables = re.sub(r"(?ms)^\[code\]\n.*?(?=^\[|\Z)", lambda _: f"{said}\n", f"[{tables}" if bracket else "")
    about = f"# {identity.name}：以 {original.name} 为起点。请逐项改为本证照的规定；代码是占位的本地代码，"
    about += "service_items 须另行核对。"
    return f"#:schema ../{SCHEMA_FOLDER}/type.schema.json\n{about}\n{head.strip()}\n\n{tables}"


def _complete(source: Path, target: Path) -> None:
    """Copy what is missing of a shared folder; what is there stays."""
    if source.resolve() == target.resolve() or not source.is_dir():
        return
    target.mkdir(exist_ok=True)
    for path in source.iterdir():
        if path.is_file() and not (target / path.name).exists():
            shutil.copyfile(path, target / path.name)
