"""One city judges another's licences with nothing but what that city publishes: a trust list, and status lists."""

import io
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from integration.served_process import free_port, served_home
from loopback import closed_port, serving
from status_lists import Publisher as StatusPublisher
from status_lists import placed
from support import PASSPHRASE, Done, example_request, license_command

from license_lib.authority import Authority
from license_lib.calendar import day_of
from license_lib.catalogue import Catalogue
from license_lib.configured import load_issuers
from license_lib.judges import open_verifier
from license_lib.licenses.record import parse_record
from license_lib.network import make_fetcher
from license_lib.qr import scan_file
from license_lib.rendering import page_png
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings
from license_lib.status import Status, StatusRef
from license_lib.trust_list import Snapshot, TrustListError, open_list
from license_lib.trust_list.store import ListStore
from license_lib.trusting import list_ground, list_store, publish_list, read_signer
from license_lib.verification import Verdict, Verifier
from license_lib.verification.reading import attached_record

NOW = datetime.now(UTC).replace(microsecond=0)
KEYS_MADE = NOW - timedelta(days=20)
MARKET = 'status_url = "{url}"\n[[bodies]]\nid = "market"\n[[bodies.scopes]]\n'


GOOD, ENDED, PAUSED = (StatusRef(1, index) for index in (5, 17, 1_000_000))
UNPUBLISHED = StatusRef(2, 5)


@dataclass(frozen=True)
class City:
    """City A: it issues, and publishes at one address what became of its licences."""

    authority: Authority
    url: str
    lists: StatusPublisher
    business: bytes
    revoked: bytes
    suspended: bytes

    @property
    def home(self) -> Path:
        return self.authority.settings.home

    def placed(self, ref: StatusRef | None, url: str = "") -> bytes:
        """The business licence with its state at another place."""
        document = parse_record(attached_record(self.business) or b"")
        return placed(self.authority, document, ref, url or self.url, at=NOW)

    @property
    def signer(self) -> Path:
        return self.home / "keys" / "public" / "trust-list.pem"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    home = tmp_path_factory.mktemp("city-a")
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=KEYS_MADE)
    lists = StatusPublisher.of(settings.keys_folder, NOW)
    with Authority(settings, passphrase=PASSPHRASE) as authority, serving(lists.answer) as url:
        business, permit, transport = (
            authority.issue(example_request(key)).license
            for key in ("business-license", "food-business-permit", "road-transport-permit")
        )
        lists.publish(url, {ENDED: Status.INVALID, PAUSED: Status.SUSPENDED}, at=NOW)
        yield City(
            authority,
            url,
            lists,
            placed(authority, business, GOOD, url, at=NOW),
            placed(authority, permit, ENDED, url, at=NOW),
            placed(authority, transport, PAUSED, url, at=NOW),
        )


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(resource_folder("templates"))


class Publisher:
    """City A's list in a folder of the test's own, so that each test may say other things."""

    def __init__(self, city: City, folder: Path, catalogue: Catalogue) -> None:
        shutil.copytree(city.home / "keys", folder / "keys")
        shutil.copy(city.home / "license.toml", folder / "license.toml")
        self.home = folder
        self.path = folder / "trust-list.jws"
        self._city, self._catalogue = city, catalogue

    def publish(self, plan: str = "", *, at: datetime | None = None) -> Snapshot:
        plan = plan.format(url=self._city.url) if plan else f'status_url = "{self._city.url}"\n'
        (self.home / "trust.toml").write_text(plan, encoding="utf-8")
        settings = Settings.load(self.home)
        made, _, _ = publish_list(
            settings, self._catalogue, load_issuers(settings), PASSPHRASE, output=None, at=at or datetime.now(UTC)
        )
        return made

    @property
    def signer(self) -> bytes:
        return read_signer(self._city.signer)


@pytest.fixture
def publisher(city: City, tmp_path: Path, catalogue: Catalogue) -> Publisher:
    return Publisher(city, tmp_path / "publisher", catalogue)


@pytest.fixture
def judge(catalogue: Catalogue) -> "Judge":
    return Judge(catalogue)


