"""What another city answers about a licence: anything may come over the wire, and only one form of it counts."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from support import NOON

from license_lib.identifiers import LicenseIdentifier
from license_lib.network import make_fetcher
from license_lib.trust_list import ListedBody
from license_lib.verification import StatesUnreachableError
from license_lib.verification.published_states import PublishedStates

CODE = "11620400000000102W"
IDENTIFIER = str(LicenseIdentifier.build("11100000MB0143028R001", CODE, "20260302TEST"))
GOOD: dict[str, Any] = {
    "at": NOON.isoformat(),
    "license": {"identifier": IDENTIFIER},
    "recorded": {"file_sha256": "01" * 32, "record_sha256": "02" * 32, "revoked_at": None},
    "outcome": "IN_FORCE",
}


def lister(url: str | None) -> Callable[[str], ListedBody | None]:
    """The look-up of a list with one body."""
    body = ListedBody(name="样例局", code=CODE, level=3, status_url=url, seals=(), scopes=())
    return {CODE: body}.get


class Answers:
    """A web server that says what a test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []


@pytest.fixture
def served() -> Iterator[tuple[Answers, str]]:
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append(self.path)
            self.send_response(answers.status)
            for name, value in answers.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answers.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield answers, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def states(url: str | None) -> PublishedStates:
    return PublishedStates(lister(url), make_fetcher())


def test_an_answer_is_digests_and_the_time_of_the_answer(served: tuple[Answers, str]) -> None:
    answers, url = served
    answers.body = json.dumps(GOOD).encode()
    state = states(f"{url}/base").state_of(IDENTIFIER, NOON)
    assert state is not None
    assert (state.file_digest, state.record_digest) == (bytes([1]) * 32, bytes([2]) * 32)
    assert (state.record, state.revoked_at, state.as_of) == (None, None, NOON)
    assert answers.asked == [f"/base/api/v1/licenses/{IDENTIFIER}/status"]


def test_a_revocation_counts_from_its_moment_on(served: tuple[Answers, str]) -> None:
    answers, url = served
    answers.body = json.dumps(GOOD | {"recorded": GOOD["recorded"] | {"revoked_at": NOON.isoformat()}}).encode()
    before, after = (states(url).state_of(IDENTIFIER, NOON + timedelta(hours=hours)) for hours in (-1, 1))
    assert before is not None
    assert after is not None
    assert (before.revoked_at, after.revoked_at) == (None, NOON)


def test_a_body_that_does_not_know_it_says_so(served: tuple[Answers, str]) -> None:
    answers, url = served
    answers.status = 404
    assert states(url).state_of(IDENTIFIER, NOON) is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda v: v.pop("recorded"),
        lambda v: v.update(recorded=None),
        lambda v: v.update(license=None),
        lambda v: v["license"].update(identifier="another"),
        lambda v: v["recorded"].update(file_sha256="01"),
        lambda v: v["recorded"].update(record_sha256=1),
        lambda v: v["recorded"].update(revoked_at="yesterday"),
        lambda v: v["recorded"].pop("revoked_at"),
        lambda v: v.update(at="2026-11-22T04:00:00"),
        lambda v: v.update(at=None),
    ],
)
def test_an_answer_of_another_form_is_none(served: tuple[Answers, str], edit: Callable[[Any], object]) -> None:
    answers, url = served
    value = json.loads(json.dumps(GOOD))
    edit(value)
    answers.body = json.dumps(value).encode()
    with pytest.raises(StatesUnreachableError):
        states(url).state_of(IDENTIFIER, NOON)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"1", b"\xff", b"[" * 50_000, b" " * 70_000])
def test_bytes_that_are_no_answer_are_none(served: tuple[Answers, str], body: bytes) -> None:
    answers, url = served
    answers.body = body
    with pytest.raises(StatesUnreachableError):
        states(url).state_of(IDENTIFIER, NOON)


@pytest.mark.parametrize("status", [204, 301, 400, 403, 500, 503])
def test_another_status_is_no_answer(served: tuple[Answers, str], status: int) -> None:
    answers, url = served
    answers.status, answers.headers = status, {"Location": f"{url}/elsewhere", "Content-Length": "0"}
    with pytest.raises(StatesUnreachableError):
        states(url).state_of(IDENTIFIER, NOON)
    assert len(answers.asked) <= 3


def test_who_publishes_nothing_is_not_asked(served: tuple[Answers, str]) -> None:
    answers, url = served
    other = str(LicenseIdentifier.build("11100000MB0143028R001", "116204000000001030", "20260302TEST"))
    for asked, identifier in ((states(None), IDENTIFIER), (states(url), other), (states(url), "../../x")):
        with pytest.raises(StatesUnreachableError):
            asked.state_of(identifier, datetime.now(UTC))
    assert answers.asked == []
