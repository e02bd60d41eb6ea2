"""What may and may not stand in the repository: length, secrets, places of one machine, broken links."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 350
LONG_BECAUSE = {
    "cli.py": "one command is one short function, and a reader looks for all of them in one place",
    "migrations/versions/0003_log.py": "a migration stands for itself: what it imported would change under it",
}
MAX_FONT_BYTES = 40_000_000

HOSTS_OF_REGISTRIES = ("pypi" + ".org", "python" + "hosted", "npm" + "js", "deb." + "debian", "proxy." + "golang")
PLACES_OF_ONE_MACHINE = re.compile(r"(?<![\w./}])/(work|root|tmp|opt|Users|home/\w+)/")
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----(\s|\\n)+[A-Za-z0-9+/]{32}")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@cache
def tracked() -> tuple[Path, ...]:
    """Files under version control, or about to be."""
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(list_files, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """Every tracked text by its path; requirements.lock and pictures left out."""
    found = {}
    for path in tracked():
        data = path.read_bytes() if path.stat().st_size < 1_000_000 and path.name != "requirements.lock" else b"\0"
        if b"\0" not in data:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8", errors="replace")
    return found


def test_a_long_module_argues_for_itself() -> None:
    long = {
        name
        for name, text in texts().items()
        if name.endswith(".py") and not name.startswith("tests/") and text.count("\n") > MAX_LINES
    }
    assert long == set(LONG_BECAUSE), "split it, or add it here with a reason; drop a reason that is not needed"


def test_no_registry_is_named() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    named = [name for name, text in {**texts(), "lock": lock}.items() for host in HOSTS_OF_REGISTRIES if host in text]
    assert named == []


def test_no_place_of_one_machine_is_named() -> None:
    named = {name: found[0] for name, text in texts().items() if (found := PLACES_OF_ONE_MACHINE.search(text))}
    assert named == {}


def test_no_private_key_is_tracked() -> None:
    assert [path for path in tracked() if PRIVATE_KEY.search(path.read_bytes())] == []
    assert [path for path in tracked() if path.suffix in {".key", ".p12", ".pfx", ".jks"}] == []


@pytest.mark.parametrize(
    "made", ["license.toml", "data/license.db", "keys/private/root.pem", "keys/public/tsa.pem", "build/demo/x.pdf"]
)
def test_what_the_commands_make_is_ignored(made: str) -> None:
    assert subprocess.run(["git", "check-ignore", "-q", made], cwd=ROOT, check=False).returncode == 0


def test_fonts_keep_within_their_budget() -> None:
    assert sum(path.stat().st_size for path in tracked() if path.suffix in {".ttf", ".ttc", ".otf"}) <= MAX_FONT_BYTES


def test_links_between_documents_lead_somewhere() -> None:
    links = [(name, link) for name, text in texts().items() if name.endswith(".md") for link in LINK.findall(text)]
    assert len(links) > 5, "the search finds nothing any more"
    assert [(name, link) for name, link in links if not ((ROOT / name).parent / link).exists()] == []


def test_the_ci_runs_the_command_of_the_readme() -> None:
    assert "make test" in texts()["README.md"]
    assert re.search(r"^make test$", texts()[".ci/run"], re.MULTILINE)


def test_every_make_target_of_the_readme_exists() -> None:
    wanted = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\n;]| {2})", texts()["README.md"]))
    assert {"demo", "test", "serve"} <= wanted
    assert wanted <= set(re.findall(r"^([a-z]+):", texts()["Makefile"], re.MULTILINE))
