"""Whole files as a web server gives them out: validators, caches, and gzip for who takes it (RFC 9110)."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from fastapi import Request, Response

ANYBODY: Final = MappingProxyType({"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"})
"""Headers of what pages of other sites may read, too."""


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file, and how it is served.

    Args:
        cache: `Cache-Control`. vary: the request's headers that it depends on.
        headers: further ones.
        encoding: content coding of `data`.
    """

    data: bytes = field(repr=False)
    media_type: str
    cache: str
    vary: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""

    @property
    def etag(self) -> str:
        """A strong validator: of the content, and of its coding."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:32]}"'

    def packed(self) -> "ServedFile":
        """The same file in gzip."""
        return replace(self, data=gzip.compress(self.data, mtime=0), encoding="gzip")

    def answer(self, request: Request) -> Response:
        """The file, or that the caller has it (RFC 9110 §13.1.2)."""
        headers = {
            "ETag": self.etag,
            "Cache-Control": self.cache,
            **self.headers,
            **({"Vary": self.vary} if self.vary else {}),
        }
        if _names(request.headers.getlist("if-none-match"), self.etag):
            return Response(status_code=304, headers=headers)
        if self.encoding:
            headers["Content-Encoding"] = self.encoding
        return Response(self.data, media_type=self.media_type, headers=headers)


def takes_gzip(request: Request) -> bool:
    """Whether a caller takes content in gzip."""
    return weight(",".join(request.headers.getlist("accept-encoding")), "gzip") > 0


def weight(accepted: str, wanted: str) -> float:
    """How much a caller wants something (RFC 9110 §12.5), by the most specific range; 0 if it did not say."""
    weights = dict[str, float]()
    for part in accepted.lower().split(","):
        name, *parameters = (one.strip() for one in part.split(";"))
        weights[name] = next((_quality(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    ranges = (wanted, f"{wanted.partition('/')[0]}/*", "*/*", "*")
    return next((weights[one] for one in ranges if one in weights), 0.0)


def _names(fields: list[str], etag: str) -> bool:
    """Whether `If-None-Match` names this version; weak comparison, as the standard wants it."""
    tags = [tag.strip().removeprefix("W/") for value in fields for tag in value.split(",")]
    return etag in tags or "*" in tags


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
