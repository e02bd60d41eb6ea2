"""The page of the department's auditor 用证审计: who used what, found by day, person, licence, purpose and outcome.

A query reads the trail, and leaves an entry as the API does; the page by itself reads nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from license_lib.calendar import CHINA, day_of
from license_lib.errors import InputError
from license_lib.repository.entries import Usage
from license_lib.usage_files import outcome_words
from license_lib.used import USAGE_KINDS
from license_lib.verification import OUTCOME_TEXTS
from verify_api.access import Watcher
from verify_api.access.rendering import page
from verify_api.access.sign_in import Lang
from verify_api.problems import Problem, problem_of
from verify_api.record_schemas import TrailQuestion
from verify_api.routes.trail import read_page
from verify_api.turnstile import LIMITED

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=LIMITED)

PATH: Final = "/audit"
_PURPOSE: Final = "用证审计"
_DAYS: Final = 7
"""So many does the page propose; a whole year is as well answered, if not at once."""
_FILTERS: Final[tuple[str, ...]] = ("since", "until", "actor", "identifier", "about", "kind", "outcome", "purpose")
_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "since": ("开始日期", "First day"),
    "until": ("结束日期", "Last day"),
    "actor": ("人员或系统", "Person or program"),
    "identifier": ("证照标识", "Licence identifier"),
    "about": ("事项、案卷或用途", "Item, case or purpose"),
    "purpose": ("查阅事由", "Why you look"),
    "cursor": ("翻页", "Page"),
}


@router.get(PATH)
async def audit(who: Watcher, request: Request, lang: Lang = "zh") -> Response:
    """The form; with a purpose in the query, what it found, too."""
    given = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
    asked = {name: given[name] for name in (*_FILTERS, "cursor") if name in given}
    found: tuple[Usage, ...] | None = None
    following, problem, wrong = None, None, ""
    if "purpose" in asked:
        try:
            found, following = await read_page(who, request, TrailQuestion.model_validate(asked))
        except ValidationError as error:
            names = [str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]]
            problem, wrong = (
                Problem("http.invalid"),
                "、".join(_FIELDS.get(name, (name, name))[lang == "en"] for name in names),
            )
        except (Problem, InputError) as error:
            problem = problem_of(error)
    today = day_of(request.app.state.clock())
    proposed = {"since": f"{today - timedelta(days=_DAYS - 1)}", "until": f"{today}", "purpose": _PURPOSE}
    filters: dict[str, str] = {name: asked[name] for name in _FILTERS if name in asked}
    english = lang == "en"
    return page(
        request,
        "audit.html",
        lang,
        status=problem.kind.status if problem else 200,
        who=who,
        problem=problem.document(request.state.request_id) if problem else None,
        wrong=wrong,
        filled=filters if "purpose" in asked else proposed | filters,
        rows=None if found is None else [_row(one, filters, lang) for one in found],
        begins="cursor" not in asked,
        next=_address({**filters, "cursor": following}, lang) if following else "",
        kept=f"&{urlencode(filters)}" if filters else "",
        files=urlencode({**filters, "lang": lang}),
        lines=urlencode(filters),
        kinds={str(kind): words.en if english else words.zh for kind, words in USAGE_KINDS.items()},
        outcomes={str(outcome): texts[english] for outcome, texts in OUTCOME_TEXTS.items()},
    )


def _row(usage: Usage, filters: Mapping[str, str], lang: str) -> dict[str, Any]:
    """An entry as the page shows it; person and licence lead to all of theirs."""
    use, words, english = usage.use, USAGE_KINDS[usage.kind], lang == "en"
    about = [text for text in (use.purpose, use.item, use.case_number) if text]
    if use.audience:
        about.append(f"to {use.audience}" if english else f"出示给 {use.audience}")
    return {
        "sequence": usage.sequence,
        "at": f"{usage.recorded_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "actor": use.actor,
        "of_actor": _address({**filters, "actor": use.actor}, lang),
        "kind": words.en if english else words.zh,
        "identifier": usage.identifier,
        "of_identifier": _address({**filters, "identifier": usage.identifier}, lang) if usage.identifier else "",
        "outcome": outcome_words(usage.outcome, english=english),
        "false": usage.outcome == "NOT_GENUINE",
        "about": about,
        "place": use.place,
    }


def _address(query: Mapping[str, str | None], lang: str) -> str:
    return "audit?" + urlencode({**query, **({"lang": lang} if lang == "en" else {})})
