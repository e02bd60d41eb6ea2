"""Forms of signed-in pages: small, read once, and only with the token that their page had."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from verify_api.problems import Problem
from verify_api.questions import read_whole

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MOST_BYTES: Final = 16 * 1024
SECONDS: Final = 30
"""For so long a form may take to arrive."""
_MOST_FIELDS: Final = 50


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form; the last of several with one name. Kept with the request: a dependency may read it first.

    Raises:
        Problem: `http.media-type`, `http.too-large`, `http.timeout`, `http.malformed`.
    """
    kept: Mapping[str, str] | None = getattr(request.state, "form", None)
    if kept is not None:
        return kept
    if not is_form(request):
        raise Problem("http.media-type")
    try:
        async with asyncio.timeout(SECONDS):
            body = await read_whole(request, MOST_BYTES)
    except TimeoutError:
        raise Problem("http.timeout", headers={"Connection": "close"}) from None
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"))
    except ValueError:
        raise Problem("http.malformed") from None
    request.state.form = fields
    return fields


def is_form(request: Request) -> bool:
    """Whether the body says that it is one."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MEDIA_TYPE