@dataclass(frozen=True)
class Judge:
    """City B, by a list alone."""

    catalogue: Catalogue

    def __call__(self, snapshot: Snapshot, pdf: bytes) -> tuple[str, set[str]]:
        return said(self._verifier(snapshot).verify(pdf, at=datetime.now(UTC)))

    def code(self, snapshot: Snapshot, text: str) -> tuple[str, set[str]]:
        return said(self._verifier(snapshot).verify_code(text, at=datetime.now(UTC)))

    def _verifier(self, snapshot: Snapshot) -> Verifier:
        return Verifier(list_ground(open_list(snapshot.document), self.catalogue, make_fetcher()))


def said(verdict: Verdict) -> tuple[str, set[str]]:
    return verdict.outcome.value, {one.code for one in verdict.findings} - {"seal.development", "paper.compare"}


def verify_by_list(pdf: Path, list_path: Path, home: Path) -> Done:
    return license_command("verify", pdf, "--trust", list_path, "--home", home, "--json", passphrase=None)


def test_a_stranger_with_a_list_needs_neither_configuration_nor_database(
    city: City, publisher: Publisher, tmp_path: Path
) -> None:
    made = publisher.publish()
    file, revoked = tmp_path / "business.pdf", tmp_path / "revoked.pdf"
    file.write_bytes(city.business)
    revoked.write_bytes(city.revoked)
    home = tmp_path / "city-b"
    unpinned = license_command("verify", file, "--trust", publisher.path, "--home", home, "--json", passphrase=None)
    assert (unpinned.code, unpinned.error["code"]) == (3, "trust.unpinned")
    taken = license_command("trust", "update", publisher.path, "--signer", city.signer, "--home", home)
    assert taken.code == 0, taken.out
    done = verify_by_list(file, publisher.path, home)
    assert (done.code, done.value["outcome"]) == (0, "IN_FORCE")
    assert all(step["proved"] for step in done.value["steps"])
    assert done.value["evidence"]["trust_list"] == {
        "list_id": "11620400000000101R",
        "sequence": 1,
        "sha256": made.sha256,
        "issued_at": made.list.issued_at.isoformat(),
        "next_update": made.list.next_update.isoformat(),
    }
    used = done.value["evidence"]["status_list"]
    assert used["uri"] == f"{city.url}/status/1"
    assert (used["as_of"], done.value["evidence"]["status_as_of"]) == (NOW.isoformat(), NOW.isoformat())
    assert "repository" not in {step["step"] for step in done.value["steps"]}, "a status list is none to compare with"
    asked = len(city.lists.asked)
    alone = license_command("verify", file, "--offline", publisher.path, "--home", home, "--json", passphrase=None)
    assert (alone.code, alone.value["outcome"]) == (2, "UNDETERMINED"), "without a network nobody knows of a revocation"
    assert {one["code"] for one in alone.value["findings"]} == {"status.unknown", "seal.development"}
    assert alone.value["evidence"]["status_list"] is None
    assert len(city.lists.asked) == asked, "offline is offline"
    done = verify_by_list(revoked, publisher.path, home)
    assert (done.code, done.value["outcome"]) == (1, "NOT_IN_FORCE")
    assert {one["code"] for one in done.value["findings"]} == {"status.invalid", "seal.development"}
    assert not (home / "license.toml").exists()


