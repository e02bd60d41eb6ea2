"""The service as an object: a method for each resource."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote
from uuid import uuid4

import httpx2
from pydantic import ValidationError

from verify_api.client.errors import ServiceUnreachable
from verify_api.client.transport import Credentials, Patience, Transport, read
from verify_api.evidence_schemas import Discovery
from verify_api.record_schemas import (
    FoundLicense,
    FoundLicenses,
    LicenseDocument,
    TrailEntry,
    TrailPage,
    UsageEntry,
    UsagePage,
)
from verify_api.schemas import BatchLine, PictureDocument, VerdictDocument

_API: Final = "/api/v1"
_TIMEOUT: Final = 60.0
_PICTURE: Final = "image/*"
_PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Why:
    """What a licence is used for; it goes on the usage trail. No personal data.

    Args:
        purpose: 用途. item: 事项编码. case: 案卷号.
    """

    purpose: str
    item: str = ""
    case: str = ""

    def members(self) -> dict[str, str]:
        """Those that are said."""
        told = {"purpose": self.purpose, "item": self.item, "case": self.case}
        return {name: text for name, text in told.items() if text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries of your department's usage trail; what is left out keeps none away.

    Args:
        since, until: first and last day, Beijing time. actor: person or program. identifier: the licence.
        about: item or case, or a part of the purpose. kind: what was done. outcome: what came of it.
    """

    since: date | None = None
    until: date | None = None
    actor: str = ""
    identifier: str = ""
    about: str = ""
    kind: str = ""
    outcome: str = ""

    def members(self) -> dict[str, str]:
        """Those that are said."""
        return {one.name: str(value) for one in fields(self) if (value := getattr(self, one.name))}


