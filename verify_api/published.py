"""What the authority publishes, as any web server would serve it: status lists, bundles, the log (C2SP tlog-tiles).

The files are public and signed: whoever fetches them needs no trust in this service, and may do so from any page.
"""

import re
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, FastAPI, Path, Request, Response

from license_lib.bundle.files import BUNDLE_MEDIA_TYPE
from license_lib.publishing.bundles import delta_since
from license_lib.publishing.folder import BUNDLE, CHECKPOINT, TIMESTAMP, WITNESSED, PublicFolder, status_name
from license_lib.status.tokens import CWT_MEDIA_TYPE, JWT_MEDIA_TYPE
from verify_api.access import Public
from verify_api.problems import Problem, responses
from verify_api.served_files import ANYBODY, ServedFile, takes_gzip, weight

router = APIRouter(tags=["published"])

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_LIST_SECONDS: Final = "public, max-age=30"
_HEAD_SECONDS: Final = "public, max-age=5"
_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_TRUST_LIST: Final = "application/license-trust-list+jws"
_TOKEN: Final = "application/vnd.etsi.timestamp-token"  # noqa: S105 - a time-stamp, and no password
_TILE: Final = re.compile(
    r"([0-9]|[1-5][0-9]|6[0-3]|entries)/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
"""C2SP tlog-tiles, Merkle Tree and Log Entries: nothing else is looked for on the disk."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}")


Number = Annotated[str, Path(description="Of the list, from 1", examples=["1"])]
Tile = Annotated[str, Path(description="As C2SP tlog-tiles names it", examples=["0/000.p/3", "entries/x001/002"])]
Digest = Annotated[str, Path(description="SHA-256 of a signed manifest, in hex", examples=["0" * 64])]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Response])


def _served(path: str, summary: str, *media_types: str) -> Callable[[Endpoint], Endpoint]:
    """Add a route for GET, and for HEAD, which the description need not name."""

    def add(endpoint: Endpoint) -> Endpoint:
        told: dict[int | str, dict[str, Any]] = {
            200: {"content": {media_type: {} for media_type in media_types}},
            "default": {"description": "Any other problem"},  # else the framework promises a form of its own
            **responses("http.not-found"),
        }
        router.get(path, summary=summary, response_class=Response, responses=told)(endpoint)
        router.head(path, include_in_schema=False)(endpoint)
        return endpoint

    return add


def install(app: FastAPI, folder: FilePath, trust_list: FilePath) -> None:
    """Serve a folder of published files, and the trust list, which need not be there."""
    app.state.published, app.state.trust_list = PublicFolder(folder), trust_list
    app.include_router(router)


@_served("/status/{number}.jwt", "状态名单 A status list, as a JWT", JWT_MEDIA_TYPE)
def status_list_jwt(_: Public, request: Request, number: Number) -> Response:
    """The states of 2**20 licences, signed (IETF Token Status List)."""
    return _jwt(request, number, vary="Accept-Encoding").answer(request)


@_served("/status/{number}", "状态名单 A status list, as a CWT or a JWT", CWT_MEDIA_TYPE, JWT_MEDIA_TYPE)
def status_list(_: Public, request: Request, number: Number) -> Response:
    """The same, as the `Accept` header prefers; a CWT if it does not say."""
    vary = "Accept, Accept-Encoding"
    accepted = ",".join(request.headers.getlist("accept"))
    if weight(accepted, JWT_MEDIA_TYPE) > weight(accepted, CWT_MEDIA_TYPE):
        return _jwt(request, number, vary=vary).answer(request)
    return _file(_read(request, _list(number)), CWT_MEDIA_TYPE, _LIST_SECONDS, vary).answer(request)


@_served("/trust-list.jws", "信任名单 The trust list", _TRUST_LIST)
def trust_list(_: Public, request: Request) -> Response:
    """Who may issue what, signed (docs/trust.md). A reader must know its signer from elsewhere."""
    path: FilePath = request.app.state.trust_list
    data = PublicFolder(path.parent).read(path.name)
    if data is None:
        raise Problem("http.not-found")
    file = _file(data, _TRUST_LIST, _LIST_SECONDS, "Accept-Encoding")
    return (file.packed() if takes_gzip(request) else file).answer(request)


@_served("/bundle", "离线包 The newest offline bundle", BUNDLE_MEDIA_TYPE)
def bundle(_: Public, request: Request) -> Response:
    """Trust list, status lists, revocation lists and the head of the log in one signed file (docs/bundle.md)."""
    return _bundle(_read(request, BUNDLE), request)


@_served("/bundle/since/{digest}", "增量包 What leads to the newest bundle from an earlier one", BUNDLE_MEDIA_TYPE)
def bundle_delta(_: Public, request: Request, digest: Digest) -> Response:
    """Only the parts that the other one lacks. 404: fetch the whole."""
    found = delta_since(request.app.state.published, digest) if _DIGEST.fullmatch(digest) else None
    if found is None:
        raise Problem("http.not-found")
    return _bundle(found.encoded(), request)


@_served("/log/checkpoint", "检查点 The log's newest signed head", _TEXT)
def checkpoint(_: Public, request: Request) -> Response:
    """Size and root of the transparency log, signed by it and by witnesses (C2SP tlog-checkpoint)."""
    return _file(_read(request, CHECKPOINT), _TEXT, _HEAD_SECONDS).answer(request)


@_served("/log/checkpoint.witnessed", "已见证的检查点 The newest head that witnesses signed", _TEXT)
def witnessed_checkpoint(_: Public, request: Request) -> Response:
    """An earlier head with the witnesses' signatures; there need be none."""
    return _file(_read(request, WITNESSED), _TEXT, _HEAD_SECONDS).answer(request)


@_served("/log/checkpoint.tst", "时间戳 A time-stamp over the newest head", _TOKEN)
def timestamp(_: Public, request: Request) -> Response:
    """RFC 3161, over the checkpoint with the log's own signature alone. It may be of the head before, for a moment."""
    return _file(_read(request, TIMESTAMP), _TOKEN, _HEAD_SECONDS).answer(request)


@_served("/log/tile/{path:path}", "日志 A tile of hashes, or a bundle of entries", _BYTES)
def tile(_: Public, request: Request, path: Tile) -> Response:
    """The log as static files (C2SP tlog-tiles). Their content never changes."""
    if not _TILE.fullmatch(path):
        raise Problem("http.not-found")
    return _file(_read(request, f"log/tile/{path}"), _BYTES, _FOR_EVER).answer(request)


def _file(data: bytes, media_type: str, cache: str, vary: str = "") -> ServedFile:
    return ServedFile(data, media_type, cache, vary, ANYBODY)


def _bundle(data: bytes, request: Request) -> Response:
    """The certificates of a trust list are base64: half of it goes where the caller takes gzip."""
    file = _file(data, BUNDLE_MEDIA_TYPE, _LIST_SECONDS, "Accept-Encoding")
    return (file.packed() if takes_gzip(request) else file).answer(request)


def _jwt(request: Request, number: str, *, vary: str) -> ServedFile:
    """A JWT is base64 of base64: it loses a third where the caller takes gzip."""
    file = _file(_read(request, f"{_list(number)}.jwt"), JWT_MEDIA_TYPE, _LIST_SECONDS, vary)
    return file.packed() if takes_gzip(request) else file


def _list(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise Problem("http.not-found")
    return status_name(int(number))


def _read(request: Request, name: str) -> bytes:
    folder: PublicFolder = request.app.state.published
    data = folder.read(name)
    if data is None:
        raise Problem("http.not-found")
    return data
