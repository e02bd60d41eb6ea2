"""A catalogue that was found in order before loads the types that are asked for, and is the same one."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from license_lib.catalogue import Catalogue, TemplateError
from license_lib.errors import MachineError
from license_lib.made_once import MadeOnce
from license_lib.resources import resource_folder

ASKED, OTHER = "food-business-permit", "business-license"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resource_folder("templates"), tmp_path / "templates"))


@pytest.fixture
def kept(tmp_path: Path, templates: Path) -> MadeOnce:
    """Where it is kept that the templates are in order."""
    kept = MadeOnce(tmp_path / "kept")
    Catalogue.load(templates, kept)
    return kept


def spoil(file: Path) -> None:
    """Change a file so that its size and its time of change do not tell."""
    before, data = file.stat(), file.read_bytes()
    file.write_bytes(b"?" * len(data))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_it_is_the_same_catalogue(templates: Path, kept: MadeOnce) -> None:
    whole, shelf = Catalogue.load(templates), Catalogue.load(templates, kept)
    assert shelf.names() == whole.names()
    assert list(shelf) == list(whole)
    for kind in whole:
        assert shelf.versions(kind.name).all() == whole.versions(kind.key).all()
        assert shelf.find(kind.code.value) == kind
        assert shelf.drawn_by(kind) == whole.drawn_by(kind)


def test_a_picture_is_found_whoever_shows_it(templates: Path, tmp_path: Path) -> None:
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0H9V9Z"/></svg>'
    shutil.rmtree(templates / OTHER / "releases")  # what was released is as it was, and without pictures
    (templates / OTHER / "emblem.svg").write_bytes(picture)
    with (templates / OTHER / "layout.toml").open("a") as layout:
        layout.write('[[artwork]]\nfile = "emblem.svg"\nalt = "徽"\nx = 1\ny = 1\nw = 9\nh = 9\n')
    kept = MadeOnce(tmp_path / "kept")
    for _ in range(2):
        assert Catalogue.load(templates, kept).artwork(hashlib.sha256(picture).hexdigest()) == picture
    with pytest.raises(KeyError):
        Catalogue.load(templates, kept).artwork("0" * 64)


def test_only_what_is_asked_for_is_loaded(templates: Path, kept: MadeOnce) -> None:
    spoil(templates / OTHER / "type.toml")
    shelf = Catalogue.load(templates, kept)
    assert shelf.get(ASKED).key == ASKED
    with pytest.raises(MachineError) as refused:  # a broken machine: the request is not to blame
        shelf.get(OTHER)
    assert refused.value.code == "template.changed"


@pytest.mark.parametrize("file", [f"{OTHER}/layout.toml", f"{OTHER}/releases/1.json", "_parts/a4-portrait.toml"])
def test_whatever_was_changed_is_looked_at_again(templates: Path, kept: MadeOnce, file: str) -> None:
    with (templates / file).open("a") as opened:
        opened.write("?")
    with pytest.raises(TemplateError):
        Catalogue.load(templates, kept)


def test_a_type_that_came_or_went_is_noticed(templates: Path, kept: MadeOnce) -> None:
    shutil.rmtree(templates / OTHER)
    assert Catalogue.load(templates, kept).find(OTHER) is None
    shutil.copytree(resource_folder("templates") / OTHER, templates / OTHER)
    assert Catalogue.load(templates, kept).get(OTHER).key == OTHER


def test_the_fault_of_a_folder_is_told_as_ever(tmp_path: Path, kept: MadeOnce) -> None:
    with pytest.raises(TemplateError) as whole:
        Catalogue.load(tmp_path / "nowhere")
    with pytest.raises(TemplateError) as shelf:
        Catalogue.load(tmp_path / "nowhere", kept)
    assert shelf.value.problems == whole.value.problems
