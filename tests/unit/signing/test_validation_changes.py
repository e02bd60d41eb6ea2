"""What is changed behind a signature, by somebody who knows how files are compared: each attack is a real file.

A prepared document is signed in good faith; the update that follows looks like something that is allowed.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from handmade import (
    RESOURCES,
    Hand,
    certified,
    drawing,
    form,
    page,
    revised,
    signature,
    signature_field,
    stream,
    text,
)

from signing.reports import ChangeKind, FileOutcome, FileReport, Indication, SealReport
from signing.validation import examine, validate

Examine = Callable[[bytes], FileReport]
Validate = Callable[[bytes], SealReport]
STAMP = signature(sub_filter=b"ETSI.RFC3161")
TWO_FIELDS = form(b"7 0 R 20 0 R")
WITH_TWO = page(b"/Annots [7 0 R 20 0 R]")
CATALOG = certified(1)[1]


@pytest.fixture
def judge(pki: Any) -> Examine:
    return lambda pdf: examine(pdf, trust=None, at=pki.now)


@pytest.fixture
def strict(pki: Any) -> Validate:
    trust = pki.trust()
    return lambda pdf: validate(pdf, trust=trust, at=pki.now)


def stamp_field(entries: bytes = b"/Rect [0 0 0 0] /F 132") -> bytes:
    return signature_field(21, entries, b"Stamp")


def kinds(report: FileReport) -> set[ChangeKind]:
    return {change.kind for change in report.signatures[0].changes}


def test_a_time_stamp_without_a_look_may_follow(judge: Examine, strict: Validate, hand: Hand) -> None:
    pdf = hand.stamped(hand.sealed(certified(1)), {3: WITH_TWO, 6: TWO_FIELDS, 20: stamp_field(), 21: STAMP})
    assert judge(pdf).outcome is FileOutcome.INTACT
    assert kinds(judge(pdf)) == {ChangeKind.TIME_STAMP}
    assert strict(pdf).indication is Indication.TOTAL_PASSED


def test_an_annotation_that_is_no_object_is_compared(judge: Examine, hand: Hand) -> None:
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Border [0 0 %d] >>"
    sealed = hand.sealed(certified(2, o3=page(b"/Annots [7 0 R %s]" % (link % 0))))
    assert judge(revised(sealed, {99: b"0"})).outcome is FileOutcome.INTACT
    changed = revised(sealed, {3: page(b"/Annots [7 0 R %s]" % (link % 9))})
    assert judge(changed).outcome is FileOutcome.ALTERED


# -- what is drawn, and reached from somewhere else --------------------------------------------------------------------

LETTERS = (
    b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 "
    b"/LastChar 97 /Widths [1000] /Encoding << /Type /Encoding /Differences [97 /a] >> /CharProcs << /a 30 0 R >> "
    b"/Resources << >> >>"
)
"""A font with one letter, which is a drawing."""
BLOT = stream(b"1000 0 d0 0 0 5000 -10000 re f")


def test_the_order_of_tabs_is_no_place_for_a_font(judge: Examine, strict: Validate, hand: Hand) -> None:
    """The page is its own list of fonts, and writes in `/Tabs`; the letter comes as a certificate."""
    own = b"<< /Font 3 0 R >>"
    sealed = hand.sealed(certified(1, o3=page(b"/Annots [7 0 R]", own), o4=stream(b"BT /Tabs 24 Tf 9 9 Td (a) Tj ET")))
    assert judge(sealed).outcome is FileOutcome.INTACT
    store = CATALOG.replace(b" >> >>", b" >> /DSS << /Certs [30 0 R] >> >>")
    update = {1: store, 3: page(b"/Annots [7 0 R 20 0 R] /Tabs " + LETTERS, own), 6: TWO_FIELDS, 30: BLOT}
    pdf = hand.stamped(sealed, update | {20: stamp_field(), 21: STAMP})
    assert judge(pdf).outcome is FileOutcome.ALTERED
    assert strict(pdf).indication is Indication.TOTAL_FAILED


def test_the_order_of_tabs_may_be_set(judge: Examine, hand: Hand) -> None:
    sealed = hand.sealed(certified(1))
    assert judge(revised(sealed, {3: page(b"/Annots [7 0 R] /Tabs /S")})).outcome is FileOutcome.INTACT


def test_a_page_inherits_from_its_parent_and_not_from_who_lists_it(
    judge: Examine, strict: Validate, hand: Hand
) -> None:
    def parent(shown: int) -> bytes:
        return b"<< /Type /Pages /Kids [] /Count 0 /Resources << /XObject << /X %d 0 R >> >> >>" % shown

    orphan = page(b"/Annots [7 0 R]").replace(b"/Parent 2", b"/Parent 50").replace(b"/Resources " + RESOURCES, b"")
    both = {"o51": drawing(text(b"PAY 100")), "o52": drawing(text(b"PAY 900"))}
    sealed = hand.sealed(certified(1, o3=orphan, o4=stream(b"/X Do"), o50=parent(51), **both))
    assert judge(sealed).outcome is FileOutcome.INTACT
    assert judge(revised(sealed, {50: parent(52)})).outcome is FileOutcome.ALTERED
    field = stamp_field().replace(b"/P 3", b"/P 50")  # which makes it an object that a time-stamp may touch
    pdf = hand.stamped(sealed, {6: TWO_FIELDS, 20: field, 21: STAMP, 50: parent(52)})
    assert judge(pdf).outcome is FileOutcome.ALTERED
    assert strict(pdf).indication is Indication.TOTAL_FAILED


def test_a_field_is_no_list_of_drawings(judge: Examine, hand: Hand) -> None:
    """Filling in the field is allowed; its value is what the page draws."""

    def field(shown: int) -> bytes:
        return b"<< /FT /Tx /T (Amount) /V %d 0 R >>" % shown

    prepared = certified(
        2,
        o3=page(b"/Annots [7 0 R]", b"<< /XObject 9 0 R >>"),
        o4=stream(b"/V Do"),
        o6=form(b"7 0 R 9 0 R"),
        o9=field(51),
        o51=drawing(text(b"PAY 100")),
        o52=drawing(text(b"PAY 900")),
    )
    report = judge(revised(hand.sealed(prepared), {9: field(52)}))
    assert report.outcome is FileOutcome.ALTERED
    assert {ChangeKind.FORM, ChangeKind.OTHER} <= kinds(report)


def test_the_catalog_is_no_list_of_drawings(judge: Examine, hand: Hand) -> None:
    """Metadata may change; as a drawing, it is what the page shows."""
    catalog = certified(2)[1].replace(b" >> >>", b" >> /Metadata 30 0 R >>")
    shown = page(b"/Annots [7 0 R]", b"<< /XObject 1 0 R >>")
    prepared = certified(2, o1=catalog, o3=shown, o4=stream(b"/Metadata Do"), o30=drawing(text(b"PAY 100")))
    report = judge(revised(hand.sealed(prepared), {30: drawing(text(b"PAY 900"))}))
    assert report.outcome is FileOutcome.ALTERED


def test_the_look_of_an_annotation_is_no_field(judge: Examine, hand: Hand) -> None:
    note = b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 99 99] /AP << /N 41 0 R >> >>"

    def field(shown: int) -> bytes:
        return b"<< /FT /Tx /T (Amount) /V %d 0 R >>" % shown

    prepared = certified(
        2,
        o3=page(b"/Annots [7 0 R 40 0 R]"),
        o6=form(b"7 0 R 9 0 R"),
        o9=field(51),
        o40=note,
        o41=drawing(b"/V Do", resources=b"<< /XObject 9 0 R >>"),
        o51=drawing(text(b"100")),
        o52=drawing(text(b"900")),
    )
    assert judge(revised(hand.sealed(prepared), {9: field(52)})).outcome is FileOutcome.ALTERED


def test_a_state_of_an_annotation_is_no_value(judge: Examine, hand: Hand) -> None:
    """The looks of the note are the entries of a field; it is in the state `/V`."""
    note = b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 99 99] /AS /V /AP << /N 9 0 R >> >>"

    def field(shown: int) -> bytes:
        return b"<< /FT /Tx /T (Amount) /V %d 0 R >>" % shown

    objects = {"o9": field(51), "o40": note, "o51": drawing(text(b"100")), "o52": drawing(text(b"900"))}
    prepared = certified(2, o3=page(b"/Annots [7 0 R 40 0 R]"), o6=form(b"7 0 R 9 0 R"), **objects)
    assert judge(revised(hand.sealed(prepared), {9: field(52)})).outcome is FileOutcome.ALTERED


# -- structure ---------------------------------------------------------------------------------------------------------

OTHER_PAGE = page(b"/Annots [7 0 R]").replace(b"/Contents 4", b"/Contents 41")
FORGED: dict[str, Mapping[int, bytes]] = {
    "the content": {4: stream(text(b"PAY 900 EUR"))},
    "the content's length": {4: stream(text(b"PAY 100 EUR") + b" ")},
    "a font": {5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"},
    "the page": {3: OTHER_PAGE, 41: stream(text(b"PAY 900 EUR"))},
    "the tree of pages": {2: b"<< /Type /Pages /Kids [40 0 R] /Count 1 >>", 40: OTHER_PAGE, 41: stream(b"")},
    "an inherited attribute": {2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Rotate 180 >>"},
    "a page more": {2: b"<< /Type /Pages /Kids [3 0 R 40 0 R] /Count 2 >>", 40: OTHER_PAGE, 41: stream(b"")},
    "an order of tabs that is none": {3: page(b"/Annots [7 0 R] /Tabs << >>")},
    "the form": {6: form(b"7 0 R", b"/NeedAppearances true")},
    "XFA": {6: form(b"7 0 R", b"/XFA [(template) 40 0 R]"), 40: stream(b"<xdp/>")},
    "the calculation order": {6: form(b"7 0 R", b"/CO [7 0 R]")},
    "the seal's field": {7: signature_field(8, b"/Rect [0 0 0 0] /Ff 1")},
    "the permissions": {1: CATALOG.replace(b"/Perms << /DocMDP 8 0 R >>", b"")},
    "usage rights": {1: CATALOG.replace(b"/DocMDP 8 0 R", b"/DocMDP 8 0 R /UR3 8 0 R")},
    "an action at opening": {1: CATALOG.replace(b"/Pages", b"/OpenAction << /S /JavaScript /JS (x) >> /Pages")},
    "a security store with a drawing": {
        1: CATALOG.replace(b" >> >>", b" >> /DSS << /Certs [40 0 R] >> >>"),
        40: drawing(text(b"PAY 900 EUR")),
    },
    "a security store with more": {1: CATALOG.replace(b" >> >>", b" >> /DSS << /JS (x) >> >>")},
    "extensions that act": {1: CATALOG.replace(b" >> >>", b" >> /Extensions << /X << /JS (x) >> >> >>")},
    "a field that is no object": {6: form(b"7 0 R << /FT /Sig /T (b) >>")},
    "a field of text": {6: TWO_FIELDS, 20: b"<< /FT /Tx /T (b) >>"},
    "the seal's field, twice": {6: form(b"7 0 R 7 0 R")},
    "a widget of an old field": {3: WITH_TWO, 20: b"<< /Subtype /Widget /Parent 7 0 R /Rect [0 0 99 99] >>"},
}


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("update", FORGED.values(), ids=FORGED.keys())
def test_what_nobody_allows(judge: Examine, hand: Hand, update: Mapping[int, bytes], level: int) -> None:
    report = judge(revised(hand.sealed(certified(level)), update))
    assert report.outcome in {FileOutcome.ALTERED, FileOutcome.MALFORMED}
    assert report.signatures[0].codes[0] == "seal.changed-after"
    assert report.intact, "what was signed is there still"


def test_what_is_free_again_is_gone(judge: Examine, hand: Hand) -> None:
    sealed = hand.sealed(certified(2))
    pdf = revised(sealed, {99: b"0"})
    row = pdf.rindex(b"99 1\n")
    freed = pdf[:row] + b"4 1\n0000000000 00001 f \n" + pdf[row + len(b"99 1\n") + 20 :]
    assert judge(freed.replace(b"xref\n99 1", b"xref\n4 1")).outcome is not FileOutcome.INTACT


def test_another_generation_of_an_object_is_not_read_in_two_ways(judge: Examine, hand: Hand) -> None:
    """PDFium shows the content; by the standard, there is none, and so it would not be missed when it changes."""
    lost = page(b"/Annots [7 0 R]").replace(b"4 0 R", b"4 1 R")
    assert judge(hand.sealed(certified(2, o3=lost))).outcome is FileOutcome.MALFORMED


def test_a_reference_to_nothing_is_nothing(judge: Examine, hand: Hand) -> None:
    objects = certified(2, o40=b"[77 0 R 41 0 R << /A 77 0 R /B 41 0 R >>]", o41=b"null")
    assert judge(hand.sealed(objects)).outcome is FileOutcome.INTACT


# -- fields ------------------------------------------------------------------------------------------------------------

SHOWN = b"/F %d /Rect [60 180 260 240] /AP << /N 22 0 R >>"
LOOK = drawing(b"0 0 200 60 re f", 200, 60)


@pytest.mark.parametrize(
    "entries",
    [SHOWN % 4, SHOWN % 36, SHOWN % 32, b"/F 4 /Rect [60 180 260 180] /AP << /N 22 0 R >>"],
    ids=["shown", "printed only", "never, but for the mouse", "flat"],
)
def test_a_time_stamp_that_can_be_seen_is_none(judge: Examine, strict: Validate, hand: Hand, entries: bytes) -> None:
    update = {3: WITH_TWO, 6: TWO_FIELDS, 20: stamp_field(entries), 21: STAMP, 22: LOOK}
    pdf = hand.stamped(hand.sealed(certified(1)), update)
    assert judge(pdf).outcome is FileOutcome.ALTERED
    assert strict(pdf).indication is Indication.TOTAL_FAILED


def test_what_was_shown_does_not_vanish_with_a_time_stamp(judge: Examine, hand: Hand) -> None:
    """An empty field shows a clause; time-stamped, it is hidden."""
    shown = stamp_field(SHOWN % 4)
    sealed = hand.sealed(certified(1, o3=WITH_TWO, o6=TWO_FIELDS, o20=shown.replace(b"/V 21 0 R", b""), o22=LOOK))
    for hidden in (stamp_field(SHOWN % 6), stamp_field(b"/F 4 /Rect [0 0 0 0] /AP << /N 22 0 R >>")):
        assert judge(hand.stamped(sealed, {20: hidden, 21: STAMP})).outcome is FileOutcome.ALTERED


def test_nothing_is_shown_that_nobody_signed(judge: Examine, hand: Hand) -> None:
    """A new field for a signature is allowed, and so is a look of it once it is signed; not before."""
    sealed = hand.sealed(certified(2))
    signed = {3: WITH_TWO, 6: TWO_FIELDS, 20: signature_field(21, SHOWN % 4, b"Second"), 22: LOOK}
    assert judge(hand.countersigned(sealed, signed | {21: signature()})).outcome is FileOutcome.INTACT
    empty = signed | {20: signed[20].replace(b"/V 21 0 R", b"")}
    assert judge(revised(sealed, empty)).outcome is FileOutcome.ALTERED
    plain = empty | {20: empty[20].replace(b"/AP << /N 22 0 R >>", b"")}
    assert judge(revised(sealed, plain)).outcome is FileOutcome.INTACT


def test_a_signature_is_taken_back_whole_or_not_at_all(judge: Examine, hand: Hand) -> None:
    """Whoever takes back all that came with the last signature has what was signed before: so has who cuts it off."""
    update = {3: WITH_TWO, 6: TWO_FIELDS, 20: signature_field(21, name=b"Second"), 21: signature()}
    both = hand.countersigned(hand.sealed(certified(2)), update)
    assert judge(both).outcome is FileOutcome.INTACT
    assert [one.name for one in judge(both).signatures] == ["Seal", "Second"]
    gone = judge(revised(both, {6: form(b"7 0 R"), 3: page(b"/Annots [7 0 R]")}))
    assert (gone.outcome, [one.name for one in gone.signatures]) == (FileOutcome.INTACT, ["Seal"])
    other = {6: form(b"20 0 R"), 3: WITH_TWO}
    assert judge(revised(both, other)).outcome is FileOutcome.ALTERED


def test_bytes_behind_the_last_signature_are_no_part_of_it(judge: Examine, hand: Hand) -> None:
    """They stand in the same gap as the end of the signed revision, and are not excused with it."""
    sealed = hand.sealed(certified(2))
    end = sealed[sealed.rindex(b"startxref") :]
    for junk in (b"junk\n", b"40 0 obj\n(PAY 900)\nendobj\n"):
        report = judge(sealed + junk + end)
        assert report.outcome is FileOutcome.MALFORMED
        assert "pdf.structure" in {one.code for one in report.findings}


def test_a_signature_in_an_object_stream_has_no_place_in_the_file(judge: Examine, hand: Hand) -> None:
    """Its `/Contents` stands at an offset of the unpacked stream, which an attacker chooses."""
    sealed = hand.sealed(certified(2))
    start = sealed.index(b"8 0 obj\n") + len(b"8 0 obj\n")
    value = sealed[start : sealed.index(b"\nendobj", start)]
    head = b"8 0 "
    packed = head.ljust(start) + value  # so that all offsets are what they are in the file
    objects = stream(packed, b"/Type /ObjStm /N 1 /First %d" % start)
    first = len(sealed)
    out = sealed + b"60 0 obj\n" + objects + b"\nendobj\n"
    rows = {8: (2, 60, 0), 60: (1, first, 0), 61: (1, len(out), 0)}
    table = b"".join(bytes((kind,)) + a.to_bytes(4, "big") + bytes((b,)) for kind, a, b in rows.values())
    entries = b"/Type /XRef /Root 1 0 R /Size 100 /W [1 4 1] /Index [8 1 60 2] /Prev %d" % previous(sealed)
    pdf = out + b"61 0 obj\n" + stream(table, entries) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(out)
    assert "seal.coverage" in judge(pdf).signatures[0].codes


def previous(pdf: bytes) -> int:
    return int(pdf[pdf.rindex(b"startxref") :].split()[1])
