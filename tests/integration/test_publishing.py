"""The whole path: a city publishes and serves; others judge, witness and audit by what they fetch, and see changes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from databases import locked
from integration.served_process import free_port, served_home
from support import PASSPHRASE, Done, example_request, license_command

from license_lib.authority import Authority
from license_lib.catalogue import Catalogue
from license_lib.configured import load_issuers
from license_lib.issuing import Issued
from license_lib.network import make_fetcher
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings
from license_lib.status import Status
from license_lib.status.tokens import read_token
from license_lib.trust_list import Snapshot
from license_lib.trusting import list_ground, publish_list
from license_lib.verification import Verdict, Verifier

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


@dataclass(frozen=True)
class Served:
    """A city that issues and publishes, and serves what it publishes at the address that its licences bear."""

    authority: Authority
    url: str
    client: httpx2.Client

    @property
    def home(self) -> Path:
        return self.authority.settings.home

    @property
    def vkey(self) -> str:
        return (self.home / "keys/public/log.vkey").read_text().strip()

    def issue(self, key: str = "business-license") -> Issued:
        return self.authority.issue(example_request(key))

    def publish(self) -> None:
        assert license_command("publish", "--home", self.home).code == 0

    def trust_list(self) -> Snapshot:
        settings = self.authority.settings
        made, _, _ = publish_list(
            settings,
            self.authority.catalogue,
            load_issuers(settings),
            PASSPHRASE,
            output=None,
            at=datetime.now(UTC),
        )
        return made


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Served]:
    home, port = tmp_path / "city-a", free_port()
    initialise(home)
    settings = home / "license.toml"
    url = f"http://127.0.0.1:{port}"
    settings.write_text(settings.read_text(encoding="utf-8").replace("http://127.0.0.1:8000", url), encoding="utf-8")
    create_development_keys(Settings.load(home), PASSPHRASE, at=datetime.now(UTC) - timedelta(days=1))
    with (
        Authority(Settings.load(home), passphrase=PASSPHRASE) as authority,
        served_home(home, port) as (_, client, _log),
    ):
        yield Served(authority, url, client)


def judged_elsewhere(city: Served, snapshot: Snapshot, pdf: bytes) -> Verdict:
    """By another city, which has the trust list and a network, and has fetched nothing yet."""
    catalogue = Catalogue.load(resource_folder("templates"))
    del city
    return Verifier(list_ground(snapshot, catalogue, make_fetcher())).verify(pdf, at=datetime.now(UTC))


def test_another_city_judges_by_the_list_that_is_served_and_sees_a_revocation(city: Served) -> None:
    issued = city.issue()
    snapshot = city.trust_list()
    before = judged_elsewhere(city, snapshot, issued.pdf)
    assert (before.outcome.value, "status.unknown" in {one.code for one in before.findings}) == ("UNDETERMINED", True)
    city.publish()
    good = judged_elsewhere(city, snapshot, issued.pdf)
    assert good.outcome.value == "IN_FORCE"
    assert good.evidence.status_list is not None
    assert good.evidence.status_list.uri == f"{city.url}/status/1"
    city.authority.revoke(issued.identifier, reason="样例", actor="样例·王五")
    assert judged_elsewhere(city, snapshot, issued.pdf).outcome.value == "IN_FORCE", "not published yet"
    city.publish()
    gone = judged_elsewhere(city, snapshot, issued.pdf)
    assert (gone.outcome.value, [one.code for one in gone.decisive]) == ("NOT_IN_FORCE", ["status.invalid"])


def test_the_service_says_where_a_licence_stands_in_the_log(city: Served) -> None:
    issued = city.issue()

    def log() -> object:
        answer = city.client.get(f"/api/v1/licenses/{issued.identifier}/status")
        return answer.json()["evidence"]["log"]

    said = {"origin": "licenses.baiyin.example/log", "index": 0, "source": "repository"}
    assert log() == said | {"size": 0, "published": False}
    city.publish()
    assert log() == said | {"size": 2, "published": True}, "its issue, and that somebody asked"


def test_outsiders_witness_and_audit_over_http(city: Served, tmp_path: Path) -> None:
    issued = city.issue()
    city.publish()
    key, state, auditor = tmp_path / "witness.pem", tmp_path / "witness", tmp_path / "auditor"
    made = license_command("log", "witness-key", key, "--name", "witness.example/w1", "--json")
    assert made.code == 0, made.err
    arguments = ["log", "witness", city.url, "--vkey", city.vkey, "--state", state, "--key", key]
    signed = license_command(*arguments, "-o", tmp_path / "cosigned", "--json")
    assert signed.code == 0, signed.err
    refused = license_command("log", "cosign", tmp_path / "cosigned", "--home", city.home, "--json", passphrase=None)
    assert (refused.code, refused.error["code"]) == (3, "log.cosignature")
    settings = city.home / "license.toml"
    watched = f'[log]\nwitnesses = ["{made.value["vkey"]}"]\nquorum = 1\n\n[sealing]'
    settings.write_text(settings.read_text(encoding="utf-8").replace("[sealing]", watched), encoding="utf-8")
    taken = license_command("log", "cosign", tmp_path / "cosigned", "--home", city.home, "--json", passphrase=None)
    assert taken.value == {"witnesses": ["witness.example/w1"]}
    shown = license_command("log", "show", "--home", city.home, "--json", passphrase=None)
    assert shown.value["published"]["witnesses"] == ["witness.example/w1"]
    file = tmp_path / "licence.pdf"
    file.write_bytes(issued.pdf)
    (city.home / "trust.toml").write_text(watched.removesuffix("\n[sealing]"), encoding="utf-8")
    (tmp_path / "list.jws").write_bytes(city.trust_list().document)
    pinned = tmp_path / "home"
    signer = city.home / "keys/public/trust-list.pem"
    assert license_command("trust", "update", tmp_path / "list.jws", "--signer", signer, "--home", pinned).code == 0
    for whom in (["--vkey", city.vkey], ["--trust-list", tmp_path / "list.jws", "--home", pinned]):
        audited = license_command(
            "log", "audit", city.url, *whom, "--state", auditor, "--status", "--license", file,
            "--known", tmp_path / "cosigned", "--json", passphrase=None,
        )  # fmt: skip
        assert audited.code == 0, audited.out
        told = audited.value["audit"]
        assert (told["complete"], told["size"], told["status_lists"], told["licenses"]) == (True, 1, 1, 1)
    (city.home / "public/log/checkpoint").unlink()
    gone = license_command("log", "audit", city.url, "--vkey", city.vkey, "--state", auditor, "--json")
    assert (gone.code, gone.values[0]["finding"]["code"]) == (2, "log.missing")


def test_a_proof_beside_the_file_is_judged_with_it(city: Served, tmp_path: Path) -> None:
    issued, other = city.issue(), city.issue("food-business-permit")
    early = license_command("log", "proof", issued.identifier, "--home", city.home, "--json", passphrase=None)
    assert (early.code, early.error["code"]) == (3, "log.not-published")
    city.publish()
    (tmp_path / "list.jws").write_bytes(city.trust_list().document)
    pinned, signer = tmp_path / "home", city.home / "keys/public/trust-list.pem"
    assert license_command("trust", "update", tmp_path / "list.jws", "--signer", signer, "--home", pinned).code == 0
    file = tmp_path / "a.pdf"
    file.write_bytes(issued.pdf)

    def verify(*more: object) -> Done:
        arguments = ["verify", file, "--trust", tmp_path / "list.jws", "--home", pinned, "--json", *more]
        return license_command(*arguments, passphrase=None)

    assert verify().value["evidence"]["log"] is None, "no proof is no fault"
    for beside in (tmp_path / "a.pdf.tlog-proof", tmp_path / "a.tlog-proof"):
        made = license_command("log", "proof", issued.identifier, "-o", beside, "--home", city.home, passphrase=None)
        assert made.code == 0, made.err
        done = verify()
        assert (done.code, done.value["outcome"]) == (0, "IN_FORCE")
        assert done.value["evidence"]["log"] == {
            "origin": "licenses.baiyin.example/log",
            "index": 0,
            "size": 2,
            "published": True,
            "source": "proof",
        }
        beside.unlink()
    wrong = tmp_path / "other.tlog-proof"
    license_command("log", "proof", other.identifier, "-o", wrong, "--home", city.home, passphrase=None)
    told = verify("--log-proof", wrong)
    assert (told.code, told.value["outcome"]) == (0, "IN_FORCE"), "who brings it may leave it away"
    (loud,) = [one for one in told.value["findings"] if one["code"].startswith("log.")]
    assert (loud["code"], loud["severity"], told.value["evidence"]["log"]) == ("log.proof-other", "warning", None)
    english = license_command(
        "verify", file, "--log-proof", wrong, "--trust", tmp_path / "list.jws", "--home", pinned, "--english"
    )
    assert "log.proof-other: The log proof that came with it is of another licence" in english.out
    assert "→ Do not rely on this proof" in english.out
    wrong.write_bytes(b"c2sp.org/tlog-proof@v1\n")
    assert "log.proof-unusable" in {one["code"] for one in verify("--log-proof", wrong).value["findings"]}
    both = license_command("verify", file, file, "--log-proof", wrong, "--home", city.home, "--json")
    assert (both.code, both.error["code"]) == (3, "usage")


@contextlib.contextmanager
def following(home: Path) -> Iterator[subprocess.Popen[str]]:
    """`license publish --follow`, until the block is left."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "publish", "--follow", "--home", str(home), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LICENSE_PASSPHRASE": PASSPHRASE.decode(), "PYTHONPATH": str(ROOT)},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
def test_following_publishes_what_becomes_new_until_it_is_told_to_stop(city: Served, ended_by: signal.Signals) -> None:
    issued = city.issue()
    stored = city.authority.repository.by_identifier(issued.identifier)
    assert stored is not None
    assert stored.status is not None
    place = stored.status.index

    def state() -> Status | None:
        answer = city.client.get("/status/1")
        return read_token(answer.content).status(place) if answer.status_code == 200 else None

    with following(city.home) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"size": 1, "added": 1, "lists": [1], "stamped": True}
        assert state() is Status.VALID
        with locked(city.authority.settings.database_url):
            time.sleep(2)
        city.authority.revoke(issued.identifier, reason="样例", actor="样例·王五")
        assert json.loads(process.stdout.readline())["lists"] == [1]
        assert state() is Status.INVALID
        process.send_signal(ended_by)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out, err) == (0, "", "")
