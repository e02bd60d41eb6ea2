"""Browser tests need Debian's chromium and run only if asked for, by `pytest tests/browser`; then it must be there."""

import shutil
from pathlib import Path

import pytest


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
