"""The fetcher against real servers on loopback: bounds of time, size and detours; and texts that give nothing away."""

import itertools
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from loopback import Asked, Reply, closed_port, fetcher, serving

from signing.errors import NetworkError
from signing.network import HttpFetcher, host_of

CUSTOMER = "customer-key-17"


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(NetworkError) as caught:
        call()
    assert CUSTOMER not in str(caught.value)
    return caught.value.code


def post(url: str, body: bytes = b"?", *, limit: int = 100, seconds: float = 10.0) -> bytes:
    return fetcher(seconds=seconds).post(url, body, content_type="a/b", accept="c/d", limit=limit)


def test_a_request_arrives_as_it_was_made() -> None:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        seen.append(asked)
        return Reply(b"answer")

    with serving(answer) as url:
        assert fetcher().get(f"{url}/list?x=1", limit=6) == b"answer"
        assert post(f"{url}/ask", b"\0question") == b"answer"
    assert [(one.method, one.path, one.body) for one in seen] == [
        ("GET", "/list?x=1", b""),
        ("POST", "/ask", b"\0question"),
    ]
    assert (seen[1].headers["Content-Type"], seen[1].headers["Accept"]) == ("a/b", "c/d")
    assert all(one.headers["Accept-Encoding"] == "identity" for one in seen)


def test_an_answer_may_be_as_large_as_allowed_and_no_larger() -> None:
    with serving(lambda _: Reply(bytes(1000))) as url:
        assert len(fetcher().get(url, limit=1000)) == 1000
        assert code_of(lambda: fetcher().get(url, limit=999)) == "network.too-large"


def test_an_answer_without_end_is_cut_by_size() -> None:
    with serving(lambda _: Reply(bytes(70_000), drip=True)) as url:
        assert code_of(lambda: post(url, limit=50_000)) == "network.too-large"


def test_an_answer_that_drips_is_cut_by_time() -> None:
    """Each octet is in time for the library's time-outs; the answer is not."""
    with serving(lambda _: Reply(drip=True)) as url:
        assert code_of(lambda: post(url, limit=10**9, seconds=0.3)) == "network.timeout"


def test_a_silent_server_is_not_waited_for() -> None:
    def answer(_: Asked) -> Reply:
        stay.wait(20)
        return Reply()

    stay = threading.Event()
    with serving(answer) as url:
        assert code_of(lambda: post(f"{url}/{CUSTOMER}", seconds=0.2)) == "network.timeout"
        stay.set()


def test_refused_connections_are_tried_again_and_then_told() -> None:
    pauses: list[float] = []
    url = f"{closed_port()}/{CUSTOMER}?key={CUSTOMER}"
    assert code_of(lambda: fetcher(pauses=pauses).get(url, limit=1)) == "network.refused"
    assert pauses == [0.25, 1.0]


@pytest.mark.parametrize(("status", "times"), [(503, 3), (429, 3), (500, 1), (404, 1), (204, 1)])
def test_a_server_that_is_busy_is_asked_again(status: int, times: int) -> None:
    asked = itertools.count(1)
    answers: list[int] = []

    def answer(_: Asked) -> Reply:
        answers.append(next(asked))
        return Reply(CUSTOMER.encode() if status != 204 else b"", status)

    with serving(answer) as url:
        assert code_of(lambda: post(url)) == "network.status"
    assert len(answers) == times


def test_a_server_that_recovers_is_believed() -> None:
    answers = iter([Reply(status=503), Reply(b"ready")])
    with serving(lambda _: next(answers)) as url:
        assert post(url) == b"ready"


def test_redirects_on_the_same_host_are_followed_twice() -> None:
    def answer(asked: Asked) -> Reply:
        left = int(asked.path[1:])
        return Reply(b"there") if left == 0 else Reply(status=302, headers=(("Location", f"/{left - 1}"),))

    with serving(answer) as url:
        assert fetcher().get(f"{url}/2", limit=10) == b"there"
        assert code_of(lambda: fetcher().get(f"{url}/3", limit=10)) == "network.status"
        assert code_of(lambda: post(f"{url}/1")) == "network.status"


