"""Template folders that somebody made to break the loader: always a fault with a place, never a crash or a hang."""

import copy
import os
import random
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from datetime import time as day_time
from pathlib import Path
from typing import Any

import pytest

from license_lib.catalogue import Catalogue, TemplateError
from license_lib.catalogue.loading import load_type
from license_lib.catalogue.patterns import may_take_for_ever
from license_lib.catalogue.problems import TemplateProblem
from license_lib.catalogue.releases import write_release

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "templates"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
ARTWORK = '\n[[artwork]]\nfile = "emblem.svg"\nalt = "徽"\nx = 1\ny = 1\nw = 9\nh = 9\n'
SECONDS = 5


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Templates with a part, a picture and a release, all of it right."""
    folder = Path(shutil.copytree(VECTORS / "base", tmp_path / "templates"))
    (folder / "_parts").mkdir()
    (folder / "_parts" / "part.toml").write_text('labels = "zh-en"\n', encoding="utf-8")
    layout = folder / "sample" / "layout.toml"
    layout.write_text(f'extends = ["part"]\n{layout.read_text(encoding="utf-8")}{ARTWORK}', encoding="utf-8")
    (folder / "sample" / "emblem.svg").write_text(SVG, encoding="utf-8")
    write_release(folder / "sample", load_type(folder / "sample"))
    assert len(Catalogue.load(folder)) == 1
    return folder


def problems_of(folder: Path) -> tuple[TemplateProblem, ...]:
    before = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        Catalogue.load(folder)
    assert time.monotonic() - before < SECONDS
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    str(caught.value).encode()
    caught.value.message_zh.encode()
    return caught.value.problems


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_link_out_of_the_folder_is_never_followed(good: Path, tmp_path: Path) -> None:
    """Else a template could show a file of the machine, or change without its department."""
    for number, file in enumerate(files_of(good)):
        secret = tmp_path / f"outside-{number}"
        file.rename(secret)
        file.symlink_to(secret)
        (problem,) = problems_of(good)
        assert problem.problem == "is a link that leads outside the templates", file
        file.unlink()
        secret.rename(file)
    assert number == 5


def test_a_link_within_the_folder_is_followed(good: Path) -> None:
    """As volumes of a cluster mount their files."""
    (good / "sample" / "..data").mkdir()
    for name in ("type.toml", "layout.toml", "emblem.svg"):
        (good / "sample" / name).rename(good / "sample" / "..data" / name)
        (good / "sample" / name).symlink_to(Path("..data") / name)
    assert len(Catalogue.load(good)) == 1


def test_a_folder_that_is_a_link_is_the_keepers_decision(good: Path, tmp_path: Path) -> None:
    (good / "sample").rename(tmp_path / "sample")
    (good / "sample").symlink_to(tmp_path / "sample")
    assert len(Catalogue.load(good)) == 1


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to(path.name), Path.mkdir])
def test_what_is_no_file_is_not_read(good: Path, make: Callable[[Path], None]) -> None:
    """A pipe has no end, a link to itself no beginning."""
    for file in files_of(good):
        aside = file.rename(file.with_name("_aside"))
        make(file)
        assert len(problems_of(good)) == 1, file
        file.rmdir() if file.is_dir() else file.unlink()
        aside.rename(file)


def test_an_endless_device_is_not_read(good: Path) -> None:
    (good / "sample" / "layout.toml").unlink()
    (good / "sample" / "layout.toml").symlink_to("/dev/zero")
    (problem,) = problems_of(good)
    assert problem.file == "sample/layout.toml"


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31m", "\u202egnp", "证" * 60, "x y"])
def test_folders_of_odd_names(good: Path, name: str) -> None:
    shutil.copytree(good / "sample", good / name)
    shown = [str(problem) for problem in problems_of(good)]
    assert shown
    assert not any("\n" in one or "\x1b" in one or "\u202e" in one for one in shown)


def test_files_of_odd_names(good: Path) -> None:
    for name in (b"layout-\xff.toml", b"layout-a\nb.toml", b"layout-.toml", b"\xfe.svg"):
        Path(os.fsdecode(os.fsencode(good / "sample") + b"/" + name)).write_bytes(b"x = 1")
    assert {problem.problem for problem in problems_of(good)} == {"no variant uses this layout"}


def test_a_folder_whose_name_is_no_text(good: Path) -> None:
    shutil.copytree(good / "sample", os.fsdecode(os.fsencode(good) + b"/\xff\xfe"))
    assert problems_of(good)


@pytest.mark.parametrize(
    "text",
    [
        "extends = [" + '"part", ' * 30_000 + "]",
        "extends = [" + '"nowhere", ' * 20 + "]",
        "texts = [" + "5, " * 30_000 + "]",
        "texts = [" + "{}, " * 30_000 + "]",
        "artwork = [" + '{ file = "emblem.svg" }, ' * 10_000 + "]",
        "texts = [" + "".join(f'{{ id = "a{number}" }}, ' for number in range(18_000)) + "]",
        "".join(f"k{number} = 1\n" for number in range(24_000)),
        "a." * 120_000 + "b = 1",
        ("a." * 299 + "b = 1\n") * 400,
        "\n".join("[" + "a." * number + "b]" for number in range(1, 290)),
    ],
    ids=["extends", "nowhere", "numbers", "tables", "pictures", "ids", "keys", "dotted", "dotted-lines", "headers"],
)
def test_long_lists(good: Path, text: str) -> None:
    layout = good / "sample" / "layout.toml"
    own = layout.read_text(encoding="utf-8").replace('extends = ["part"]\n', "").replace("[[artwork]]", "[artwork2]")
    layout.write_text(f"{text}\n{own}", encoding="utf-8")
    assert problems_of(good)


def test_of_many_faults_the_first_are_told_and_how_many_more_there_are(good: Path) -> None:
    layout = good / "sample" / "layout.toml"
    more = "".join(f"k{number} = 1\n" for number in range(150))
    layout.write_text(more + layout.read_text(encoding="utf-8"), encoding="utf-8")
    problems = problems_of(good)
    assert len(problems) == 101
    assert (problems[-1].problem, problems[-1].problem_zh) == ("has 50 more faults", "另有50处错误")


def test_many_variants_of_one_layout(good: Path) -> None:
    names = [f"丙{number}" for number in range(5_000)]
    kind = good / "sample" / "type.toml"
    layouts = "\n".join(f'"{name}" = "small"' for name in names)
    text = kind.read_text(encoding="utf-8") + f'\n[variants]\nfield = "grade"\n[variants.layouts]\n{layouts}\n'
    kind.write_text(text, encoding="utf-8")
    shutil.copy(good / "sample" / "layout.toml", good / "sample" / "layout-small.toml")
    assert problems_of(good)


def test_a_long_chain_of_parts(good: Path) -> None:
    for number in range(600):
        part = good / "_parts" / f"p{number}.toml"
        part.write_text(f'extends = ["p{number + 1}"]\n', encoding="utf-8")
    (good / "_parts" / "part.toml").write_text('extends = ["p0"]\n', encoding="utf-8")
    (problem,) = problems_of(good)
    assert problem.problem.startswith("builds on more than 8 parts")


@pytest.mark.parametrize(
    ("pattern", "slow"),
    [
        ("(a+)+", True),
        ("(?:(?:a*)*)*", True),
        ("(a|b+)+", True),
        ("(?=(a+)+)b", True),
        ("(x)?(?(1)(a+)+|b)", True),
        ("(a+){12}", True),
        ("([0-9]+){1,10}", True),
        ("(a{1,10}){1,10}", True),
        ("(aa|bab)+", True),
        ("(?:男|女)", False),
        ("(a{0,1}b){1,9}", False),
        ("([0-9]{1,3}-){1,3}", False),
        ("((a{5})+)", False),
        ("[A-Z]{2}[0-9]+(-[0-9]+)?", False),
        (".{1,60}", False),
        ("", False),
    ],
)
def test_patterns_that_never_end_are_known(pattern: str, slow: bool) -> None:  # noqa: FBT001 -- a table's column
    assert may_take_for_ever(pattern) is slow


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, float("nan"), float("inf"), -0.0, 1e308, "", "x", "\x00", "../../etc/passwd", "a\nb",
    "(", "证" * 500, [], [[]], [{}], {}, {"": {}}, {"id": "x", "remove": True}, [{"id": "x"}, {"id": "x"}],
    date(2027, 1, 1), datetime(2027, 1, 1, tzinfo=UTC), day_time(8),
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a document with every key or position in it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield value, key
        yield from places(one)


def enrich(good: Path) -> None:
    """Add what the sample type has not: rows, a computed field, a variant."""
    kind, layout = good / "sample" / "type.toml", good / "sample" / "layout.toml"
    own = layout.read_text(encoding="utf-8")
    (good / "sample" / "layout-small.toml").write_text('extends = ["layout.toml"]\n', encoding="utf-8")
    table = 'field = "cars"\nx = 30\ny = 160\nw = 100\nh = 40\ncolumns = [{ field = "plate", w = 50 }]\n'
    part = f'labels = "zh-en"\ntables = [{{ id = "x", {table[:-1].replace(chr(10), ", ")} }}]\n'
    (good / "_parts" / "part.toml").write_text(part, encoding="utf-8")
    layout.write_text(
        own.replace(
            '{ field = "validity"', '{ field = "count", x = 150, y = 175, w = 100, h = 10 },\n    { field = "validity"'
        ),
        encoding="utf-8",
    )
    more = """