class LicenseClient:
    """A verification service.

    Args:
        base_url: such as `https://license.example`.
        credentials: None for what anybody may ask.
        timeout: seconds for one answer.
        patience: how often and how long to try again.
        http: another client of `httpx2`, for proxies and certificates; `base_url` and `timeout` are its own then.
    """

    def __init__(
        self,
        base_url: str = "",
        credentials: Credentials | None = None,
        *,
        timeout: float = _TIMEOUT,
        patience: Patience | None = None,
        http: httpx2.Client | None = None,
    ) -> None:
        wire = http or httpx2.Client(base_url=base_url, timeout=timeout)
        self._wire = Transport(wire, credentials, patience or Patience())

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def verify_file(self, data: bytes, *, at: datetime | None = None, why: Why | None = None) -> VerdictDocument:
        """Judge a PDF, or a picture with one code.

        Args:
            at: the moment that the question is about; now if None.

        Raises:
            ServiceError: there is no verdict; each method may raise it.
        """
        return read(self._post_file(f"{_API}/verify", data, at, why), VerdictDocument)

    def verify_picture(self, data: bytes, *, at: datetime | None = None, why: Why | None = None) -> PictureDocument:
        """Judge every code on a picture, or on the pages of a scan."""
        return read(self._post_file(f"{_API}/verify/picture", data, at, why), PictureDocument)

    def verify_code(self, code: str, *, at: datetime | None = None, why: Why | None = None) -> VerdictDocument:
        """Judge the text of a QR code."""
        body = {"code": code, **({"at": at.isoformat()} if at else {})}
        return read(self._wire.send("POST", f"{_API}/verify", json=body, params=_asked(None, why)), VerdictDocument)

    def verify_batch(
        self, documents: Mapping[str, bytes | str], *, at: datetime | None = None, why: Why | None = None
    ) -> Iterator[BatchLine]:
        """Judge many files (bytes) and codes (texts), each under a reference of yours; answers come as they are done.

        Raises:
            ServiceUnreachable: the answer broke off; what was yielded before holds.
        """
        parts: dict[str, Any] = {
            reference: (None, one) if isinstance(one, str) else ("file", one) for reference, one in documents.items()
        }
        with self._wire.stream("POST", f"{_API}/verify/batch", files=parts, params=_asked(at, why)) as lines:
            for line in filter(None, lines):
                told = _line(line)
                if told.done is not None:
                    return
                yield told
        raise ServiceUnreachable("the answer broke off")

    def status(self, identifier: str, *, why: Why | None = None) -> VerdictDocument:
        """Whether a licence of the service's own repository is in force now."""
        path = f"{_API}/licenses/{_part(identifier)}/status"
        return read(self._wire.send("GET", path, params=_asked(None, why)), VerdictDocument)

    def search(self, holder_number: str, why: Why, *, page: int = 50) -> Iterator[FoundLicense]:
        """A holder's licences that you may see, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            body = {"holder_number": holder_number, "limit": page, "cursor": cursor, **why.members()}
            key = {"Idempotency-Key": str(uuid4())}
            told = read(self._wire.send("POST", f"{_API}/licenses/search", json=body, headers=key), FoundLicenses)
            yield from told.licenses
            cursor = told.next

    def license(self, identifier: str, why: Why) -> LicenseDocument:
        """A licence as it is on record."""
        path = f"{_API}/licenses/{_part(identifier)}"
        return read(self._wire.send("GET", path, params=why.members()), LicenseDocument)

    def file(self, identifier: str, why: Why) -> bytes:
        """The sealed PDF of a licence."""
        return self._wire.send("GET", f"{_API}/licenses/{_part(identifier)}/file", params=why.members()).content

    def page(self, identifier: str, number: int, why: Why, *, dpi: int = 110) -> bytes:
        """A page of a licence as PNG; from 1."""
        path = f"{_API}/licenses/{_part(identifier)}/pages/{number}"
        return self._wire.send("GET", path, params={**why.members(), "dpi": str(dpi)}).content

    def usage(self, identifier: str, why: Why, *, page: int = 50) -> Iterator[UsageEntry]:
        """What your department did with a licence, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            asked = {**why.members(), "limit": str(page), "cursor": cursor}
            told = read(self._wire.send("GET", f"{_API}/licenses/{_part(identifier)}/usage", params=asked), UsagePage)
            yield from told.entries
            cursor = told.next

    def trail(self, why: Why, wanted: Wanted | None = None, *, page: int = 100) -> Iterator[TrailEntry]:
        """What your department did with any licence, the newest first, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            members = wanted.members() if wanted else {}
            asked = {**why.members(), **members, "limit": str(page), "cursor": cursor}
            told = read(self._wire.send("GET", f"{_API}/usage", params=asked), TrailPage)
            yield from told.entries
            cursor = told.next

    def trail_file(self, why: Why, wanted: Wanted | None = None) -> Iterator[dict[str, Any]]:
        """The same in one request, however long, an entry at a time.

        Raises:
            ServiceUnreachable: the answer broke off; what was yielded before holds.
        """
        asked = {**why.members(), **(wanted.members() if wanted else {})}
        with self._wire.stream("GET", f"{_API}/usage.jsonl", params=asked) as lines:
            for line in filter(None, lines):
                told = _object(line)
                if "done" in told:
                    return
                yield told
        raise ServiceUnreachable("the answer broke off")

    def discovery(self) -> Discovery:
        """Where everything is that is published."""
        return read(self._wire.send("GET", _API), Discovery)

    def published(self, href: str) -> bytes:
        """A published file, by its address in the directory."""
        return self._wire.send("GET", href).content

    def _post_file(self, path: str, data: bytes, at: datetime | None, why: Why | None) -> httpx2.Response:
        media_type = {"Content-Type": _PDF if b"%PDF-" in data[:1024] else _PICTURE}
        return self._wire.send("POST", path, content=data, headers=media_type, params=_asked(at, why))


def _asked(at: datetime | None, why: Why | None) -> dict[str, str]:
    return {**(why.members() if why else {}), **({"at": at.isoformat()} if at else {})}


def _line(text: str) -> BatchLine:
    """A line of an answer; one that is cut off is none."""
    try:
        return BatchLine.model_validate_json(text, extra="ignore")
    except ValidationError:
        raise ServiceUnreachable("the answer broke off") from None


def _object(text: str) -> dict[str, Any]:
    """The same of any object."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ServiceUnreachable("the answer broke off")
    return told


def _part(identifier: str) -> str:
    """An identifier as one segment of an address, whatever it holds."""
    return quote(identifier, safe="")
