"""用证留痕: every look, export, print and verification is on record before the answer goes out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from recorded import log_is_whole
from support import CLERK, StillClock, example_request, license_command

from license_lib.authority import Authority
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.qr import scan_file
from license_lib.repository.entries import Use
from license_lib.repository.repository import Repository
from license_lib.resources import resource_folder
from license_lib.settings import Settings
from verify_api.app import create_app

EXAMPLE = resource_folder("templates") / "business-license" / "example.toml"
HOLDER = "91620402MA0000000Q"
ITEMS = """
[[items]]
code = "catering"
name = "开办餐饮店"
english = "Opening a restaurant"
regions = ["6204"]

[[items.materials]]
name = "营业执照"
english = "Business licence"
required = true
accepts = [{ type = "business-license", whose = "applicant" }]
"""


def issue(home: Path) -> str:
    done = license_command(
        "issue", EXAMPLE, "--type", "business-license", "--issuer", "market", "--home", home, "--json",
        "-o", home / "license.pdf",
    )  # fmt: skip
    return str(done.value["identifier"])


def purposes(home: Path, required: str) -> None:
    with (home / "license.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[usage]\n{required}\n")


def test_every_use_is_told_to_who_asks(city: Path) -> None:
    identifier = issue(city)
    use = ("--purpose", "办理变更", "--item", "000131001000", "--case", "2026-1", "--home", city)
    who = ("--actor", "样例·窗口人员")
    assert license_command("show", "--holder", HOLDER, *who, *use).code == 0
    assert license_command("show", identifier, "-o", city / "copy.pdf", *who, *use).code == 0
    assert license_command("print", identifier, "-o", city / "print.pdf", *who, *use).code == 0
    assert license_command("history", identifier, *who, *use).code == 0
    for what in ([city / "license.pdf"], ["--identifier", identifier]):
        assert license_command("verify", *what, "--checker", "样例·窗口人员", *use).code == 0
    ask = ("usage", "--home", city, "--json", *who)
    asked = license_command(*ask, "--holder", HOLDER)
    assert [one["kind"] for one in asked.values] == ["look", "look", "export", "print", "look", "verify", "verify"]
    assert {one["identifier"] for one in asked.values} == {identifier}
    for one in asked.values:
        told = (one["actor"], one["purpose"], one["item"], one["case"], one["place"])
        assert told == ("样例·窗口人员", "办理变更", "000131001000", "2026-1", "terminal")
    assert [one["outcome"] for one in asked.values][-2:] == ["IN_FORCE", "IN_FORCE"]
    again = license_command(*ask, identifier).values
    assert again[:-1] == asked.values
    assert (again[-1]["kind"], again[-1]["purpose"]) == ("look", "查询用证记录"), "asking is a look, too"
    words = license_command("usage", identifier, "--home", city).out
    assert "样例·窗口人员  打印" in words
    assert "IN_FORCE  办理变更  000131001000  2026-1" in words
    settings = Settings.load(city)
    with Repository.open(settings.database_url, settings.files) as repository:
        assert log_is_whole(repository)


def test_asking_for_what_is_not_there_leaves_a_trace_too(city: Path) -> None:
    identifier = issue(city)
    assert license_command("show", "--holder", "91620402MA0000001U", "--home", city).code == 1
    settings = Settings.load(city)
    with Repository.open(settings.database_url, settings.files) as repository:
        (nothing,) = repository.usage.after(0, 10)
        assert nothing.identifier is None
    assert license_command("usage", identifier, "--home", city).code == 1
    assert license_command("usage", identifier, "--home", city).code == 0, "somebody asked before"
    assert license_command("usage", "--home", city).code == 3
    assert license_command("usage", "1.2.3", "--home", city, "--json").error["code"] == "license.unknown"


def test_a_use_without_its_purpose_is_refused_where_one_is_asked_for(city: Path) -> None:
    identifier = issue(city)
    purposes(city, "purpose_required = true")
    for command in (
        ["show", identifier],
        ["print", identifier, "-o", city / "print.pdf"],
        ["history", identifier],
        ["verify", city / "license.pdf"],
    ):
        refused = license_command(*command, "--home", city, "--json")
        assert (refused.code, refused.error["code"], refused.out) == (3, "usage.purpose-missing", "")
        assert license_command(*command, "--purpose", "核对", "--home", city).code == 0
    assert len(license_command("usage", identifier, "--home", city, "--json").values) == 4


def test_an_acceptance_is_a_use(city: Path) -> None:
    identifier = issue(city)
    (city / "applicant.txt").write_text(HOLDER, encoding="ascii")
    (city / "service_items.toml").write_text(ITEMS, encoding="utf-8")
    done = license_command(
        "accept", city / "license.pdf", "--item", "catering", "--applicant-file", city / "applicant.txt", "--home", city
    )
    assert done.code == 0, done.err
    (used,) = license_command("usage", identifier, "--home", city, "--json").values
    assert (used["kind"], used["item"], used["purpose"]) == ("verify", "catering", "开办餐饮店")


def test_nobody_gets_an_answer_that_cannot_be_put_on_record(authority: Authority, business: Issued) -> None:
    with Repository.open(authority.settings.database_url, authority.settings.files, read_only=True) as repository:
        authority.trail._repository = repository  # noqa: SLF001 -- the disk of a machine that turned read-only
        for ask in (
            lambda: authority.records.find(CLERK, holder_number=HOLDER),
            lambda: authority.records.history(CLERK, business.identifier),
            lambda: authority.records.print_copy(CLERK, business.identifier),
        ):
            with pytest.raises(MachineError) as caught:
                ask()
            assert caught.value.code == "storage.read-only"
    with pytest.raises(InputError) as refused:
        authority.records.find(Use(actor=" "), identifier=business.identifier)
    assert refused.value.code == "usage.actor-missing"


@pytest.fixture
def business(authority: Authority) -> Issued:
    return authority.issue(example_request("business-license"))


@pytest.fixture
def client(authority: Authority, business: Issued, clock: StillClock) -> Iterator[TestClient]:
    assert business.pdf
    with TestClient(create_app(authority.settings, clock=clock)) as opened:
        yield opened


def test_the_service_notes_that_a_licence_was_verified_and_not_who_asked(
    client: TestClient, authority: Authority, business: Issued
) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9", "User-Agent": "phone"}
    assert client.post("/api/v1/verify", json={"code": scan_file(business.pdf)[0]}, headers=headers).status_code == 200
    assert client.get(f"/api/v1/licenses/{business.identifier}/status", headers=headers).status_code == 200
    assert client.post("/api/v1/verify", json={"code": "hello"}).status_code == 200
    used = authority.records.used(CLERK, identifier=business.identifier)
    assert [(one.kind.value, one.outcome, one.use.place) for one in used] == [("verify", "IN_FORCE", "service")] * 2
    assert {one.use for one in used} == {Use(actor="公众", purpose="公众核验", place="service")}


def test_a_service_that_leaves_no_trail_writes_nothing(
    authority: Authority, business: Issued, clock: StillClock
) -> None:
    purposes(authority.settings.home, "verifications = false")
    size = authority.repository.log.head().size
    with TestClient(create_app(Settings.load(authority.settings.home), clock=clock)) as client:
        assert client.get(f"/api/v1/licenses/{business.identifier}/status").status_code == 200
    assert authority.repository.log.head().size == size
