"""docs/qr.md shows how large the code of every built-in layout is.

Write the table anew: python tests/architecture/test_code_sizes.py
"""

import re
from datetime import date
from pathlib import Path

from license_lib.catalogue import Catalogue
from license_lib.code_size import CodeSize
from license_lib.resources import resource_folder
from license_lib.template_craft.codes import layout_codes
from license_lib.template_craft.specimens import examples

PAGE = Path(__file__).resolve().parents[2] / "docs" / "qr.md"
DAY = date(2026, 11, 26)
"""Any day after those of the examples."""


def test_the_page_shows_what_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text


def page(text: str) -> str:
    return re.sub(r"(?s)(<!-- sizes -->\n).*?(<!-- /sizes -->)", lambda found: found[1] + table() + found[2], text)


def table() -> str:
    lines = [
        "| layout | printed, mm | example: version, modules, mm a module | longest legal values |",
        "|---|---|---|---|",
    ]
    folder = resource_folder("templates")
    for kind in Catalogue.load(folder):
        for one in layout_codes(kind, examples(folder / kind.key, kind, DAY)):
            name = f"{kind.name} `{one.type}`" + (f" {one.layout}" if one.layout else "")
            lines.append(f"| {name} | {one.ordinary.size:g} | {told(one.ordinary)} | {told(one.longest)} |")
    return "\n".join(lines) + "\n"


def told(size: CodeSize) -> str:
    return f"{size.version}, {size.modules}×{size.modules}, {size.module:.2f}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
