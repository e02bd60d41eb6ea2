"""Random licences of every type before every judge: qpdf, mutool, pdfsig, pyHanko, the PDF/A and PDF/UA validator,
PDFium, poppler, and our own verification. `--licenses 2000` asks for more (`make judges`); a seed tells each apart.
"""

from pathlib import Path

import pytest
from many_judges import complaints
from random_licenses import KEYS, random_license

from license_lib.authority import Authority
from license_lib.configured import fonts_folder
from license_lib.rendering import Fonts


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    count = int(metafunc.config.getoption("--licenses"))
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(-(-count // len(KEYS))))


@pytest.fixture(scope="module")
def fonts(shared_authority: Authority) -> Fonts:
    return Fonts.load(fonts_folder(shared_authority.settings))


def test_no_judge_has_anything_against_one_licence_of_every_type(
    seed: int, shared_authority: Authority, fonts: Fonts, tmp_path: Path
) -> None:
    found = {}
    for key in KEYS:
        issued = random_license(shared_authority, key, f"licence {seed}", fonts)
        said = list(complaints(issued, shared_authority, tmp_path))
        if said:
            found[key] = said
    assert found == {}
