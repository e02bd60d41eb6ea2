"""Evidence and archive time-stamps behind a seal: what is written, and nothing else. The judge is pyHanko."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from long_term_judge import judge_long_term
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed
from reportlab.pdfgen.canvas import Canvas

from signing.collecting import collect
from signing.errors import SealingError, TimestampError, TrustError
from signing.evidence import Evidence
from signing.keys import load_credential
from signing.sealing import Sealer, archive
from signing.sealing.signatures import read_signatures
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore

YEARS = timedelta(days=365 * 8)


def at_hand(certificates: Sequence[bytes], trust: TrustStore, at: datetime) -> Evidence:
    return collect(certificates, trust, fetcher=None, at=at, nonce=lambda: 1)


def sealer(pki: Any, moment: datetime | None = None, *, trust: TrustStore | None = None) -> Sealer:
    """Seals as an authority does: its time-stamps come without the chain that the seal has."""
    at = moment or pki.now
    numbers = itertools.count(1)
    authority = replace(load_credential(pki.folder, "tsa", passphrase=pki.passphrase, at=pki.now), chain=())
    store = trust or pki.trust()
    return Sealer(
        timestamper=LocalTimestamper(authority, lambda: at, lambda: next(numbers)),
        evidence=lambda certificates: at_hand(certificates, store, at),
        now=lambda: at,
        nonce=lambda: 7,
    )


@pytest.fixture(scope="module")
def sealed(pki: Any, plain_pdf: bytes) -> bytes:
    """Level B-T."""
    made = replace(sealer(pki), long_term=False).seal(plain_pdf, credential=pki.credential(), appearance=None)
    assert made.archived is None
    return made.pdf


@pytest.fixture(scope="module")
def archived(pki: Any, sealed: bytes) -> bytes:
    return sealer(pki).archive(sealed).pdf


@pytest.fixture
def old_pki(own_pki: Any) -> Any:
    """The same years later, with fresh lists."""
    from signing import devkit

    devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=own_pki.now + YEARS)
    return own_pki


def changes(before: bytes, after: bytes) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Objects that a revision has otherwise than the one before, and those that only it has; by qpdf's reading."""
    with pikepdf.open(BytesIO(before)) as old, pikepdf.open(BytesIO(after)) as new:
        was = {one.objgen: one.unparse(resolved=True) for one in old.objects if one.objgen[0]}
        has = {one.objgen: one.unparse(resolved=True) for one in new.objects if one.objgen[0]}
    cross = {number for number, text in has.items() if b"/Type /XRef" in text}
    assert was.keys() <= has.keys()
    changed = {number for number, text in was.items() if has[number] != text} - cross
    return changed, has.keys() - was.keys() - cross


def test_an_archived_file_is_the_sealed_one_with_one_revision_behind_it(sealed: bytes, archived: bytes) -> None:
    assert archived.startswith(sealed)
    assert archived[len(sealed) :].count(b"startxref") == 1
    seal, stamp = [re.search(rb"/ByteRange \[0 \d+ (\d+) (\d+)\]", part) for part in (sealed, archived[len(sealed) :])]
    assert seal is not None
    assert stamp is not None
    assert int(seal[1]) + int(seal[2]) == len(sealed)
    assert int(stamp[1]) + int(stamp[2]) == len(archived)


