"""The client's own conduct, against a network that does what a test says."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from verify_api.client import Credentials, LicenseClient, Patience, ServiceProblem, ServiceUnreachable, Why
from verify_api.problems import Problem

IDENTIFIER = "1.2.3"
WHY = Why("x")


class Network:
    """A service that answers from a list, and remembers what it was asked."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers, self.asked, self.slept = list(answers), list[httpx2.Request](), list[float]()
        self.now = 0.0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, credentials: Credentials | None = None, tries: int = 3) -> LicenseClient:
        http = httpx2.Client(base_url="https://license.example", transport=httpx2.MockTransport(self))
        patience = Patience(tries=tries, sleep=self.slept.append, clock=lambda: self.now)
        return LicenseClient(credentials=credentials, http=http, patience=patience)


def problem(code: str, **headers: str) -> httpx2.Response:
    told = Problem(code)
    document = told.document("abc").model_dump(mode="json") | {"new": "member"}
    sent = {**told.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return httpx2.Response(told.kind.status, json=document, headers=sent)


def token(secret: str = "t1", lasts: int = 600) -> httpx2.Response:  # noqa: S107 -- of nobody
    return httpx2.Response(200, json={"access_token": secret, "token_type": "Bearer", "expires_in": lasts})


PDF = httpx2.Response(200, content=b"%PDF-")
DESK = Credentials("tax desk", "a:b/c")


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    network = Network(problem("rate.caller", Retry_After="7"), problem("service.busy"), PDF)
    assert network.client().file(IDENTIFIER, WHY) == b"%PDF-"
    assert network.slept == [7.0, 2.0]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([problem("rate.caller", Retry_After="3600")], "rate.caller"),
        ([problem("service.busy")] * 3, "service.busy"),
        ([problem("license.unknown")], "license.unknown"),
        ([httpx2.Response(502, text="<h1>proxy</h1>")], "http.refused"),
    ],
)
def test_a_problem_is_told_with_its_code(answers: list[httpx2.Response], code: str) -> None:
    network = Network(*answers)
    with pytest.raises(ServiceProblem) as caught:
        network.client().file(IDENTIFIER, WHY)
    assert caught.value.code == code
    assert not network.answers


def test_a_broken_connection_is_tried_again_and_then_told() -> None:
    network = Network(httpx2.ConnectError("x"), httpx2.ReadTimeout("x"), PDF)
    assert network.client().file(IDENTIFIER, WHY) == b"%PDF-"
    network = Network(*[httpx2.ConnectError("x")] * 3)
    with pytest.raises(ServiceUnreachable):
        network.client().file(IDENTIFIER, WHY)
    assert network.slept == [1.0, 1.0]


def test_a_search_that_is_sent_again_has_the_same_key_and_the_next_page_another() -> None:
    pages = [httpx2.Response(200, json={"licenses": [], "next": cursor}) for cursor in ("c1", None)]
    network = Network(httpx2.ReadTimeout("x"), *pages)
    assert list(network.client().search("1", WHY)) == []
    keys = [request.headers["Idempotency-Key"] for request in network.asked]
    assert keys[0] == keys[1] != keys[2]
    assert all("?" not in str(request.url) for request in network.asked), "no number in an address"


def test_a_token_is_asked_for_once_and_again_before_it_ends() -> None:
    network = Network(token("t1"), PDF, PDF, token("t2"), PDF)
    client = network.client(DESK)
    client.file(IDENTIFIER, WHY)
    client.file(IDENTIFIER, WHY)
    network.now = 571.0
    client.file(IDENTIFIER, WHY)
    assert [request.headers["Authorization"] for request in network.asked if request.method == "GET"] == [
        "Bearer t1", "Bearer t1", "Bearer t2",
    ]  # fmt: skip
    asked = network.asked[0]
    assert asked.url.path == "/oauth/token"
    assert asked.headers["Authorization"] == httpx2.BasicAuth("tax+desk", "a%3Ab%2Fc")._auth_header  # noqa: SLF001
    assert asked.content == b"grant_type=client_credentials"


def test_a_token_that_was_revoked_is_replaced_once() -> None:
    network = Network(token("t1"), problem("access.token"), token("t2"), PDF)
    assert network.client(DESK).file(IDENTIFIER, WHY) == b"%PDF-"
    network = Network(token("t1"), problem("access.token"), token("t2"), problem("access.token"))
    with pytest.raises(ServiceProblem) as caught:
        network.client(DESK).file(IDENTIFIER, WHY)
    assert caught.value.code == "access.token"


def test_a_secret_is_in_no_text() -> None:
    network = Network(problem("oauth.client"))
    with pytest.raises(ServiceProblem) as caught:
        network.client(DESK).file(IDENTIFIER, WHY)
    assert DESK.secret not in repr(DESK) + str(caught.value)


@pytest.mark.parametrize("body", [b"", b'{"reference":"a"}\n', b'{"reference":"a"}\n{"referen'])
def test_a_batch_that_broke_off_says_so(body: bytes) -> None:
    network = Network(httpx2.Response(200, content=body))
    with pytest.raises(ServiceUnreachable):
        list(network.client().verify_batch({"a": "x"}))


def test_a_batch_is_sent_once() -> None:
    network = Network(problem("service.busy"))
    with pytest.raises(ServiceProblem):
        list(network.client().verify_batch({"a": "x"}))


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.license("../../admin?x#y", WHY),
        lambda client: client.file("../../admin?x#y", WHY),
        lambda client: client.status("../../admin?x#y"),
    ],
)
def test_an_identifier_is_one_part_of_an_address(ask: Callable[[LicenseClient], Any]) -> None:
    network = Network(problem("license.unknown"))
    with pytest.raises(ServiceProblem):
        ask(network.client())
    assert network.asked[0].url.raw_path.startswith(b"/api/v1/licenses/..%2F..%2Fadmin%3Fx%23y")


def test_the_client_needs_no_server() -> None:
    report = "import sys, verify_api.client; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"fastapi", "starlette", "uvicorn", "structlog", "pyhanko", "argon2"}
