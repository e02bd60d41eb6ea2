"""Many documents at once: how they come in, and how the answers go out, each as soon as it is there."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.problems import Problem
from verify_api.questions import MAX_CODE_BYTES, Question, bounded, read_whole
from verify_api.schemas import BatchLine

MAX_BATCH_BYTES: Final = 256 * 1024 * 1024
BATCHES_AT_ONCE: Final = 2
_AT_ONCE: Final = 2
"""Documents of one batch that are judged at once: others have their turn between them."""
_SECONDS: Final = 300
_ENVELOPE_BYTES: Final = 1024
_MAX_REFERENCE: Final = 128


class BatchOfCodes(BaseModel):
    """Texts of codes, each under a reference of the caller's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codes: dict[str, str] = Field(min_length=1, examples=[{"desk-3/1": "HTTPS://LICENSE.EXAMPLE/V#1999302248590…"}])


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a batch, and what its sender calls it; a file waits on the disk until its turn."""

    reference: str
    code: str = field(default="", repr=False)
    file: UploadFile | None = field(default=None, repr=False)

    async def question(self) -> Question:
        """What is to be judged."""
        if self.file is None:
            return Question(code=self.code)
        return Question(data=await self.file.read(MAX_FILE_BYTES + 1))


class Batch:
    """The documents of a request; close it when they have been judged."""

    def __init__(self, items: Sequence[Item], form: FormData | None = None) -> None:
        self.items = items
        self._form = form

    async def close(self) -> None:
        """Remove the files."""
        if self._form is not None:
            await self._form.close()


async def read_batch(request: Request, most: int, *, seconds: float = _SECONDS) -> Batch:
    """Read a body: multipart/form-data, each part under the caller's reference, a file or a code's text; or JSON.

    Args:
        most: documents in a batch. seconds: how long the body may take to arrive.

    Raises:
        Problem: `http.…`.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with asyncio.timeout(seconds):
            match media_type:
                case "multipart/form-data":
                    batch = await _form(request, most)
                case "application/json":
                    batch = Batch(_codes(await read_whole(request, most * MAX_CODE_BYTES)))
                case _:
                    raise Problem("http.media-type")
    except TimeoutError:
        raise Problem("http.timeout", headers={"Connection": "close"}) from None
    try:
        _check(batch.items, most)
    except Problem:
        await batch.close()
        raise
    return batch


async def answers(
    batch: Batch, judge: Callable[[Question], Awaitable[Any]], refuse: Callable[[Exception], Any]
) -> AsyncGenerator[bytes, None]:
    """A line of JSON for each document, in the order in which they are done, and a last one that says so.

    Args:
        judge: gives a verdict. refuse: what is told instead, where that fails.
    """
    places = asyncio.Semaphore(_AT_ONCE)

    async def line(item: Item) -> bytes:
        async with places:
            try:
                told = BatchLine(reference=item.reference, verdict=await judge(await item.question()))
            except Exception as error:  # noqa: BLE001 -- the others are answered all the same
                told = BatchLine(reference=item.reference, problem=refuse(error))
        return told.model_dump_json(exclude_unset=True).encode() + b"\n"

    async with AsyncExitStack() as stack:
        stack.push_async_callback(batch.close)
        tasks = [asyncio.ensure_future(line(item)) for item in batch.items]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        yield BatchLine(done=len(tasks)).model_dump_json(exclude_unset=True).encode() + b"\n"


async def _form(request: Request, most: int) -> Batch:
    body = bounded(request, MAX_BATCH_BYTES + most * _ENVELOPE_BYTES)
    try:
        parser = MultiPartParser(request.headers, body, max_files=most, max_fields=most, max_part_size=MAX_CODE_BYTES)
        form = await parser.parse()
    except MultiPartException as error:
        raise Problem("http.too-many" if error.message.startswith("Too many") else "http.malformed") from None
    finally:
        await body.aclose()
    items = [
        Item(name, file=part) if isinstance(part, UploadFile) else Item(name, code=part.strip())
        for name, part in form.multi_items()
    ]
    return Batch(items, form)


def _codes(body: bytes) -> list[Item]:
    try:
        asked = BatchOfCodes.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        if any(fault["type"] == "json_invalid" for fault in faults):
            raise Problem("http.malformed" if body else "http.empty") from None
        raise RequestValidationError(faults) from None
    return [Item(reference, code=code.strip()) for reference, code in asked.codes.items()]


def _check(items: Sequence[Item], most: int) -> None:
    if not items or not all(item.code or item.file for item in items):
        raise Problem("http.empty")
    if len(items) > most:
        raise Problem("http.too-many")
    if len({item.reference for item in items}) < len(items):
        raise Problem("http.ambiguous")
    if any(not 0 < len(item.reference) <= _MAX_REFERENCE for item in items):
        raise Problem("http.invalid")