def test_a_city_that_accepted_the_list_judges_both_its_own_and_theirs(
    city: City, publisher: Publisher, tmp_path: Path
) -> None:
    home = tmp_path / "city-b"
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=KEYS_MADE)
    with Authority(settings, passphrase=PASSPHRASE) as authority:
        own = authority.issue(example_request("business-license"))
        assert said(authority.verify(own.pdf)) == ("IN_FORCE", set())
        assert "seal.unknown-issuer" in said(authority.verify(city.business))[1]
    list_store(home).accept(publisher.publish().document, now=datetime.now(UTC), signer=publisher.signer)
    now = datetime.now(UTC)
    with open_verifier(settings) as verifier:
        own_verdict, theirs = verifier.verify(own.pdf, at=now), verifier.verify(city.business, at=now)
        assert said(own_verdict) == said(theirs) == ("IN_FORCE", set())
        assert own_verdict.evidence.trust_list is None
        assert theirs.evidence.trust_list is not None
        assert said(verifier.verify(city.revoked, at=now)) == ("NOT_IN_FORCE", {"status.invalid"})
        assert said(verifier.verify(city.suspended, at=now)) == ("NOT_IN_FORCE", {"status.suspended"})
        assert said(verifier.verify_code(scan_file(city.business)[0], at=now)) == ("IN_FORCE", set())
        assert said(verifier.verify(page_png(city.business, dpi=150), at=now)) == ("IN_FORCE", set())
        changed = bytearray(city.business)
        changed[len(changed) // 3] ^= 1
        assert said(verifier.verify(bytes(changed), at=now))[0] == "NOT_GENUINE"


def test_how_it_was_before_the_list_was_signed_the_list_does_not_say(
    city: City, publisher: Publisher, judge: Judge
) -> None:
    verifier = Verifier(list_ground(publisher.publish(), judge.catalogue, make_fetcher()))
    now = datetime.now(UTC)
    assert said(verifier.verify(city.revoked, at=now, now=now)) == ("NOT_IN_FORCE", {"status.invalid"})
    for pdf in (city.revoked, city.business, city.suspended):
        assert said(verifier.verify(pdf, at=NOW - timedelta(days=1), now=now)) == ("UNDETERMINED", {"status.past"})
    tomorrow = now + timedelta(days=1)
    assert said(verifier.verify(city.business, at=tomorrow, now=now)) == ("UNDETERMINED", {"status.future"})
    assert said(verifier.verify(city.suspended, at=tomorrow, now=now)) == ("UNDETERMINED", {"status.future"})
    assert said(verifier.verify(city.revoked, at=tomorrow, now=now)) == ("NOT_IN_FORCE", {"status.invalid"})


def test_nobody_learns_which_licence_a_question_is_about(city: City, publisher: Publisher, judge: Judge) -> None:
    verifier = Verifier(list_ground(publisher.publish(), judge.catalogue, make_fetcher()))
    before, now = len(city.lists.asked), datetime.now(UTC)
    for pdf in (city.business, city.revoked, city.suspended):
        verifier.verify(pdf, at=now)
    assert [(one.method, one.path) for one in city.lists.asked[before:]] == [("GET", "/status/1")]


def test_without_a_list_that_is_the_bodys_own_nothing_is_decided(
    city: City, publisher: Publisher, judge: Judge
) -> None:
    snapshot = publisher.publish()
    before = len(city.lists.asked)
    assert judge(snapshot, city.placed(None)) == ("UNDETERMINED", {"status.unknown"})
    elsewhere = city.placed(GOOD, closed_port())
    assert judge(snapshot, elsewhere) == ("UNDETERMINED", {"status.list-unusable"})
    assert len(city.lists.asked) == before, "nobody was asked for them"
    assert judge(snapshot, city.placed(UNPUBLISHED)) == ("UNDETERMINED", {"status.unknown"})
    nobody = closed_port()
    silent = publisher.publish(f'status_url = "{nobody}"\n')
    assert judge(silent, city.placed(GOOD, nobody)) == ("UNDETERMINED", {"status.unknown"})
    assert judge.code(silent, scan_file(city.business)[0]) == ("UNDETERMINED", {"status.unknown"})


def test_only_who_the_list_names_signs_states(city: City, publisher: Publisher, judge: Judge) -> None:
    (publisher.home / "keys" / "public" / "status.pem").unlink()
    assert judge(publisher.publish(), city.business) == ("UNDETERMINED", {"status.list-unusable"})


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ('types = ["food-business-permit"]', "issuer.out-of-scope"),
        ('regions = ["6205", "11"]', "issuer.out-of-region"),
        (f"valid_until = {(day_of(NOW) - timedelta(days=1)).isoformat()}", "issuer.out-of-period"),
        (f"valid_from = {(day_of(NOW) + timedelta(days=2)).isoformat()}", "issuer.out-of-period"),
    ],
)
def test_what_the_body_may_not_issue_is_not_genuine(
    city: City, publisher: Publisher, judge: Judge, scope: str, code: str
) -> None:
    assert judge(publisher.publish(MARKET + scope), city.business) == ("NOT_GENUINE", {code})


def test_within_type_region_and_period_it_is_in_force(city: City, publisher: Publisher, judge: Judge) -> None:
    scope = f'types = ["business-license"]\nregions = ["620400"]\nvalid_until = {day_of(NOW) + timedelta(days=2)}'
    assert judge(publisher.publish(MARKET + scope), city.business) == ("IN_FORCE", set())


