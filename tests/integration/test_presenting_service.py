"""The service redeems what the holder's app had made: over a real repository, without an issuing key."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support import CLERK, StillClock, counted_randomness, example_request

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.lifecycle import EventKind
from license_lib.repository.entries import Cause, Use
from license_lib.settings import Settings
from verify_api.app import create_app
from verify_api.presentations import PresentationDocument

URL = "/api/v1/redeem"
HOLDER = Use(actor="李四四", purpose="办理变更", item="000131001000")


@pytest.fixture
def permit(authority: Authority) -> Issued:
    """A licence of a person: its code shows the first character of the name."""
    return authority.issue(example_request("residence-permit"))


@pytest.fixture
def client(authority: Authority, permit: Issued, clock: StillClock) -> Iterator[TestClient]:
    assert permit.pdf
    shutil.rmtree(authority.settings.keys_folder / "private")
    with TestClient(create_app(authority.settings, clock=clock, randomness=counted_randomness("service"))) as opened:
        yield opened


def test_once_and_live(client: TestClient, authority: Authority, permit: Issued, clock: StillClock) -> None:
    code = authority.present(permit.identifier, replace(HOLDER, audience="样例银行"))
    refused = PresentationDocument.model_validate_json(client.post(URL, json={"code": code.text}).content)
    assert [finding.code for finding in refused.verdict.findings] == ["presentation.audience"]
    answer = client.post(URL, json={"code": code.text, "audience": "样例银行"})
    shown = PresentationDocument.model_validate_json(answer.content)
    assert (shown.accepted, shown.verdict.outcome.value) == (True, "IN_FORCE")
    facts = shown.verdict.license
    assert facts is not None
    assert facts.public is not None
    (holder,) = permit.license.holders
    assert facts.public["CZZT"] == holder.name[0] + "****"
    for secret in (holder.name, holder.number, "李四四"):
        assert secret not in answer.text
    assert shown.consent is not None
    assert (shown.consent.purpose, shown.consent.audience) == ("办理变更", "样例银行")
    again = client.post(URL, json={"code": code.text, "audience": "样例银行"}).json()
    assert (again["accepted"], again["verdict"]["findings"][0]["code"]) == (False, "presentation.used")
    assert again["verdict"]["license"] is None
    code = authority.present(permit.identifier, HOLDER)
    authority.record(permit.identifier, EventKind.CANCEL, Cause(actor="科长", reason="本人申请"))
    clock.advance(seconds=1)
    ended = client.post(URL, json={"code": code.text}).json()
    assert (ended["accepted"], ended["verdict"]["outcome"]) == (True, "NOT_IN_FORCE")
    told = [(one.kind.value, one.outcome) for one in authority.records.used(CLERK, identifier=permit.identifier)]
    assert told == [
        ("present", ""),
        ("redeem", "presentation.audience"),
        ("redeem", "IN_FORCE"),
        ("redeem", "presentation.used"),
        ("present", ""),
        ("redeem", "NOT_IN_FORCE"),
    ]


def test_two_requests_at_once(client: TestClient, authority: Authority, permit: Issued) -> None:
    for _ in range(3):
        code = authority.present(permit.identifier, HOLDER)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda text: client.post(URL, json={"code": text}).json(), [code.text] * 2))
        assert sorted(answer["accepted"] for answer in answers) == [False, True]


def test_the_page_shows_what_is_presented(client: TestClient, authority: Authority, permit: Issued) -> None:
    code = authority.present(permit.identifier, HOLDER)
    page = client.post("/redeem", data={"code": code.text, "audience": "<b>样例银行</b>"})
    assert 'data-outcome="IN_FORCE"' in page.text
    for text in ("居住证", "办理变更", "000131001000", "&lt;b&gt;样例银行", "授权记录", "比对本人"):
        assert text in page.text
    assert permit.license.holders[0].name not in page.text
    assert "比对纸面" not in page.text
    assert "<b>样例" not in page.text
    assert "presentation.used" in client.post("/redeem", data={"code": code.text}).text


def test_no_route_makes_a_code(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {path.removeprefix("/api/v1/") for path, methods in paths.items() if "post" in methods} == {
        "verify", "verify/picture", "verify/batch", "redeem", "licenses/search", "/oauth/token",
        "service-items/{code}/materials",
    }  # fmt: skip
    for path in ("/api/v1/present", "/present", "/api/v1/presentations"):
        assert client.post(path, json={"identifier": "x"}).status_code == 404


def test_a_service_that_writes_nothing_redeems_nothing(
    authority: Authority, permit: Issued, clock: StillClock, home: Path
) -> None:
    code = authority.present(permit.identifier, HOLDER)
    with (home / "license.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[usage]\nverifications = false\n")
    with TestClient(create_app(Settings.load(home), clock=clock)) as client:
        answer = client.post(URL, json={"code": code.text})
        assert (answer.status_code, answer.json()["code"]) == (503, "storage.read-only")
    assert authority.redeem(code.text, CLERK).accepted
