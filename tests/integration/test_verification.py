"""The verifier against what people do to licences: each case with the outcome and the finding that gives the reason."""

import hashlib
import io
import shutil
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from databases import unguarded
from forgeries import append_bytes, change_byte, paint_over, paste_code, resave
from PIL import Image
from report_judge import check_report
from support import (
    CLERK,
    ISSUERS,
    NOON,
    PASSPHRASE,
    StillClock,
    counted_randomness,
    example_request,
    release_template,
    sealed_revision,
)

from license_lib.authority import Authority
from license_lib.configured import fonts_folder
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.judges import open_verifier
from license_lib.licenses import License, Photo
from license_lib.licenses.public import public_values
from license_lib.licenses.record import canonical_bytes, record_digest
from license_lib.qr import encode, scan_file
from license_lib.rendering import Attachment, Fonts, page_png, render
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings
from license_lib.status import StatusRef
from license_lib.verification import Asked, OnRecord, Outcome, Proof, Verdict, Verifier
from license_lib.verification.report import verdict_report
from license_lib.verification.verdict import DOCUMENT_PROOFS, Evidence
from signing.devkit import revoke_certificate
from signing.keys import SealCredential, load_credential
from signing.sealing import seal


def codes(verdict: Verdict) -> set[str]:
    """The codes of the findings. The report of every case here is one as it is published, too."""
    check_report(verdict_report(verdict))
    return {finding.code for finding in verdict.findings}


def credential_of(authority: Authority, body: str) -> SealCredential:
    return load_credential(authority.settings.keys_folder, body, passphrase=PASSPHRASE, at=NOON)


def insider(
    authority: Authority, drawn: License, *, body: str = "market", record: bytes | None = None, code: str | None = None
) -> bytes:
    """A file that only somebody with a seal key can make: face, record and code need not agree."""
    kind = authority.catalogue.get(drawn.type_code)
    face = render(
        kind,
        drawn,
        qr_text=code or "HTTPS://LICENSE.EXAMPLE/V#AAAA",
        fonts=Fonts.load(fonts_folder(authority.settings)),
        attachment=Attachment(record if record is not None else canonical_bytes(drawn)),
    )
    return seal(
        face,
        credential=credential_of(authority, body),
        timestamper=None,
        appearance=None,
        at=NOON,
        nonce=lambda: 1,
    )


@pytest.mark.parametrize("key", ISSUERS)
def test_a_licence_of_every_type_is_in_force_with_every_step_proved(
    shared_authority: Authority, issued_licenses: dict[str, Issued], key: str
) -> None:
    verdict = shared_authority.verify(issued_licenses[key].pdf)
    assert verdict.outcome is Outcome.IN_FORCE
    assert verdict.proved == frozenset(DOCUMENT_PROOFS)
    assert codes(verdict) == {"seal.development"}
    assert verdict.license == issued_licenses[key].license
    assert verdict.intact == sealed_revision(issued_licenses[key].pdf)
    assert verdict.evidence.sealed_at == NOON
    assert verdict.require() == issued_licenses[key].license


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (change_byte, "seal.altered"),
        (paint_over, "seal.coverage"),
        (resave, "seal.coverage"),
        (append_bytes, "seal.coverage"),
    ],
)
def test_a_changed_file_is_not_genuine(
    shared_authority: Authority, business: Issued, forge: Callable[[bytes], bytes], reason: str
) -> None:
    verdict = shared_authority.verify(forge(business.pdf))
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert reason in codes(verdict)
    if forge is append_bytes:
        assert verdict.intact == sealed_revision(business.pdf), "the signed revision is still whole"
    else:
        assert verdict.license is None, "nothing may be read from bytes that were not verified"


def test_a_changed_byte_anywhere_is_not_genuine(shared_authority: Authority, business: Issued) -> None:
    pdf = business.pdf
    for position in range(0, len(pdf), len(pdf) // 97):
        changed = pdf[:position] + bytes([pdf[position] ^ 0x20]) + pdf[position + 1 :]
        assert shared_authority.verify(changed).outcome is not Outcome.IN_FORCE, position


@pytest.mark.parametrize("length", [0, 1, 100, 5000, 60_000])
def test_a_truncated_file_is_never_in_force(shared_authority: Authority, business: Issued, length: int) -> None:
    assert shared_authority.verify(business.pdf[:length]).outcome in {Outcome.NOT_GENUINE, Outcome.UNDETERMINED}


def test_an_unsealed_face_is_not_genuine(shared_authority: Authority, business: Issued) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(business.pdf)) as document:
        del document.Root.AcroForm
        del document.pages[0].Annots
        document.save(out)
    verdict = shared_authority.verify(out.getvalue())
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert "seal.missing" in codes(verdict)