def history(state: str, since: datetime) -> str:
    moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    seal = f'[[seals]]\nfile = "market.pem"\n[[seals.history]]\nstate = "{state}"\nsince = {moment}\n'
    return 'status_url = "{url}"\n' + seal


@pytest.mark.parametrize(
    ("state", "before", "expected", "on_paper"),
    [
        ("compromised", True, ("NOT_GENUINE", {"issuer.key-compromised"}), "issuer.key-compromised-no-proof"),
        ("compromised", False, ("IN_FORCE", set()), ""),
        ("withdrawn", True, ("NOT_GENUINE", {"issuer.seal-not-in-force"}), "issuer.seal-withdrawn-no-proof"),
        ("withdrawn", False, ("IN_FORCE", set()), ""),
        ("superseded", True, ("NOT_GENUINE", {"issuer.seal-not-in-force"}), ""),
        ("superseded", False, ("IN_FORCE", set()), ""),
    ],
)
def test_what_the_seal_was_when_it_was_used_decides(
    city: City, publisher: Publisher, judge: Judge, state: str, on_paper: str, expected: tuple[str, set[str]], *,
    before: bool,
) -> None:  # fmt: skip
    since = NOW - timedelta(days=1) if before else NOW + timedelta(days=1)
    snapshot = publisher.publish(history(state, since))
    assert judge(snapshot, city.business) == expected
    # A code on paper has no proven time: what others may have made now leaves the question open.
    undecided = ("UNDETERMINED", {on_paper}) if on_paper else ("IN_FORCE", set())
    assert judge.code(snapshot, scan_file(city.business)[0]) == undecided


def test_what_was_sealed_before_the_compromise_stays_good_after_it(
    city: City, publisher: Publisher, judge: Judge
) -> None:
    snapshot = publisher.publish(history("compromised", NOW + timedelta(hours=1)))
    verifier = Verifier(list_ground(snapshot, judge.catalogue, make_fetcher()))
    later = NOW + timedelta(hours=2)
    codes = said(verifier.verify(city.business, at=later, now=later))[1]
    assert codes == set()
    on_paper = said(verifier.verify_code(scan_file(city.business)[0], at=later, now=later))[1]
    assert "issuer.key-compromised-no-proof" in on_paper


def test_a_seal_that_the_list_does_not_name_proves_nothing(city: City, publisher: Publisher, judge: Judge) -> None:
    (publisher.home / "keys" / "public" / "seals" / "market.pem").unlink()
    outcome, codes = judge(publisher.publish(), city.business)
    assert outcome == "UNDETERMINED"
    assert "issuer.seal-not-listed" in codes


def test_a_list_past_its_time_leaves_everything_open(
    city: City, publisher: Publisher, judge: Judge, tmp_path: Path
) -> None:
    issued_at = NOW - timedelta(days=10)
    old = publisher.publish(MARKET + 'types = ["food-business-permit"]', at=issued_at)
    assert judge(old, city.business) == ("UNDETERMINED", {"trust.stale"}), "not even out of scope is certain"
    store = ListStore(tmp_path / "trust")
    with pytest.raises(TrustListError) as caught:
        store.accept(old.document, now=datetime.now(UTC), signer=publisher.signer)
    assert caught.value.code == "trust.stale"
    store.accept(old.document, now=issued_at, signer=publisher.signer)
    assert store.current(old.list.list_id) == old


def test_a_service_learns_of_a_new_list(city: City, publisher: Publisher, tmp_path: Path) -> None:
    home = tmp_path / "city-b"
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=KEYS_MADE)
    with served_home(home, free_port()) as (_, client, _):

        def ask() -> dict[str, Any]:
            file = io.BytesIO(city.business)
            answer: dict[str, Any] = client.post("/api/v1/verify", files={"file": ("a.pdf", file)}).json()
            return answer

        assert ask()["outcome"] == "UNDETERMINED"
        made = publisher.publish()
        list_store(home).accept(made.document, now=datetime.now(UTC), signer=publisher.signer)
        for _ in range(60):
            answer = ask()
            if answer["outcome"] == "IN_FORCE":
                break
            time.sleep(0.5)
        assert answer["evidence"]["trust_list"]["sha256"] == made.sha256
