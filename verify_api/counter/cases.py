"""Verification reports 核验报告 of a case 案卷: saved, listed, and drawn as a PDF whenever somebody opens one."""

import json
from typing import Annotated, Any, Final

import anyio
from fastapi import APIRouter, Path, Request, Response

from license_lib.counter.days import PLACE
from license_lib.repository.case_reports import CaseReport
from license_lib.verification_reports import Check, report_pdf
from verify_api.access import Counter, Staff
from verify_api.access.rendering import signed_in_headers
from verify_api.counter.asking import read_object
from verify_api.counter.rendering import part, text
from verify_api.counter.sealing import opened
from verify_api.problems import Problem
from verify_api.routes.answers import service_of
from verify_api.turnstile import LIMITED

router = APIRouter(dependencies=LIMITED)

_READING: Final = "查看核验报告"
Sequence = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("/counter/reports")
async def save(who: Counter, request: Request) -> Response:
    """Save the report of a check into the case that it was made for; saved twice it is there once."""
    bench, fields = service_of(request).bench, await read_object(request)
    told = opened(bench.key, who.login, fields.get("held", ""), request.app.state.clock())
    case = told["use"]["case_number"]
    if not case:
        raise Problem("counter.case")
    value = {name: told[name] for name in ("report", "input", "check")}

    def work() -> str:
        bench.desk.save(told["sequence"], json.dumps(value, ensure_ascii=False).encode())
        return _listed(bench.desk.reports(who.department.name, case), case)

    return part(request, await anyio.to_thread.run_sync(work))


@router.post("/counter/case")
async def reports(who: Counter, request: Request) -> Response:
    """The reports of a case of one's own department; a case number stays out of addresses."""
    desk, case = service_of(request).bench.desk, (await read_object(request)).get("case", "").strip()
    if not case:
        return part(request, _listed((), ""))
    return part(request, await anyio.to_thread.run_sync(lambda: _listed(desk.reports(who.department.name, case), case)))


@router.get("/counter/reports/{sequence}")
async def report(who: Counter, request: Request, sequence: Sequence) -> Response:
    """A report as one page of PDF. It is drawn anew from what was saved: the same bytes each time."""
    bench = service_of(request).bench

    def read() -> CaseReport:
        found = bench.desk.report(_reading(who), sequence)
        if found is None:
            raise Problem("counter.report")
        return found

    saved = await anyio.to_thread.run_sync(read)
    drawn = await service_of(request).draw(lambda: report_pdf(*_parts(saved), bench.fonts))
    name = f'inline; filename="report-{sequence}.pdf"'
    headers = {**signed_in_headers(request), "Content-Disposition": name}
    return Response(drawn, media_type="application/pdf", headers=headers)


def _reading(who: Staff) -> Any:
    return who.use(purpose=_READING, place=PLACE)


def _parts(saved: CaseReport) -> tuple[dict[str, Any], Check]:
    from datetime import datetime

    told = json.loads(saved.value)
    check = told["check"]
    moment = datetime.fromisoformat(check["checked_at"])
    return told["report"], Check(name=told["input"], **{**check, "checked_at": moment})


def _listed(saved: tuple[CaseReport, ...], case: str) -> str:
    rows = [(one.check, json.loads(one.value)) for one in saved]
    return text("reports.html", rows=rows, case=case)