[[fields]]
key = "cars"
code = "KZ_CL"
label = "车辆"
english = "Vehicles"
type = "rows"
columns = [{ key = "plate", code = "KZ_HP", label = "号牌", english = "Plate" }]

[[computed]]
key = "count"
label = "辆数"
english = "Number"
of = "cars"
form = "count"

[variants]
field = "grade"
layouts = { "乙" = "small" }
"""
    kind.write_text(kind.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert len(Catalogue.load(good)) == 1


def toml(value: Any) -> str:
    """A value as TOML, inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(one):08x}" for one in value) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | day_time) else repr(value)


@pytest.mark.parametrize("seed", range(4))
def test_any_value_in_any_place(good: Path, seed: int) -> None:
    """A type loads, or is refused with faults: whatever stands where."""
    rng = random.Random(seed)  # noqa: S311 -- repeatable, not secret
    shutil.rmtree(good / "sample" / "releases")
    enrich(good)
    files = [path for path in files_of(good) if path.suffix == ".toml"]
    texts = {path: path.read_bytes() for path in files}
    refused = 0
    for _ in range(150):
        for path in rng.sample(files, rng.choice((1, 1, 2))):
            document = tomllib.loads(texts[path].decode())
            for _ in range(rng.choice((1, 1, 3))):
                container, key = rng.choice(list(places(document)))
                odd = copy.deepcopy(rng.choice(ODD))
                if odd is None:
                    del container[key]
                elif isinstance(container, dict) and rng.random() < 0.2:
                    container[rng.choice(("remove", "id", "extends", "variants", "", "a.b"))] = odd
                else:
                    container[key] = odd
                if not list(places(document)):
                    break
            lines = [f"{toml(key)} = {toml(value)}" for key, value in document.items()]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            Catalogue.load(good)
        except TemplateError:
            refused += 1
        for path, text in texts.items():
            path.write_bytes(text)
    assert refused > 50
