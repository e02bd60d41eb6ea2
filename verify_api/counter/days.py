"""A person's day at the counter, from the usage trail: the last checks, and the report of a shift 班次报表."""

import csv
import io
from datetime import date
from typing import Annotated, Any, Final

import anyio
from fastapi import APIRouter, Query, Request, Response

from license_lib.calendar import CHINA
from license_lib.counter import Shift, shift_of
from license_lib.lifecycle import Words
from license_lib.verification import OUTCOME_TEXTS, Outcome
from verify_api.access import Counter, Staff
from verify_api.access.rendering import signed_in_headers
from verify_api.access.sign_in import Lang
from verify_api.counter.rendering import page, part, text
from verify_api.routes.answers import service_of
from verify_api.turnstile import LIMITED

router = APIRouter(dependencies=LIMITED)

OUTCOMES: Final = {one.value: Words(*OUTCOME_TEXTS[one]) for one in Outcome}
_REFUSED: Final = Words("亮证码未采信", "Code refused")
_LAST: Final = 12
_FORMULA: Final = ("=", "+", "-", "@", "\t")
"""Beginnings that a spreadsheet takes for a formula."""
_COLUMNS: Final = ("time", "outcome", "type", "identifier", "purpose", "item", "case", "entry")

Day = Annotated[date | None, Query(description="A day in Beijing; today if left out")]


@router.get("/counter/queue")
async def queue(who: Counter, request: Request) -> Response:
    """The last checks of today, the newest first."""
    rows = await anyio.to_thread.run_sync(lambda: _rows(request, _shift(request, who, None)[1])[::-1][:_LAST])
    return part(request, text("queue.html", rows=rows))


@router.get("/counter-shift")
async def shift(who: Counter, request: Request, day: Day = None, lang: Lang = "zh") -> Response:
    """A page to print: counts by outcome and item, and each check."""

    def work() -> Response:
        when, found = _shift(request, who, day)
        rows, items = _rows(request, found), _items(request)
        return page(
            request, "shift.html", lang, who=who, day=when, shift=found, rows=rows, items=items, outcomes=OUTCOMES
        )

    return await anyio.to_thread.run_sync(work)


@router.get("/counter-shift.csv")
async def shift_csv(who: Counter, request: Request, day: Day = None) -> Response:
    """The same for a spreadsheet: a row a check."""

    def work() -> tuple[date, str]:
        when, found = _shift(request, who, day)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for row in _rows(request, found):
            entry = row["entry"]
            use, moment = entry.use, entry.recorded_at.astimezone(CHINA)
            cells = (f"{moment:%Y-%m-%d %H:%M:%S}", entry.outcome, row["type"], entry.identifier or "")
            writer.writerow(map(_plain, (*cells, use.purpose, use.item, use.case_number, str(entry.sequence))))
        return when, out.getvalue()

    when, content = await anyio.to_thread.run_sync(work)
    name = {"Content-Disposition": f'attachment; filename="shift-{when}.csv"'}
    headers = {**signed_in_headers(request), **name}
    return Response("\ufeff" + content, media_type="text/csv; charset=utf-8", headers=headers)


def _shift(request: Request, who: Staff, day: date | None) -> tuple[date, Shift]:
    desk = service_of(request).bench.desk
    when = day or desk.today()
    return when, shift_of(desk.day(who.login, when))


def _rows(request: Request, found: Shift) -> list[dict[str, Any]]:
    """Each check with the names that its entry does not hold."""
    desk, items = service_of(request).bench.desk, _items(request)
    rows = []
    for entry in found.checks:
        stored = desk.named(entry.identifier) if entry.identifier else None
        kind = entry.outcome.lower().replace("_", "-") if entry.outcome in OUTCOMES else "undetermined"
        rows.append(
            {
                "entry": entry,
                "kind": kind,
                "words": OUTCOMES.get(entry.outcome, _REFUSED),
                "type": stored.type_name if stored else "",
                "item": items.get(entry.use.item, entry.use.item),
            }
        )
    return rows


def _items(request: Request) -> dict[str, str]:
    return {one.code: one.name for one in service_of(request).bench.items}


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
