"""A list is read as strictly as it is written: every wrong place is named, and nothing has two spellings."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support import NOON, PASSPHRASE

from license_lib.trust_list import ListedBody, ListedLog, Scope, TrustList, TrustListError, open_list
from license_lib.trust_list.snapshots import MAX_BYTES, TYPE
from signing.jws import open_compact, sign_compact
from signing.keys import load_credential

Edit = Callable[[dict[str, Any]], object]


def payload_of(desk: Any) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(open_compact(desk.sign().document, typ=TYPE).payload)
    return payload


def signed(desk: Any, value: Any) -> bytes:
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return sign_compact(text.encode(), desk.signer, typ=TYPE)


def refusal(document: bytes) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        open_list(document)
    return caught.value


def test_what_is_written_is_read(desk: Any) -> None:
    made = desk.sign()
    opened = open_list(made.document)
    assert opened == made
    assert opened.list == desk.first
    assert open_list(signed(desk, payload_of(desk))).list == desk.first
    body = opened.list.body("11620400000000102W")
    assert body is not None
    assert (body.region, opened.list.body("1")) == ("620400", None)


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda v: v.update(more=1), "more"),
        (lambda v: v.update(critical=["more"]), "critical"),
        (lambda v: v.pop("sequence"), "sequence"),
        (lambda v: v.update(sequence=0), "sequence"),
        (lambda v: v.update(sequence="5"), "sequence"),
        (lambda v: v.update(sequence=True), "sequence"),
        (lambda v: v.update(sequence=2**53), "sequence"),
        (lambda v: v.update(format="license-trust-list/1"), "format"),
        (lambda v: v.update(list_id="../up"), "list_id"),
        (lambda v: v.update(list_id=""), "list_id"),
        (lambda v: v.update(anchors=[]), "anchors"),
        (lambda v: v.update(anchors=["AAAA"]), "anchors[0]"),
        (lambda v: v.update(anchors=["not base64"]), "anchors[0]"),
        (lambda v: v.update(crls=["AAAA"]), "crls[0]"),
        (lambda v: v.update(issued_at="2026-11-22T12:00:00+08:00"), "issued_at"),
        (lambda v: v.update(issued_at="2026-02-30T12:00:00Z"), "issued_at"),
        (lambda v: v.update(issued_at=1), "issued_at"),
        (lambda v: v["bodies"][0].update(code="11620400000000102X"), "bodies[0].code"),
        (lambda v: v["bodies"][0].update(level=6), "bodies[0].level"),
        (lambda v: v["bodies"][0].update(status_url="http://license.example"), "bodies[0].status_url"),
        (lambda v: v["bodies"][0].update(status_url="https://a@license.example"), "bodies[0].status_url"),
        (lambda v: v["bodies"][0].update(status_url="https://license.example/?a=b"), "bodies[0].status_url"),
        (lambda v: v["bodies"][0].update(status_url="file:///etc/passwd"), "bodies[0].status_url"),
        (lambda v: v["bodies"][0]["scopes"][0].update(types=["business-license"]), "bodies[0].scopes[0].types[0]"),
        (lambda v: v["bodies"][0]["scopes"][0].update(types=[]), "bodies[0].scopes[0].types"),
        (lambda v: v["bodies"][0]["scopes"][0].update(regions=["6"]), "bodies[0].scopes[0].regions[0]"),
        (lambda v: v["bodies"][0]["scopes"][0].update(regions=[]), "bodies[0].scopes[0].regions"),
        (lambda v: v["bodies"][0]["scopes"][0].update(valid_from="2026-1-1"), "bodies[0].scopes[0].valid_from"),
        (lambda v: v["bodies"][0]["seals"][0].update(history=[]), "bodies[0].seals[0].history"),
        (
            lambda v: v["bodies"][0]["seals"][0]["history"][0].update(state="good"),
            "bodies[0].seals[0].history[0].state",
        ),
    ],
)
def test_a_wrong_value_is_refused_and_its_place_named(desk: Any, edit: Edit, path: str) -> None:
    value = payload_of(desk)
    edit(value)
    error = refusal(signed(desk, value))
    assert (error.code, error.path) == ("trust.format", path)


@pytest.mark.parametrize(
    "edit",
    [
        lambda v: v["bodies"].append(v["bodies"][0]),
        lambda v: v["bodies"][0].update(seals=v["bodies"][0]["seals"] * 2),
        lambda v: v["bodies"][0].update(code="116204000000001030"),
        lambda v: v.update(next_update=v["issued_at"]),
        lambda v: v.update(next_update="2027-12-01T00:00:00Z"),
        lambda v: v["bodies"][0].update(status_url=None),
        lambda v: v["bodies"][0]["seals"][0]["history"][0].update(state="compromised"),
        lambda v: v["bodies"][0]["seals"][0].update(history=v["bodies"][0]["seals"][0]["history"] * 2),
    ],
    ids=[
        "body twice",
        "seal twice",
        "another's seal",
        "no period",
        "too long",
        "null",
        "no beginning",
        "back in force",
    ],
)
def test_what_contradicts_itself_is_refused(desk: Any, edit: Edit) -> None:
    value = payload_of(desk)
    edit(value)
    assert refusal(signed(desk, value)).code == "trust.format"


def test_a_compromise_is_the_end_of_a_history(desk: Any) -> None:
    value = payload_of(desk)
    history = value["bodies"][0]["seals"][0]["history"]
    history.append({"state": "compromised", "since": "2026-11-22T01:00:00Z"})
    assert open_list(signed(desk, value))
    history.append({"state": "withdrawn", "since": "2026-11-22T02:00:00Z"})
    assert refusal(signed(desk, value)).code == "trust.format"


def test_a_history_does_not_go_back_in_time(desk: Any) -> None:
    value = payload_of(desk)
    history = value["bodies"][0]["seals"][0]["history"]
    history.append({"state": "compromised", "since": history[0]["since"]})
    assert refusal(signed(desk, value)).path == "bodies[0].seals[0]"


def test_one_list_has_one_spelling(desk: Any) -> None:
    value = payload_of(desk)
    loose = json.dumps(value, ensure_ascii=False).encode()
    twice = desk.first.canonical_bytes().replace(b"{", b'{"sequence":5,', 1)
    deep = b"[" * 100_000
    for payload in (loose, twice, deep, b"", b"1", b"null", b"\xff", desk.first.canonical_bytes() + b" "):
        assert refusal(sign_compact(payload, desk.signer, typ=TYPE)).code == "trust.format"


def test_no_list_is_larger_than_the_bound(desk: Any) -> None:
    assert "MiB" in refusal(desk.sign().document + b"A" * MAX_BYTES).message


def test_a_changed_list_is_refused(desk: Any) -> None:
    head, payload, signature = desk.sign().document.split(b".")
    other = desk.sign(sequence=6).document.split(b".")[1]
    assert refusal(b".".join((head, other, signature))).code == "trust.signature"
    assert payload != other


def test_only_a_certificate_for_lists_signs_lists(desk: Any) -> None:
    market = load_credential(desk.folder, "market", passphrase=PASSPHRASE, at=NOON)
    document = sign_compact(desk.first.canonical_bytes(), market, typ=TYPE)
    assert refusal(document).code == "trust.signer"


def test_a_signer_signs_within_its_certificates_period(desk: Any) -> None:
    late = NOON + timedelta(days=4 * 366)
    later = desk.first.model_copy(update={"issued_at": late, "next_update": late + timedelta(days=1)})
    assert refusal(sign_compact(later.canonical_bytes(), desk.signer, typ=TYPE)).code == "trust.signer"


def test_the_documented_example_has_every_member(desk: Any) -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "trust.md").read_text(encoding="utf-8")
    example = json.loads(text.split("```json")[1].split("```")[0])
    assert set(example) == set(TrustList.model_fields)
    body = example["bodies"][0]
    assert set(body) == set(ListedBody.model_fields)
    assert set(body["scopes"][0]) == set(Scope.model_fields)
    value = payload_of(desk)
    own = value["bodies"][0]["seals"][0]["certificate"]
    body["seals"][0]["certificate"] = own
    example["status_signers"] = value["status_signers"]
    assert set(example["log"]) == set(ListedLog.model_fields)
    example["log"] = value["log"]
    shortened = ("next_signers", "anchors", "intermediates", "timestamp_anchors")
    example |= {"crls": []} | {name: [own] for name in shortened}
    assert open_list(signed(desk, example)).list.sequence == 7
