"""Fonts, and a department with a new type."""

from pathlib import Path

import pytest
from crafting import Department

from license_lib.rendering import Fonts
from license_lib.resources import resource_folder


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return Fonts.load(resource_folder("templates") / "fonts")


@pytest.fixture
def department(tmp_path: Path, fonts: Fonts) -> Department:
    return Department.begin(tmp_path / "templates", fonts)
