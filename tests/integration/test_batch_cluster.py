"""A batch that a cluster seals: a real scheduler and real workers of dask.distributed, on this machine."""

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any, cast

import pytest
from dask import config as dask_settings
from distributed import Client
from distributed.security import Security
from support import PASSPHRASE, example_request

from license_lib import cluster
from license_lib.authority import Authority
from license_lib.batch_issuing import GROUP, UNDER_WAY
from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.issuing import Issued
from license_lib.licenses.request import LicenseRequest
from license_lib.press_workers import DistantRoom
from license_lib.settings import Settings

THREADS = 2
"""Of the worker."""
MANY = 70
MORE = UNDER_WAY * THREADS * GROUP + 8
"""When the first licence is there, the last group was not yet asked for."""


def batch(many: int = MANY) -> Iterator[LicenseRequest]:
    example = example_request("food-business-permit")
    return (replace(example, number=f"JY1620402{number:07}") for number in range(many))


def dask(module: str, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
    return subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def scheduling(protocol: str, **environment: str) -> Iterator[str]:
    """Address of a scheduler without workers."""
    with scheduler_process(protocol, **environment) as (address, _):
        yield address


@contextmanager
def scheduler_process(protocol: str, **environment: str) -> "Iterator[tuple[str, subprocess.Popen[bytes]]]":
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--host", f"{protocol}://127.0.0.1", "--port", str(port)]
    running = dask("dask_scheduler", *options, **environment)
    try:
        yield f"{protocol}://127.0.0.1:{port}", running
    finally:
        running.send_signal(signal.SIGCONT)
        running.terminate()
        running.wait()


@pytest.fixture
def scheduler() -> Iterator[str]:
    with scheduling("tcp") as address:
        yield address


@contextmanager
def working(scheduler: str, home: Path, place: Path, **environment: str) -> "Iterator[subprocess.Popen[bytes]]":
    """One worker process; of the city it knows what its environment says."""
    more = {"LICENSE_HOME": str(home), "LICENSE_PASSPHRASE": PASSPHRASE.decode()} | environment
    more["PYTHONPATH"] = os.pathsep.join(sys.path)
    options = ["--local-directory", str(place), "--nthreads", str(THREADS), "--no-nanny"]
    running = dask("dask_worker", scheduler, *options, **more)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@pytest.fixture
def workers(scheduler: str, city: Path, tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with working(scheduler, city, tmp_path / "dask") as running:
        yield running


@pytest.mark.usefixtures("workers")
def test_a_cluster_seals_and_no_key_goes_there(city: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    send = cluster.ClusterRoom._send  # noqa: SLF001 -- all that leaves this process

    def watched(room: cluster.ClusterRoom, work: object, arguments: object) -> object:
        sent.append(pickle.dumps((room._agreed, work, arguments)))  # noqa: SLF001
        return send(room, work, arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(cluster.ClusterRoom, "_send", watched)
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        results = list(authority.issue_all(batch(), cluster=scheduler))
        issued = [one for one in results if isinstance(one, Issued)]
        assert [one.license.number for one in issued] == [one.number for one in batch()]
        assert not any(one.already for one in issued)
        assert authority.verify(issued[-1].pdf).outcome.value == "IN_FORCE"
        again = list(authority.issue_all(batch(), cluster=scheduler))
        assert all(isinstance(one, Issued) and one.already for one in again)
    assert len(sent) == 2 * 3, "check and seal, of groups of 16, 32, and the rest"
    assert not any(PASSPHRASE in one or b"PRIVATE KEY" in one for one in sent)


@pytest.mark.usefixtures("workers")
def test_what_is_taken_from_a_body_holds_for_the_next_batch(city: Path, scheduler: str) -> None:
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        assert all(isinstance(one, Issued) for one in authority.issue_all(batch(), cluster=scheduler))
    configuration = city / "license.toml"
    text = configuration.read_text(encoding="utf-8")
    assert ', "food-business-permit"]' in text
    configuration.write_text(text.replace(', "food-business-permit"]', "]"), encoding="utf-8")
    others = (replace(one, number=f"JY1620402{number:07}") for number, one in enumerate(batch(), MANY))
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        results = list(authority.issue_all(others, cluster=scheduler))
    assert {one.code for one in results if isinstance(one, InputError)} == {"issuer.out-of-scope"}
    assert not any(isinstance(one, Issued) for one in results)


FILES = 'files = "data/files"'
ELSEWHERE = {
    "address": ("http://127.0.0.1:8000", "https://elsewhere.example", "issuing.cluster-settings", "is configured for"),
    "issuing bodies": (', "food-business-permit"]', "]", "issuing.cluster-settings", "is configured for"),
    "faults": (FILES, "files = 1", "settings.invalid", "license.toml"),
    "files": (FILES, 'files = "data/others"', "storage.file-missing", "what the workers of the cluster sealed"),
}


@pytest.mark.parametrize(("ours", "theirs", "code", "problem"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_worker_of_another_configuration_is_refused(
    city: Path, scheduler: str, tmp_path: Path, ours: str, theirs: str, code: str, problem: str
) -> None:
    other = tmp_path / "other"
    shutil.copytree(city, other)
    text = (other / "license.toml").read_text(encoding="utf-8")
    assert ours in text
    (other / "license.toml").write_text(text.replace(ours, theirs), encoding="utf-8")
    error = of_a_worker(city, other, scheduler, tmp_path)
    assert error.code == code
    assert problem in error.message


def of_a_worker(city: Path, home: Path, scheduler: str, tmp_path: Path, **environment: str) -> MachineError:
    """What a batch ends with whose only worker is set up like this."""
    with (
        working(scheduler, home, tmp_path / "dask", **environment),
        Authority(Settings.load(city), passphrase=PASSPHRASE) as authority,
    ):
        with pytest.raises(MachineError) as caught:
            list(authority.issue_all(batch(), cluster=scheduler))
        assert authority.repository.count() == 0
    return caught.value


@pytest.mark.parametrize("lost", ["passphrase", "private/tsa.pem", "private/market.pem", "license.toml"])
def test_a_worker_that_cannot_open_its_room_says_which_and_why(
    city: Path, scheduler: str, tmp_path: Path, lost: str
) -> None:
    other, wrong = tmp_path / "other", "another passphrase"
    shutil.copytree(city, other)
    code = {"passphrase": "key.passphrase", "license.toml": "settings.missing"}.get(lost, "key.missing")
    if lost != "passphrase":
        (other / "keys" / lost if lost.endswith(".pem") else other / lost).unlink()
    given = {"LICENSE_PASSPHRASE": wrong} if lost == "passphrase" else {}
    error = of_a_worker(city, other, scheduler, tmp_path, **given)
    assert error.code == code
    assert error.message.startswith(f"a worker of the cluster on {socket.gethostname()}: ")
    told = "".join(traceback.format_exception(error))
    assert wrong not in told
    assert "PRIVATE KEY" not in told


def checked(room: DistantRoom) -> list[Any]:
    sent = room.check_each(list(batch(1)), date(2026, 3, 2))
    room.wait([sent])
    return room.done(sent)


def test_a_scheduler_that_dies_is_a_machine_that_fails_at_any_moment(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 10.0)  # so long it is looked for the scheduler, too
    monkeypatch.setattr(cluster, "_ALONE", 1.0)
    said: list[str] = []
    with ExitStack() as alive:
        address = alive.enter_context(scheduling("tcp"))
        alive.enter_context(working(address, city, tmp_path / "dask"))
        agreed = cluster.Agreed.of(Settings.load(city))
        with cluster.workers_at(address, agreed) as (room, _):
            alive.close()
            until = monotonic() + 60
            while "does not answer any more" not in "".join(said):
                assert monotonic() < until, said
                with pytest.raises(MachineError) as caught:
                    checked(room)
                assert caught.value.code in {"issuing.cluster", "issuing.worker"}
                said.append(caught.value.message)


@contextmanager
def frozen(process: "subprocess.Popen[bytes]", seconds: float) -> Iterator[None]:
    """A process that is there and does nothing, as behind a network that takes in what is sent, for so long at most."""
    process.send_signal(signal.SIGSTOP)
    wakes = Timer(seconds, process.send_signal, [signal.SIGCONT])
    wakes.start()
    try:
        yield
    finally:
        wakes.cancel()
        process.send_signal(signal.SIGCONT)


_FOR_GOOD = 60.0
"""Seconds: who waits for a scheduler so long waits without end, in the tests, which make the bounds short."""


@pytest.mark.parametrize("moment", ["before it is reached", "before a worker is found", "in the middle"])
def test_a_scheduler_that_is_frozen_ends_the_batch_and_nothing_is_lost(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    for name, seconds in (("_PATIENCE", 5.0), ("_ALONE", 2.0), ("_ANSWER", 1.0)):
        monkeypatch.setattr(cluster, name, seconds)
    with (
        ExitStack() as sleeping,
        scheduler_process("tcp") as (address, process),
        working(address, city, tmp_path / "dask"),
        Authority(Settings.load(city), passphrase=PASSPHRASE) as authority,
    ):
        with monkeypatch.context() as longer:
            longer.setattr(cluster, "_PATIENCE", 30.0)
            issued = list(authority.issue_all(batch(), cluster=address))  # all are there
        ask = cluster._there  # noqa: SLF001

        def asked(client: Any) -> Any:
            if moment == "before a worker is found":
                sleeping.enter_context(frozen(process, _FOR_GOOD))
                monkeypatch.setattr(cluster, "_there", ask)
            return ask(client)

        monkeypatch.setattr(cluster, "_there", asked)
        if moment == "before it is reached":
            sleeping.enter_context(frozen(process, _FOR_GOOD))
        told: list[Any] = []
        results = authority.issue_all(batch(MORE), cluster=address)
        if moment == "in the middle":
            told.append(next(results))
            sleeping.enter_context(frozen(process, _FOR_GOOD))
        with pytest.raises(MachineError) as caught:
            told.extend(results)
        sleeping.close()
        assert caught.value.code == "issuing.cluster"
        assert "does not answer" in caught.value.message
        again = [one for one in authority.issue_all(batch(MORE), cluster=address) if isinstance(one, Issued)]
        identifiers = [one.identifier for one in again]
        assert len(set(identifiers)) == MORE == authority.repository.count()
        assert [one.identifier for one in issued if isinstance(one, Issued)] == identifiers[:MANY]
        assert [one.identifier for one in told] == identifiers[: len(told)]


def test_a_scheduler_that_wakes_up_in_time_goes_on(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWER", 0.5)
    with (
        ExitStack() as sleeping,
        scheduler_process("tcp") as (address, process),
        working(address, city, tmp_path / "dask"),
        Authority(Settings.load(city), passphrase=PASSPHRASE) as authority,
    ):
        results = authority.issue_all(batch(MORE), cluster=address)
        first = next(results)
        sleeping.enter_context(frozen(process, 3.0))
        assert all(isinstance(one, Issued) for one in (first, *results))
        assert authority.repository.count() == MORE


@pytest.mark.usefixtures("workers")
def test_a_scheduler_that_says_several_things_at_first_is_asked_again(
    city: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([AssertionError()])  # as dask's client refuses it

    def client(*arguments: Any, **more: Any) -> Any:
        for refusal in refusals:
            raise refusal
        return cast("Any", Client)(*arguments, **more)

    monkeypatch.setattr("distributed.Client", client)
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        assert all(isinstance(one, Issued) for one in authority.issue_all(batch(), cluster=scheduler))


def test_what_a_worker_had_that_died_is_done_by_another(
    city: Path, scheduler: str, workers: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        results = authority.issue_all(batch(MORE), cluster=scheduler)
        first = next(results)
        workers.kill()
        with working(scheduler, city, tmp_path / "another"):
            issued = [one for one in (first, *results) if isinstance(one, Issued)]
        assert len({one.identifier for one in issued}) == MORE == authority.repository.count()


def test_a_cluster_without_workers_is_a_machine_that_fails(
    city: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 2.0)
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        with pytest.raises(MachineError) as caught:
            list(authority.issue_all(batch(), cluster=scheduler))
        assert caught.value.code == "issuing.cluster"
    assert not [one for one in Client._instances if one.status != "closed"], "nobody goes on asking for it"  # noqa: SLF001


def test_no_request_is_lost_where_the_last_worker_leaves_as_it_is_found(
    city: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, was_there = cluster._there, iter([{"tcp://127.0.0.1:1": THREADS}])  # noqa: SLF001
    monkeypatch.setattr(cluster, "_there", lambda client: next(was_there, None) or ask(client))
    monkeypatch.setattr(cluster, "_ALONE", 2.0)
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        with pytest.raises(MachineError) as caught:
            list(authority.issue_all(batch(), cluster=scheduler))
        assert (caught.value.code, caught.value.hint) == ("issuing.cluster", "look at them, then send it again")


def test_a_cluster_whose_workers_went_away_for_good(
    city: Path, scheduler: str, workers: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_ALONE", 2.0)
    with Authority(Settings.load(city), passphrase=PASSPHRASE) as authority:
        results = authority.issue_all(batch(MORE), cluster=scheduler)
        first = next(results)
        workers.kill()
        with pytest.raises(MachineError) as caught:
            list(results)
        assert (caught.value.code, caught.value.hint) == ("issuing.cluster", "look at them, then send it again")
        assert isinstance(first, Issued)
        assert authority.repository.by_number(first.license.number)


@pytest.mark.parametrize(
    "configured", [{}, {"distributed.comm.tls.ca-file": "/nowhere", "distributed.comm.tls.client.cert": "/nowhere"}]
)
def test_a_cluster_elsewhere_needs_certificates(configured: dict[str, str]) -> None:
    with dask_settings.set(configured):
        with pytest.raises(MachineError) as caught, cluster.workers_at("tls://192.0.2.1:8786", cluster.Agreed("", "")):
            raise AssertionError
        assert caught.value.code == "issuing.cluster-certificates"


def certificates(folder: Path) -> dict[str, str]:
    """Settings of dask that name an authority and a certificate of it, for every role."""
    folder.mkdir()
    made = cast("Any", Security).temporary()  # it has no types
    files = {"ca-file": made.tls_ca_file}
    for role in ("scheduler", "worker", "client"):
        files |= {f"{role}.cert": made.tls_client_cert, f"{role}.key": made.tls_client_key}
    for name, content in files.items():
        (folder / name).write_text(content, encoding="ascii")
    return {f"distributed.comm.tls.{name}": str(folder / name) for name in files}


@pytest.mark.parametrize("known", [True, False])
def test_a_cluster_is_spoken_to_by_tls_by_whom_it_knows(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 20.0 if known else 2.0)
    theirs = certificates(tmp_path / "theirs")
    names = {f"DASK_{name.upper().replace('.', '__').replace('-', '_')}": value for name, value in theirs.items()}
    ours = theirs if known else certificates(tmp_path / "ours")
    with (
        scheduling("tls", **names) as address,
        working(address, city, tmp_path / "dask", **names),
        dask_settings.set(ours),
        Authority(Settings.load(city), passphrase=PASSPHRASE) as authority,
    ):
        if known:
            assert all(isinstance(one, Issued) for one in authority.issue_all(batch(), cluster=address))
            assert authority.repository.count() == MANY
            return
        with pytest.raises(MachineError) as caught:
            list(authority.issue_all(batch(), cluster=address))
        assert caught.value.code == "issuing.cluster"


@pytest.mark.parametrize(
    "address",
    [
        "tcp://192.0.2.1:8786", "192.0.2.1:8786", "ws://127.0.0.1:1", "",
        "tls://", "tls://127.0.0.1", "tcp://127.0.0.1:port", "tcp://127.0.0.1:99999", "tls://[::1",
    ],
)  # fmt: skip
def test_a_cluster_elsewhere_is_spoken_to_by_tls(address: str) -> None:
    with pytest.raises(LicenseError) as caught, cluster.workers_at(address, cluster.Agreed("", "")):
        raise AssertionError
    assert isinstance(caught.value, InputError)
    assert caught.value.code == "issuing.cluster-address"
