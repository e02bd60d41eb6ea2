"""The service over a real repository: licences go in as files, pictures and codes, and no issuing key is near."""

import ast
import base64
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from support import NOON, PASSPHRASE, StillClock, counted_randomness, example_request

import verify_api
from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.qr import scan_file
from license_lib.setting_up import publish_development_crls
from license_lib.settings import Settings
from verify_api.app import create_app
from verify_api.schemas import VerdictDocument

URL = "/api/v1/verify"
PDF = {"Content-Type": "application/pdf"}


@pytest.fixture
def business(authority: Authority) -> Issued:
    return authority.issue(example_request("business-license"))


@pytest.fixture
def public_home(authority: Authority, business: Issued) -> Path:
    """The home of an authority that has issued, without its private keys."""
    assert business.pdf
    shutil.rmtree(authority.settings.keys_folder / "private")
    return authority.settings.home


@pytest.fixture
def client(public_home: Path, clock: StillClock) -> Iterator[TestClient]:
    app = create_app(Settings.load(public_home), clock=clock, randomness=counted_randomness("service"))
    with TestClient(app) as opened:
        yield opened


def outcome(answer: Response) -> tuple[str, set[str]]:
    """Outcome and finding codes of an answer, which keeps to its documented form."""
    document = VerdictDocument.model_validate_json(answer.content)
    return document.outcome.value, {finding.code for finding in document.findings}


def picture(pdf: bytes) -> bytes:
    """The first page as a photo of it."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        shown = page.render(scale=2).to_pil()
        page.close()
    buffer = io.BytesIO()
    shown.save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_license_as_file_picture_and_code(client: TestClient, business: Issued) -> None:
    answers = [
        client.post(URL, content=business.pdf, headers=PDF),
        client.post(URL, files={"file": ("a.pdf", business.pdf)}),
        client.post(URL, content=picture(business.pdf), headers={"Content-Type": "image/jpeg"}),
        client.post(URL, json={"code": scan_file(business.pdf)[0]}),
        client.get(f"/api/v1/licenses/{business.identifier}/status"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert {outcome(answer)[0] for answer in answers} == {"IN_FORCE"}
    assert "seal.development" in outcome(answers[0])[1]
    assert "paper.compare" in outcome(answers[2])[1]


def test_a_look_up_by_identifier_tells_neither_holder_nor_number(client: TestClient, business: Issued) -> None:
    answer = client.get(f"/api/v1/licenses/{business.identifier}/status")
    assert set(answer.json()["license"]) == {
        "identifier", "type", "issuer", "issued_on", "valid_from", "valid_until"
    }  # fmt: skip
    assert business.license.holders[0].name not in answer.text


def test_no_answer_holds_a_persons_number(authority: Authority, clock: StillClock) -> None:
    issued = authority.issue(example_request("residence-permit"))
    number = issued.license.holders[0].number
    assert number
    with TestClient(create_app(authority.settings, clock=clock)) as client:
        answer = client.post(URL, content=issued.pdf, headers=PDF)
        assert outcome(answer)[0] == "IN_FORCE"
        page = client.post("/verify", files={"file": ("a.pdf", issued.pdf)})
    assert "data-outcome" in page.text
    assert number not in answer.text + page.text


def test_forged_and_foreign_things_are_answers(client: TestClient, business: Issued) -> None:
    changed = bytearray(business.pdf)
    changed[len(changed) // 3] ^= 1
    code = scan_file(business.pdf)[0]
    other = code[:-12] + ("1" if code[-12] != "1" else "2") + code[-11:]
    for sent, expected in [
        (client.post(URL, content=bytes(changed), headers=PDF), "NOT_GENUINE"),
        (client.post(URL, content=b"%PDF-1.7 nothing", headers=PDF), "NOT_GENUINE"),
        (client.post(URL, json={"code": other}), "NOT_GENUINE"),
        (client.post(URL, json={"code": "hello"}), "UNDETERMINED"),
        (client.post(URL, content=b"hello", headers=PDF), "UNDETERMINED"),
        (client.post(URL, content=b"GIF89a", headers={"Content-Type": "image/gif"}), "UNDETERMINED"),
    ]:
        assert sent.status_code == 200
        assert outcome(sent)[0] == expected


def test_a_revocation_counts_at_once_and_the_past_stays(
    client: TestClient, authority: Authority, business: Issued, clock: StillClock
) -> None:
    code = scan_file(business.pdf)[0]
    assert outcome(client.post(URL, json={"code": code}))[0] == "IN_FORCE"
    before = clock()
    clock.advance(hours=1)
    authority.revoke(business.identifier, reason="test", actor="tester")
    for answer in (
        client.post(URL, json={"code": code}),
        client.post(URL, content=business.pdf, headers=PDF),
        client.get(f"/api/v1/licenses/{business.identifier}/status"),
    ):
        assert outcome(answer)[0] == "NOT_IN_FORCE"
        assert "status.revoked" in outcome(answer)[1]
    later = client.post(URL, json={"code": code, "at": (clock() + timedelta(days=1)).isoformat()})
    assert outcome(later)[0] == "NOT_IN_FORCE"
    earlier = client.post(URL, json={"code": code, "at": before.isoformat()})
    assert outcome(earlier)[0] == "IN_FORCE"


def test_new_revocation_lists_are_taken_up_without_a_restart(
    authority: Authority, business: Issued, clock: StillClock
) -> None:
    code = scan_file(business.pdf)[0]
    with TestClient(create_app(authority.settings, clock=clock)) as client:
        clock.advance(days=400)
        assert "seal.revocation-stale" in outcome(client.post(URL, json={"code": code}))[1]
        publish_development_crls(authority.settings, PASSPHRASE, at=clock())
        clock.advance(seconds=10)
        assert "seal.revocation-stale" not in outcome(client.post(URL, json={"code": code}))[1]


def test_a_broken_list_does_not_stop_the_service(authority: Authority, business: Issued, clock: StillClock) -> None:
    code = scan_file(business.pdf)[0]
    with TestClient(create_app(authority.settings, clock=clock)) as client:
        lists = sorted((authority.settings.keys_folder / "public" / "crl").glob("*.crl"))
        lists[0].write_bytes(lists[0].read_bytes()[:100])
        clock.advance(seconds=10)
        assert outcome(client.post(URL, json={"code": code}))[0] == "IN_FORCE"
        assert client.get("/readyz").status_code == 200


def test_readiness_is_that_the_repository_can_be_read(client: TestClient, public_home: Path) -> None:
    assert client.get("/readyz").status_code == 200
    database = public_home / "data" / "license.db"
    for path in database.parent.glob("license.db*"):
        path.write_bytes(b"no database" * 1000)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["code"].startswith("storage.")
    assert client.get("/healthz").status_code == 200


def test_the_service_opens_no_private_key(home: Path, authority: Authority) -> None:
    issued = authority.issue(example_request("business-license"))
    assert any((authority.settings.keys_folder / "private").iterdir())
    program = """