def test_anothers_code_under_a_true_seal_is_caught(
    shared_authority: Authority, issued_licenses: dict[str, Issued]
) -> None:
    business, food = issued_licenses["business-license"], issued_licenses["food-business-permit"]
    kind = shared_authority.catalogue.get("business-license")
    forged = paste_code(
        business.license,
        kind,
        scan_file(food.pdf)[0],
        fonts=Fonts.load(fonts_folder(shared_authority.settings)),
        credential=credential_of(shared_authority, "market"),
        at=NOON,
    )
    verdict = shared_authority.verify(forged)
    assert verdict.outcome is Outcome.NOT_GENUINE
    mismatch = next(finding for finding in verdict.findings if finding.code == "qr.mismatch")
    assert {"ZZBS", "record", "public"} <= set(mismatch.params["fields"].split(", "))


def test_a_face_that_differs_from_the_record_names_the_field(shared_authority: Authority, business: Issued) -> None:
    drawn = replace(business.license, fields={**business.license.fields, "KZ_ZCZB": "9000万元人民币"})
    forged = insider(shared_authority, drawn, record=canonical_bytes(business.license), code=scan_file(business.pdf)[0])
    verdict = shared_authority.verify(forged)
    assert verdict.outcome is Outcome.NOT_GENUINE
    mismatch = next(finding for finding in verdict.findings if finding.code == "face.mismatch")
    assert mismatch.params["fields"] == "registered_capital"


def test_a_second_licence_under_a_recorded_identifier_is_caught(shared_authority: Authority, business: Issued) -> None:
    other = replace(business.license, fields={**business.license.fields, "KZ_ZCZB": "9000万元人民币"})
    verdict = shared_authority.verify(insider(shared_authority, other))
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert "repository.mismatch" in codes(verdict)


def test_another_bodys_seal_is_caught(shared_authority: Authority, business: Issued) -> None:
    verdict = shared_authority.verify(
        insider(shared_authority, business.license, body="transport", code=scan_file(business.pdf)[0])
    )
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert "issuer.mismatch" in codes(verdict)


def test_a_code_by_another_bodys_key_under_a_true_seal_is_caught(shared_authority: Authority, business: Issued) -> None:
    document, kind = business.license, shared_authority.catalogue.get("business-license")
    transport = credential_of(shared_authority, "transport")
    code = encode(
        identifier=document.identifier,
        issued_on=document.issued_on,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        digest=record_digest(canonical_bytes(document)),
        public=public_values(kind, document),
        key_id=transport.key_id,
        sign=transport.sign,
        base_url=shared_authority.settings.public_url,
    )
    verdict = shared_authority.verify(insider(shared_authority, document, code=code))
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert "issuer.mismatch" in codes(verdict)


def test_a_seal_revoked_after_the_sealing_does_no_harm_to_the_file_but_to_the_paper(
    authority: Authority, clock: StillClock
) -> None:
    issued = authority.issue(example_request("business-license"))
    clock.advance(days=10)
    market = credential_of(authority, "market").certificate
    revoke_certificate(authority.settings.keys_folder, market, passphrase=PASSPHRASE, at=clock())
    with open_verifier(authority.settings) as later:
        file = later.verify(issued.pdf, at=clock())
        paper = later.verify(page_png(issued.pdf), at=clock())
    assert file.outcome is Outcome.IN_FORCE, "the time-stamp proves that it is older"
    assert paper.outcome is Outcome.UNDETERMINED
    assert "seal.revoked-no-proof" in codes(paper)


def test_a_file_outlives_the_publication_of_its_seal(authority: Authority) -> None:
    issued = authority.issue(example_request("business-license"))
    (authority.settings.keys_folder / "public" / "seals" / "market.pem").unlink()
    with open_verifier(authority.settings) as later:
        assert later.verify(issued.pdf, at=NOON).outcome is Outcome.IN_FORCE
        assert codes(later.verify(page_png(issued.pdf), at=NOON)) == {"qr.unknown-key"}


