"""The health of a real home: gathered from its files and its database, told by the command, the API and metrics."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support import StillClock, counted_randomness, example_request, license_command

from license_lib.accounts import Department
from license_lib.authority import Authority
from license_lib.health import Line, State
from license_lib.health.facts import Done
from license_lib.health.gathering import gather, health_of
from license_lib.health.notes import BACKUP, last, note
from license_lib.health.values import Area
from license_lib.repository.database import Database
from license_lib.repository.tallies import Tallies
from verify_api.access import Person, Principal, Role, recognised
from verify_api.app import create_app

MARKET = Department("market", "市场监管局（样例）")


def states(authority: Authority, at: datetime) -> dict[str, State]:
    return {f"{one.area}:{one.subject}": one.state for one in lines(authority, at)}


def lines(authority: Authority, at: datetime) -> tuple[Line, ...]:
    return health_of(authority.settings, at).lines


def test_a_home_is_told_whole(authority: Authority, clock: StillClock) -> None:
    authority.issue(example_request("residence-permit"))
    authority.publisher.publish()
    found = states(authority, clock())
    assert found["log:head"] is found["status-list:1"] is found["certificate:market"] is State.OK
    assert {"crl:city", "crl:root", "certificate:tsa", "database:", "backup:", "fsck:"} <= set(found)
    assert found["backup:"] is State.LOOK
    facts = gather(authority.settings, clock())
    assert {one.key: one.in_force for one in facts.types if one.in_force} == {"residence-permit": 1}
    assert facts.archives is not None
    assert (facts.archives.licenses, sum(facts.archives.until.values())) == (1, 1)
    assert not facts.faults


def test_what_was_not_done_shows(authority: Authority, clock: StillClock) -> None:
    authority.issue(example_request("residence-permit"))
    authority.publisher.publish()
    authority.issue(example_request("business-license"))
    clock.advance(hours=25)
    found = states(authority, clock())
    assert (found["log:head"], found["status-list:1"]) == (State.ACT, State.ACT)
    clock.advance(days=365 * 3)
    assert states(authority, clock())["certificate:market"] is State.ACT


def test_what_is_damaged_is_told_and_the_rest_all_the_same(authority: Authority, clock: StillClock) -> None:
    home = authority.settings.home
    authority.issue(example_request("residence-permit"))
    authority.publisher.publish()
    (home / "keys/public/crl/city.crl").write_bytes(b"nonsense")
    (home / "keys/public/tsa.pem").write_text("nonsense")
    (home / "public/status/1").write_bytes(b"\xd2nonsense")
    (home / "public/log/checkpoint").write_text("nonsense")
    (home / "trust-list.jws").write_text("nonsense")
    told = lines(authority, clock())
    wrong = {one.area for one in told if one.en.startswith("it cannot be looked at")}
    assert wrong == {Area.CRL, Area.CERTIFICATE, Area.STATUS_LIST, Area.LOG, Area.TRUST_LIST}
    assert {one.subject for one in told if one.area is Area.CRL} == {"", "root"}
    assert Area.TIME_STAMP in {one.area for one in told}


def test_a_database_that_is_not_there_is_told(authority: Authority, clock: StillClock) -> None:
    settings = authority.settings.model_copy(update={"home": authority.settings.home / "elsewhere"})
    (found,) = (one for one in health_of(settings, clock()).lines if one.area is Area.DATABASE)
    assert found.state is State.ACT
    assert "[repository.not-initialised]" in found.zh


def test_counts_are_those_of_the_tables(authority: Authority, clock: StillClock) -> None:
    issued = [authority.issue(example_request(key)) for key in ("residence-permit", "business-license")]
    authority.revoke(str(issued[0].license.identifier), reason="错发", actor="窗口一号")
    database = Database.open(authority.settings.database_url)
    try:
        tallies, today = Tallies(database), clock().date()
        assert tallies.in_force(today) == {"business-license": 1}
        assert tallies.in_force(today - timedelta(days=20_000)) == {}
    finally:
        database.close()


def test_the_command_says_so_and_by_its_exit_code(home: Path, tmp_path: Path) -> None:
    done = license_command("health", "--home", str(home), "--json")
    first, *rest = (json.loads(text) for text in done.out.splitlines())
    assert first["state"] == max((one["state"] for one in rest), key=["ok", "look", "act"].index)
    assert done.code == (1 if first["state"] == "act" else 0)
    backup = next(one for one in rest if one["area"] == "backup")
    assert (backup["state"], backup["mend"]) == ("look", "license backup DEST")
    assert license_command("backup", str(tmp_path / "b"), "--home", str(home)).code == 0
    assert license_command("fsck", "--home", str(home)).code == 0
    told = license_command("health", "--home", str(home), "--english").out
    assert "[ok]  Backup  20" in told
    assert "[ok]  Check of the data  20" in told
    shutil.rmtree(home / "keys" / "public" / "crl")
    (home / "keys" / "public" / "tsa.pem").write_text("nonsense")
    failed = license_command("health", "--home", str(home))
    assert failed.code == 1
    assert "[须处理]  证书  无法检查" in failed.out


def test_notes_that_cannot_be_read_are_none(tmp_path: Path, clock: StillClock) -> None:
    done = Done(clock(), sound=False)
    note(tmp_path, BACKUP, done)
    assert last(tmp_path, BACKUP) == done
    path = tmp_path / "data" / "last-backup.json"
    for text in ("", "[]", "{}", '{"at": 1, "sound": true}', '{"at": "2026-01-01T00:00:00", "sound": true}'):
        path.write_text(text)
        assert last(tmp_path, BACKUP) is None
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")
    note(tmp_path, BACKUP, done)


@pytest.fixture
def http(authority: Authority, clock: StillClock) -> Iterator[TestClient]:
    app = create_app(authority.settings, clock=clock, randomness=counted_randomness("health"))
    with TestClient(app, client=("127.0.0.1", 50000)) as opened:
        yield opened


def be(http: TestClient, *roles: Role) -> None:
    who: Principal = Person(login="boss", name="赵", department=MARKET, roles=frozenset(roles))
    http.app.dependency_overrides[recognised] = lambda: who  # type: ignore[attr-defined]  # it is our application


def test_administrators_read_it_by_the_api_and_nobody_else(http: TestClient) -> None:
    assert http.get("/api/v1/health-report").status_code == 401
    be(http, Role.STAFF, Role.AUDITOR)
    assert http.get("/api/v1/health-report").json()["code"] == "access.role"
    be(http, Role.ADMINISTRATOR)
    answer = http.get("/api/v1/health-report")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    told = answer.json()
    assert {one["area"] for one in told["lines"]} >= {"database", "certificate", "crl", "backup"}
    assert "keys/private" not in answer.text


def test_metrics_tell_days_without_names_of_people(http: TestClient, clock: StillClock) -> None:
    def metrics() -> dict[str, float]:
        text = http.get("/metrics").text
        rows = (
            line.rpartition(" ")
            for line in text.splitlines()
            if line.startswith(("license_certificate", "license_days", "license_health"))
        )
        return {name: float(value) for name, _, value in rows}

    first = metrics()
    assert first['license_certificate_days_left{name="market"}'] > 900
    assert first['license_days_left{area="crl",name="city"}'] > 0
    assert first['license_health{state="ok"}'] > 10
    clock.advance(seconds=59)
    assert metrics() == first, "a look costs something: one a minute is enough"
    clock.advance(days=1)
    assert (
        metrics()['license_certificate_days_left{name="market"}']
        < first['license_certificate_days_left{name="market"}']
    )
