"""Bad input and a bad machine, through the command line: one clear error each, and nothing half-written.

What counts is what is on disk afterwards: licences, reserved identifiers, events and sealed files.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from databases import everything_in, locked
from recorded import log_is_whole
from support import ISSUERS, PASSPHRASE, Done, license_command, release_template

from license_lib.repository.repository import Repository
from license_lib.resources import resource_folder
from license_lib.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = resource_folder("templates")
CITIZEN = "11010519491231002X"
CREDIT_CODE, OTHER_CREDIT_CODE = "91620402MA0000000Q", "91620402MA0000001U"


@dataclass(frozen=True)
class OnDisk:
    """How much a home holds."""

    licenses: int
    reservations: int
    events: int
    files: frozenset[str]


EMPTY = OnDisk(0, 0, 0, frozenset())


def on_disk(home: Path) -> OnDisk:
    rows = everything_in(Settings.load(home).database_url)
    licenses, reservations, events = (len(rows[table]) for table in ("license", "reservation", "event"))
    files = (path for path in (home / "data" / "files").rglob("*") if path.is_file())
    return OnDisk(licenses, reservations, events, frozenset(path.name for path in files))


def request(type_key: str = "business-license", **changes: Any) -> dict[str, Any]:
    """A good request with changes; `fields` are merged."""
    good = json.loads(
        json.dumps(
            {
                "type": type_key,
                "issuer": ISSUERS[type_key],
                "number": CREDIT_CODE,
                "holders": [{"name": "白银样例有限公司", "number": CREDIT_CODE}],
                "valid_until": "long-term",
                "fields": {
                    "entity_type": "有限责任公司",
                    "legal_representative": "样例·张三",
                    "registered_capital": "100万元人民币",
                    "established_on": "2026-03-02",
                    "address": "样例路1号",
                    "business_scope": "办公用品销售",
                    "copy": "正本",
                },
            }
        )
    )
    fields = good["fields"] | changes.pop("fields", {})
    return {**good, **changes, "fields": {key: value for key, value in fields.items() if value is not None}}


OF_ROAD_TRANSPORT: dict[str, Any] = {
    "type": "road-transport-permit",
    "issuer": "transport",
    "valid_until": None,
    "fields": dict.fromkeys(("entity_type", "legal_representative", "registered_capital", "established_on", "copy")),
}
"""What makes another type of the request: one whose number the issuing system gives."""


def held_by(name: str = "白银样例有限公司", number: str = CREDIT_CODE) -> dict[str, Any]:
    return {"holders": [{"name": name, "number": number}]}


def issue(home: Path, asked: object) -> Done:
    file = home / "request.json"
    file.write_text(json.dumps(asked), encoding="utf-8")
    return license_command("issue", file, "--home", home, "--json")


# -- the request is wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "code", "place"),
    [
        (request(**held_by(number="91620402MA0000000X")), "number.check", "holders[0].number"),
        (request(**held_by(number="9162")), "number.length", "holders[0].number"),
        (request(**held_by(number=CITIZEN)), "number.check", "holders[0].number"),
        (request(number=OTHER_CREDIT_CODE), "number.not-holders", "number"),
        (request(**OF_ROAD_TRANSPORT, number="JY1"), "number.pattern", "number"),
        (request(**OF_ROAD_TRANSPORT, number=None), "number.missing", "number"),
        (request(nubmer="x"), "request.unknown", "nubmer"),
        (request(fields={"adress": "x"}), "field.unknown", "fields.adress"),
        (request(fields={"address": None}), "field.missing", "fields.address"),
        (request(fields={"copy": "影印本"}), "field.choice", "fields.copy"),
        (request(fields={"established_on": "2026-02-30"}), "field.date", "fields.established_on"),
        (request(issuer=None), "request.missing", "issuer"),
        (request(issuer="nobody"), "issuer.unknown", "no such issuing body"),
        (request(issuer="police"), "issuer.out-of-scope", "白银市公安局"),
        (request(type="nosuch"), "type.unknown", "the catalogue"),
        (request(holders=[]), "holder.missing", "holders"),
        (request(**held_by(name="某" * 10_000)), "text.too-long", "holders[0].name: has 10000 characters"),
        (request(**held_by(name="白银\U000f0001公司")), "text.character", "holders[0].name: character 3 (U+F0001)"),
        (request(**held_by(name="白银\ud800公司")), "text.character", "holders[0].name: character 3 (U+D800)"),
        (request(**held_by(name="白银\U0002a6d6公司")), "glyph.missing", "holder_name: character 3, U+2A6D6"),
        (request(valid_until=None), "validity.missing", "valid_until"),
        (request(valid_until="2020-01-01"), "validity.order", "valid_until"),
        (request(issued_on="2999-01-01"), "date.future", "issued_on"),
        (request(photo="request.json"), "photo.unexpected", "photo"),
        (request(request_key=" "), "text.empty", "request_key"),
        ([], "request.form", "must be an object"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_wrong_request(city: Path, asked: object, code: str, place: str) -> None:
    done = issue(city, asked)
    assert (done.code, done.error["code"], done.out) == (3, code, "")
    assert done.error["message"].startswith(place)
    assert CITIZEN not in done.err
    assert on_disk(city) == EMPTY


def test_a_photo_that_is_no_picture(city: Path) -> None:
    shutil.copytree(TEMPLATES / "residence-permit", city / "permit")
    for content in (b"\xff\xd8\xff\xe0 cut off", (city / "permit" / "example-photo.jpg").read_bytes()[:2000]):
        (city / "permit" / "example-photo.jpg").write_bytes(content)
        done = license_command(
            "issue",
            city / "permit" / "example.toml",
            "--type",
            "居住证",
            "--issuer",
            "police",
            "--home",
            city,
            "--json",
        )
        assert (done.code, done.error["code"]) == (3, "photo.invalid")
    assert on_disk(city) == EMPTY


def test_a_number_that_another_licence_has(city: Path) -> None:
    assert issue(city, request()).code == 0
    before = on_disk(city)
    done = issue(city, request(fields={"address": "另一处"}))
    assert (done.code, done.error["code"]) == (3, "license.number-taken")
    assert on_disk(city) == before, "not even a reservation"
    assert issue(city, request()).value["already"], "the very same request is answered with its licence"
    assert on_disk(city) == before


def test_a_key_that_was_used_for_another_request(city: Path) -> None:
    assert issue(city, request(request_key="k")).code == 0
    before = on_disk(city)
    other = request(request_key="k", number=OTHER_CREDIT_CODE, **held_by(number=OTHER_CREDIT_CODE))
    assert issue(city, other).error["code"] == "request.key-reused"
    assert on_disk(city) == before


# -- the set-up is wrong -----------------------------------------------------------------------------------------------


def own_templates(home: Path, old: str, new: str, *, released: bool = True) -> None:
    """Let a home use its own 营业执照 with a change."""
    shutil.copytree(TEMPLATES, home / "templates", ignore=shutil.ignore_patterns("fonts"))
    settings = home / "license.toml"
    settings.write_text('templates = "templates"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    file = home / "templates" / "business-license" / "type.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    if released:
        release_template(file.parent)


def test_a_template_with_a_typo(city: Path) -> None:
    own_templates(city, "max_length", "max_lenght", released=False)
    done = issue(city, request())
    assert (done.code, done.error["code"]) == (3, "template.invalid")
    assert done.error["message"] == (
        "business-license/type.toml: fields[0].max_lenght: is not known here → did you mean `max_length`?"
    )
    assert on_disk(city) == EMPTY


def test_more_than_a_box_can_hold(city: Path) -> None:
    own_templates(city, "max_length = 40", "max_length = 2000")
    done = issue(city, request(fields={"registered_capital": "多" * 1000}))
    assert (done.code, done.error["code"]) == (3, "field.overflow")
    assert done.error["message"].startswith("registered_capital: 1000 characters do not fit its box")
    assert on_disk(city) == EMPTY


def test_an_id_number_in_a_public_field(city: Path) -> None:
    own_templates(city, "max_length = 60", "max_length = 60\nin_qr = true")
    done = issue(city, request(fields={"entity_type": CITIZEN}))
    assert (done.code, done.error["code"]) == (3, "qr.id-number")
    assert CITIZEN not in done.err
    assert on_disk(city) == EMPTY


def test_more_than_a_code_can_hold(city: Path) -> None:
    own_templates(city, "max_length = 2000", "max_length = 2000\nin_qr = true")
    assert issue(city, request()).code == 0
    before = on_disk(city)
    long = request(number=OTHER_CREDIT_CODE, **held_by(number=OTHER_CREDIT_CODE), fields={"business_scope": "售" * 500})
    done = issue(city, long)
    assert (done.code, done.error["code"]) == (3, "qr.unencodable")
    assert done.error["hint"].startswith("shorten the holder's name or the fields that are public")
    assert on_disk(city) == before


def remove_key(home: Path) -> None:
    (home / "keys" / "private" / "transport.pem").unlink()


def damage_key(home: Path) -> None:
    (home / "keys" / "private" / "transport.pem").write_bytes(b"no key")


def claim_another_code(home: Path) -> None:
    settings = home / "license.toml"
    text = settings.read_text(encoding="utf-8")
    assert "116204000000001030" in text
    settings.write_text(text.replace("116204000000001030", "11620400000000101R"), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(remove_key, "key.missing"), (damage_key, "key.damaged"), (claim_another_code, "key.other-body")],
)
def test_a_key_that_cannot_be_used(city: Path, spoil: Callable[[Path], None], code: str) -> None:
    spoil(city)
    file = written_batch(city, 2)
    done = issue(city, json.loads(file.read_text(encoding="utf-8").splitlines()[0]))
    assert (done.code, done.error["code"]) == (3, code)
    batch = license_command("issue-batch", file, "--home", city, "--json")
    assert (batch.code, batch.error["code"]) == (3, code)
    assert batch.value == {"summary": {"issued": 0, "already": 0, "failed": 0}}, "it stops at the first row"
    assert on_disk(city) == EMPTY


def test_a_wrong_passphrase(city: Path) -> None:
    file = written_batch(city, 2)
    done = license_command("issue-batch", file, "--home", city, "--json", passphrase=b"not this one")
    assert (done.code, done.error["code"]) == (3, "key.passphrase")
    assert "not this one" not in done.err
    assert on_disk(city) == EMPTY


# -- the machine is in the way -----------------------------------------------------------------------------------------


def process(*arguments: object, preparing: Callable[[], None] | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *map(str, arguments), "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "", "LICENSE_PASSPHRASE": PASSPHRASE.decode()},
        preexec_fn=preparing,  # noqa: PLW1509 -- no threads here, and nothing else sets limits of a child alone
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(running: "subprocess.Popen[str]") -> Done:
    with running:
        out, err = running.communicate(timeout=300)
    return Done(running.returncode, out, err)


@pytest.mark.parametrize(
    ("room", "reserved"), [(2_000, 0), (40_000, 1)], ids=["not even to reserve", "not for the file"]
)
def test_a_full_disk(city: Path, room: int, reserved: int) -> None:
    """No file may grow beyond `room` bytes: a refused write is what a full disk looks like to a program."""
    file = city / "request.json"
    file.write_text(json.dumps(request()), encoding="utf-8")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = finished(process("issue", file, "--home", city, preparing=limit))
    assert (done.code, done.error["code"], done.out) == (3, "storage.full", "")
    assert on_disk(city) == OnDisk(0, reserved, 0, frozenset()), "at most a reservation, and no piece of a file"
    again = license_command("issue", file, "--home", city, "--json")
    assert (again.code, again.value["already"]) == (0, False)
    after = on_disk(city)
    assert (after.licenses, after.reservations, after.events, len(after.files)) == (1, 1, 1, 1)


def test_a_locked_database(city: Path) -> None:
    with locked(Settings.load(city).database_url):
        batch = license_command("issue-batch", written_batch(city, 2), "--home", city, "--json")
        assert (batch.code, batch.error["code"], batch.value["summary"]["issued"]) == (3, "storage.locked", 0)
    assert on_disk(city) == EMPTY
    assert issue(city, request()).code == 0


# -- the same batch, more than once ------------------------------------------------------------------------------------


def written_batch(home: Path, rows: int) -> Path:
    """Permits of `rows` different numbers."""
    lines = []
    for row in range(rows):
        asked = {
            "type": "road-transport-permit",
            "issuer": "transport",
            "number": f"甘交运管许可白字{620402000000 + row}号",
            "holders": [{"name": f"白银样例货运{row}有限公司", "number": CREDIT_CODE}],
            "fields": {"address": "样例路3号", "business_scope": "道路普通货物运输"},
        }
        lines.append(json.dumps(asked, ensure_ascii=False))
    file = home / "batch.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def require_whole(home: Path, rows: int) -> dict[str, str]:
    """Every row is issued once, its file is there, and the events hang together; identifiers by number."""
    settings = Settings.load(home)
    with Repository.open(settings.database_url, settings.files, read_only=True) as repository:
        licenses = repository.page(1000)
        assert log_is_whole(repository)
        assert all(repository.newest_file(one).startswith(b"%PDF-") for one in licenses)
    found = {one.number: one.identifier for one in licenses}
    state = on_disk(home)
    assert (len(licenses), len(found), len(set(found.values()))) == (rows, rows, rows)
    assert (state.licenses, state.reservations, state.events) == (rows, rows, rows)
    return found


def test_a_batch_again_issues_nothing(city: Path) -> None:
    file = written_batch(city, 4)
    assert license_command("issue-batch", file, "--home", city).code == 0
    before = on_disk(city)
    again = license_command("issue-batch", file, "--home", city, "--json")
    assert (again.code, again.values[-1]) == (0, {"summary": {"issued": 0, "already": 4, "failed": 0}})
    assert on_disk(city) == before
    require_whole(city, 4)


def test_a_row_that_stands_twice_is_issued_once(city: Path) -> None:
    file = written_batch(city, 2)
    file.write_text(f"{file.read_text(encoding='utf-8')}\n" * 2, encoding="utf-8")
    done = license_command("issue-batch", file, "--home", city, "--json")
    assert [value["status"] for value in done.values[:-1]] == ["issued", "issued", "already", "already"]
    require_whole(city, 2)


def test_two_processes_with_the_same_batch_issue_every_row_once(city: Path) -> None:
    rows = 12
    file = written_batch(city, rows)
    both = [process("issue-batch", file, "--home", city) for _ in range(2)]
    done = [finished(one) for one in both]
    assert [(one.code, one.err) for one in done] == [(0, ""), (0, "")]
    statuses = Counter((value["line"], value["status"]) for one in done for value in one.values[:-1])
    assert statuses == {(line, status): 1 for line in range(1, rows + 1) for status in ("issued", "already")}
    identifiers = [{value["line"]: value["identifier"] for value in one.values[:-1]} for one in done]
    assert identifiers[0] == identifiers[1], "both hand out the same licences"
    require_whole(city, rows)


def test_a_batch_goes_on_after_it_was_killed(city: Path) -> None:
    rows = 12
    file = written_batch(city, rows)
    with process("issue-batch", file, "--home", city) as running:
        assert running.stdout
        told = [json.loads(running.stdout.readline()) for _ in range(3)]
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    again = license_command("issue-batch", file, "--home", city, "--json")
    *lines, summary = again.values
    assert again.code == 0
    assert summary["summary"]["issued"] + summary["summary"]["already"] == rows
    assert summary["summary"]["already"] >= 3
    for before, after in zip(told, lines, strict=False):
        assert (after["status"], after["identifier"]) == ("already", before["identifier"]), "what was told is kept"
    assert set(require_whole(city, rows).values()) == {line["identifier"] for line in lines}