def test_an_attachment_bomb_is_not_unpacked(shared_authority: Authority, business: Issued) -> None:
    bomb = insider(shared_authority, business.license, record=b"[" + b" " * 300_000_000)
    assert len(bomb) < 2_000_000
    tracemalloc.start()
    try:
        verdict = shared_authority.verify(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert codes(verdict) >= {"record.invalid"}
    assert peak < 50_000_000


def test_a_damaged_row_of_the_repository_is_a_broken_machine(authority: Authority) -> None:
    first = authority.issue(example_request("business-license"))
    second = authority.issue(example_request("road-transport-permit"))

    class Mixed:
        def state_of(self, asked: Asked, at: datetime, now: datetime) -> OnRecord:
            del asked, at, now
            return OnRecord(record=canonical_bytes(second.license), file_digest=bytes(32))

    mixed = Verifier(replace(authority.verifier.ground, states=Mixed()))
    with pytest.raises(MachineError) as caught:
        mixed.status(first.identifier, at=NOON)
    assert caught.value.code == "storage.corrupt"


def test_a_true_record_sealed_anew_under_another_face_is_caught(shared_authority: Authority, business: Issued) -> None:
    """Text extraction cannot see what is painted over the text; the one file that was issued is on record."""
    face = render(
        shared_authority.catalogue.get("business-license"),
        business.license,
        qr_text=scan_file(business.pdf)[0],
        fonts=Fonts.load(fonts_folder(shared_authority.settings)),
        attachment=Attachment(canonical_bytes(business.license)),
    )
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(face)) as document:
        over = b"q 1 1 1 rg 150 400 200 24 re f BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"
        document.pages[0].contents_add(pikepdf.Stream(document, over))
        document.save(out)
    forged = seal(
        out.getvalue(),
        credential=credential_of(shared_authority, "market"),
        timestamper=None,
        appearance=None,
        at=NOON,
        nonce=lambda: 1,
    )
    verdict = shared_authority.verify(forged)
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert "repository.mismatch" in codes(verdict)


@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": date(2099, 12, 31)},
        {"valid_from": date(2020, 1, 1)},
        {"public": {"CZZT": "另一个名字"}},
        {"public": {}},
        {"digest": bytes(32)},
        {"status": StatusRef(1, 0)},
        {"status": None},
    ],
)
def test_a_code_that_says_otherwise_than_the_record_is_caught_on_paper_too(
    shared_authority: Authority, issued_licenses: dict[str, Issued], change: dict[str, Any]
) -> None:
    document = issued_licenses["residence-permit"].license
    police = credential_of(shared_authority, "police")
    true: dict[str, Any] = {
        "identifier": document.identifier,
        "issued_on": document.issued_on,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "digest": record_digest(canonical_bytes(document)),
        "public": public_values(shared_authority.catalogue.get("residence-permit"), document),
        "key_id": police.key_id,
        "sign": police.sign,
        "base_url": shared_authority.settings.public_url,
        "status": document.status.ref if document.status else None,
    }
    assert true["status"] not in {None, StatusRef(1, 0)}
    assert shared_authority.verify_code(encode(**true)).outcome is Outcome.IN_FORCE
    verdict = shared_authority.verify_code(encode(**{**true, **change}))
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert "qr.mismatch" in codes(verdict)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM event WHERE kind = 'revoke'",
        "DELETE FROM event",
        "UPDATE event SET effective_at = '2099-01-01 00:00:00.000000' WHERE kind = 'revoke'",
        "UPDATE event SET reason = 'another' WHERE kind = 'revoke'",
        "UPDATE license SET state = 'issued'",
        "UPDATE license SET record = record_digest",
        "UPDATE license SET record = 'text'",
        "UPDATE license SET valid_until = 'garbage'",
        "UPDATE license SET file_digest = record_digest",
    ],
)
def test_a_row_that_was_written_by_hand_is_a_broken_machine(
    authority: Authority, clock: StillClock, damage: str
) -> None:
    issued = authority.issue(example_request("business-license"))
    clock.advance(hours=1)
    authority.revoke(issued.identifier, reason="骗取", actor="样例·经办人")
    clock.advance(hours=1)
    with unguarded(authority.settings.database_url) as database:
        if "garbage" in damage and database.dialect.name != "sqlite":
            pytest.skip("a server refuses to write that, by whatever hand")
        database.exec_driver_sql(damage)
    with pytest.raises(MachineError) as caught:
        authority.verify(issued.pdf)
    assert caught.value.code == "storage.corrupt"