@pytest.mark.parametrize("renewed", [False, True])
def test_only_catalogue_form_and_first_page_change(pki: Any, sealed: bytes, archived: bytes, *, renewed: bool) -> None:
    before, after = (archived, sealer(pki).archive(archived).pdf) if renewed else (sealed, archived)
    changed, new = changes(before, after)
    with pikepdf.open(BytesIO(before)) as old, pikepdf.open(BytesIO(after)) as now:
        root, form, page = now.Root, now.Root.AcroForm, now.pages[0].obj
        listed = (form, form.Fields, page, page.Annots)
        if renewed:
            assert changed <= {one.objgen for one in listed if one.is_indirect}, "there are no new lists"
            assert root.DSS.objgen == old.Root.DSS.objgen
        else:
            assert changed <= {one.objgen for one in (root, *listed) if one.is_indirect}
            assert root.objgen in changed
        for name, holder, other in (("/DSS", root, old.Root), ("/Fields", form, old.Root.AcroForm)):
            keys = set(holder.keys()) | set(other.keys())
            differing = {key for key in keys if (key in holder) != (key in other) or not same(holder[key], other[key])}
            assert differing <= {name, "/AcroForm"}
        assert list(form.Fields)[:-1] == [now.get_object(one.objgen) for one in old.Root.AcroForm.Fields]
        assert int(form.SigFlags) == 3
        field = form.Fields[-1]
        assert page.Annots[-1].objgen == field.objgen
        assert len(page.Annots) == len(old.pages[0].Annots) + 1
        assert set(field.keys()) == {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V"}
        assert (int(field.F), [int(edge) for edge in field.Rect]) == (132, [-9999] * 4)
        stamp = field.V
        assert set(stamp.keys()) == {"/Type", "/Filter", "/SubFilter", "/ByteRange", "/Contents"}
        assert (str(stamp.Type), str(stamp.SubFilter)) == ("/DocTimeStamp", "/ETSI.RFC3161")
        store = root.DSS
        entries = {one.objgen for key in ("/Certs", "/CRLs") if key in store for one in store[key]}
        assert new <= entries | {store.objgen, field.objgen, stamp.objgen}
        assert now.trailer.ID[0] == old.trailer.ID[0]
        assert now.trailer.ID[1] != old.trailer.ID[1]
        assert same(now.trailer.get("/Info", None), old.trailer.get("/Info", None))


def same(one: Any, other: Any) -> bool:
    if isinstance(one, pikepdf.Object) and isinstance(other, pikepdf.Object):
        return one.unparse() == other.unparse()
    return bool(one == other)


def test_nothing_is_written_twice(sealed: bytes, archived: bytes, pki: Any) -> None:
    """The seal and its time-stamp carry the certificates of who made them: only those above go into the store."""
    trust = pki.trust()
    above = {one.public_bytes(Encoding.DER) for one in (*trust.anchors, *trust.intermediates)}
    with pikepdf.open(BytesIO(archived)) as pdf:
        assert {one.read_bytes() for one in pdf.Root.DSS.Certs} == above
        assert len(pdf.Root.DSS.Certs) == len(above) == 2
        lists = {one.read_bytes() for one in pdf.Root.DSS.CRLs}
    assert lists == {path.read_bytes() for path in (pki.folder / "public" / "crl").glob("*.crl")}
    assert len(archived) - len(sealed) < 7000


def test_a_renewal_keeps_the_old_entries_and_adds_the_new_lists(old_pki: Any, archived: bytes) -> None:
    later = old_pki.now + YEARS
    renewed = sealer(old_pki, later).archive(archived)
    with pikepdf.open(BytesIO(archived)) as before, pikepdf.open(BytesIO(renewed.pdf)) as after:
        old, new = before.Root.DSS, after.Root.DSS
        assert [one.objgen for one in new.Certs] == [one.objgen for one in old.Certs]
        assert [one.objgen for one in new.CRLs][:2] == [one.objgen for one in old.CRLs]
        assert len(new.CRLs) == 4
        assert [str(field.T) for field in after.Root.AcroForm.Fields] == ["Seal", "Archive1", "Archive2"]
    assert renewed.pdf.startswith(archived)
    assert renewed.until == old_pki.credential("tsa").certificate.not_valid_after_utc
    assert sealer(old_pki, later).archive(renewed.pdf).pdf.count(b"/ETSI.RFC3161") == 3


def test_the_same_arguments_give_the_same_bytes(pki: Any, sealed: bytes, archived: bytes) -> None:
    assert sealer(pki).archive(sealed).pdf == archived
    one = sealer(pki)
    other = archive(sealed, evidence=one.evidence, timestamper=one.timestamper, at=pki.now, nonce=lambda: 8)
    assert other.pdf != archived


@pytest.mark.parametrize("times", [1, 2])
def test_pyhanko_finds_the_long_term_profile_met(old_pki: Any, archived: bytes, times: int) -> None:
    """Years after the seal's certificate ended; nothing but the anchor comes from outside of the file."""
    later = old_pki.now + YEARS
    pdf = archived if times == 1 else sealer(old_pki, later).archive(archived).pdf
    result = judged(pdf, old_pki, later if times == 1 else later + timedelta(days=1))
    assert result.ades_subindic is AdESPassed.OK, result.failure_msg
    assert result.oldest_evidence_record_timestamp == old_pki.now
    assert result.api_status.docmdp_ok


def judged(pdf: bytes, pki: Any, moment: datetime) -> Any:
    lists = [path.read_bytes() for path in (pki.folder / "public" / "crl").glob("*.crl")]
    return judge_long_term(pdf, pki.folder, moment, lists)


@pytest.mark.parametrize("place", ["seal", "store", "stamp"])
def test_pyhanko_notices_a_changed_byte(pki: Any, sealed: bytes, archived: bytes, place: str) -> None:
    at = {
        "seal": sealed.index(b"stream\n") + 12,
        "store": archived.index(b"/FlateDecode", len(sealed)) - 1,
        "stamp": archived.index(b"<30", archived.index(b"/DSS")) + 700,
    }[place]
    broken = bytearray(archived)
    broken[at] = ord("\t") if place == "store" else broken[at] ^ 1
    result: object
    try:
        result = judged(bytes(broken), pki, pki.now).ades_subindic
    except ValueError as error:  # of a token or a list that it cannot read
        result = error
    assert result is not AdESPassed.OK


@pytest.mark.parametrize("kind", ["classic", "stream"])
def test_the_update_is_of_the_files_own_kind(pki: Any, plain_pdf: bytes, kind: str) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(plain_pdf)) as pdf:
        mode = pikepdf.ObjectStreamMode.generate if kind == "stream" else pikepdf.ObjectStreamMode.disable
        pdf.save(out, object_stream_mode=mode, force_version="1.7", deterministic_id=True)
    made = sealer(pki).seal(out.getvalue(), credential=pki.credential(), appearance=None)
    tail = made.pdf[len(made.revision) :]
    assert (b"\ntrailer" in tail, b"/XRef" in tail) == (kind == "classic", kind == "stream")
    assert judged(made.pdf, pki, pki.now).ades_subindic is AdESPassed.OK


