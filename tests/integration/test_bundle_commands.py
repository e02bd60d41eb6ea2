"""`license bundle` and `license qr verify`: as the city and an inspector type them, and with no network at all."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
import qrcode
from bundles import town
from bundles.cases import WHOLE
from bundles.workshop import CRL, STATES, file
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image
from support import license_command

from license_lib.rendering import page_png
from license_lib.resources import resource_folder

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_NETWORK = """
import os, sys
def refuse(event, _):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto",
                 "sqlite3.connect", "urllib.Request", "http.client.connect"}:
        os.write(2, f"tried {event}".encode())
        os._exit(9)
sys.addaudithook(refuse)
import cli
sys.exit(cli.run(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Town:
    """A city that has published, what its inspector has, and a licence on paper."""

    home: Path
    bundle: Path
    signer: Path
    pdf: Path
    photo: Path
    text: str


@pytest.fixture(scope="module")
def issued(typed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    home = Path(shutil.copytree(typed_home, tmp_path_factory.mktemp("town") / "home"))
    pdf, bundle = home / "license.pdf", home / "city.bundle"
    request = resource_folder("templates") / "business-license" / "example.toml"
    arguments = ("--type", "business-license", "--issuer", "market", "-o", pdf)
    for command in (
        ("issue", request, *arguments),
        ("trust", "publish"),
        ("publish",),
        ("bundle", "make", "-o", bundle),
    ):
        done = license_command(*command, "--home", home)
        assert done.code == 0, done.err
    photo = home / "photo.png"
    photo.write_bytes(page_png(pdf.read_bytes()))
    (text,) = license_command("qr", "scan", photo, "--json").value["texts"]
    return Town(home, bundle, home / "keys" / "public" / "trust-list.pem", pdf, photo, text)


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A folder that is no home."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    return folder


def typed(text: str, *arguments: object) -> tuple[int, list[dict[str, object]]]:
    """A command, with what a scanner types."""
    with patch.object(sys, "stdin", StringIO(text)):
        done = license_command(*arguments, "--json")
    return done.code, done.values


def test_a_photo_is_judged_without_home_database_or_network(issued: Town, nowhere: Path) -> None:
    arguments = ("qr", "verify", issued.photo, "--offline", issued.bundle, "--signer", issued.signer, "--json")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LICENSE_")}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, *map(str, arguments)],
        cwd=nowhere,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["outcome"], said["text_read"]) == ("IN_FORCE", issued.text)
    assert said["not_proved"] == ["paper", "bearer"]
    assert {one["kind"] for one in said["knowledge"]} == {"bundle", "trust-list", "status-list", "crl", "checkpoint"}


def test_a_file_gets_its_state_from_the_bundle_without_home_database_or_network(issued: Town, nowhere: Path) -> None:
    """A trust list alone does not know the state: see `test_a_trust_list_in_place_of_a_bundle_knows_no_state`."""
    arguments = ("verify", issued.pdf, "--offline", issued.bundle, "--signer", issued.signer, "--json")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, *map(str, arguments)],
        cwd=nowhere,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["outcome"], [one["code"] for one in said["findings"]]) == ("IN_FORCE", ["seal.development"])
    assert said["evidence"]["status_list"]["uri"]


