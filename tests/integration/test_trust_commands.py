"""`license trust`: publish, check, update, show, as the people of both cities type them."""

import tomllib
from pathlib import Path

import pytest
from support import license_command

from license_lib.trust_list import open_list
from license_lib.trusting import read_signer

WITNESS = "witness.example/w1+7e136b5c+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
WITHDRAWN = '[[seals]]\nfile = "{file}"\n[[seals.history]]\nstate = "withdrawn"\nsince = {since}\n'


@pytest.fixture
def published(city: Path) -> Path:
    done = license_command("trust", "publish", "--home", city)
    assert done.code == 0, done.err
    return city


def signer(city: Path) -> Path:
    return city / "keys" / "public" / "trust-list.pem"


def test_a_list_says_what_the_configuration_says(published: Path) -> None:
    said = open_list((published / "trust-list.jws").read_bytes()).list
    configured = tomllib.loads((published / "license.toml").read_text(encoding="utf-8"))
    assert (said.sequence, said.list_id, said.authority) == (1, "11620400000000101R", "白银市政务服务中心（样例）")
    assert [body.name for body in said.bodies] == [one["name"] for one in configured["issuers"]]
    assert {body.status_url for body in said.bodies} == {configured["public_url"]}
    assert all(len(body.seals) == 1 and body.scopes[0].regions == ("6204",) for body in said.bodies)
    assert (said.next_update - said.issued_at).days == 7
    assert len(said.crls) == 2


def test_the_next_list_counts_on_and_says_what_changed(published: Path) -> None:
    (published / "trust.toml").write_text(
        'days = 3\n[[bodies]]\nid = "market"\n'
        '[[bodies.scopes]]\ntypes = ["business-license"]\nregions = ["6204", "6205"]\n',
        encoding="utf-8",
    )
    done = license_command("trust", "publish", "--home", published, "--json")
    assert done.code == 0
    *changed, made = done.values
    assert made["sequence"] == 2
    assert {one["kind"] for one in changed} == {"scope"}
    assert sorted(one["change"] for one in changed) == ["added", "removed", "removed"]
    assert "6204、6205" in next(one["zh"] for one in changed if one["change"] == "added")


def test_who_signs_states_and_who_watches_the_log_is_published(published: Path) -> None:
    keys = published / "keys" / "public"
    first = open_list((published / "trust-list.jws").read_bytes()).list
    assert first.status_signers == (read_signer(keys / "status.pem"),)
    assert first.log is not None
    assert f"{first.log.vkey}\n" == (keys / "log.vkey").read_text(encoding="ascii")
    assert (first.log.witnesses, first.log.quorum) == ((), 0)
    (published / "next-status.pem").write_bytes((keys / "tsa.pem").read_bytes())
    (published / "trust.toml").write_text(
        f'status_signers = ["next-status.pem"]\n[log]\nwitnesses = ["{WITNESS}"]\nquorum = 1\n', encoding="utf-8"
    )
    done = license_command("trust", "publish", "--home", published, "--json")
    assert [(one["change"], one["kind"]) for one in done.values[:-1]] == [
        ("added", "status-signer"),
        ("added", "log"),
        ("added", "log"),
    ]
    second = open_list((published / "trust-list.jws").read_bytes()).list
    assert second.status_signers == (*first.status_signers, read_signer(keys / "tsa.pem"))
    assert second.log is not None
    assert (second.log.witnesses, second.log.quorum) == ((WITNESS,), 1)


def test_a_city_without_log_and_status_lists_says_nothing_of_them(city: Path) -> None:
    for name in ("status.pem", "log.vkey"):
        (city / "keys" / "public" / name).unlink()
    assert license_command("trust", "publish", "--home", city).code == 0
    said = open_list((city / "trust-list.jws").read_bytes()).list
    assert (said.status_signers, said.log) == ((), None)
    (city / "trust.toml").write_text(f'[log]\nwitnesses = ["{WITNESS}"]\nquorum = 1\n', encoding="utf-8")
    done = license_command("trust", "publish", "--home", city, "--json")
    assert (done.code, done.error["code"]) == (3, "trust.plan")
    assert "trust.toml: log: " in done.error["message"]


