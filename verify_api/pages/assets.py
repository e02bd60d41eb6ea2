"""The files that the page is made of, in memory, under an address that changes with their content.

`assets/<version>/…`: so a browser may keep them for ever, and never mixes the modules of two versions.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request, Response

from verify_api.access import Public
from verify_api.problems import Problem
from verify_api.served_files import ServedFile, takes_gzip

router = APIRouter(include_in_schema=False)

_FOLDER: Final = Path(__file__).resolve().parent / "assets"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_MEDIA_TYPES: Final = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".wasm": "application/wasm",
    }
)
_ALREADY_PACKED: Final = frozenset({".png"})
_SCANNER: Final = "scanner/"
"""The decoder of pictures, a megabyte: loaded only if somebody scans."""
_STAFF: Final = "staff/"
"""Files of pages for people who sign in: nobody else has to load them, and no browser keeps them for offline use."""
_SCANNER_POLICY: Final = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
    }
)
"""Of the worker that decodes: other people's code that may compute, and reach nothing but its own files."""


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by name, and the version that they make together."""

    files: MappingProxyType[str, ServedFile] = field(repr=False)
    version: str

    @property
    def shell(self) -> list[str]:
        """Addresses of what the page needs, relative to it."""
        return [f"assets/{self.version}/{name}" for name in self.files if not name.startswith((_SCANNER, _STAFF))]

    @property
    def modules(self) -> list[str]:
        """Addresses of the script's modules, which a browser may fetch at once."""
        return [address for address in self.shell if address.endswith(".mjs")]

    @property
    def scanner(self) -> list[str]:
        """Addresses of what decodes pictures."""
        return [
            f"assets/{self.version}/{name}"
            for name in self.files
            if name.startswith(_SCANNER) and not name.endswith(".txt")
        ]


@cache
def assets() -> Assets:
    """The files as they are when they are first asked for."""
    files = {name: _file(path) for name, path in _named(sorted(_FOLDER.rglob("*")))}
    whole = hashlib.sha256()
    for name, file in files.items():
        whole.update(f"{name}\0{hashlib.sha256(file.data).hexdigest()}\n".encode())
    return Assets(MappingProxyType(files), whole.hexdigest()[:16])


@cache
def _packed(name: str) -> ServedFile:
    return assets().files[name].packed()


@router.api_route("/assets/{version}/{name:path}", methods=["GET", "HEAD"])
def asset(_: Public, request: Request, version: str, name: str) -> Response:
    """A file of the page; of another version there is none."""
    file = assets().files.get(name)
    if file is None or version != assets().version:
        raise Problem("http.not-found")
    if takes_gzip(request) and Path(name).suffix not in _ALREADY_PACKED:
        file = _packed(name)
    return file.answer(request)


def _named(paths: Iterable[Path]) -> Iterable[tuple[str, Path]]:
    return ((path.relative_to(_FOLDER).as_posix(), path) for path in paths if path.suffix in _MEDIA_TYPES)


def _file(path: Path) -> ServedFile:
    file = ServedFile(path.read_bytes(), _MEDIA_TYPES[path.suffix], _FOR_EVER, "Accept-Encoding")
    return replace(file, headers=_SCANNER_POLICY) if path.parent.name == _SCANNER.rstrip("/") else file
