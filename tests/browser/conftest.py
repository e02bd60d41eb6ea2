"""Browser tests need Debian's chromium and run only if asked for, by `pytest tests/browser`; then it must be there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.opened import browsing
from browser.served_city import ServedCity, served_city
from playwright.sync_api import Browser


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    here = Path(__file__).parent
    asked = any(here in [path, *path.parents] for path in (Path(arg.split("::")[0]).resolve() for arg in config.args))
    return None if asked or collection_path == here else True


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: .ci/set-up browser installs it"
    return program


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCity]:
    with served_city(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with browsing(chromium) as running:
        yield running