@pytest.mark.parametrize(
    "location", [f"http://localhost/{CUSTOMER}", "file:///etc/passwd", "//127.0.0.2/", "", "ftp:x"]
)
def test_redirects_elsewhere_are_refused(location: str) -> None:
    with serving(lambda _: Reply(status=301, headers=(("Location", location),))) as url:
        assert code_of(lambda: fetcher().get(url, limit=10)) in {"network.status", "network.url"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ldap://ca.example/cn=x",
        "file:///etc/passwd",
        "http:///x",
        f"http://user:{CUSTOMER}@host/",
        "http://host:0/",
        "http://host:99999/",
        "http://host/a b",
        "http://host/\r\nX: y",
        "http://主机.example/",
        "http://" + "x" * 3000,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    assert code_of(lambda: fetcher().get(url, limit=1)) == "network.url"


def test_a_proxy_is_used_if_it_is_configured_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(asked.path.encode())

    with serving(answer) as proxy, serving(answer) as url:
        monkeypatch.setenv("HTTP_PROXY", closed_port())
        through = HttpFetcher(sleep=lambda _: None, proxy=proxy)
        assert through.get("http://far.example/x", limit=100) == b"http://far.example/x"
        assert fetcher().get(f"{url}/x", limit=100) == b"/x"
    assert code_of(lambda: HttpFetcher(sleep=lambda _: None, proxy="socks5://x")) == "network.url"


def test_a_name_for_people_is_the_host() -> None:
    assert host_of(f"https://tsa.example:8443/{CUSTOMER}?{CUSTOMER}#x") == "tsa.example:8443"


def test_a_server_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    def answer(_: Asked) -> Reply:
        return Reply(b"trust me")

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = made.add_extension(names, critical=True).sign(key, hashes.SHA256())
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    with serving(answer, tls=tls) as url:
        assert url.startswith("https://")
        assert code_of(lambda: fetcher().get(url, limit=100)) == "network.refused"


def test_what_is_there_already_is_not_sent_again() -> None:
    asked: list[Asked] = []

    def answer(question: Asked) -> Reply:
        asked.append(question)
        current = question.headers.get("If-None-Match") == '"one"'
        return Reply(b"" if current else b"list", status=304 if current else 200, headers=(("ETag", '"one"'),))

    with serving(answer) as url:
        fetched = fetcher().get_newer(f"{url}/list", limit=4, accept="a/b")
        assert fetched is not None
        assert (fetched.body, fetched.etag) == (b"list", '"one"')
        assert fetcher().get_newer(f"{url}/list", limit=4, accept="a/b", etag=fetched.etag) is None
        other = fetcher().get_newer(f"{url}/list", limit=4, accept="a/b", etag='"two"')
        assert other is not None
    assert [one.headers["Accept"] for one in asked] == ["a/b"] * 3


@pytest.mark.parametrize("etag", ["one", '"o\tne"', f'"{"x" * 201}"', ""])
def test_a_name_of_a_version_that_is_none_is_forgotten(etag: str) -> None:
    with serving(lambda _: Reply(b"list", headers=(("ETag", etag),) if etag else ())) as url:
        fetched = fetcher().get_newer(url, limit=4, accept="a/b")
    assert fetched is not None
    assert fetched.etag == ""


def test_unchanged_is_no_answer_to_who_has_nothing() -> None:
    with serving(lambda _: Reply(status=304)) as url:
        for ask in (lambda: fetcher().get(url, limit=9), lambda: fetcher().get_newer(url, limit=9, accept="a/b")):
            with pytest.raises(NetworkError) as caught:
                ask()
            assert (caught.value.code, caught.value.status) == ("network.status", 304)
