"""Released templates: frozen for ever, so that a licence is always drawn and judged by the template it was issued with.

`<type>/releases/<version>.json` is one canonical JSON object (RFC 8785) without anything outside it: all shared parts
are merged in, all defaults spelled out, and pictures lie beside it under their SHA-256.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from license_lib import canonical_json
from license_lib.catalogue.artwork import ArtworkError, artwork_digest, read_artwork
from license_lib.catalogue.checks import dangling
from license_lib.catalogue.faults import said
from license_lib.catalogue.loading import LoadedType
from license_lib.catalogue.model import LicenseType, template_digest
from license_lib.catalogue.problems import TemplateError, TemplateProblem
from license_lib.errors import MachineError
from license_lib.links import leads_outside
from license_lib.toml_files import bounded_bytes, located, path_of, reasons

FORMAT = "license-template/1"
RELEASES_FOLDER = "releases"
MAX_RELEASE_BYTES = 1024 * 1024


def frozen(kind: LicenseType) -> bytes:
    """A type as the bytes of its release."""
    document = kind.document()
    return canonical_json.dumps({"format": FORMAT, "digest": template_digest(document), "template": document})


def load_releases(folder: Path) -> tuple[LoadedType, ...]:
    """Every released version of a type folder, the oldest first.

    Raises:
        TemplateError: a file is no release, not what was released, or of another type.
    """
    problems: list[TemplateProblem] = []
    loaded: list[LoadedType] = []
    for path in sorted((folder / RELEASES_FOLDER).glob("*.json")):
        try:
            loaded.append(_load(path, folder.name))
        except TemplateError as error:
            problems += error.problems
    if problems:
        raise TemplateError(problems)
    return tuple(sorted(loaded, key=lambda one: one.kind.version))


def write_release(folder: Path, loaded: LoadedType) -> Path:
    """Freeze a type in its folder; the pictures first, so that no release is ever without them.

    Raises:
        MachineError: `output.unwritable`, or the version has been released already.
    """
    releases = folder / RELEASES_FOLDER
    path = releases / f"{loaded.kind.version}.json"
    try:
        releases.mkdir(exist_ok=True)
        for picture in _pictures(loaded.kind):
            (releases / picture[1]).write_bytes(loaded.artwork[picture[0]])
        with path.open("xb") as file:
            file.write(frozen(loaded.kind))
    except OSError as error:
        raise MachineError("output.unwritable", f"{path}: {error.strerror}") from None
    return path


def _load(path: Path, key: str) -> LoadedType:
    file = f"{key}/{RELEASES_FOLDER}/{path.name}"
    template = _checked(path, file)
    try:
        kind = LicenseType.released(template)
    except ValidationError as error:
        faults = [replace(fault, path=path_of(("template", *steps))) for steps, fault in located(error, LicenseType)]
        raise TemplateError(TemplateProblem.of(file, fault) for fault in faults) from None
    if (kind.key, f"{kind.version}.json") != (key, path.name):
        raise _refused(file, "release.other", path="template")
    lost = [replace(fault, path=path_of(("template", *steps))) for steps, fault in dangling(kind)]
    if lost:
        raise TemplateError(TemplateProblem.of(file, fault) for fault in lost)
    artwork = {}
    for digest, name in _pictures(kind):
        shown = f"{key}/{RELEASES_FOLDER}/{name}"
        try:
            artwork[digest] = read_artwork(path.parent / name)
        except ArtworkError as error:
            raise TemplateError([TemplateProblem.of(shown, error.fault)]) from None
        if artwork_digest(artwork[digest]) != digest:
            raise _refused(shown, "release.picture")
    return LoadedType(kind, artwork)


def _checked(path: Path, file: str) -> dict[str, Any]:
    """The template in a release, if nobody has touched it."""
    if leads_outside(path):
        raise _refused(file, "file.outside")
    try:
        data = bounded_bytes(path, MAX_RELEASE_BYTES)
    except OSError as error:
        raise _refused(file, "release.unreadable", **reasons(error)) from None
    try:
        raw = json.loads(data) if len(data) <= MAX_RELEASE_BYTES else None
        canonical = canonical_json.dumps(raw) == data
    except (ValueError, RecursionError):  # its own errors are ValueErrors
        raw, canonical = None, False
    if not canonical or not isinstance(raw, dict) or raw.keys() != {"format", "digest", "template"}:
        raise _refused(file, "release.form")
    if raw["format"] != FORMAT:
        raise _refused(file, "release.format", path="format", format=FORMAT)
    template = raw["template"]
    if not isinstance(template, dict) or template_digest(template) != raw["digest"]:
        raise _refused(file, "release.digest", path="digest")
    return template


def _pictures(kind: LicenseType) -> Iterator[tuple[str, str]]:
    """Digest and file name of every picture of a type."""
    for layout in kind.layouts:
        for artwork in layout.artwork:
            yield artwork.sha256, f"{artwork.sha256}.{artwork.file.rpartition('.')[2]}"


def _refused(file: str, code: str, *, path: str = "", **values: Any) -> TemplateError:
    return TemplateError([TemplateProblem.of(file, said(code, path=path, **values))])
