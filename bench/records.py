"""What records cost that cannot be rewritten: durable events, the log, status lists, look-ups as everything grows.

    python bench/records.py [--most 6] [--json]

Ratios travel between machines, milliseconds do not. What must be durable is measured against the database's own floor,
one row of one column in one durable transaction; what must stay flat, against the smallest size in the same run. Rows
that only have to be many are written straight into the tables; whatever is measured goes through the library.

`--most 7` goes up to 10⁷ rows: some 15 GB of temporary files (`--folder`) and a quarter of an hour.
"""

import argparse
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import count, repeat
from pathlib import Path

import sqlalchemy as sa
from many_rows import AT, filling, grow, holder_number, leaf_data, license_rows

from license_lib.lifecycle import EventKind
from license_lib.log.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from license_lib.log.proving import consistency_proof, inclusion_proof, root_at
from license_lib.repository.entries import Cause, Change, UsageKind, Use
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import HolderEntry, IssuedLicense, Reservation
from license_lib.setting_up import create_development_keys, initialise
from license_lib.status import LIST_SIZE, StatusBits
from license_lib.status.tokens import open_token, sign_cwt, sign_jwt
from signing.keys import load_credential

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))  # `postgres`, which the tests bring up, too
PASSPHRASE = b"only for this benchmark"
Figures = dict[str, float]


def main() -> int:
    """Run all measurements and print them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--most", type=int, default=6, choices=range(4, 8), help="power of ten of the largest size")
    options.add_argument("--rounds", type=int, default=300)
    options.add_argument("--folder", type=Path, help="where temporary files go; its disk is the one measured")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    figures: Figures = {}
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for part in (
            durable_sqlite(Path(folder) / "durable", chosen.rounds),
            durable_postgresql(Path(folder) / "server", chosen.rounds),
            log(Path(folder) / "log", chosen.most, chosen.rounds),
            holders(Path(folder) / "holders", chosen.most, chosen.rounds),
            status_list(Path(folder) / "status"),
        ):
            for name, value, unit in part:
                figures[f"{name} ({unit})"] = value
                if not chosen.json:
                    print(f"{name:64} {value:12,.2f} {unit}", flush=True)
    if chosen.json:
        print(json.dumps(figures))
    return 0


Lines = Iterator[tuple[str, float, str]]


def durable_sqlite(folder: Path, rounds: int) -> Lines:
    """Transactions per second on SQLite, durability on."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'licences.db'}"
    create_or_upgrade(url)
    floor = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE floor (n INTEGER)"):
        floor.execute(statement)
    with Repository.open(url, folder / "files") as repository:
        yield from _durable(
            "SQLite", repository, lambda: floor.execute("INSERT INTO floor VALUES (1)"), rounds, sync=folder / "sync"
        )
    floor.close()


def durable_postgresql(folder: Path, rounds: int) -> Lines:
    """The same on a PostgreSQL server of our own, over its socket, with its production settings."""
    from postgres import PostgresServer

    folder.mkdir()
    with PostgresServer(durable=True) as server:
        url = server.create_database()
        create_or_upgrade(url)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as floor, Repository.open(url, folder / "files") as repository:
            floor.exec_driver_sql("CREATE TABLE floor (n INTEGER)")

            def one_row() -> object:
                return floor.exec_driver_sql("INSERT INTO floor VALUES (1)")

            yield from _durable("PostgreSQL", repository, one_row, rounds, sync=folder / "sync")
        engine.dispose()


def _durable(backend: str, repository: Repository, floor: Callable[[], object], rounds: int, *, sync: Path) -> Lines:
    numbers = count()
    prepared = [_licence(repository, next(numbers)) for _ in range(rounds)]
    waiting, suspended = iter(prepared), iter(prepared)
    use = Use(actor="窗口一号", body="政务服务中心", purpose="办理业务", item="000131001000")
    cause = Cause(actor="窗口一号", reason="停业整顿", legal_basis="食品安全法", paper="白市监罚〔2026〕1号")
    change = Change(kind=EventKind.SUSPEND, cause=cause, effective_at=AT, recorded_at=AT)
    with sync.open("wb") as file:

        def synced() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

        disk = _wall(synced, rounds)
    unit = _wall(floor, rounds)
    yield f"{backend}: fsync of 4 KiB, the disk's own floor", 1 / disk, "a second"
    yield f"{backend}: one row, durable (the floor)", 1 / unit, "a second"
    for name, work in (
        ("reserve an identifier", lambda: _reserve(repository, next(numbers))),
        ("file of 100 kB", lambda: repository.files.put(os.urandom(100_000))),
        ("issue: licence, event, leaf, holder, in one transaction", lambda: repository.commit(next(waiting))),
        ("event", lambda: repository.record(next(suspended).identifier, change)),
        ("use", lambda: repository.usage.record(UsageKind.LOOK, ["id-0"], use, at=AT)),
    ):
        seconds = _wall(work, rounds)
        yield f"{backend}: {name}", 1 / seconds, "a second"
        yield f"{backend}: {name}", seconds / unit, "floors"