def test_what_was_revoked_is_not_handed_out_again(authority: Authority, clock: StillClock) -> None:
    request = example_request("business-license")
    issued = authority.issue(request)
    clock.advance(hours=1)
    authority.revoke(issued.identifier, reason="骗取", actor="样例·经办人")
    with pytest.raises(InputError) as caught:
        authority.issue(request)
    assert caught.value.code == "request.ended"
    again = authority.issue(replace(request, request_key="second"))
    assert again.identifier != issued.identifier
    assert authority.verify(again.pdf).outcome is Outcome.IN_FORCE


def test_a_body_that_may_not_issue_the_type_is_caught(master_home: Path, business: Issued) -> None:
    settings = Settings.load(master_home)
    narrowed = settings.model_copy(
        update={
            "issuers": tuple(
                one.model_copy(update={"types": frozenset({"food-business-permit"})}) if one.id == "market" else one
                for one in settings.issuers
            )
        }
    )
    with Authority(narrowed, clock=StillClock()) as elsewhere:
        verdict = elsewhere.verify(business.pdf)
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert "issuer.out-of-scope" in codes(verdict)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (b"{}", "record.invalid"),
        (b"", "record.invalid"),
        (b"[" * 5000, "record.invalid"),
    ],
)
def test_a_broken_record_under_a_true_seal_is_caught(
    shared_authority: Authority, business: Issued, record: bytes, code: str
) -> None:
    verdict = shared_authority.verify(insider(shared_authority, business.license, record=record))
    assert verdict.outcome is Outcome.NOT_GENUINE
    assert code in codes(verdict)


def test_a_release_that_was_exchanged_makes_no_forgery(master_home: Path, business: Issued, tmp_path: Path) -> None:
    """Nobody can compare the face any more; that is not knowing, and not a forgery."""
    templates = Path(shutil.copytree(resource_folder("templates"), tmp_path / "templates"))
    layout = templates / "business-license" / "layout.toml"
    layout.write_text(layout.read_text("utf-8") + "\n# a comment\n", "utf-8")
    settings = Settings.load(master_home).model_copy(update={"templates": templates})
    with Authority(settings, clock=StillClock()) as same:
        assert "template.unknown" not in codes(same.verify(business.pdf)), "a blank line is no other template"
    kind = (templates / "business-license" / "type.toml").read_text("utf-8")
    (templates / "business-license" / "type.toml").write_text(kind.replace('label = "类型"', 'label = "类别"'), "utf-8")
    release_template(templates / "business-license")
    with Authority(settings, clock=StillClock()) as edited:
        verdict = edited.verify(business.pdf)
    assert verdict.outcome is Outcome.UNDETERMINED
    assert "template.unknown" in codes(verdict)


def test_another_photo_under_a_true_seal_is_caught(
    shared_authority: Authority, issued_licenses: dict[str, Issued]
) -> None:
    permit = issued_licenses["residence-permit"]
    out = io.BytesIO()
    Image.new("RGB", (358, 441), "navy").save(out, "JPEG")
    drawn = replace(permit.license, photo=Photo("image/jpeg", hashlib.sha256(out.getvalue()).hexdigest()))
    face = render(
        shared_authority.catalogue.get("residence-permit"),
        drawn,
        qr_text=scan_file(permit.pdf)[0],
        fonts=Fonts.load(fonts_folder(shared_authority.settings)),
        photo=out.getvalue(),
        attachment=Attachment(canonical_bytes(permit.license)),
    )
    forged = seal(
        face,
        credential=credential_of(shared_authority, "police"),
        timestamper=None,
        appearance=None,
        at=NOON,
        nonce=lambda: 1,
    )
    assert codes(shared_authority.verify(forged)) >= {"photo.mismatch"}


def test_a_strangers_seal_leaves_it_undetermined(tmp_path: Path, shared_authority: Authority) -> None:
    home = tmp_path / "stranger"
    create_development_keys(initialise(home), b"stranger", at=NOON)
    with Authority(
        Settings.load(home), passphrase=b"stranger", clock=StillClock(), randomness=counted_randomness("stranger")
    ) as stranger:
        foreign = stranger.issue(example_request("business-license"))
        assert stranger.verify(foreign.pdf).outcome is Outcome.IN_FORCE
    verdict = shared_authority.verify(foreign.pdf)
    assert verdict.outcome is Outcome.UNDETERMINED
    assert {"seal.unknown-issuer", "status.not-recorded"} <= codes(verdict)
    assert verdict.proved.isdisjoint({Proof.SEAL, Proof.FACE, Proof.CODE}), "a stranger's page is not even drawn"