def test_a_page_whose_annotations_were_an_object_of_their_own_has_seal_and_time_stamp(
    pki: Any, plain_pdf: bytes
) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(plain_pdf)) as pdf:
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array())
        pdf.save(out)
    made = sealer(pki).seal(out.getvalue(), credential=pki.credential(), appearance=None)
    changed, _ = changes(made.revision, made.pdf)
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        assert pdf.pages[0].objgen in changed  # the seal gave it a list that no other page shares
        assert len(pdf.pages[0].Annots) == 2


def test_what_was_not_sealed_cannot_be_archived(pki: Any, plain_pdf: bytes) -> None:
    for pdf in (plain_pdf, b"", b"no PDF"):
        with pytest.raises(SealingError) as refused:
            sealer(pki).archive(pdf)
        assert refused.value.code == "archive.not-sealed"


@pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n"])
def test_what_was_changed_behind_its_newest_signature_is_refused(pki: Any, archived: bytes, tail: bytes) -> None:
    with pytest.raises(SealingError) as refused:
        sealer(pki).archive(archived + tail)
    assert refused.value.code == "archive.changed-after"


def test_a_sealed_file_that_is_no_pdf_is_refused(pki: Any, sealed: bytes) -> None:
    with pytest.raises(SealingError) as refused:
        sealer(pki).archive(sealed.replace(b"/Root", b"/Rot "))
    assert refused.value.code == "seal.not-a-pdf"


class Garrulous:
    """An authority whose tokens are larger than it says."""

    token_size_limit = 100

    def __init__(self, real: Any) -> None:
        self.timestamp: Callable[[bytes, int], bytes] = real.timestamp


def test_a_token_larger_than_announced_is_refused(pki: Any, sealed: bytes) -> None:
    with pytest.raises(TimestampError) as refused:
        archive(
            sealed,
            evidence=lambda _: Evidence(),
            timestamper=Garrulous(pki.timestamper()),
            at=pki.now,
            nonce=lambda: 7,
        )
    assert refused.value.code == "timestamp.failed"


def test_evidence_with_a_gap_is_no_evidence(pki: Any, other_pki: Any, sealed: bytes) -> None:
    trust = pki.trust()
    certificates = read_signatures(sealed).to_be_proved
    (city,) = trust.intermediates
    lists = [path.read_bytes() for path in (pki.folder / "public" / "crl").glob("*.crl")]
    whole = at_hand(certificates, trust, pki.now)
    assert (len(whole.certificates), len(whole.crls)) == (4, 2)
    cases = {
        "no anchor of theirs": (other_pki.trust(), pki.now),
        "no list of the city CA": (TrustStore(trust.anchors, [city], [lists[1]]), pki.now),
        "no list of the root": (TrustStore(trust.anchors, [city], [lists[0]]), pki.now),
        "stale lists": (trust, pki.now + timedelta(days=60)),
    }
    for why, (store, moment) in cases.items():
        with pytest.raises(TrustError) as refused:
            at_hand(certificates, store, moment)
        assert refused.value.code == "evidence.incomplete", why


def test_a_seal_whose_certificate_has_ended_can_still_be_archived(old_pki: Any, sealed: bytes) -> None:
    """Its issuer's list keeps what has ended, and says so. pyHanko does not read that, and misses a proof of before."""
    later = old_pki.now + YEARS
    assert later > old_pki.credential().certificate.not_valid_after_utc
    made = sealer(old_pki, later).archive(sealed)
    assert made.until > later
    assert judged(made.pdf, old_pki, later).ades_subindic is AdESIndeterminate.NO_POE


def test_a_multi_page_document_bears_its_time_stamp_on_the_first_page(pki: Any) -> None:
    stream = BytesIO()
    canvas = Canvas(stream, invariant=1)
    for _ in range(3):
        canvas.showPage()
    canvas.save()
    made = sealer(pki).seal(stream.getvalue(), credential=pki.credential(), appearance=None)
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        assert [len(page.get("/Annots", [])) for page in pdf.pages] == [2, 0, 0]