def _reserve(repository: Repository, number: int) -> Reservation:
    reserved = repository.reserve(f"id-{number}", request_key=f"{number}", request_digest=bytes(32), at=AT)
    if not isinstance(reserved, Reservation):
        raise TypeError("issued before")
    return reserved


def _licence(repository: Repository, number: int) -> IssuedLicense:
    """A licence all but committed: its identifier reserved, its file stored."""
    reserved = _reserve(repository, number)
    digest = repository.files.put(f"{number}".encode())
    return IssuedLicense(
        identifier=reserved.identifier,
        type_code="11100000MB0143028R001",
        type_key="food-business-permit",
        type_version=1,
        type_name="食品经营许可证",
        number=f"JY{number:014}",
        issuer_code="11620400013870020M",
        issuer_name="白银市市场监督管理局",
        holders=(HolderEntry("白银某某餐饮有限公司", holder_number(number), "001"),),
        issued_on=date(2026, 11, 22),
        valid_from=date(2026, 11, 22),
        valid_until=date(2031, 11, 21),
        record=random.Random(number).randbytes(1200),  # noqa: S311 — size is what matters
        record_digest=digest,
        file_digest=digest,
        key_id=b"key",
        request_key=reserved.request_key,
        at=AT,
        cause=Cause(actor="窗口一号", body="白银市市场监督管理局"),
        status=reserved.status,
    )


def log(folder: Path, most: int, rounds: int) -> Lines:
    """One log that grows: appending, and proving entries spread over all of it."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'log.db'}"
    create_or_upgrade(url)
    grown = Frontier.empty()
    first: Figures = {}
    for power in range(3, most + 1):
        size = 10**power
        with filling(folder / "log.db") as raw:
            start = time.perf_counter()
            grown, added = grow(raw, grown, size)
            per_leaf = (time.perf_counter() - start) / added
        with Repository.open(url, folder / "files") as repository:
            head, source = repository.log.head(), repository.log
            places = random.Random(power).sample(range(size), min(rounds, size))  # noqa: S311 — reproducible
            for index in places[:10]:
                leaf = leaf_hash(leaf_data(index))
                proof = inclusion_proof(index, size, source)
                if not verify_inclusion(index, size, leaf, proof, head.root()):
                    raise ValueError("a proof that proves nothing")
                older, proof = index + 1, consistency_proof(index + 1, size, source)
                if not verify_consistency(older, size, proof, root_at(older, source), head.root()):
                    raise ValueError("a proof that proves nothing")
            hashes = max(len(inclusion_proof(index, size, source)) for index in places)
            asked, older_heads = iter(places * 2), iter(places * 2)
            figures = {
                "inclusion proof": _cpu(lambda: inclusion_proof(next(asked), size, source), len(places)),  # noqa: B023 — called at once
                "consistency proof": _cpu(lambda: consistency_proof(next(older_heads) + 1, size, source), len(places)),  # noqa: B023 — called at once
            }
        # An append changes the log: it is measured on a copy of the end alone, which is all that it reads.
        figures["append to the tree"] = _cpu(lambda: grown.append(bytes(32)), rounds * 10)  # noqa: B023 — called at once
        for name, seconds in figures.items():
            first.setdefault(name, seconds)
            yield f"log of 10^{power}: {name}", seconds * 1e6, "µs"
            yield f"log of 10^{power}: {name}", seconds / first[name], "× of 10^3"
        yield f"log of 10^{power}: longest inclusion proof", hashes, "hashes"
        yield f"log of 10^{power}: grow in bulk", per_leaf * 1e6, "µs an entry"
    yield f"log of 10^{most}: database", (folder / "log.db").stat().st_size / 10**most, "bytes an entry"


def holders(folder: Path, most: int, rounds: int) -> Lines:
    """One repository that grows: looking up by holder, number and identifier, anywhere in it."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'licences.db'}"
    create_or_upgrade(url)
    first: Figures = {}
    filled = 0
    for power in (4, *range(6, most + 1)):
        size = 10**power
        with filling(folder / "licences.db") as raw:
            license_rows(raw, filled, size)
        filled = size
        with Repository.open(url, folder / "files") as repository:
            places = random.Random(power).sample(range(size), rounds)  # noqa: S311 — reproducible
            found = repository.by_holder_number(holder_number(places[0]))
            if [one.number for one in found] != [f"JY{places[0]:014}"]:
                raise ValueError("another licence was found")
            figures = {
                "by holder": _cpu(_each(repository.by_holder_number, map(holder_number, places)), rounds - 1),
                "by number": _cpu(_each(repository.by_number, (f"JY{one:014}" for one in places)), rounds - 1),
                "by identifier": _cpu(_each(repository.by_identifier, (f"id-{one}" for one in places)), rounds - 1),
                "by holder, nobody's": _cpu(_each(repository.by_holder_number, repeat("nobody")), rounds - 1),
            }
        for name, seconds in figures.items():
            first.setdefault(name, seconds)
            yield f"look up in 10^{power}: {name}", seconds * 1e6, "µs"
            yield f"look up in 10^{power}: {name}", seconds / first[name], "× of 10^4"
    yield f"look up in 10^{most}: database", (folder / "licences.db").stat().st_size / filled, "bytes a licence"


