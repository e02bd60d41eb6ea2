"""Fonts, and faces to draw with them."""

import pytest
from faces import TYPES, Face, example_face

from license_lib.rendering import Fonts
from license_lib.resources import resource_folder


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return Fonts.load(resource_folder("templates") / "fonts")


@pytest.fixture(params=TYPES)
def example(request: pytest.FixtureRequest) -> Face:
    """The example of every type in turn."""
    return example_face(str(request.param))


@pytest.fixture
def business_face() -> Face:
    return example_face("business-license")


@pytest.fixture
def residence_face() -> Face:
    return example_face("residence-permit")
