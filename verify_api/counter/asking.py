"""What the page asks: the case 案卷 that everything is for, and a text, a file, or the numbers of who applies."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from license_lib.acceptance import Applicants, ServiceItem, ServiceItems
from license_lib.counter.days import PLACE
from license_lib.repository.entries import Use
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.access import Staff
from verify_api.problems import Problem
from verify_api.questions import bounded, read_whole

_FIELDS: Final = frozenset({"file", "text", "purpose", "item", "case", "applicants"})
_ENVELOPE_BYTES: Final = 64 * 1024
_MOST_NAME: Final = 120
_MOST_PURPOSE, _MOST_CASE = 120, 60
_JSON_BYTES: Final = 256 * 1024
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What for: set once for the person in front, and required before anything is looked at.

    Args:
        applicants: None if nobody typed a number yet.
    """

    purpose: str
    item: ServiceItem | None
    number: str
    applicants: Applicants | None

    def use(self, who: Staff) -> Use:
        """The entry for the usage trail."""
        item = self.item.code if self.item else ""
        return who.use(purpose=self.purpose, item=item, case_number=self.number, place=PLACE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to be looked at: a text, or a file with the name that it had."""

    case: Case
    text: str = field(default="", repr=False)
    data: bytes = field(default=b"", repr=False)
    name: str = ""


async def read_asked(request: Request, items: ServiceItems) -> Asked:
    """Read a form, multipart/form-data: `text` or `file`, and the case.

    Raises:
        Problem: `http.…`, `counter.item`. InputError: `usage.purpose-missing`, `applicant.…`.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise Problem("http.media-type")
    try:
        async with asyncio.timeout(_SECONDS):
            return await _form(request, items)
    except TimeoutError:
        raise Problem("http.timeout", headers={"Connection": "close"}) from None


async def _form(request: Request, items: ServiceItems) -> Asked:
    body = bounded(request, MAX_FILE_BYTES + _ENVELOPE_BYTES)
    try:
        parser = MultiPartParser(request.headers, body, max_files=1, max_fields=len(_FIELDS), max_part_size=8192)
        form = await parser.parse()
    except MultiPartException:
        raise Problem("http.malformed") from None
    finally:
        await body.aclose()
    try:
        if set(form) - _FIELDS or len(form) < len(form.multi_items()):
            raise Problem("http.invalid")
        file = form.get("file")
        texts = {name: value for name, value in form.items() if name != "file"}
        if not all(isinstance(value, str) for value in texts.values()) or isinstance(file, str):
            raise Problem("http.invalid")
        fields = {name: str(value) for name, value in texts.items()}
        case, text = case_of(fields, items), fields.get("text", "")
        if isinstance(file, UploadFile):
            data = await file.read()
            if not data or text:
                raise Problem("http.ambiguous" if text else "http.empty")
            return Asked(case, data=data, name=_bare(file.filename or ""))
        return Asked(case, text=text)
    finally:
        await form.close()


async def read_object(request: Request) -> Mapping[str, Any]:
    """A small JSON object of a script of ours.

    Raises:
        Problem: `http.…`.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem("http.media-type")
    try:
        async with asyncio.timeout(_SECONDS):
            body = await read_whole(request, _JSON_BYTES)
    except TimeoutError:
        raise Problem("http.timeout", headers={"Connection": "close"}) from None
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem("http.malformed") from None
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise Problem("http.invalid")
    return told


def case_of(fields: Mapping[str, str], items: ServiceItems) -> Case:
    """The case that a request is for.

    Raises:
        Problem: `http.invalid`, `counter.item`. InputError: `usage.purpose-missing` later, `applicant.…`.
    """
    purpose, number = (fields.get(name, "").strip() for name in ("purpose", "case"))
    if len(purpose) > _MOST_PURPOSE or len(number) > _MOST_CASE:
        raise Problem("http.invalid")
    chosen = fields.get("item", "").strip()
    item = items.find(chosen) or items.find(chosen.rpartition(" ")[2])  # as the list offers it: name, code
    if item is None and (chosen or any(True for _ in items)):
        raise Problem("counter.item")
    typed = fields.get("applicants", "")
    applicants = Applicants.read(typed) if typed.strip() else None
    return Case(purpose=purpose, item=item, number=number, applicants=applicants)


def _bare(name: str) -> str:
    """A file's name without folders, of either kind of system; what cannot be seen in it, reports show as numbers."""
    return PurePosixPath(name.replace("\\", "/")).name[:_MOST_NAME]
