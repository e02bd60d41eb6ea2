"""docs/api.md shows every route and every problem, as the code has them.

Write the tables anew: PYTHONPATH=. python tests/architecture/test_api_page.py
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from license_lib.settings import LimitSettings
from verify_api.app import build_app
from verify_api.pages.anchor import Anchor
from verify_api.problems import KINDS
from verify_api.turnstile import ServiceLimits

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def application() -> FastAPI:
    """As it describes itself; it never starts."""

    def never() -> Any:
        raise NotImplementedError

    anchor = Anchor(trust_list=Path("none"), signer=Path("none"))
    return build_app(never, Path("none"), anchor, clock=lambda: datetime.now(UTC), randomness=bytes)


def routes() -> str:
    rows = [
        f"| `{method.upper()} {path}` | {operation['summary']} | `{operation['x-permission']}` |"
        for path, methods in application().openapi()["paths"].items()
        for method, operation in methods.items()
    ]
    return "\n".join(["| | | who may |", "|---|---|---|", *rows])


def problems() -> str:
    rows = [
        f"| `{code}` | {kind.status} | {kind.zh} {kind.en} | {kind.hint_en} |" for code, kind in sorted(KINDS.items())
    ]
    return "\n".join(["| code | | what | what to do |", "|---|---|---|---|", *rows])


def written(page: str) -> str:
    """The page with its tables as they should be."""
    for name, table in (("routes", routes()), ("problems", problems())):
        before, begin, rest = page.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        page = f"{before}{begin}{table}\n{end}{after}"
    return page


def test_the_page_shows_what_the_code_has() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("| `http.") > 10
    assert written(page) == page, "write it anew, see above"


def test_the_page_names_the_limits_that_are_the_default() -> None:
    page = PAGE.read_text(encoding="utf-8")
    limits = LimitSettings().model_dump()
    told = re.findall(r"^\| .* \| ([0-9]+) \| `([a-z_]+)` \|$", page, re.MULTILINE)
    assert {name: int(number) for number, name in told} == limits
    assert ServiceLimits() == ServiceLimits(
        address=limits["address_per_minute"],
        anonymous=limits["anonymous_per_minute"],
        caller=limits["caller_per_minute"],
        files=limits["files_at_once"],
        batch=limits["batch_documents"],
    )


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
