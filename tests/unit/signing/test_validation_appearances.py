"""What a person sees of what was filled in and signed later: the value and nothing else, and nothing over the text."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from handmade import Hand, certified, drawing, form, page, revised, signature, signature_field, stream, text

from signing.reports import FileOutcome, FileReport
from signing.validation import examine

Examine = Callable[[bytes], FileReport]
FIELDS = form(b"7 0 R 9 0 R")
BESIDE, OVER = b"/Rect [130 590 250 630]", b"/Rect [130 690 250 730]"
"""Where the page is blank, and where it says what is to be paid."""


@pytest.fixture
def judge(pki: Any) -> Examine:
    return lambda pdf: examine(pdf, trust=None, at=pki.now)


def field(entries: bytes, box: bytes = BESIDE, kind: bytes = b"Tx", name: bytes = b"Amount") -> bytes:
    head = b"<< /Type /Annot /Subtype /Widget /F 4 /FT /%s /T (%s) %s %s >>"
    return head % (kind, name, box, entries)


def prepared(hand: Hand, **replaced: bytes) -> bytes:
    base = {"o3": page(b"/Annots [7 0 R 9 0 R]"), "o6": FIELDS, "o9": field(b"")}
    return hand.sealed(certified(2, **base | replaced))


def look(operators: bytes, resources: bytes = b"<< /Font << /F 5 0 R >> >>") -> bytes:
    return drawing(b"/Tx BMC q " + operators + b" Q EMC", 120, 40, resources)


def words(shown: bytes = b"900", before: bytes = b"", within: bytes = b"") -> bytes:
    return before + b" BT %s /F 24 Tf 5 10 Td (%s) Tj ET" % (within, shown)


FILLED = b"/V (900) /AP << /N 10 0 R >>"
PLAIN = {
    "words": look(words()),
    "on a background": look(words(before=b"0.9 g 0 0 120 40 re f 0 G 0.5 0.5 119 39 re s 0 g")),
    "within a clip": look(words(before=b"2 2 116 36 re W n")),
    "set off": look(b"1 0 0 1 2 2 cm q 0 0 116 36 re W n BT 1 0 0 1 3 8 Tm 0 Tr /F 24 Tf (900) Tj ET Q"),
    "in two parts": look(b"BT /F 24 Tf 5 10 Td (9) Tj (00) Tj ET"),
    "in a colour": look(words(before=b"/DeviceRGB cs 0 0 0.5 sc")),
}
OTHERWISE = {
    "other words": look(words(b"901")),
    "more words": look(words(b"9000")),
    "no words": look(b""),
    "lines": look(words(before=b"0 0 m 20 40 l S")),
    "a bar that is a one": look(words(before=b"0 g 2 10 3 20 re f")),
    "a picture": look(words(before=b"BI /W 1 /H 1 /BPC 8 /CS /G ID x EI")),
    "a form in the form": look(words() + b" /X Do", b"<< /Font << /F 5 0 R >> /XObject << /X 4 0 R >> >>"),
    "white words": look(words(before=b"1 g")),
    "a white nought": look(b"BT /F 24 Tf 5 10 Td (90) Tj 1 g (0) Tj ET"),
    "a tiny nought": look(b"BT /F 24 Tf 5 10 Td (90) Tj /F 1 Tf (0) Tj ET"),
    "invisible words": look(words(within=b"3 Tr")),
    "a clip that cuts": look(words(before=b"0 0 30 40 re W n")),
    "a clip set off": look(b"1 0 0 1 -60 0 cm 0 0 120 40 re W n " + words()),
    "words turned": look(b"BT 0 1 -1 0 30 5 Tm /F 12 Tf (900) Tj ET"),
    "words covered": look(words() + b" 1 g 0 0 120 40 re f"),
    "letters that are drawings": look(
        words(), b"<< /Font << /F << /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] >> >> >>"
    ),
    "a damaged stream": stream(b"x", b"/Filter /FlateDecode /Subtype /Form /BBox [0 0 120 40]"),
}


@pytest.mark.parametrize("shown", PLAIN.values(), ids=PLAIN.keys())
def test_a_field_that_shows_its_value(judge: Examine, hand: Hand, shown: bytes) -> None:
    report = judge(revised(prepared(hand), {9: field(FILLED), 10: shown}))
    assert (report.outcome, report.signatures[0].codes) == (FileOutcome.INTACT, ())


@pytest.mark.parametrize("shown", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_a_field_that_shows_something_else(judge: Examine, hand: Hand, shown: bytes) -> None:
    report = judge(revised(prepared(hand), {9: field(FILLED), 10: shown}))
    assert report.outcome is FileOutcome.INDETERMINATE
    assert report.signatures[0].codes == ("seal.filled-otherwise",)
    assert report.intact, "what was signed can be read"


def test_a_value_may_take_the_place_of_another(judge: Examine, hand: Hand) -> None:
    old = {"o9": field(b"/V (700) /AP << /N 10 0 R >>"), "o10": look(words(b"700"))}
    assert judge(revised(prepared(hand, **old), {9: field(FILLED), 10: look(words())})).outcome is FileOutcome.INTACT
    emptied = {9: field(b"/V () /AP << /N 10 0 R >>"), 10: look(b"")}
    assert judge(revised(prepared(hand, **old), emptied)).outcome is FileOutcome.INTACT
    report = judge(revised(prepared(hand, **old), {9: field(FILLED)}))
    assert report.outcome is FileOutcome.INDETERMINATE, "a new value, the old look"


def test_a_field_that_the_reader_draws_needs_a_blank_place(judge: Examine, hand: Hand) -> None:
    assert judge(revised(prepared(hand), {9: field(b"/V (900)")})).outcome is FileOutcome.INTACT
    over = prepared(hand, o9=field(b"", OVER))
    assert judge(revised(over, {9: field(b"/V (900)", OVER)})).outcome is FileOutcome.INDETERMINATE


@pytest.mark.parametrize("ground", [b"1 g 0 0 120 40 re f 0 g", b"0 g 0 0 120 40 re f 1 g"], ids=["white", "black"])
def test_a_field_does_not_take_the_place_of_the_text(judge: Examine, hand: Hand, ground: bytes) -> None:
    """PAY 100 EUR is what was signed; PAY 900 is what is seen, in a field that was over it all the time."""
    over = prepared(hand, o9=field(b"", OVER))
    report = judge(revised(over, {9: field(FILLED, OVER), 10: look(words(before=ground))}))
    assert report.outcome is FileOutcome.INDETERMINATE
    assert report.signatures[0].codes == ("seal.filled-otherwise",)


def test_a_value_of_the_field_above_is_shown_by_the_widgets(judge: Examine, hand: Hand) -> None:
    def above(value: bytes) -> bytes:
        return b"<< /FT /Tx /T (Amount) /Kids [9 0 R 11 0 R] %s >>" % value

    def widget(shown: bytes, box: bytes) -> bytes:
        return b"<< /Type /Annot /Subtype /Widget /F 4 /Parent 40 0 R %s /AP << /N %s >> >>" % (box, shown)

    low = b"/Rect [130 490 250 530]"
    objects = {
        "o3": page(b"/Annots [7 0 R 9 0 R 11 0 R]"),
        "o6": form(b"7 0 R 40 0 R"),
        "o9": widget(b"12 0 R", BESIDE),
        "o11": widget(b"12 0 R", low),
        "o12": look(b""),
        "o40": above(b""),
    }
    both = {9: widget(b"10 0 R", BESIDE), 10: look(words()), 11: widget(b"10 0 R", low), 40: above(b"/V (900)")}
    assert judge(revised(prepared(hand, **objects), both)).outcome is FileOutcome.INTACT
    one = {9: both[9], 10: both[10], 40: both[40]}
    assert judge(revised(prepared(hand, **objects), one)).outcome is FileOutcome.INDETERMINATE
    only_look = {9: both[9], 10: both[10]}
    assert judge(revised(prepared(hand, **objects), only_look)).outcome is FileOutcome.ALTERED


# -- buttons -----------------------------------------------------------------------------------------------------------

SMALL, WHOLE = b"/Rect [20 590 40 610]", b"/Rect [0 0 595 842]"


def button(state: bytes, box: bytes = SMALL) -> bytes:
    return field(b"/V /%s /AS /%s /AP << /N << /On 10 0 R /Off 11 0 R >> >>" % (state, state), box, b"Btn")


def tick(operators: bytes = b"BT /F 12 Tf 4 4 Td (x) Tj ET", side: int = 20) -> bytes:
    return drawing(operators, side, side)


def test_a_tick_may_be_set(judge: Examine, hand: Hand) -> None:
    pdf = prepared(hand, o9=button(b"Off"), o10=tick(), o11=tick(b""))
    assert judge(revised(pdf, {9: button(b"On")})).outcome is FileOutcome.INTACT


def test_what_a_tick_looks_like_may_not_change(judge: Examine, hand: Hand) -> None:
    """The appearance dictionary stays; what it refers to is another drawing."""
    pdf = prepared(hand, o9=button(b"Off"), o10=tick(), o11=tick(b""))
    report = judge(revised(pdf, {9: button(b"On"), 10: tick(b"0 0 20 20 re f")}))
    assert report.signatures[0].codes == ("seal.filled-otherwise",)
    assert report.outcome is FileOutcome.INDETERMINATE


LARGE: dict[str, tuple[bytes, bytes]] = {
    "another page": (WHOLE, drawing(b"1 g 0 0 595 842 re f 0 g " + text(b"PAY 900 EUR"))),
    "a clause": (SMALL, tick(b"BT /F 2 Tf 1 4 Td (and 900 more) Tj ET")),
    "a drawing": (b"/Rect [20 390 120 490]", tick(b"0 0 100 100 re f", 100)),
    "a cover": (b"/Rect [130 695 170 725]", tick(b"1 g 0 0 20 20 re f")),
}


@pytest.mark.parametrize(("box", "on"), LARGE.values(), ids=LARGE.keys())
def test_a_tick_is_no_page(judge: Examine, hand: Hand, box: bytes, on: bytes) -> None:
    """What it will show was prepared and signed, but never seen."""
    pdf = prepared(hand, o9=button(b"Off", box), o10=on, o11=tick(b""))
    report = judge(revised(pdf, {9: button(b"On", box)}))
    assert report.outcome is FileOutcome.INDETERMINATE


# -- signatures --------------------------------------------------------------------------------------------------------

STAMP = drawing(b"1 g 0 0 200 60 re f 0 g " + text(b"SIGNED", 10, 10), 200, 60)
ACROSS, BELOW = b"[60 680 260 740]", b"[60 180 260 240]"
PAGE = page(b"/Annots [7 0 R]")
MORE = page(b"/Annots [7 0 R 20 0 R]")


def second(box: bytes, entries: bytes = b"", shown: bytes = STAMP) -> dict[int, bytes]:
    seen = signature_field(21, b"/F 4 /Rect %s /AP << /N 22 0 R >> %s" % (box, entries), b"Second")
    return {3: MORE, 6: form(b"7 0 R 20 0 R"), 20: seen, 21: signature(), 22: shown}


def codes_of(judge: Examine, pdf: bytes) -> tuple[str, ...]:
    return judge(pdf).signatures[0].codes


def test_a_signature_beside_the_text(judge: Examine, hand: Hand) -> None:
    assert codes_of(judge, hand.countersigned(hand.sealed(certified(2)), second(BELOW))) == ()


def test_a_seal_across_the_text_leaves_it_legible(judge: Examine, hand: Hand) -> None:
    ring = drawing(b"1 0 0 RG 3 w 10 10 180 40 re S", 200, 60)
    assert codes_of(judge, hand.countersigned(hand.sealed(certified(2)), second(ACROSS, shown=ring))) == ()


SCAN = stream(b"0 g " + b" ".join(b"%d 700 8 20 re f" % x for x in range(72, 240, 16)))
TURNED = page(b"/Annots [7 0 R]").replace(b"[0 0 595 842]", b"[0 400 595 842] /Rotate 90")
CUT = page(b"/Annots [7 0 R]").replace(b"[0 0 595 842]", b"[0 0 595 842] /CropBox [50 600 400 842]")
COVERED: dict[str, tuple[dict[str, bytes], Mapping[int, bytes]]] = {
    "white": ({}, second(ACROSS)),
    "black": ({}, second(ACROSS, shown=drawing(b"0 g 0 0 200 60 re f", 200, 60))),
    "light text on dark": (
        {"o4": stream(b"0 g 0 600 595 200 re f 1 g " + text(b"PAY 100 EUR"))},
        second(ACROSS, shown=drawing(b"0 g 0 0 200 60 re f", 200, 60)),
    ),
    "a picture without text": ({"o4": SCAN}, second(ACROSS)),
    "a page that is turned": ({"o3": TURNED}, second(ACROSS) | {3: TURNED.replace(b"7 0 R]", b"7 0 R 20 0 R]")}),
    "a page that is cut": ({"o3": CUT}, second(ACROSS) | {3: CUT.replace(b"7 0 R]", b"7 0 R 20 0 R]")}),
    "corners the other way": ({}, second(b"[260 740 60 680]")),
    "corners elsewhere": ({"o31": b"60"}, second(b"[31 0 R 680 260 740]")),
    "a layer": ({"o31": b"<< /Type /OCG /Name (x) >>"}, second(BELOW, b"/OC 31 0 R")),
}


@pytest.mark.parametrize(("objects", "update"), COVERED.values(), ids=COVERED.keys())
def test_a_signature_over_the_text(
    judge: Examine, hand: Hand, objects: dict[str, bytes], update: Mapping[int, bytes]
) -> None:
    report = judge(hand.countersigned(hand.sealed(certified(2, **objects)), update))
    assert report.outcome is FileOutcome.INDETERMINATE
    assert report.signatures[0].codes == ("seal.content-covered",)
    assert report.signatures[1].codes == (), "whoever signed last saw it so"


def test_a_signature_that_is_on_paper_only(judge: Examine, hand: Hand) -> None:
    update = dict(second(BELOW))
    update[20] = update[20].replace(b"/F 4", b"/F 36")
    assert codes_of(judge, hand.countersigned(hand.sealed(certified(2)), update)) == ("seal.content-covered",)


def test_a_widget_is_where_a_page_lists_it(judge: Examine, hand: Hand) -> None:
    """`/P` says the second page, which is empty."""
    two = {
        "o2": b"<< /Type /Pages /Kids [3 0 R 40 0 R] /Count 2 >>",
        "o40": b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    }
    update = dict(second(ACROSS))
    update[20] = update[20].replace(b"/P 3 0 R", b"/P 40 0 R")
    pdf = hand.countersigned(hand.sealed(certified(2, **two)), update)
    assert codes_of(judge, pdf) == ("seal.content-covered",)


def test_two_fields_of_one_name_are_both_looked_at(judge: Examine, hand: Hand) -> None:
    update = dict(second(ACROSS)) | {6: form(b"7 0 R 20 0 R 23 0 R"), 23: b"<< /FT /Sig /T (Second) >>"}
    pdf = hand.countersigned(hand.sealed(certified(2)), update)
    assert codes_of(judge, pdf) == ("seal.content-covered",)