import base64, json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from datetime import datetime
from pathlib import Path
from fastapi.testclient import TestClient
from httpx2 import Response
from license_lib.settings import Settings
from verify_api.app import create_app
home, moment = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
with TestClient(create_app(Settings.load(home), clock=lambda: moment)) as client:
    answer = client.post("/api/v1/verify", content=base64.b64decode(sys.stdin.read()),
                         headers={"Content-Type": "application/pdf"})
print(json.dumps({"outcome": answer.json()["outcome"], "opened": [p for p in opened if p.startswith(str(home))]}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(home), NOON.isoformat()],
        input=base64.b64encode(issued.pdf).decode(),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["outcome"] == "IN_FORCE"
    assert any("/keys/public/" in path for path in told["opened"])
    assert not [path for path in told["opened"] if "/private" in path]


def test_the_service_imports_nothing_that_seals() -> None:
    imported = set()
    for path in Path(verify_api.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.module
                imported |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    assert not {name for name in imported if name.startswith("signing") and not name.startswith("signing.reports")}
    assert "license_lib.issuing" not in imported
    assert "license_lib.authority.Authority" not in imported


def test_expiry_follows_the_clock(authority: Authority, clock: StillClock) -> None:
    issued = authority.issue(example_request("residence-permit"))
    last = issued.license.valid_until
    assert last
    with TestClient(create_app(authority.settings, clock=clock)) as client:
        clock.moment = clock.moment.replace(year=last.year, month=last.month, day=last.day)
        path = f"/api/v1/licenses/{issued.identifier}/status"
        assert outcome(client.get(path))[0] == "IN_FORCE"
        clock.moment += timedelta(days=1)
        assert outcome(client.get(path)) == ("NOT_IN_FORCE", {"validity.expired"})