def test_a_forged_file_is_not_genuine_by_a_bundle(issued: Town, tmp_path: Path) -> None:
    forged = tmp_path / "forged.pdf"
    data = bytearray(issued.pdf.read_bytes())
    data[len(data) // 3] ^= 1
    forged.write_bytes(data)
    options = ("--offline", issued.bundle, "--signer", issued.signer, "--home", tmp_path, "--json")
    done = license_command("verify", forged, issued.pdf, *options)
    assert [one["outcome"] for one in done.values[:-1]] == ["NOT_GENUINE", "IN_FORCE"]


def test_a_paper_is_compared_by_a_bundle(issued: Town, nowhere: Path) -> None:
    options = ("--offline", issued.bundle, "--signer", issued.signer, "--home", nowhere, "--json")
    done = license_command("paper", "check", issued.photo, "--seen", "same", *options)
    assert (done.code, done.value["outcome"]) == (0, "IN_FORCE")


@pytest.mark.parametrize("subject", ["pdf", "photo"])
def test_a_trust_list_in_place_of_a_bundle_knows_no_state(issued: Town, nowhere: Path, subject: str) -> None:
    listed, file = issued.home / "trust-list.jws", issued.pdf if subject == "pdf" else issued.photo
    command = ("verify",) if subject == "pdf" else ("qr", "verify")
    options = ("--signer", issued.signer, "--home", nowhere, "--json")
    done = license_command(*command, file, "--offline", listed, *options)
    assert (done.code, done.value["outcome"]) == (2, "UNDETERMINED")
    assert "status.unknown" in {finding["code"] for finding in done.value["findings"]}
    two = license_command(*command, file, "--offline", issued.bundle, "--offline", listed, *options)
    assert two.error["code"] == "bundle.format", "a list goes with nothing"


@pytest.mark.parametrize(("option", "name"), [("--offline", "bundle"), ("--offline", "list"), ("--trust", "list")])
def test_knowledge_that_a_stranger_signed_opens_nothing(issued: Town, tmp_path: Path, option: str, name: str) -> None:
    signer, file = tmp_path / "signer.pem", issued.bundle if name == "bundle" else issued.home / "trust-list.jws"
    signer.write_bytes(town.LISTER.certificate.public_bytes(Encoding.PEM))
    done = license_command("verify", issued.pdf, option, file, "--signer", signer, "--home", tmp_path, "--json")
    assert (done.code, done.error["code"]) == (3, "trust.signer")
    assert not done.values


def test_the_home_tried_a_database_where_there_is_no_bundle(issued: Town) -> None:
    """That the audit above sees something at all."""
    arguments = ("qr", "verify", issued.text, "--home", issued.home)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "tried sqlite3.connect" in done.stderr


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare, which takes the network away, is not installed")
def test_in_aeroplane_mode(issued: Town, nowhere: Path) -> None:
    command = ("unshare", "--map-root-user", "--net")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a process leave its network")
    arguments = ("qr", "verify", issued.text, "--offline", issued.bundle, "--signer", issued.signer, "--english")
    done = subprocess.run(
        [*command, sys.executable, ROOT / "cli.py", *map(str, arguments)],
        cwd=nowhere,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for words in ("IN_FORCE", "not proved: what the paper around the code says", "(0 min old)", "Holder: "):
        assert words in done.stdout


def test_what_a_scanner_types_is_judged_line_by_line(issued: Town) -> None:
    lines = f"{issued.text}\r\n\n{issued.text.upper()}\nhello\n{'9' * 40_000}\n{issued.text}1"
    options = ("--offline", issued.bundle, "--signer", issued.signer)
    code, (*said, summary) = typed(lines, "qr", "verify", "-", *options)
    outcomes = [one["outcome"] for one in said]
    assert outcomes == ["IN_FORCE", "IN_FORCE", *["UNDETERMINED"] * 4, "NOT_GENUINE"], "a line too long is cut up"
    assert code == 1
    assert isinstance(summary["summary"], Mapping)
    assert summary["summary"]["IN_FORCE"] == 2


def test_each_code_of_a_picture_has_its_line_and_a_file_without_one_too(issued: Town, tmp_path: Path) -> None:
    both, none, foreign = (tmp_path / name for name in ("both.png", "none.png", "foreign.png"))
    codes = [qrcode.make(text).get_image().convert("L") for text in (issued.text, town.IN_FORCE)]
    sheet = Image.new("L", (codes[0].width + codes[1].width, max(one.height for one in codes)), 255)
    sheet.paste(codes[0], (0, 0))
    sheet.paste(codes[1], (codes[0].width, 0))
    sheet.save(both)
    Image.new("L", (200, 200), 255).save(none)
    qrcode.make("https://example.com/").get_image().save(foreign)
    options = ("--offline", issued.bundle, "--signer", issued.signer, "--seconds", "0.2", "--json")
    done = license_command("qr", "verify", both, none, tmp_path / "missing.png", foreign, issued.text, *options)
    *said, summary = done.values
    assert [one["input"] for one in said[:4]] == [str(one) for one in (both, both, none, foreign)]
    assert [one["outcome"] for one in said] == ["IN_FORCE", *["UNDETERMINED"] * 3, "IN_FORCE"]
    assert [max(one["code"] for one in each["findings"]) for each in said[1:4]] == [
        "qr.unknown-key",
        "qr.none",
        "qr.foreign",
    ]
    assert (done.code, done.error["code"], summary["summary"]["failed"]) == (3, "file.unreadable", 1)


def test_two_cities_are_judged_each_by_its_own_bundle(issued: Town, tmp_path: Path) -> None:
    bundle, signer = tmp_path / "other.bundle", tmp_path / "other.pem"
    listed = ("trust-list", "OTHER", town.trust_list(list_id="OTHER"))
    bundle.write_bytes(file((listed, STATES, CRL), m1="OTHER"))
    signer.write_bytes(town.LISTER.certificate.public_bytes(Encoding.PEM))
    options = ("--offline", issued.bundle, "--signer", issued.signer, "--offline", bundle, "--signer", signer, "--json")
    done = license_command("qr", "verify", issued.text, town.FORGED, town.ALTERED, *options)
    assert [one["outcome"] for one in done.values[:-1]] == ["IN_FORCE", "UNDETERMINED", "NOT_GENUINE"]
    names = [one["knowledge"][0]["name"].partition(" ")[0] for one in done.values[:-1]]
    assert names == ["11620400000000101R", "11620400000000101R", "OTHER"], "the first, where nobody knows the key"


def test_the_same_city_twice_is_a_slip(issued: Town) -> None:
    options = ("--offline", issued.bundle, "--offline", issued.bundle, "--signer", issued.signer, "--json")
    assert license_command("qr", "verify", issued.text, *options).error["code"] == "usage"
    assert license_command("qr", "verify", issued.text, "--max-staleness", "5", "--json").error["code"] == "usage"
    for command in (("qr", "verify", issued.text), ("verify", issued.pdf), ("paper", "check", issued.photo)):
        done = license_command(*command, "--signer", issued.signer, "--home", issued.home, "--json")
        assert done.error["code"] == "usage", "a signer is named for something that is not given"


def test_a_home_that_accepted_the_list_needs_no_signer(issued: Town, nowhere: Path) -> None:
    options = ("--offline", issued.bundle, "--home", nowhere, "--json")
    done = license_command("qr", "verify", issued.text, *options)
    assert (done.code, done.error["code"]) == (3, "trust.unpinned")
    accepted = license_command(
        "trust", "update", issued.home / "trust-list.jws", "--signer", issued.signer, "--home", nowhere
    )
    assert accepted.code == 0
    assert license_command("qr", "verify", issued.text, *options).code == 0


def test_by_the_home_the_repository_answers(issued: Town) -> None:
    done = license_command("qr", "verify", issued.photo, "--home", issued.home, "--json")
    assert done.code == 0
    assert done.value["proved"] == ["code", "issuer", "repository", "status", "validity"]
    assert [one["kind"] for one in done.value["knowledge"]] == ["register", "crl"]


def test_who_asks_the_home_is_on_the_trail(issued: Town) -> None:
    settings = issued.home / "license.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(f"{before}\n[usage]\npurpose_required = true\n", encoding="utf-8")
    try:
        refused = license_command("qr", "verify", issued.text, "--home", issued.home, "--json")
        assert (refused.code, refused.error["code"]) == (3, "usage.purpose-missing")
        given = ("--purpose", "巡查", "--actor", "Zhang")
        assert license_command("qr", "verify", issued.text, "--home", issued.home, *given).code == 0
    finally:
        settings.write_text(before, encoding="utf-8")


def test_a_bundle_that_is_not_current_decides_nothing(tmp_path: Path) -> None:
    bundle, signer = tmp_path / "old.bundle", tmp_path / "signer.pem"
    bundle.write_bytes(WHOLE)
    signer.write_bytes(town.LISTER.certificate.public_bytes(Encoding.PEM))
    options = ("--offline", bundle, "--signer", signer, "--max-staleness", "1", "--json")
    done = license_command("qr", "verify", town.IN_FORCE, *options)
    assert (done.code, done.value["outcome"]) == (2, "UNDETERMINED")
    checked = license_command("bundle", "check", bundle, "--signer", signer, "--json")
    assert (checked.code, checked.value["accepted"]) == (1, False)
    assert checked.value["error"]["code"] in {"bundle.stale", "bundle.future"}, "whatever day it is today"


@pytest.mark.parametrize(
    ("case", "code", "error"),
    [
        ("version-2", 2, "bundle.version"),
        ("signed-by-a-stranger", 1, "bundle.signer"),
        ("with-a-trust-list-by-a-stranger", 1, "trust.signer"),
        ("half-of-one", 1, "bundle.format"),
        ("a-delta-without-its-base", 1, "bundle.delta"),
    ],
)
def test_check_says_why_not(case: str, code: int, error: str, tmp_path: Path) -> None:
    signer = tmp_path / "signer.pem"
    signer.write_bytes(town.LISTER.certificate.public_bytes(Encoding.PEM))
    bundle = ROOT / "tests" / "vectors" / "bundles" / case / "file.bundle"
    done = license_command("bundle", "check", bundle, "--signer", signer, "--json")
    assert (done.code, done.value["accepted"], done.value["error"]["code"]) == (code, False, error)


def test_check_needs_a_signer_and_a_file(issued: Town, nowhere: Path) -> None:
    assert license_command("bundle", "check", issued.bundle, "--home", nowhere).code == 2
    assert license_command("bundle", "check", nowhere / "none", "--home", nowhere).code == 3
    done = license_command("bundle", "check", issued.bundle, "--signer", issued.signer, "--json")
    assert (done.code, done.value["accepted"]) == (0, True)


def test_a_day_later_a_delta_leads_to_the_new_bundle_and_nothing_leads_back(issued: Town, tmp_path: Path) -> None:
    home = Path(shutil.copytree(issued.home, tmp_path / "home"))
    kept, delta = tmp_path / "kept.bundle", tmp_path / "day.delta"
    shutil.copy(issued.bundle, kept)
    identifier = license_command("show", "--number", "91620402MA0000000Q", "--home", home, "--json").value["identifier"]
    why = ("--actor", "Li", "--reason", "r", "--body", "b", "--legal-basis", "l", "--paper", "p")
    assert license_command("revoke", identifier, *why, "--home", home).code == 0
    assert license_command("publish", "--home", home).code == 0
    made = license_command("bundle", "make", "--since", kept, "-o", delta, "--home", home, "--json").value
    shown = license_command("bundle", "show", delta, "--json").value
    assert (made["base"], shown["base"]) == (2 * (license_command("bundle", "show", kept, "--json").value["digest"],))
    assert [part["included"] for part in shown["parts"]] == [False, True, True]
    assert delta.stat().st_size < kept.stat().st_size / 3

    options = ("--offline", kept, "--signer", issued.signer, "--json")
    assert license_command("qr", "verify", issued.text, *options).code == 0
    done = license_command("bundle", "update", kept, delta, "-o", kept, "--json")
    assert (done.code, done.value["sequence"]) == (0, made["sequence"])
    assert kept.read_bytes() == (home / "public" / "bundle").read_bytes()
    assert license_command("qr", "verify", issued.text, *options).value["outcome"] == "NOT_IN_FORCE"

    before = kept.read_bytes()
    for wrong, code in ((issued.bundle, "bundle.rollback"), (delta, "bundle.base")):
        done = license_command("bundle", "update", kept, wrong, "-o", kept, "--json")
        assert (done.code, done.value["error"]["code"]) == (1, code)
    assert kept.read_bytes() == before


def test_a_city_without_a_trust_list_makes_no_bundle(city: Path, tmp_path: Path) -> None:
    done = license_command("bundle", "make", "-o", tmp_path / "a.bundle", "--home", city, "--json")
    assert (done.code, done.error["code"]) == (3, "bundle.none")
