"""What a signature allows: DocMDP, FieldMDP and the lock of its field (ISO 32000-2 §12.8.2), change by change."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from handmade import Hand, certified, drawing, form, page, permission, revised, signature, signature_field

from signing.reports import FileOutcome, FileReport
from signing.validation import examine

Examine = Callable[[bytes], FileReport]
BOX = b"/Rect [130 590 250 630]"
FIELDS = form(b"7 0 R 9 0 R")
PAGE = page(b"/Annots [7 0 R 9 0 R]")
CATALOG = certified(2)[1]


@pytest.fixture
def judge(pki: Any) -> Examine:
    return lambda pdf: examine(pdf, trust=None, at=pki.now)


def text_field(value: bytes = b"", look: bytes = b"", name: bytes = b"Amount") -> bytes:
    filled = (b"/V (%s)" % value if value else b"") + (b"/AP << /N %s >>" % look if look else b"")
    return b"<< /Type /Annot /Subtype /Widget /F 4 /FT /Tx /T (%s) %s %s >>" % (name, BOX, filled)


def with_field(level: int, **replaced: bytes) -> dict[int, bytes]:
    return certified(level, **{"o3": PAGE, "o6": FIELDS, "o9": text_field()} | replaced)


LOOK = drawing(b"/Tx BMC q BT /F 24 Tf 5 10 Td (900) Tj ET Q EMC", 120, 40)
STORE = b"/DSS << /Certs [30 0 R] >>"
UPDATES: dict[str, Mapping[int, bytes]] = {
    "evidence": {1: CATALOG.replace(b" >> >>", b" >> %s >>" % STORE), 30: b"<< /Length 1 >>\nstream\nx\nendstream"},
    "metadata": {1: CATALOG.replace(b" >> >>", b" >> /Metadata 30 0 R >>"), 30: drawing(b"")},
    "form": {9: text_field(b"900", b"10 0 R"), 10: LOOK},
    "a field for a signature": {6: form(b"7 0 R 9 0 R 20 0 R"), 20: b"<< /FT /Sig /T (Second) >>"},
    "annotation": {
        3: page(b"/Annots [7 0 R 9 0 R 20 0 R]"),
        20: b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (x) >>",
    },
}
ALLOWED = {
    1: {"evidence"},
    2: {"evidence", "metadata", "form", "a field for a signature"},
    3: {"evidence", "metadata", "form", "a field for a signature", "annotation"},
}


@pytest.mark.parametrize("what", UPDATES)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_each_level_allows_what_it_says(judge: Examine, hand: Hand, level: int, what: str) -> None:
    report = judge(revised(hand.sealed(with_field(level)), UPDATES[what]))
    changes = report.signatures[0].changes
    assert changes
    assert all(change.permitted for change in changes) is (what in ALLOWED[level])
    if what not in ALLOWED[level]:
        assert report.outcome is FileOutcome.ALTERED
    elif what == "annotation":  # anybody may have written it, and it may look like the document
        assert report.outcome is FileOutcome.INDETERMINATE
        assert report.signatures[0].codes == ("seal.annotated",)
    else:
        assert report.outcome is FileOutcome.INTACT


def fills_in(judge: Examine, hand: Hand, **replaced: bytes) -> FileOutcome:
    return judge(revised(hand.sealed(with_field(2, **replaced)), UPDATES["form"])).outcome


def transform(parameters: bytes) -> bytes:
    return b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP %s >>]" % parameters


@pytest.mark.parametrize(
    ("parameters", "is_allowed"),
    [
        (b"", True),
        (b"/TransformParams << >>", True),
        (b"/TransformParams << /P 2 >>", True),
        (b"/TransformParams 31 0 R", False),
        (b"/TransformParams << /P 31 0 R >>", True),
        (b"/TransformParams << /P 1 >>", False),
        (b"/TransformParams << /P 4 >>", False),
        (b"/TransformParams << /P 0 >>", False),
        (b"/TransformParams << /P /2 >>", False),
        (b"/TransformParams << /P [2] >>", False),
        (b"/TransformParams << /P << >> >>", False),
    ],
    ids=str,
)
def test_a_level_that_is_absent_is_2_and_one_that_is_none_is_1(
    judge: Examine, hand: Hand, parameters: bytes, *, is_allowed: bool
) -> None:
    more = {"o31": b"<< /P 1 >>" if parameters.endswith(b"31 0 R") else b"2"}
    found = fills_in(judge, hand, o8=signature(transform(parameters)), **more)
    assert found is (FileOutcome.INTACT if is_allowed else FileOutcome.ALTERED)


def test_a_certification_that_the_catalog_does_not_name_binds_all_the_same(judge: Examine, hand: Hand) -> None:
    unnamed = CATALOG.replace(b"/Perms << /DocMDP 8 0 R >>", b"")
    assert fills_in(judge, hand, o1=unnamed, o8=signature()) is FileOutcome.INTACT
    assert fills_in(judge, hand, o1=unnamed, o8=signature(permission(1))) is FileOutcome.ALTERED
    other = CATALOG.replace(b"8 0 R", b"5 0 R")
    assert fills_in(judge, hand, o1=other, o8=signature(permission(1))) is FileOutcome.ALTERED


def test_a_certification_that_comes_late_is_a_signature(judge: Examine, hand: Hand) -> None:
    first = certified(2, o1=CATALOG.replace(b"/Perms << /DocMDP 8 0 R >>", b""), o8=signature())
    update = {
        1: CATALOG.replace(b"8 0 R", b"21 0 R"),
        3: page(b"/Annots [7 0 R 20 0 R]"),
        6: form(b"7 0 R 20 0 R"),
        20: signature_field(21, name=b"Second"),
        21: signature(permission(1)),
    }
    both = hand.countersigned(hand.sealed(first), update)
    assert judge(both).outcome is FileOutcome.INTACT
    more = judge(revised(both, {6: form(b"7 0 R 20 0 R 30 0 R"), 30: b"<< /FT /Sig /T (Third) >>"}))
    assert [one.changes[-1].permitted for one in more.signatures] == [True, False]
    assert more.outcome is FileOutcome.ALTERED


LOCKS = {
    "all": (b"/Action /All", False),
    "this one": (b"/Action /Include /Fields [(Amount)]", False),
    "this one in other letters": (b"/Action /Include /Fields [<FEFF0041006D006F0075006E0074>]", False),
    "one by reference": (b"/Action /Include /Fields [31 0 R]", False),
    "another one": (b"/Action /Include /Fields [(Other)]", True),
    "one that begins alike": (b"/Action /Include /Fields [(Amo)]", True),
    "all but this one": (b"/Action /Exclude /Fields [(Amount)]", True),
    "all but another one": (b"/Action /Exclude /Fields [(Other)]", False),
    "nobody can tell": (b"/Action /Everything", False),
    "nothing at all": (b"", False),
    "a level of its own": (b"/Action /Include /Fields [(Other)] /P 1", False),
}


@pytest.mark.parametrize(("lock", "is_allowed"), LOCKS.values(), ids=LOCKS.keys())
def test_a_lock_holds_fields(judge: Examine, hand: Hand, lock: bytes, *, is_allowed: bool) -> None:
    expected = FileOutcome.INTACT if is_allowed else FileOutcome.ALTERED
    own = signature_field(8, b"/Rect [0 0 0 0] /Lock << /Type /SigFieldLock %s >>" % lock)
    assert fills_in(judge, hand, o7=own, o31=b"(Amount)") is expected
    method = b"<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams << %s >> >>" % lock
    both = signature(permission(2).replace(b"[<<", b"[%s <<" % method))
    assert fills_in(judge, hand, o8=both, o31=b"(Amount)") is expected


def test_two_locks_hold_what_either_holds(judge: Examine, hand: Hand) -> None:
    method = b"<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams << /Action /All >> >>"
    own = signature_field(8, b"/Rect [0 0 0 0] /Lock << /Action /Exclude /Fields [(Amount)] >>")
    both = signature(permission(2).replace(b"[<<", b"[%s <<" % method))
    assert fills_in(judge, hand, o7=own) is FileOutcome.INTACT
    assert fills_in(judge, hand, o7=own, o8=both) is FileOutcome.ALTERED


def test_a_lock_holds_the_fields_within(judge: Examine, hand: Hand) -> None:
    group = b"<< /T (Group) /Kids [9 0 R] >>"
    inner = text_field().replace(b"/T (", b"/Parent 40 0 R /T (")
    filled = {9: text_field(b"900", b"10 0 R").replace(b"/T (", b"/Parent 40 0 R /T ("), 10: LOOK}
    for lock, outcome in ((b"(Group)", FileOutcome.ALTERED), (b"(Group.Amount)", FileOutcome.ALTERED)):
        own = signature_field(8, b"/Rect [0 0 0 0] /Lock << /Action /Include /Fields [%s] >>" % lock)
        pdf = hand.sealed(with_field(2, o6=form(b"7 0 R 40 0 R"), o7=own, o9=inner, o40=group))
        assert judge(revised(pdf, filled)).outcome is outcome
    free = hand.sealed(with_field(2, o6=form(b"7 0 R 40 0 R"), o9=inner, o40=group))
    assert judge(revised(free, filled)).outcome is FileOutcome.INTACT