class TestState:
    """Is it in force, and when?"""

    def test_revoked(self, authority: Authority, clock: StillClock) -> None:
        issued = authority.issue(example_request("business-license"))
        clock.advance(hours=1)
        authority.revoke(issued.identifier, reason="骗取", actor="样例·经办人", legal_basis="行政许可法第六十九条")
        clock.advance(hours=1)
        verdict = authority.verify(issued.pdf)
        assert verdict.outcome is Outcome.NOT_IN_FORCE
        assert [finding.code for finding in verdict.decisive] == ["status.revoked"]

    def test_before_the_revocation_it_was_in_force(self, authority: Authority, clock: StillClock) -> None:
        issued = authority.issue(example_request("business-license"))
        clock.advance(days=2)
        authority.revoke(issued.identifier, reason="骗取", actor="样例·经办人")
        assert authority.verify(issued.pdf, at=NOON + timedelta(days=1)).outcome is Outcome.IN_FORCE
        assert authority.verify(issued.pdf).outcome is Outcome.NOT_IN_FORCE

    def test_first_and_last_day_count(self, authority: Authority) -> None:
        issued = authority.issue(example_request("residence-permit"))
        until = issued.license.valid_until
        assert until is not None
        last_moment = datetime(until.year, until.month, until.day, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in China
        assert "validity.expired" not in codes(authority.verify(issued.pdf, at=last_moment))
        assert "validity.expired" in codes(authority.verify(issued.pdf, at=last_moment + timedelta(seconds=1)))
        start = issued.license.valid_from
        first_moment = datetime(start.year, start.month, start.day, tzinfo=UTC) - timedelta(hours=8)
        assert authority.verify(issued.pdf, at=first_moment).outcome is Outcome.IN_FORCE
        assert codes(authority.verify(issued.pdf, at=first_moment - timedelta(seconds=1))) >= {"validity.not-yet"}

    def test_the_future_cannot_be_known(self, authority: Authority) -> None:
        issued = authority.issue(example_request("business-license"))
        verdict = authority.verify(issued.pdf, at=NOON + timedelta(days=100))
        assert verdict.outcome is Outcome.UNDETERMINED
        assert [finding.code for finding in verdict.decisive] == ["status.future"]

    def test_expiry_in_the_future_is_certain(self, authority: Authority) -> None:
        issued = authority.issue(example_request("residence-permit"))
        assert authority.verify(issued.pdf, at=NOON + timedelta(days=1000)).outcome is Outcome.NOT_IN_FORCE

    def test_stale_revocation_lists_leave_it_undetermined(self, authority: Authority, clock: StillClock) -> None:
        issued = authority.issue(example_request("business-license"))
        clock.advance(days=60)
        verdict = authority.verify(issued.pdf)
        assert verdict.outcome is Outcome.UNDETERMINED
        assert "seal.revocation-stale" in codes(verdict)

    def test_without_a_repository_the_state_is_unknown(self, shared_authority: Authority, business: Issued) -> None:
        alone = Verifier(replace(shared_authority.verifier.ground, states=None))
        verdict = alone.verify(business.pdf, at=NOON)
        assert verdict.outcome is Outcome.UNDETERMINED
        assert [finding.code for finding in verdict.decisive] == ["status.unknown"]

    def test_status_by_identifier(self, authority: Authority, clock: StillClock) -> None:
        issued = authority.issue(example_request("business-license"))
        found = authority.status(issued.identifier)
        assert found is not None
        assert found.outcome is Outcome.IN_FORCE
        clock.advance(seconds=1)
        authority.revoke(issued.identifier, reason="骗取", actor="样例·经办人")
        later = authority.status(issued.identifier)
        assert later is not None
        assert later.outcome is Outcome.NOT_IN_FORCE
        assert authority.status("1.2.156.3005.2.x") is None


class TestPaper:
    """Pictures of licences, and texts from scanners."""

    def test_a_picture_proves_the_code_and_asks_to_compare(self, shared_authority: Authority, business: Issued) -> None:
        verdict = shared_authority.verify(page_png(business.pdf))
        assert verdict.outcome is Outcome.IN_FORCE
        assert codes(verdict) == {"paper.compare", "seal.development"}
        assert verdict.code is not None
        assert verdict.code.public["ZZBH"] == business.license.number
        assert verdict.license is None

    def test_the_text_alone(self, shared_authority: Authority, business: Issued) -> None:
        text = scan_file(business.pdf)[0]
        assert shared_authority.verify_code(text).outcome is Outcome.IN_FORCE
        verdict = shared_authority.verify_code(text[:-1] + ("1" if text[-1] != "1" else "2"))
        assert verdict.outcome is Outcome.NOT_GENUINE

    def test_two_licences_in_one_picture(self, shared_authority: Authority, issued_licenses: dict[str, Issued]) -> None:
        keys = ("business-license", "food-business-permit")
        pages = [Image.open(io.BytesIO(page_png(issued_licenses[key].pdf))) for key in keys]
        both = Image.new("RGB", (pages[0].width, pages[0].height * 2), "white")
        for index, page in enumerate(pages):
            both.paste(page, (0, index * pages[0].height))
        out = io.BytesIO()
        both.save(out, "PNG")
        assert codes(shared_authority.verify(out.getvalue())) == {"qr.several"}

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "input.unsupported"),
            (b"hello", "input.unsupported"),
            (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "input.unsupported"),
            (b"%PDF-1.7\n%%EOF", None),
        ],
    )
    def test_other_things(self, shared_authority: Authority, data: bytes, code: str | None) -> None:
        verdict = shared_authority.verify(data)
        assert verdict.outcome in {Outcome.UNDETERMINED, Outcome.NOT_GENUINE}
        assert code is None or codes(verdict) == {code}

    def test_a_picture_without_a_code(self, shared_authority: Authority) -> None:
        out = io.BytesIO()
        Image.new("RGB", (600, 400), "white").save(out, "JPEG")
        assert codes(shared_authority.verify(out.getvalue())) == {"qr.none"}

    def test_a_picture_wider_than_the_readers_take(self, shared_authority: Authority) -> None:
        out = io.BytesIO()
        Image.new("1", (70_000, 8)).save(out, "PNG")
        assert codes(shared_authority.verify(out.getvalue())) == {"picture.too-large"}

    def test_a_picture_that_speaks_of_pdf_is_a_picture(self, shared_authority: Authority, business: Issued) -> None:
        out = io.BytesIO()
        page = Image.open(io.BytesIO(page_png(business.pdf))).convert("RGB")
        page.save(out, "JPEG", comment=b"%PDF-1.7")
        assert shared_authority.verify(out.getvalue()).outcome is Outcome.IN_FORCE

    def test_a_picture_bomb_is_not_opened(self, shared_authority: Authority) -> None:
        out = io.BytesIO()
        Image.new("1", (30_000, 30_000)).save(out, "PNG")
        assert codes(shared_authority.verify(out.getvalue())) == {"picture.too-large"}


