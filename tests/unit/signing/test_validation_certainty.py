"""When was it signed, and who vouches for it: several signatures, time-stamps, and what outlives a certificate."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from handmade import Hand, certified, form, page, revised, signature, signature_field, stream

from signing import algorithms, devkit
from signing.cms import SignedDataTemplate
from signing.evidence import Evidence
from signing.pdf_reading import map_file
from signing.reports import FileOutcome, FileReport, Indication, Level
from signing.validation import examine
from signing.validation.certainty import evidence_of

DAY = timedelta(days=1)
STAMP = signature(sub_filter=b"ETSI.RFC3161")
FIRST = {
    3: page(b"/Annots [7 0 R 20 0 R]"),
    6: form(b"7 0 R 20 0 R"),
    20: signature_field(21, b"/Rect [0 0 0 0] /F 132", b"First stamp"),
    21: STAMP,
}
SECOND = {
    3: page(b"/Annots [7 0 R 20 0 R 22 0 R]"),
    6: form(b"7 0 R 20 0 R 22 0 R"),
    22: signature_field(23, b"/Rect [0 0 0 0] /F 132", b"Second stamp"),
    23: STAMP,
}


def hand_at(pki: Any, moment: datetime) -> Hand:
    """Whose time-stamps tell another time."""
    template = SignedDataTemplate(pki.credential(), algorithms.DATA)
    timestamper = pki.timestamper(moment)
    return Hand(lambda digest: template.sign(digest).finish(), lambda digest: timestamper.timestamp(digest, 7))


def with_store(pki: Any) -> dict[int, bytes]:
    """The authorities' certificates in the security store, for whoever forgets them."""
    chain = [one.public_bytes(Encoding.DER) for one in pki.credential().chain]
    numbers = range(60, 60 + len(chain))
    listed = b" ".join(b"%d 0 R" % number for number in numbers)
    catalog = certified(1)[1].replace(b" >> >>", b" >> /DSS << /Certs [%s] >> >>" % listed)
    return {1: catalog} | {number: stream(one) for number, one in zip(numbers, chain, strict=True)}


def codes(report: FileReport) -> list[tuple[str, ...]]:
    return [one.codes for one in report.signatures]


def test_without_a_time_stamp_nobody_knows_when(pki: Any, hand: Hand) -> None:
    (report,) = examine(hand.sealed(certified(1)), trust=pki.trust(), at=pki.now).signatures
    assert (report.indication, report.level, report.sealed_at) == (Indication.TOTAL_PASSED, Level.B_B, None)
    assert report.codes == ("seal.timestamp-missing", "seal.development")


def test_a_document_time_stamp_proves_that_what_it_covers_was_there(pki: Any) -> None:
    pdf = hand_at(pki, pki.now).stamped(hand_at(pki, pki.now).sealed(certified(1)), FIRST)
    first, stamp = examine(pdf, trust=pki.trust(), at=pki.now + DAY).signatures
    assert (first.level, first.sealed_at) == (Level.B_T, pki.now)
    assert (stamp.is_time_stamp, stamp.sealed_at, stamp.name) == (True, pki.now, "First stamp")
    assert "seal.timestamp-missing" not in first.codes


def test_a_certificate_may_expire_behind_a_document_time_stamp(own_pki: Any) -> None:
    """The list of then is in the store of trust; the seal is judged as of the time-stamp."""
    hand = hand_at(own_pki, own_pki.now)
    sealed = hand.sealed(certified(1))
    stamped = hand.stamped(sealed, FIRST)
    at = own_pki.created + timedelta(days=3 * 366)
    devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=at - DAY)
    trust = own_pki.trust()
    assert codes(examine(sealed, trust=trust, at=at))[0][0] == "seal.certificate-expired"
    report = examine(stamped, trust=trust, at=at)
    assert report.signatures[0].signer is not None
    assert report.signatures[0].signer.not_after < at
    assert report.outcome is FileOutcome.INTACT
    assert report.signatures[0].sealed_at == own_pki.now


def test_evidence_and_a_time_stamp_over_it_make_an_archive(pki: Any, hand: Hand) -> None:
    trust = pki.trust()
    sealed = hand.sealed(certified(1))

    def level(pdf: bytes) -> Level | None:
        return examine(pdf, trust=trust, at=pki.now).signatures[0].level

    store = with_store(pki)
    assert level(hand.stamped(sealed, FIRST)) is Level.B_T
    assert level(hand.stamped(sealed, FIRST | store)) is Level.B_LTA
    later = hand.stamped(hand.stamped(sealed, FIRST), {6: SECOND[6]} | SECOND | store)
    assert level(later) is Level.B_LTA
    assert level(revised(hand.stamped(sealed, FIRST), {6: FIRST[6]} | store)) is Level.B_LT


