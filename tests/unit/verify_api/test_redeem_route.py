"""What redeeming a presentation code asks of a request; the judge says what he is told."""

import logging

import pytest
from fastapi.testclient import TestClient
from unit.verify_api.test_pages import Page
from unit.verify_api.told_judge import ToldJudge

from license_lib.errors import InputError, MachineError
from license_lib.repository.entries import Use
from verify_api.presentations import PresentationDocument

URL = "/api/v1/redeem"
CODE = "HTTPS://LICENSE.EXAMPLE/P#" + "1234567890" * 3 + "123456789"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_the_code_is_redeemed_for_whom_it_says(client: TestClient, judge: ToldJudge) -> None:
    answer = client.post(URL, json={"code": CODE, "audience": "样例诊所"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    document = PresentationDocument.model_validate_json(answer.content)
    assert (document.accepted, document.consent, document.verdict.outcome.value) == (False, None, "UNDETERMINED")
    assert client.post(URL, json={"code": CODE}).status_code == 200
    assert [asked for _, asked, _ in judge.asked] == [
        (CODE, Use(actor="公众", audience="样例诊所", place="service")),
        (CODE, Use(actor="公众", place="service")),
    ]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", {"Content-Type": "application/json"}, 400, "http.empty"),
        (b"{", {"Content-Type": "application/json"}, 400, "http.malformed"),
        (b"\xff", {"Content-Type": "application/json"}, 400, "http.malformed"),
        (b"{}", {"Content-Type": "application/json"}, 422, "http.invalid"),
        (b'{"code": ""}', {"Content-Type": "application/json"}, 422, "http.invalid"),
        (b'{"code": 1}', {"Content-Type": "application/json"}, 422, "http.invalid"),
        (b'{"code": "x", "at": "2026"}', {"Content-Type": "application/json"}, 422, "http.invalid"),
        (b'{"code": "x", "actor": "li.wei"}', {"Content-Type": "application/json"}, 422, "http.invalid"),
        (b'{"code": "%b"}' % (b"x" * 20_000), {"Content-Type": "application/json"}, 413, "http.too-large"),
        (b'{"code": "x", "audience": "%b"}' % (b"x" * 501), {"Content-Type": "application/json"}, 422, "http.invalid"),
        (b"code=x", FORM, 415, "http.media-type"),
    ],
)
def test_what_is_no_question_is_not_asked(
    client: TestClient, judge: ToldJudge, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = client.post(URL, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not judge.asked


def test_a_code_in_the_address_is_not_even_looked_for(client: TestClient, judge: ToldJudge) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert client.request(method, URL, params={"code": CODE}).status_code == 405
    assert client.post(URL, params={"code": CODE}).status_code == 415
    for path in ("/P", "/p", "/redeem"):
        for method in ("GET", "HEAD"):
            assert client.request(method, path, params={"code": CODE}).status_code == 200, "a preview, a prefetch"
    assert not judge.asked


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MachineError("storage.locked", "busy"), 503),
        (MachineError("presentation.clock-behind", "late"), 503),
        (InputError("entry.text", "audience: …"), 422),
    ],
)
def test_a_broken_machine_is_a_problem_and_a_page(
    client: TestClient, judge: ToldJudge, error: Exception, status: int
) -> None:
    judge.answer = error
    assert client.post(URL, json={"code": CODE}).status_code == status
    page = client.post("/redeem", data={"code": CODE})
    assert page.status_code == status
    assert "未能核验" in page.text


def test_nothing_that_was_sent_is_in_a_log(
    client: TestClient, judge: ToldJudge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.post(URL, json={"code": CODE, "audience": "样例诊所"})
    client.post("/redeem", data={"code": CODE, "audience": "样例诊所"})
    judge.answer = RuntimeError(CODE)
    client.post(URL, json={"code": CODE})
    client.post(URL, json={"code": CODE, "x": CODE})
    assert len(judge.asked) == 3
    assert "1234567890" not in caplog.text
    assert "样例诊所" not in caplog.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "http.empty"),
        (b"code=", "http.empty"),
        (b"audience=x", "http.empty"),
        (b"code=x&code=y&audience=1&audience=2&audience=3", "http.malformed"),
        (b"code=x&code=y", "http.malformed"),
        (b"code=x&other=y", "http.malformed"),
        (b"code=%FF", "http.malformed"),
        (b"code=\xff", "http.malformed"),
        (b"code=" + b"x" * 20_000, "http.too-large"),
        (b"code=x&audience=" + b"x" * 501, "entry.text"),
    ],
)
def test_a_form_that_is_none_asks_nothing(client: TestClient, judge: ToldJudge, body: bytes, code: str) -> None:
    answer = client.post("/redeem", content=body, headers=FORM)
    assert f'data-code="{code}"' in answer.text
    assert not judge.asked


def test_the_page_is_like_the_others_and_works_without_a_script(client: TestClient, judge: ToldJudge) -> None:
    text = client.get("/P?lang=en").text
    page = Page(text)
    labels = {attributes["for"] for tag, attributes in page.elements if tag == "label"}
    fields = [attributes for tag, attributes in page.elements if tag == "textarea"]
    assert labels == {field["id"] for field in fields} == {"code", "audience"}
    assert all(field["aria-describedby"] in page.ids() for field in fields)
    (form,) = (attributes for tag, attributes in page.elements if tag == "form")
    assert (form["action"], form["method"]) == ("redeem?lang=en", "post")
    for tag, attributes in page.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "script" or attributes["src"].split("/")[0] in {"assets", "presenting.js"}
    script = client.get("/presenting.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "fetch" not in script.text
    answer = client.post("/redeem?lang=en", data={"code": CODE, "audience": "样例诊所"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert 'data-code="presentation.used"' in answer.text
    assert "used at 2026-11-22 11:59:00" in answer.text
    assert CODE not in answer.text
    ((_, asked, _),) = judge.asked
    assert asked == (CODE, Use(actor="公众", audience="样例诊所", place="service"))


def test_what_a_form_says_cannot_become_a_page(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = InputError("entry.text", "<script>alert(1)</script>")
    assert "<script>alert" not in client.post("/redeem", data={"code": "x"}).text