def test_the_verification_service_needs_no_private_key(
    shared_authority: Authority, business: Issued, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(shared_authority.settings.home, tmp_path / "service"))
    shutil.rmtree(home / "keys" / "private")
    with open_verifier(Settings.load(home)) as verifier:
        verdict = verifier.verify(business.pdf, at=NOON)
    assert verdict.outcome is Outcome.IN_FORCE


def test_nothing_proved_is_nothing_in_force(business: Issued) -> None:
    empty = Verdict(
        at=NOON,
        findings=(),
        proved=frozenset(),
        required=DOCUMENT_PROOFS,
        license=business.license,
        code=None,
        evidence=Evidence(),
    )
    assert empty.outcome is Outcome.UNDETERMINED
    for missing in DOCUMENT_PROOFS:
        nearly = replace(empty, proved=frozenset(DOCUMENT_PROOFS) - {missing})
        assert nearly.outcome is Outcome.UNDETERMINED, missing
    assert replace(empty, proved=frozenset(Proof)).outcome is Outcome.IN_FORCE


@pytest.mark.parametrize(
    ("recorded", "typed"),
    [
        ("11010519491231002X", "11010519491231002x"),
        ("11010519491231002X", " １１０１０５１９４９１２３１００２Ｘ "),
        ("610104196209276908", "610104620927690"),
        ("610104196209276908", "610104196209276908"),
    ],
)
def test_a_holder_is_found_by_any_spelling_of_the_number(authority: Authority, recorded: str, typed: str) -> None:
    request = example_request("residence-permit")
    holder = replace(request.holders[0], number=recorded)
    issued = authority.issue(replace(request, holders=(holder,)))
    assert [found.identifier for found in authority.records.find(CLERK, holder_number=typed)] == [issued.identifier]
