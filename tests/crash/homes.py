"""Where writers are killed: a SQLite file, or a server; with keys, if they issue as a city does."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from postgres import PostgresServer
from support import PASSPHRASE

from crash.writing import Order
from license_lib.authority import now
from license_lib.repository.schema import create_or_upgrade
from license_lib.setting_up import create_development_keys, initialise

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """A process that forks writers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("writing.py")],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for whoever counts
        )

    def start(self, order: Order) -> int:
        """Start a writer; gives its process id, which stays its own until `wait`."""
        return self._ask(f"start {order.line()}")

    def wait(self, pid: int) -> int:
        """Wait for its end: its exit code, or minus the signal that killed it."""
        return self._ask(f"wait {pid}\n")

    def close(self) -> str:
        """End it; gives what writers complained of."""
        _, complaints = self._process.communicate()
        return complaints

    def _ask(self, line: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class Place:
    """A repository that writers work on."""

    def __init__(self, url: str, folder: Path, home: Path | None) -> None:
        self.url = url
        self.folder = folder
        self.home = home
        self.files = home / "data" / "files" if home else folder / "files"


class Backend:
    """Makes repositories on one kind of database.

    Args:
        kind: `sqlite` or `postgresql`.
        folder: where all is kept.
        durable: let a server sync as in production.
    """

    def __init__(self, kind: str, folder: Path, *, durable: bool = False) -> None:
        self.kind = kind
        self._folder = folder
        self._count = 0
        self.server: PostgresServer | None = None
        if kind == "postgresql":
            # Its administrator lets it acknowledge before it writes. We do not.
            self.server = PostgresServer(durable=durable, settings={"synchronous_commit": "off"})
            self.server.start()
        self._keys: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.server is not None:
            self.server.close()

    def place(self, *, full: bool) -> Place:
        """A new, empty repository; with `full`, a home with development keys around it."""
        self._count += 1
        folder = self._folder / f"{self.kind}-{self._count}"
        folder.mkdir(parents=True)
        url = self.server.create_database() if self.server else f"sqlite:///{folder / 'home' / 'data' / 'license.db'}"
        home = None
        if full:
            home = folder / "home"
            shutil.copytree(self._with_keys(), home)
            settings = home / "license.toml"
            text = settings.read_text(encoding="utf-8")
            settings.write_text(text.replace("sqlite:///data/license.db", url), encoding="utf-8")
        create_or_upgrade(url)
        return Place(url, folder, home)

    def remove(self, place: Place) -> None:
        """Done with it."""
        if self.server is not None:
            self.server.drop_database(place.url)
        shutil.rmtree(place.folder)

    def _with_keys(self) -> Path:
        """A home with keys and an empty repository, made once."""
        if self._keys is None:
            self._keys = self._folder / f"{self.kind}-keys"
            create_development_keys(initialise(self._keys), PASSPHRASE, at=now())
            shutil.rmtree(self._keys / "data")
        return self._keys
