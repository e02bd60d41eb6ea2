"""Templates that change: every licence is drawn, and for ever judged, by the version that it was issued with."""

import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from support import PASSPHRASE, StillClock, counted_randomness, example_request, release_template

from license_lib.authority import Authority
from license_lib.errors import InputError
from license_lib.issuing import Issued
from license_lib.resources import resource_folder
from license_lib.settings import Settings
from license_lib.verification import Outcome

KEY = "food-business-permit"
NEW_LABEL = "主要负责人"


class Department:
    """A department that keeps a template of its own, and issues with it."""

    def __init__(self, home: Path, folder: Path) -> None:
        built_in = resource_folder("templates")
        for name in (KEY, "_parts"):
            if (built_in / name).is_dir():
                shutil.copytree(built_in / name, folder / name)
        shutil.rmtree(folder / KEY / "releases")
        self.folder = folder / KEY
        self.version = int(tomllib.loads((self.folder / "type.toml").read_text("utf-8"))["version"])
        self.clock = StillClock()
        self._settings = Settings.load(home).model_copy(update={"templates": folder})
        self._issued = 0

    def edit(self, old: str, new: str) -> None:
        """Change one thing in `type.toml`."""
        path = self.folder / "type.toml"
        text = path.read_text("utf-8")
        assert re.search(old, text), old
        path.write_text(re.sub(old, new, text, count=1), "utf-8")

    def next_version(self, **settings: str) -> None:
        """Raise the version, with other settings at the top."""
        self.version += 1
        said = "".join(f"{name} = {value}\n" for name, value in settings.items())
        self.edit(r"(?m)^version = \d+\n", f"version = {self.version}\n{said}")

    def authority(self) -> Authority:
        randomness = counted_randomness(f"department {self._issued}")
        return Authority(self._settings, passphrase=PASSPHRASE, clock=self.clock, randomness=randomness)

    def issue(self, issued_on: date | None = None) -> Issued:
        self._issued += 1
        example = example_request(KEY)
        number = f"{(example.number or '')[:-4]}{self._issued:04d}"
        with self.authority() as authority:
            return authority.issue(replace(example, number=number, issued_on=issued_on, valid_from=issued_on))

    def judge(self, issued: Issued) -> Outcome:
        with self.authority() as authority:
            return authority.verify(issued.pdf).outcome


@pytest.fixture
def department(home: Path, tmp_path: Path) -> Department:
    return Department(home, tmp_path / "templates")


def text_of(issued: Issued) -> str:
    with PdfDocument(issued.pdf) as document:
        return "".join(str(document[0].get_textpage().get_text_range()).split())


def test_licences_of_two_versions_are_each_judged_by_their_own(department: Department) -> None:
    release_template(department.folder)
    first = department.issue()
    department.next_version()
    department.edit('label = "法定代表人[^"]*"', f'label = "{NEW_LABEL}"')
    drafted = department.issue()
    release_template(department.folder)
    second = department.issue()
    versions = [issued.license.template.version for issued in (first, drafted, second)]
    assert versions == [department.version - 1, department.version - 1, department.version], "a draft issues nothing"
    assert len({issued.license.template.digest for issued in (first, second)}) == 2
    assert [NEW_LABEL in text_of(issued) for issued in (first, second)] == [False, True]
    assert [department.judge(issued) for issued in (first, drafted, second)] == [Outcome.IN_FORCE] * 3


def test_a_version_is_used_from_its_day_on(department: Department) -> None:
    release_template(department.folder)
    old = department.version
    department.next_version(effective_from="2026-11-24")
    release_template(department.folder)
    early = department.issue()
    department.clock.advance(days=2)
    in_time, backdated = department.issue(), department.issue(issued_on=date(2026, 11, 23))
    versions = [issued.license.template.version for issued in (early, in_time, backdated)]
    assert versions == [old, department.version, old]
    assert [department.judge(issued) for issued in (early, in_time, backdated)] == [Outcome.IN_FORCE] * 3


def test_a_draft_issues_nothing(department: Department) -> None:
    with pytest.raises(InputError) as caught:
        department.issue()
    assert (caught.value.code, caught.value.hint) == ("template.draft", f"license template release {KEY}")


def test_a_type_that_begins_later_issues_nothing_before(department: Department) -> None:
    department.next_version(effective_from="2027-01-01")
    release_template(department.folder)
    with pytest.raises(InputError) as caught:
        department.issue()
    assert (caught.value.code, caught.value.hint) == ("template.not-in-effect", "the first is, from 2027-01-01")
