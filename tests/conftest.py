"""One development authority for the whole run, with a clock of its own; tests that change things make another.

`--database postgresql` puts the authorities of these fixtures on a server. What concerns the repository itself runs on
both databases anyway, by the fixture `database_url`.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import PostgresServer
from support import ISSUERS, NOON, PASSPHRASE, StillClock, counted_randomness, example_request, license_command

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.licenses.request import LicenseRequest
from license_lib.repository.schema import create_or_upgrade
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings

IN_A_FILE = '"sqlite:///data/license.db"'
PlaceHome = Callable[[Path, Path], Path]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=["sqlite", "postgresql"], default="sqlite", help="where the authorities of fixtures are"
    )
    parser.addoption("--whole-benches", action="store_true", help="run slow benchmarks, too, not only start them")
    parser.addoption("--licenses", type=int, default=12, help="how many random licences are put before every judge")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of this test process, started when the first test needs it."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """An empty database with up-to-date tables; to be copied."""
    postgres.execute("CREATE DATABASE template_licenses")
    create_or_upgrade(postgres.url("template_licenses"))
    return "template_licenses"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    create_or_upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database; a test that asks for it, or for `database_url`, runs on each."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the test's own, with up-to-date tables."""
    if backend == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'licences.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database(template=request.getfixturevalue("postgres_template"))
    yield url
    server.drop_database(url)


@pytest.fixture
def bare_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables; on SQLite not even a file."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="session")
def place_home(request: pytest.FixtureRequest) -> PlaceHome:
    """Copies a prepared home, whose database holds nothing yet, to where it is used; with `--database`, on a server."""
    on_server = request.config.getoption("--database") == "postgresql"

    def place(prepared: Path, home: Path) -> Path:
        shutil.copytree(prepared, home)
        if on_server:
            server: PostgresServer = request.getfixturevalue("postgres")
            url = server.create_database(template=request.getfixturevalue("postgres_template"))
            settings = home / "license.toml"
            text = settings.read_text(encoding="utf-8")
            assert IN_A_FILE in text
            settings.write_text(text.replace(IN_A_FILE, f'"{url}"'), encoding="utf-8")
            (home / "data" / "license.db").unlink()
        return home

    return place


@pytest.fixture(scope="session")
def master_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared home: configuration, empty repository, development keys. Copied, never used itself."""
    home = tmp_path_factory.mktemp("authority")
    create_development_keys(initialise(home), PASSPHRASE, at=NOON)
    return home


@pytest.fixture
def home(master_home: Path, tmp_path: Path, place_home: PlaceHome) -> Path:
    """A fresh home of the test's own."""
    return place_home(master_home, tmp_path / "home")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def authority(home: Path, clock: StillClock) -> Iterator[Authority]:
    with Authority(
        Settings.load(home), passphrase=PASSPHRASE, clock=clock, randomness=counted_randomness("fresh")
    ) as opened:
        yield opened


@pytest.fixture
def business_request() -> LicenseRequest:
    return example_request("business-license")


@pytest.fixture(scope="session")
def shared_authority(
    master_home: Path, tmp_path_factory: pytest.TempPathFactory, place_home: PlaceHome
) -> Iterator[Authority]:
    """An authority that holds one licence of every type; tests only read from it."""
    home = place_home(master_home, tmp_path_factory.mktemp("shared") / "home")
    with Authority(
        Settings.load(home), passphrase=PASSPHRASE, clock=StillClock(), randomness=counted_randomness("shared")
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def issued_licenses(shared_authority: Authority) -> dict[str, Issued]:
    """One licence of every type, by type key."""
    return {key: shared_authority.issue(example_request(key)) for key in ISSUERS}


@pytest.fixture(scope="session")
def business(issued_licenses: dict[str, Issued]) -> Issued:
    return issued_licenses["business-license"]


@pytest.fixture(scope="session")
def typed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as the command line makes it, by the machine's clock. Copied, never used itself."""
    home = tmp_path_factory.mktemp("typed") / "home"
    for command in (["init"], ["keys", "init"]):
        done = license_command(*command, "--home", home)
        assert done.code == 0, done.err
    return home


@pytest.fixture
def city(typed_home: Path, tmp_path: Path, place_home: PlaceHome) -> Path:
    """A fresh home of the test's own, for the command line."""
    return place_home(typed_home, tmp_path / "city")
