"""What is published, as a web server gives it out: media types, validators, caches, other sites; and nothing else."""

import gzip
from pathlib import Path

import cbor2
import pytest
from bundles.cases import WHOLE
from bundles.workshop import CRL, TRUST, delta, digest, file
from fastapi.testclient import TestClient

from license_lib.publishing import PublicFolder

BUNDLE = "application/license-bundle+cbor"
CWT, JWT = "application/statuslist+cwt", "application/statuslist+jwt"
IDENTITY = {"Accept-Encoding": "identity"}


@pytest.fixture
def public(tmp_path: Path) -> Path:
    folder = PublicFolder(tmp_path / "public")
    for name, data in {
        "status/1": b"a cwt",
        "status/1.jwt": b"a.jwt." * 50,
        "bundle": WHOLE,
        f"bundles/{digest(file((TRUST, CRL))).hex()}": cbor2.loads(file((TRUST, CRL)))[1],
        "bundles/" + "0" * 64: b"damaged",
        "log/checkpoint": "a checkpoint\n\n— log x\n".encode(),
        "log/checkpoint.tst": b"a token",
        "log/tile/0/000.p/3": b"three hashes",
        "log/tile/entries/x001/002": b"entries",
    }.items():
        folder.write(name, data)
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "public"


@pytest.mark.parametrize(
    ("path", "media_type", "cache"),
    [
        ("/status/1", CWT, "public, max-age=30"),
        ("/status/1.jwt", JWT, "public, max-age=30"),
        ("/bundle", BUNDLE, "public, max-age=30"),
        ("/log/checkpoint", "text/plain; charset=utf-8", "public, max-age=5"),
        ("/log/checkpoint.tst", "application/vnd.etsi.timestamp-token", "public, max-age=5"),
        ("/log/tile/0/000.p/3", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("/log/tile/entries/x001/002", "application/octet-stream", "public, max-age=31536000, immutable"),
    ],
)
def test_a_file_as_it_is_given_out(client: TestClient, public: Path, path: str, media_type: str, cache: str) -> None:
    whole = client.get(path, headers=IDENTITY)
    assert whole.content == (public / path[1:]).read_bytes()
    assert (whole.headers["content-type"], whole.headers["cache-control"]) == (media_type, cache)
    assert whole.headers["access-control-allow-origin"] == "*"
    assert whole.headers["cross-origin-resource-policy"] == "cross-origin"
    etag = whole.headers["etag"]
    assert not etag.startswith("W/")
    for named in (etag, f'"x", {etag}', "*"):
        same = client.get(path, headers=IDENTITY | {"If-None-Match": named})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
        assert same.headers["cache-control"] == cache
    assert client.get(path, headers=IDENTITY | {"If-None-Match": '"x"'}).status_code == 200
    head = client.head(path, headers=IDENTITY)
    assert (head.status_code, head.headers["etag"], head.headers["content-type"]) == (200, etag, media_type)
    assert client.post(path).status_code == 405


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", CWT),
        (CWT, CWT),
        (JWT, JWT),
        (f"{JWT};q=0.5, {CWT}", CWT),
        (f"{JWT}, {CWT};q=0.5", JWT),
        (f"{JWT}, */*;q=0.1", JWT),
        ("text/html", CWT),
        (f"{JWT};q=0, */*", CWT),
        (f"{JWT};q=x", CWT),
    ],
)
def test_the_form_is_what_the_caller_prefers(client: TestClient, accept: str, media_type: str) -> None:
    answer = client.get("/status/1", headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


def test_a_jwt_is_compressed_for_who_takes_it(client: TestClient, public: Path) -> None:
    plain = client.get("/status/1.jwt", headers=IDENTITY)
    small = client.get("/status/1.jwt", headers={"Accept-Encoding": "gzip"})
    assert (small.headers["content-encoding"], small.content) == ("gzip", plain.content)
    assert int(small.headers["content-length"]) < len(plain.content)
    assert small.headers["etag"] != plain.headers["etag"], "another coding is another representation"
    assert len(gzip.compress((public / "status/1.jwt").read_bytes(), mtime=0)) == int(small.headers["content-length"])
    assert "content-encoding" not in client.get("/status/1", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.usefixtures("public")
def test_a_delta_is_what_an_earlier_bundle_lacks(client: TestClient) -> None:
    before = file((TRUST, CRL))
    path = f"/bundle/since/{digest(before).hex()}"
    answer = client.get(path, headers=IDENTITY)
    assert (answer.content, answer.headers["content-type"]) == (delta(before, WHOLE), BUNDLE)
    assert client.get(path, headers=IDENTITY | {"If-None-Match": answer.headers["etag"]}).status_code == 304
    small = client.get("/bundle", headers={"Accept-Encoding": "gzip"})
    assert (small.headers["content-encoding"], small.content) == ("gzip", WHOLE)


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize(
    "path",
    [
        "/status/2", "/status/0", "/status/01", "/status/x", "/status/%2e%2e%2fsecret", "/status/1.jwt.jwt",
        "/bundle/since/" + "0" * 64, "/bundle/since/" + "1" * 64, "/bundle/since/", "/bundle/since/../../secret",
        "/bundles/" + "0" * 64, "/log/", "/log/tile/", "/log/tile/0/000",
        "/log/tile/0/000.p", "/log/tile/0/000.p/0", "/log/tile/0/000.p/256",
        "/log/tile/64/000", "/log/tile/0/../../../../secret", "/log/tile/%2e%2e/%2e%2e/%2e%2e/secret",
        "/log/tile/entries", "/log/tile/entries/x001", "/log/tile/0/000.p/3%00", "/log/checkpoint.witnessed",
    ],
)  # fmt: skip
def test_whatever_else_is_asked_for_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "http.not-found")
    assert answer.headers["cache-control"] == "no-store", "a tile that is not there yet will be"
    assert "access-control-allow-origin" not in answer.headers
