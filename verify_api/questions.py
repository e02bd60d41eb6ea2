"""A request body → what is to be judged. Bounds are enforced while the body still streams in."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from license_lib.calendar import CHINA
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.problems import Problem
from verify_api.schemas import CodeQuestion, Fault

MAX_CODE_BYTES: Final = 16 * 1024
_ENVELOPE_BYTES: Final = 16 * 1024  # what multipart/form-data may add to a file
_LINGER_BYTES: Final = 2 * MAX_FILE_BYTES
_FORM_FIELDS: Final = frozenset({"file", "code", "at"})
_FORM_FAULT: Final = Fault(path="body", message="the parts are `file` (a file), `code` and `at` (texts)")
_YEARS: Final = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Question:
    """Either the bytes of a file, or the text of a code; and the moment that the question is about, None for now."""

    data: bytes = field(default=b"", repr=False)
    code: str = field(default="", repr=False)
    at: datetime | None = None


async def read_question(request: Request, at: str | None = None, *, seconds: float = 60) -> Question:
    """Read a body: multipart/form-data with `file` or `code` (and `at`), a raw PDF or picture, or JSON `{code, at}`.

    Args:
        at: the time, where it is given beside the body.
        seconds: how long the body may take to arrive.

    Raises:
        Problem: `request.…`.
    """
    try:
        async with asyncio.timeout(seconds):
            question, inside = await _read(request)
    except TimeoutError:
        raise Problem("http.timeout", headers={"Connection": "close"}) from None
    if not question.data and not question.code:
        raise Problem("http.empty")
    if question.data and question.code:
        raise Problem("http.ambiguous")
    beside = request.query_params.getlist("at") or [at or ""]
    times = [text for text in (*beside, inside) if text]
    if len(times) > 1:
        raise Problem("http.ambiguous")
    return Question(question.data, question.code, read_moment(times[0]) if times else None)


def read_moment(text: str) -> datetime:
    """An ISO 8601 date and time; Beijing time if it has no offset.

    Raises:
        Problem: `http.at`.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Problem("http.at") from None
    if moment.year not in _YEARS:
        raise Problem("http.at")
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


async def _read(request: Request) -> tuple[Question, str | None]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        return await _form(request)
    if media_type == "application/json":
        return _json(await read_whole(request, MAX_CODE_BYTES))
    if media_type == "application/pdf" or media_type.startswith("image/"):
        return Question(await read_whole(request, MAX_FILE_BYTES)), None
    if not media_type and not await read_whole(request, MAX_CODE_BYTES):
        raise Problem("http.empty")
    raise Problem("http.media-type")


def _json(body: bytes) -> tuple[Question, str | None]:
    try:
        asked = CodeQuestion.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        if any(fault["type"] == "json_invalid" for fault in faults):
            raise Problem("http.malformed" if body else "http.empty") from None
        raise RequestValidationError(faults) from None
    return Question(code=asked.code), asked.at


async def _form(request: Request) -> tuple[Question, str | None]:
    body = bounded(request, MAX_FILE_BYTES + _ENVELOPE_BYTES)
    try:
        form = await MultiPartParser(request.headers, body, max_files=1, max_fields=2, max_part_size=8192).parse()
    except MultiPartException:
        raise Problem("http.malformed") from None
    finally:
        await body.aclose()
    try:
        file, code, at = form.get("file"), form.get("code"), form.get("at")
        if set(form) - _FORM_FIELDS or (isinstance(file, str) and file) or not isinstance(code, str | None):
            raise Problem("http.invalid", faults=(_FORM_FAULT,))
        if len(form) < len(form.multi_items()):
            raise Problem("http.ambiguous")
        if isinstance(at, UploadFile):
            raise Problem("http.at")
        return Question(await file.read() if isinstance(file, UploadFile) else b"", (code or "").strip()), at
    finally:
        await form.close()


async def read_whole(request: Request, limit: int) -> bytes:
    """A body of at most `limit` bytes.

    Raises:
        Problem: `http.too-large`.
    """
    body = bounded(request, limit)
    try:
        return b"".join([chunk async for chunk in body])
    finally:
        await body.aclose()


async def bounded(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The body's chunks; more than `limit` bytes are refused, by the announced length or as they come.

    What is too much is read on for a while and thrown away: a connection that is closed with unread bytes in it is
    reset, and the caller would see that instead of our answer. Who waits for `100 Continue` has not sent it yet.
    """
    announced = request.headers.get("content-length", "")
    too_large = announced.isdecimal() and (len(announced) > len(str(limit)) or int(announced) > limit)
    if too_large and "expect" in request.headers:
        raise Problem("http.too-large")
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        too_large = too_large or seen > limit
        if seen > limit + _LINGER_BYTES:
            break
        if not too_large:
            yield chunk
    if too_large:
        raise Problem("http.too-large", headers={"Connection": "close"})