def test_check_says_what_update_would_do_and_changes_nothing(published: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    file = published / "trust-list.jws"
    unpinned = license_command("trust", "check", file, "--home", other, "--json")
    assert (unpinned.code, unpinned.value["error"]["code"]) == (2, "trust.unpinned")
    good = license_command("trust", "check", file, "--signer", signer(published), "--home", other, "--json")
    assert good.code == 0
    assert {one.get("kind") for one in good.values} >= {"body", "seal", "seal-state", "scope", "address", "anchor"}
    assert license_command("trust", "show", "--home", other).code == 1, "nothing was accepted"
    taken = license_command("trust", "update", file, "--signer", signer(published), "--home", other, "--json")
    assert taken.values[-1]["accepted"] is True
    again = license_command("trust", "update", file, "--home", other, "--json")
    assert again.code == 0
    assert len(again.values) == 1, "the same list again changes nothing"
    (shown,) = license_command("trust", "show", "--home", other, "--json").values
    assert shown["list"]["bodies"][0]["code"] == "11620400000000102W"
    assert license_command("trust", "check", "--home", published).code == 2, "its own publication by default"


def test_what_is_refused_is_said_with_its_reason(published: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    file = published / "trust-list.jws"
    first = tmp_path / "first.jws"
    first.write_bytes(file.read_bytes())
    assert license_command("trust", "publish", "--home", published).code == 0
    taken = license_command("trust", "update", file, "--signer", signer(published), "--home", other)
    assert taken.code == 0
    back = license_command("trust", "update", first, "--home", other, "--json")
    assert (back.code, back.value["error"]["code"]) == (1, "trust.rollback")
    tampered = tmp_path / "tampered.jws"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    tampered.write_bytes(data)
    refused = license_command("trust", "update", tampered, "--home", other, "--json")
    assert refused.code == 1
    assert refused.value["error"]["code"] in {"trust.signature", "trust.format"}
    words = license_command("trust", "update", first, "--home", other)
    assert words.out.startswith("不予接受：[trust.rollback] 信任名单比已接受的旧，或序号重复")


def test_an_old_list_is_no_ground_for_a_verdict(published: Path, tmp_path: Path) -> None:
    other, file, first = tmp_path / "other", published / "trust-list.jws", tmp_path / "first.jws"
    first.write_bytes(file.read_bytes())
    license_command("trust", "publish", "--home", published)
    license_command("trust", "update", file, "--signer", signer(published), "--home", other)
    done = license_command("verify", first, "--trust", first, "--home", other, "--json")
    assert (done.code, done.error["code"]) == (3, "trust.rollback")
    newest = license_command("verify", first, "--trust", file, "--home", other, "--json")
    assert newest.code == 2, "a list is no licence, but the ground is there"


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        ("days = 0", "days"),
        ("day = 7", "day"),
        ('[[bodies]]\nid = "nobody"', "bodies[0].id"),
        (WITHDRAWN.format(file="nothing.pem", since="2026-01-01T00:00:00Z"), "seals[0].file"),
        (WITHDRAWN.format(file="market.pem", since="2020-01-01T00:00:00Z"), "seals[0]: a seal's history goes back"),
        (WITHDRAWN.format(file="market.pem", since="2020-01-01"), "seals[0].history[0].since"),
        ('status_url = "http://license.example"', "status_url"),
        ("[log]\nwitnesses = []\nquorum = 1", "log.witnesses"),
        ('[log]\nwitnesses = ["somebody"]\nquorum = 1', "log.witnesses[0]"),
        (f'[log]\nwitnesses = ["{WITNESS}"]\nquorum = 2', "quorum"),
        ('status_signers = ["keys/public/seals/market.pem"]', "status_signers[1]"),
        ("= 1", "line 1"),
    ],
)
def test_a_wrong_plan_is_named_and_nothing_is_published(city: Path, plan: str, place: str) -> None:
    (city / "trust.toml").write_text(plan, encoding="utf-8")
    done = license_command("trust", "publish", "--home", city, "--json")
    assert (done.code, done.error["code"]) == (3, "trust.plan")
    assert place in done.error["message"]
    assert not (city / "trust-list.jws").exists()


def test_what_cannot_be_read_or_fetched_is_no_refusal(city: Path, tmp_path: Path) -> None:
    missing = license_command("trust", "update", tmp_path / "nothing.jws", "--home", city, "--json")
    assert (missing.code, missing.error["code"]) == (3, "file.unreadable")
    nobody = license_command("trust", "update", "http://127.0.0.1:9/trust-list.jws", "--home", city, "--json")
    assert (nobody.code, nobody.error["code"]) == (3, "trust.unreachable")
