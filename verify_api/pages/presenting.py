"""The page that a presentation code 亮证码 opens. Only the press of a button redeems it: no preview uses it up."""

from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from license_lib.errors import InputError
from license_lib.repository.entries import LONGEST_TEXT, Use
from license_lib.verification.verdict import PROOF_TEXTS
from verify_api.access import Public
from verify_api.pages import answer_page, face_rows
from verify_api.presentations import ANYBODY, PresentationDocument, read_body
from verify_api.problems import Problem, problem_of
from verify_api.routes.answers import service_of
from verify_api.schemas import Words
from verify_api.turnstile import admit_to_page

_SCRIPT: Final = (Path(__file__).resolve().parent / "presenting.js").read_text(encoding="utf-8")
_SUBJECT: Final = Words(zh="亮证码", en="Presentation code")
_STEPS: Final = {proof: Words(zh=zh, en=en) for proof, (zh, en) in PROOF_TEXTS.items()}
_FORM: Final = "application/x-www-form-urlencoded"

Lang = Annotated[Literal["zh", "en"], Query()]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/P", methods=["GET", "HEAD"])
@router.api_route("/p", methods=["GET", "HEAD"])
@router.api_route("/redeem", methods=["GET", "HEAD"])
async def page(_: Public, lang: Lang = "zh") -> Response:
    """The page, the same for every code: what a QR says stands in the fragment, which only the script sees."""
    return answer_page("presenting.html", lang, longest=LONGEST_TEXT)


@router.api_route("/presenting.js", methods=["GET", "HEAD"])
async def script(_: Public) -> Response:
    """The page's script."""
    return Response(_SCRIPT, media_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.post("/redeem")
async def redeem(who: Public, request: Request, lang: Lang = "zh") -> Response:
    """Use the code up, and show what that gave."""
    try:
        admit_to_page(request, who)
        code, audience = await _form(request)
        use = Use(actor=ANYBODY, audience=audience, place="service")
        shown = await service_of(request).redeem(code, use)
    except Exception as error:  # noqa: BLE001 -- every error becomes a page, as it becomes a problem in the API
        problem = problem_of(error)
        document = problem.document(request.state.request_id)
        answer = answer_page("presented.html", lang, status=problem.kind.status, problem=document, consent=None)
        answer.headers.update(problem.headers)
        return answer
    return _shown(shown, lang)


def _shown(shown: PresentationDocument, lang: str) -> Response:
    facts = shown.verdict.license
    public = facts.model_copy(update={"public": None}) if facts else None  # it is no paper that is to be compared
    return answer_page(
        "presented.html",
        lang,
        verdict=shown.verdict.model_copy(update={"license": public}),
        rows=face_rows(facts) if facts else (),
        consent=shown.consent,
        subject=_SUBJECT,
        proved=shown.accepted,
        steps=_STEPS,
    )


async def _form(request: Request) -> tuple[str, str]:
    """Code and audience of the form.

    Raises:
        Problem: `http.…`. InputError: `entry.text` for an audience that is too long.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Problem("http.media-type")
    try:
        fields = parse_qs(
            (await read_body(request)).decode("ascii"), strict_parsing=True, max_num_fields=4, errors="strict"
        )
    except ValueError:
        raise Problem("http.malformed") from None
    if set(fields) - {"code", "audience"} or any(len(values) > 1 for values in fields.values()):
        raise Problem("http.malformed")
    code, audience = ("".join(fields.get(name, ())).strip() for name in ("code", "audience"))
    if not code:
        raise Problem("http.empty")
    if len(audience) > LONGEST_TEXT:
        raise InputError("entry.text", f"audience: more than {LONGEST_TEXT} characters")
    return code, audience
