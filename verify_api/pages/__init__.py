"""The page that a licence's QR opens, and where a file or a code can be handed in without any program.

A code is judged in the browser, by the script (docs/page.md): what it says reaches no server. Everything else works
without a script, which then only saves reloading. Chinese and English stand in the same document and the style sheet
shows one of them, so that switching keeps what is on the page.
"""

import json
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from license_lib.calendar import CHINA
from license_lib.verification import Outcome, Proof
from license_lib.verification.verdict import PROOF_TEXTS
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.access import Public
from verify_api.envelope import POLICY
from verify_api.pages.anchor import Anchor
from verify_api.pages.assets import assets
from verify_api.pages.assets import router as asset_router
from verify_api.pages.words import words
from verify_api.problems import KINDS, problem_of
from verify_api.questions import read_question
from verify_api.routes.answers import service_of
from verify_api.schemas import LicenseFacts, Words
from verify_api.served_files import ServedFile, takes_gzip
from verify_api.turnstile import admit_to_page, turnstile_of

_HERE: Final = Path(__file__).resolve().parent
_PROVED: Final = frozenset({Outcome.IN_FORCE, Outcome.NOT_IN_FORCE})
_STEPS: Final = {proof: Words(zh=zh, en=en) for proof, (zh, en) in PROOF_TEXTS.items()}
_HTML: Final = "text/html; charset=utf-8"
_FILE: Final = Words(zh="证照文件", en="Licence file")
_CODE: Final = Words(zh="二维码", en="QR code")

Lang = Annotated[Literal["zh", "en"], Query()]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def install(app: FastAPI, anchor: Anchor) -> None:
    """Add the pages and their assets to the service."""
    app.state.anchor = anchor
    app.include_router(router)
    app.include_router(asset_router)


@router.api_route("/", methods=["GET", "HEAD"])
@router.api_route("/V", methods=["GET", "HEAD"])
@router.api_route("/v", methods=["GET", "HEAD"])
@router.api_route("/verify", methods=["GET", "HEAD"])
def home(_: Public, request: Request, lang: Lang = "zh") -> Response:
    """The page, the same at every address: what a QR says stands in the fragment, which only the script sees."""
    anchor: Anchor = request.app.state.anchor
    facts = {
        "pins": anchor.pins(),
        "maxStaleness": anchor.max_staleness_ms(),
        "version": assets().version,
        "scanner": assets().scanner,
        "words": words(service_of(request).catalogue),
    }
    page = _text("home.html", lang, facts=facts)
    file = ServedFile(page.encode(), _HTML, "no-cache", "Accept-Encoding")
    return (file.packed() if takes_gzip(request) else file).answer(request)


@router.api_route("/offline.js", methods=["GET", "HEAD"])
def offline_worker(_: Public, request: Request) -> Response:
    """The service worker of those who keep the page: it stands at the root, for it answers for all of the site."""
    script = _TEMPLATES.get_template("offline.js").render(
        version=assets().version, files=assets().shell + assets().scanner
    )
    headers = {"Content-Security-Policy": POLICY}  # by which it fetches
    return ServedFile(script.encode(), "text/javascript; charset=utf-8", "no-cache", headers=headers).answer(request)


@router.api_route("/page.webmanifest", methods=["GET", "HEAD"])
def manifest(_: Public, request: Request) -> Response:
    """What makes the page an application (W3C Web Application Manifest)."""
    icons = [
        {"src": f"assets/{assets().version}/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    told = {
        "id": "./",
        "name": "电子证照核验 Licence verification",
        "short_name": "证照核验",
        "lang": "zh-CN",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#9c1c1c",
        "icons": icons,
    }
    data = json.dumps(told, ensure_ascii=False).encode()
    return ServedFile(data, "application/manifest+json", "no-cache").answer(request)


@router.post("/verify")
async def verify(
    who: Public, request: Request, lang: Lang = "zh", part: Literal["page", "result"] = "page"
) -> Response:
    """The outcome as a page, or as the `result` part alone for the script."""
    template = "answer.html" if part == "page" else "result.html"
    try:
        caller = admit_to_page(request, who)
        question = await read_question(request)
        async with turnstile_of(request).examination(caller) if question.data else nullcontext():
            verdict = await service_of(request).verify(question)
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
async def problem_list(_: Public, lang: Lang = "zh") -> Response:
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
    headers = {"Cache-Control": "no-store" if no_store else "no-cache"}
    return HTMLResponse(_text(template, lang, **values), status, headers=headers)


def _text(template: str, lang: str, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(lang=lang, limit=MAX_FILE_BYTES, assets=assets(), **values)


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
_TEMPLATES.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}

__all__ = ["answer_page", "face_rows", "install"]