def test_time_stamps_go_back_in_time(pki: Any) -> None:
    """The newest is judged now, each older one as of the next newer: the oldest decides when it was there."""
    sealed = hand_at(pki, pki.now).sealed(certified(1))
    once = hand_at(pki, pki.now).stamped(sealed, FIRST)
    twice = hand_at(pki, pki.now + DAY).stamped(once, SECOND)
    first, old, new = examine(twice, trust=pki.trust(), at=pki.now + 2 * DAY).signatures
    assert (first.sealed_at, old.sealed_at, new.sealed_at) == (pki.now, pki.now, pki.now + DAY)
    assert first.indication is Indication.TOTAL_PASSED


def test_a_time_stamp_from_the_future_proves_nothing(pki: Any) -> None:
    pdf = hand_at(pki, pki.now + DAY).stamped(hand_at(pki, pki.now).sealed(certified(1)), FIRST)
    report = examine(pdf, trust=pki.trust(), at=pki.now)
    assert codes(report)[1] == ("seal.timestamp-invalid",)
    assert report.signatures[0].sealed_at is None
    assert report.outcome is FileOutcome.INDETERMINATE


def test_an_older_time_stamp_is_not_younger_than_the_one_over_it(pki: Any) -> None:
    """The one over it proves that it was there a day before its own time."""
    sealed = hand_at(pki, pki.now).sealed(certified(1))
    once = hand_at(pki, pki.now + DAY).stamped(sealed, FIRST)
    twice = hand_at(pki, pki.now).stamped(once, SECOND)
    report = examine(twice, trust=pki.trust(), at=pki.now + 2 * DAY)
    assert codes(report)[1:] == [("seal.timestamp-invalid",), ()]
    assert report.signatures[0].sealed_at == pki.now


def test_a_time_stamp_of_a_stranger_proves_nothing(pki: Any, other_pki: Any) -> None:
    pdf = hand_at(other_pki, pki.now).stamped(hand_at(pki, pki.now).sealed(certified(1)), FIRST)
    report = examine(pdf, trust=pki.trust(), at=pki.now)
    assert codes(report)[1] == ("seal.timestamp-untrusted",)
    assert report.signatures[0].indication is Indication.TOTAL_PASSED
    assert report.signatures[0].sealed_at is None


def test_a_time_stamp_over_something_else_is_altered(pki: Any, hand: Hand) -> None:
    sealed = hand.sealed(certified(1))
    wrong = Hand(hand.seal, lambda digest: hand.stamp(digest[::-1]))
    report = examine(wrong.stamped(sealed, FIRST), trust=None, at=pki.now)
    assert codes(report) == [(), ("seal.altered",)]
    assert report.outcome is FileOutcome.ALTERED


def test_a_time_stamp_alone_is_nobodys_signature(pki: Any, hand: Hand) -> None:
    objects = certified(1, o7=signature_field(8, name=b"Stamp"), o8=STAMP)
    pdf = Hand(hand.stamp, hand.stamp).sealed(objects)
    assert examine(pdf, trust=None, at=pki.now).outcome is FileOutcome.UNSIGNED


def second_signer(name: bytes) -> Mapping[int, bytes]:
    return {3: FIRST[3], 6: FIRST[6], 20: signature_field(21, name=name), 21: signature()}


def test_each_signer_is_judged_alone(pki: Any, other_pki: Any) -> None:
    objects = certified(2)
    both = hand_at(other_pki, pki.now).countersigned(hand_at(pki, pki.now).sealed(objects), second_signer(b"Second"))
    report = examine(both, trust=pki.trust(), at=pki.now)
    ours, theirs = report.signatures
    assert ours.indication is Indication.TOTAL_PASSED
    assert theirs.codes[:1] == ("seal.unknown-issuer",)
    assert report.outcome is FileOutcome.INDETERMINATE
    assert (len(ours.covered), len(theirs.covered)) == (len(report.signatures[0].covered), len(both))
    assert examine(both, trust=None, at=pki.now).outcome is FileOutcome.INTACT


def test_evidence_is_read_however_it_is_stored(pki: Any, hand: Hand) -> None:
    """Each item once; what cannot be read, or is no stream, is passed over."""
    store = b"<< /Certs [60 0 R 60 0 R 61 0 R 62 0 R 99 0 R 5] /CRLs 63 0 R /OCSPs 64 0 R >>"
    catalog = certified(1)[1].replace(b" >> >>", b" >> /DSS 65 0 R >>")
    objects = certified(
        1,
        o1=catalog,
        o60=stream(b"certificate"),
        o61=stream(b"x", b"/Filter /FlateDecode"),
        o62=b"(string)",
        o63=b"[66 0 R]",
        o64=b"7",
        o65=store,
        o66=stream(b"list"),
    )
    assert evidence_of(map_file(hand.sealed(objects)).last) == Evidence((b"certificate",), (b"list",), ())
    assert examine(hand.sealed(objects), trust=pki.trust(), at=pki.now).outcome is FileOutcome.INTACT
