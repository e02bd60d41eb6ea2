"""Templates of the counter, in the look of the other pages of people who sign in."""

from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from license_lib.calendar import CHINA
from license_lib.repository.entries import Usage
from verify_api.access.rendering import signed_in_headers
from verify_api.pages.assets import assets

_HERE: Final = Path(__file__).resolve().parent
_FOLDERS: Final = (_HERE / "templates", _HERE.parent / "access" / "templates", _HERE.parent / "pages" / "templates")


def text(template: str, **values: object) -> str:
    """A template with its values, each escaped."""
    return _TEMPLATES.get_template(template).render(assets=assets(), **values)


def page(request: Request, template: str, lang: str, **values: object) -> HTMLResponse:
    """A page, or a part of one for the script; kept by nobody."""
    return HTMLResponse(text(template, lang=lang, **values), headers=signed_in_headers(request))


def part(request: Request, content: str) -> HTMLResponse:
    """A part that was made before."""
    return HTMLResponse(content, headers=signed_in_headers(request))


def _foldable(value: str) -> Markup:
    """An identifier may break after its dots."""
    return escape(value).replace(".", Markup(".<wbr>"))


def _time_of(entry: Usage) -> str:
    return f"{entry.recorded_at.astimezone(CHINA):%H:%M:%S}"


_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(_FOLDERS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {"foldable": _foldable, "time_of": _time_of}
_TEMPLATES.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