def status_list(folder: Path) -> Lines:
    """A full list of 2^20 licences, 1 % revoked: collecting, signing, opening."""
    folder.mkdir()
    settings = initialise(folder)
    create_development_keys(settings, PASSPHRASE, at=AT)
    signer = load_credential(settings.keys_folder, "status", passphrase=PASSPHRASE, at=AT)
    with filling(folder / "data" / "license.db") as raw:
        license_rows(raw, 0, LIST_SIZE, ended=100)
        raw.execute("INSERT INTO status_list (number, used, key) VALUES (1, ?, ?)", (LIST_SIZE, bytes(32)))
    uri = "https://license.example/status/1"
    with Repository.open(settings.database_url, settings.files) as repository:
        told = repository.statuses.at(1, AT)
        yield "status list of 2^20, 1 % revoked: entries", len(told), "not valid"
        yield "status list: collect", _cpu(lambda: repository.statuses.at(1, AT), 10) * 1e3, "ms"
    bits = StatusBits.of(told)

    def signed(form: Callable[..., bytes]) -> bytes:
        until = AT + timedelta(days=1)
        return form(StatusBits.of(told), uri=uri, issued_at=AT, expires_at=until, ttl_seconds=300, signer=signer)

    signers = [signer.certificate_der]
    day = timedelta(days=1)
    for name, form in (("CWT", sign_cwt), ("JWT", sign_jwt)):
        token = signed(form)
        yield f"status list: {name}", len(token) / 1000, "kB"
        yield f"status list: build and sign {name}", _cpu(lambda: signed(form), 5) * 1e3, "ms"  # noqa: B023 — called at once
        opened = open_token(token, uri=uri, signers=signers, now=AT, max_staleness=day)
        if [opened.status(index) for index in range(1000)] != [bits[index] for index in range(1000)]:
            raise ValueError("a list that says something else")
        yield (
            f"status list: check and open {name}",
            _cpu(lambda: open_token(token, uri=uri, signers=signers, now=AT, max_staleness=day), 20) * 1e3,  # noqa: B023 — called at once
            "ms",
        )
    yield "status list: one look-up in an opened list", _cpu(lambda: opened.status(887_307), 10_000) * 1e6, "µs"


def _each(work: Callable[[str], object], arguments: Iterable[str]) -> Callable[[], object]:
    waiting = iter(arguments)
    return lambda: work(next(waiting))


def _wall(work: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def _cpu(work: Callable[[], object], times: int) -> float:
    """Median CPU time; the first one, which fills caches, left out."""
    work()

    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return statistics.median(once() for _ in range(times - 1))


if __name__ == "__main__":
    sys.exit(main())
