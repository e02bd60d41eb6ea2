"""The script of the page before a parser of others: nothing that browsers of 2019 do not know (ES2017)."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARSER = ROOT / "tests" / "npm" / "parse_script.cjs"
ASSETS = ROOT / "verify_api" / "pages" / "assets"
MODULES = sorted(set(ASSETS.rglob("*.mjs")) - set((ASSETS / "staff").rglob("*.mjs")))
"""Those of the public page: a counter has a browser of its own time (docs/counter.md)."""


def parsed(texts: list[str]) -> list[str | None]:
    """For each script why it is no ES2017; None if it is."""
    assert (PARSER.parent / "node_modules").is_dir(), "its libraries are missing: .ci/set-up test installs them"
    done = subprocess.run(["node", str(PARSER)], input=json.dumps(texts), capture_output=True, text=True, check=True)
    said: list[str | None] = json.loads(done.stdout)
    return said


def test_the_script_is_of_2017() -> None:
    assert len(MODULES) > 10
    faults = parsed([path.read_text(encoding="utf-8") for path in MODULES])
    assert {path.name: fault for path, fault in zip(MODULES, faults, strict=True) if fault} == {}


def test_the_parser_refuses_what_came_later() -> None:
    later = ["a?.b", "a ?? b", "({...a})", "try {} catch {}", "1n", "import('x')", "class A { b = 1 }", "/(?<=a)b/"]
    assert all(parsed(later))
