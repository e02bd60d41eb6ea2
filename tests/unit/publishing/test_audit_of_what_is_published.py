"""What an operator with all keys may try, and what an outsider finds who has the log's public key and nothing else."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785
from log_trees import SmallLog, note_signer
from published import Desk
from support import StillClock, example_request

from license_lib.auditing import LogReport, audit_published, policy_of
from license_lib.errors import InputError
from license_lib.lifecycle import EventKind
from license_lib.log.findings import LogError
from license_lib.log.leaves import EventLeaf, parse_leaf
from license_lib.log.witness import Witness
from license_lib.publishing import PublicFolder
from license_lib.publishing.heads import Heads
from license_lib.repository.commitments import event_digest
from license_lib.repository.entries import Use
from license_lib.repository.notices import write_notice
from license_lib.repository.values import StoredLicense
from license_lib.status import Status, StatusBits
from license_lib.status.tokens import sign_cwt
from signing.notes import SignatureKind

Audit = Callable[..., LogReport]


@pytest.fixture
def audit(desk: Desk, clock: StillClock, tmp_path: Path) -> Audit:
    """An outsider, who remembers from one audit to the next unless another folder is named."""

    def run(folder: str = "auditor", **options: object) -> LogReport:
        fetch, policy = PublicFolder(desk.public).read, policy_of(str(desk.policy.key))
        given = {"status": True, "now": clock.moment, **options}
        return audit_published(fetch, policy, tmp_path / folder, **given)  # type: ignore[arg-type]  # a test names them

    return run


@pytest.fixture
def stored(desk: Desk, clock: StillClock) -> list[StoredLicense]:
    """Five licences, of which the first was revoked an hour ago; all published."""
    licenses = [desk.issue(f"l{number}") for number in range(5)]
    desk.revoke(licenses[0])
    clock.advance(hours=1)
    desk.authority.publisher.publish()
    return licenses


def codes(report: LogReport) -> list[str]:
    return [found.finding.code for found in report.findings]


def published_anew(desk: Desk, entries: list[bytes]) -> None:
    """The operator publishes another log under the same name and key."""
    log = SmallLog()
    log.signer = desk.authority.publisher.signer()
    log.append(*entries).publish()
    shutil.rmtree(desk.public / "log")
    for name, data in log.files.items():
        PublicFolder(desk.public).write(f"log/{name}", data)


def entries_of(desk: Desk) -> list[bytes]:
    log = desk.authority.repository.log
    return list(log.leaves(0, log.head().size))


def issued(desk: Desk, key: str) -> StoredLicense:
    """A licence that was issued as any is: what is told of it is asked whether it agrees with itself."""
    stored = desk.authority.repository.by_identifier(desk.authority.issue(example_request(key)).identifier)
    assert stored is not None
    return stored


def list_saying(desk: Desk, clock: StillClock, states: dict[int, Status]) -> None:
    token = sign_cwt(
        StatusBits.of(dict(states)),
        uri="http://127.0.0.1:8000/status/1",
        issued_at=clock.moment,
        expires_at=clock.moment + timedelta(hours=24),
        ttl_seconds=300,
        signer=desk.authority.publisher.lists.signer(),
    )
    PublicFolder(desk.public).write("status/1", token)


@pytest.mark.usefixtures("stored")
def test_an_honest_authority_is_found_honest(desk: Desk, clock: StillClock, audit: Audit) -> None:
    report = audit()
    assert (report.findings, report.complete, report.lists) == ((), True, 1)
    assert report.head is not None
    assert report.head.size == 6
    clock.advance(minutes=10)
    desk.issue("more")
    desk.authority.publisher.publish()
    assert (codes(audit()), codes(audit("another"))) == ([], [])


def test_an_event_that_was_taken_out_with_its_leaf(desk: Desk, stored: list[StoredLicense], audit: Audit) -> None:
    audit()
    head = (desk.public / "log/checkpoint").read_bytes()
    published_anew(desk, [*entries_of(desk)[:-1], *(b"{}" for _ in range(3))])
    assert codes(audit())[0] == "log.forked", "who was here before knows"
    assert codes(audit("stranger", known=[head]))[0] == "log.forked", "who was not, asks a witness"
    assert desk.state(stored[0]) is Status.INVALID


@pytest.mark.usefixtures("stored")
def test_a_log_that_was_rolled_back(desk: Desk, audit: Audit) -> None:
    before = desk.public.with_name("before")
    shutil.copytree(desk.public, before)
    desk.issue("more")
    desk.authority.publisher.publish()
    head = (desk.public / "log/checkpoint").read_bytes()
    audit()
    shutil.rmtree(desk.public)
    shutil.copytree(before, desk.public)
    assert codes(audit()) == ["log.rolled-back"]
    assert codes(audit("stranger", known=[head])) == ["log.rolled-back"]
    assert codes(audit("nobody")) == [], "a whole log of the past; only who saw more can tell"


@pytest.mark.usefixtures("stored")
def test_an_entry_that_was_changed_where_it_lies(desk: Desk, audit: Audit) -> None:
    path = desk.public / "log/tile/entries/000.p/6"
    path.write_bytes(path.read_bytes().replace(b'"kind":"revoke"', b'"kind":"cancel"'))
    report = audit()
    assert (codes(report), report.complete) == (["log.altered"], False)


def test_a_status_list_that_hides_a_revocation(
    desk: Desk, stored: list[StoredLicense], clock: StillClock, audit: Audit
) -> None:
    list_saying(desk, clock, {})
    (found,) = audit().findings
    assert (found.about, found.finding.code) == ("status/1", "log.status-differs")
    assert stored[0].status is not None
    assert found.finding.params["index"] == str(stored[0].status.index)


def test_a_status_list_that_invents_one(
    desk: Desk, stored: list[StoredLicense], clock: StillClock, audit: Audit
) -> None:
    places = [one.status.index for one in stored if one.status]
    list_saying(desk, clock, {places[0]: Status.INVALID, places[1]: Status.SUSPENDED})
    assert codes(audit()) == ["log.status-differs"]


def test_what_was_recorded_just_now_may_be_missing(
    desk: Desk, stored: list[StoredLicense], clock: StillClock, audit: Audit
) -> None:
    """The list was read from the database before the revocation was committed, and signed after it was dated."""
    assert stored[0].status is not None
    desk.revoke(stored[1])
    clock.advance(seconds=30)
    list_saying(desk, clock, {stored[0].status.index: Status.INVALID})
    assert desk.authority.publisher.lists.due(clock.moment).numbers == (1,)
    published_anew(desk, entries_of(desk))
    assert codes(audit()) == []
    clock.advance(seconds=40)
    list_saying(desk, clock, {stored[0].status.index: Status.INVALID})
    assert codes(audit()) == ["log.status-differs"]


def test_a_status_list_that_is_kept_back(
    desk: Desk, stored: list[StoredLicense], clock: StillClock, audit: Audit
) -> None:
    old = (desk.public / "status/1").read_bytes()
    clock.advance(minutes=5)
    desk.record(stored[2], EventKind.SUSPEND)
    desk.authority.publisher.publish()
    (desk.public / "status/1").write_bytes(old)
    assert codes(audit()) == [], "some time it may take"
    clock.advance(hours=3)
    assert codes(audit()) == ["log.status-late"]
    clock.advance(hours=24)
    found = [one.finding for one in audit().findings if one.finding.code == "log.status-unusable"]
    assert [one.params for one in found] == [{"list": "1", "why": "status.list-stale"}] * 2, "in either form"


@pytest.mark.usefixtures("stored")
def test_a_status_list_that_is_not_there_or_is_another(desk: Desk, audit: Audit) -> None:
    (desk.public / "status/2").write_bytes((desk.public / "status/1").read_bytes())
    assert codes(audit()) == ["log.missing", "log.status-unusable"]
    (desk.public / "status/2").unlink()
    (desk.public / "status/1").unlink()
    assert codes(audit()) == ["log.missing"], "in one form only"
    (desk.public / "status/1.jwt").unlink()
    assert codes(audit()) == ["log.missing"]
    assert codes(audit(signers=[b"nobody"], folder="x")) == ["log.missing"]


def test_another_form_of_a_list_must_not_say_something_else(
    desk: Desk, stored: list[StoredLicense], clock: StillClock, audit: Audit
) -> None:
    lie = (desk.public / "status/1.jwt").read_bytes()
    clock.advance(minutes=5)
    desk.revoke(stored[2])
    desk.authority.publisher.publish()
    (desk.public / "status/1.jwt").write_bytes(lie)
    clock.advance(hours=3)
    assert codes(audit()) == ["log.status-late"]


@pytest.mark.usefixtures("stored")
def test_only_who_a_trust_list_names_signs_status_lists(desk: Desk, audit: Audit) -> None:
    assert codes(audit(signers=[desk.authority.publisher.lists.signer().certificate_der])) == []
    assert codes(audit(signers=[b"somebody else"]))[0] == "log.status-unusable"


def test_a_licence_that_was_never_put_into_the_log(desk: Desk, audit: Audit) -> None:
    good = desk.authority.issue(example_request("business-license")).pdf
    desk.authority.publisher.publish()
    unlogged = desk.authority.issue(example_request("food-business-permit")).pdf
    changed = bytearray(good)
    changed[len(good) // 3] ^= 1
    report = audit(licenses=[("good.pdf", good), ("kept-out.pdf", unlogged), ("bad.pdf", bytes(changed)), ("x", b"x")])
    assert [(found.about, found.finding.code) for found in report.findings] == [
        ("kept-out.pdf", "log.unlogged-license"),
        ("bad.pdf", "log.license-unreadable"),
        ("x", "log.license-unreadable"),
    ]


def test_witnesses_sign_what_goes_on_and_their_heads_bind(
    desk: Desk, stored: list[StoredLicense], tmp_path: Path
) -> None:
    signer = note_signer("witness.example/w1", 11)
    witness = Witness(tmp_path / "witness", signer, origin=desk.policy.origin, key=desk.policy.key)
    policy = replace(desk.policy, witnesses=(signer.key(SignatureKind.COSIGNATURE),), quorum=1)
    heads, repository = Heads(folder=PublicFolder(desk.public), policy=policy), desk.authority.repository
    with pytest.raises(LogError) as unwitnessed:
        heads.prove(repository, stored[1].identifier)
    assert unwitnessed.value.code == "log.unwitnessed"
    early = (desk.public / "log/checkpoint").read_bytes()
    line = witness.cosign(early, fetch=desk.fetch, time=1)
    late = desk.issue("late")
    desk.authority.publisher.publish()
    with pytest.raises(InputError) as other:
        heads.take(repository, str(line).encode())
    assert other.value.code == "log.cosignature", "a line alone is for the newest head"
    assert heads.take(repository, early + str(line).encode()) == ("witness.example/w1",)
    assert (desk.public / "log/checkpoint.witnessed").exists()
    proof = heads.prove(repository, stored[1].identifier)
    assert proof.checkpoint == early + str(line).encode()
    with pytest.raises(LogError):
        heads.prove(repository, late.identifier)
    newest = witness.cosign((desk.public / "log/checkpoint").read_bytes(), fetch=desk.fetch, time=2)
    assert heads.take(repository, str(newest).encode()) == ("witness.example/w1",)
    assert heads.take(repository, str(newest).encode()) == ("witness.example/w1",), "twice does no harm"
    assert (desk.public / "log/checkpoint").read_text().count("witness.example/w1") == 1
    assert heads.prove(repository, late.identifier).index == late.position - 1
    for wrong in (b"x", early, early + str(note_signer("witness.example/w1", 12).cosign("x\n", time=1)).encode()):
        with pytest.raises(InputError) as caught:
            heads.take(repository, wrong)
        assert caught.value.code == "log.cosignature"


def test_a_witnessed_head_of_another_log_is_no_head_of_ours(desk: Desk, stored: list[StoredLicense]) -> None:
    del stored
    signer = note_signer("witness.example/w1", 11)
    policy = replace(desk.policy, witnesses=(signer.key(SignatureKind.COSIGNATURE),), quorum=1)
    fork = SmallLog()
    fork.signer = desk.authority.publisher.signer()
    note = fork.append(b"{}").head()
    heads = Heads(folder=PublicFolder(desk.public), policy=policy)
    with pytest.raises(InputError) as caught:
        heads.take(desk.authority.repository, note.with_signatures(signer.cosign(note.text, time=1)).encoded())
    assert caught.value.code == "log.cosignature"


def test_a_party_that_was_told_of_an_event_can_hold_the_body_to_it(desk: Desk, clock: StillClock, audit: Audit) -> None:
    use = Use(actor="clerk", purpose="party asked")
    stored = [issued(desk, key) for key in ("business-license", "food-business-permit")]
    desk.revoke(stored[0])
    desk.authority.publisher.publish()
    notice = desk.authority.records.notice(use, stored[0].identifier)
    issue = desk.authority.records.notice(use, stored[0].identifier, stored[0].position)
    assert codes(audit(notices=[("revoked", notice), ("issued", issue)])) == []
    desk.record(stored[1], EventKind.SUSPEND)
    unlogged = desk.authority.records.notice(use, stored[1].identifier)
    report = audit(notices=[("revoked", notice), ("suspended", unlogged)])
    assert [(found.about, found.finding.code) for found in report.findings] == [("suspended", "log.unlogged-event")]
    with pytest.raises(InputError) as caught:
        desk.authority.records.notice(use, stored[0].identifier, 99)
    assert caught.value.code == "notice.unknown"
    clock.advance(minutes=1)
    told = desk.authority.repository.events(stored[0].identifier)[-1]
    moved = replace(told, effective_at=told.effective_at - timedelta(days=1))
    moved = replace(moved, digest=event_digest(moved))
    stored_as = desk.authority.repository.log.leaf(told.sequence - 1)
    leaf = parse_leaf(stored_as)
    assert isinstance(leaf, EventLeaf)
    other = write_notice(moved, replace(leaf, event=moved.digest, effective=moved.effective_at).encoded())
    assert codes(audit(notices=[("other", other)])) == ["log.changed-event"]


def test_notices_that_are_none_are_refused(desk: Desk, audit: Audit) -> None:
    license_ = issued(desk, "business-license")
    notice = desk.authority.records.notice(Use(actor="clerk", purpose="party asked"), license_.identifier)
    values = json.loads(notice)
    changed = {**values, "event": {**values["event"], "reason": "another"}}
    later = {**values, "entry": {**values["entry"], "recorded": "2031-01-01T00:00:00.000000Z"}}
    for wrong, code in (
        (changed, "notice.contradicts"),
        (later, "notice.contradicts"),
        ({**values, "more": 1}, "notice.malformed"),
        ({"entry": values["entry"], "event": []}, "notice.malformed"),
        ({"entry": 5, "event": values["event"]}, "notice.malformed"),
    ):
        with pytest.raises(InputError) as caught:
            audit(notices=[("notice", rfc8785.dumps(wrong))])
        assert caught.value.code == code
    for raw in (notice + b" ", b"", b"[" * 70_000, b'{"entry":1}'):
        with pytest.raises(InputError) as caught:
            audit(notices=[("notice", raw)])
        assert caught.value.code == "notice.malformed"
