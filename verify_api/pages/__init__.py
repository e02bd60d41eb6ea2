"""The page that a licence's QR opens, and where a file or a code can be handed in without any program.

Everything works without a script; the script only saves reloading, and reads the fragment that browsers keep from
servers. Chinese and English stand in the same document and the style sheet shows one of them, so that switching keeps
what is on the page.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from license_lib.calendar import CHINA
from license_lib.verification import Outcome, Proof
from license_lib.verification.verdict import PROOF_TEXTS
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.problems import KINDS, problem_of
from verify_api.questions import read_question
from verify_api.routes import service_of
from verify_api.schemas import LicenseFacts, Words

_HERE: Final = Path(__file__).resolve().parent
_PROVED: Final = frozenset({Outcome.IN_FORCE, Outcome.NOT_IN_FORCE})
_STEPS: Final = {proof: Words(zh=zh, en=en) for proof, (zh, en) in PROOF_TEXTS.items()}
_FILE: Final = Words(zh="证照文件", en="Licence file")
_CODE: Final = Words(zh="二维码", en="QR code")

Lang = Annotated[Literal["zh", "en"], Query()]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def install(app: FastAPI) -> None:
    """Add the pages and their assets to the service."""
    app.include_router(router)
    app.mount("/assets", StaticFiles(directory=_HERE / "assets"), name="assets")


@router.api_route("/", methods=["GET", "HEAD"])
@router.api_route("/V", methods=["GET", "HEAD"])
@router.api_route("/v", methods=["GET", "HEAD"])
@router.api_route("/verify", methods=["GET", "HEAD"])
async def home(lang: Lang = "zh") -> Response:
    """The page, the same at every address: what a QR says stands in the fragment, which only the script sees."""
    return _page("home.html", lang)


@router.post("/verify")
async def verify(request: Request, lang: Lang = "zh", part: Literal["page", "result"] = "page") -> Response:
    """The outcome as a page, or as the `result` part alone for the script."""
    template = "answer.html" if part == "page" else "result.html"
    try:
        verdict = await service_of(request).verify(await read_question(request))
    except Exception as error:  # noqa: BLE001 -- every error becomes a page, as it becomes a problem in the API
        problem = problem_of(error)
        document = problem.document(request.state.request_id)
        page = _page(template, lang, status=problem.kind.status, problem=document, no_store=True)
        page.headers.update(problem.headers)
        return page
    return _page(
        template,
        lang,
        no_store=True,
        verdict=verdict,
        rows=face_rows(verdict.license) if verdict.license else (),
        subject=_FILE if any(step.step is Proof.SEAL for step in verdict.steps) else _CODE,
        proved=verdict.outcome in _PROVED,
        steps=_STEPS,
    )


@router.api_route("/problems", methods=["GET", "HEAD"])
async def problem_list(lang: Lang = "zh") -> Response:
    """What the problem types of the API mean: the address that their `type` points to."""
    return _page("problems.html", lang, kinds=KINDS)


def face_rows(facts: LicenseFacts) -> tuple[tuple[Words, Words], ...]:
    """What was read, as names and values in the order in which a face shows them."""
    rows: list[tuple[str, str, str]] = [("证照名称", "Licence", facts.type)]
    for code, text in (facts.public or {}).items():
        label = (facts.labels or {}).get(code) or Words(zh=code, en=code)
        rows.append((label.zh, label.en, text))
    rows.append(("证照编号", "Licence number", facts.number or ""))
    rows += [("持证主体", "Holder", holder.name) for holder in facts.holders or ()]
    rows += [
        ("颁发机构", "Issued by", facts.issuer.name or facts.issuer.code),
        ("颁发日期", "Date of issue", facts.issued_on.isoformat()),
    ]
    shown = [(Words(zh=zh, en=en), Words(zh=value, en=value)) for zh, en, value in rows if value]
    begin, end = facts.valid_from.isoformat(), facts.valid_until
    period = (
        Words(zh=f"{begin} 至 {end}", en=f"{begin} to {end}")
        if end
        else Words(zh=f"{begin} 起，长期", en=f"from {begin}, no end date")
    )
    return (
        *shown,
        (Words(zh="有效期限", en="Validity"), period),
        (Words(zh="证照标识", en="Identifier"), Words(zh=facts.identifier, en=facts.identifier)),
    )


def _moment(moment: datetime) -> str:
    """Beijing time, to the second."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _foldable(text: str) -> Markup:
    """An identifier may break after its dots."""
    return escape(text).replace(".", Markup(".<wbr>"))


def _page(template: str, lang: str, *, status: int = 200, no_store: bool = False, **values: object) -> HTMLResponse:
    text = _TEMPLATES.get_template(template).render(lang=lang, limit=MAX_FILE_BYTES, **values)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store" if no_store else "no-cache"})


def answer_page(template: str, lang: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page that is made for one reader and never kept, for the rooms beside this one."""
    return _page(template, lang, status=status, no_store=True, **values)


_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {"moment": _moment, "foldable": _foldable}

__all__ = ["answer_page", "face_rows", "install"]
