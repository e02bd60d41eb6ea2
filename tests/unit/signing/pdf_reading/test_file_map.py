"""Whole files: read as qpdf reads them, whatever wrote them; and what is strange about one is said."""

import itertools
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from handmade import FORM, HEADER, base, revised, stream, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.pdf_reading import FileMap, PdfError, Ref, Stream, map_file
from signing.pdf_reading.agreement import disagreement
from signing.pdf_reading.content import suspicious
from signing.pdf_reading.file_map import Oddity

PLAIN = written(base())


def saved(document: pikepdf.Pdf, **how: object) -> bytes:
    out = BytesIO()
    document.save(out, **how)  # type: ignore[arg-type]  # the options are those of pikepdf
    return out.getvalue()


def oddities(pdf: bytes) -> set[Oddity]:
    return {found.oddity for found in map_file(pdf).oddities}


def agreed(pdf: bytes) -> bool:
    return disagreement(pdf, map_file(pdf).last, ()) == ""


# -- what honest programs write ----------------------------------------------------------------------------------------

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.decimals(-9999, 9999, allow_nan=False, allow_infinity=False, places=4),
    st.binary(max_size=20).map(pikepdf.String),
    st.from_regex(r"/[A-Za-z]{1,6}", fullmatch=True).map(pikepdf.Name),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(pikepdf.Array),
        st.dictionaries(st.from_regex(r"/[A-Z][a-z]{0,5}", fullmatch=True), inner, max_size=4).map(pikepdf.Dictionary),
    ),
    max_leaves=8,
)
MODES = list(itertools.product((pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate), (False, True)))


@settings(max_examples=40, deadline=None)
@given(st.lists(values, max_size=5), st.sampled_from(MODES), st.integers(1, 3))
def test_whatever_qpdf_writes_is_read_as_qpdf_reads_it(
    objects: list[object], mode: tuple[pikepdf.ObjectStreamMode, bool], pages: int
) -> None:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    document.Root.Sample = document.make_indirect(pikepdf.Array(objects))
    document.Root.Stream = document.make_stream(b"x" * len(objects))
    how, linearize = mode
    pdf = saved(document, object_stream_mode=how, linearize=linearize)
    assert oddities(pdf) == set()
    assert agreed(pdf)


def test_objects_are_where_they_are_said_to_be() -> None:
    revision = map_file(PLAIN).last
    assert revision.end == len(PLAIN)
    assert revision.get(Ref(99, 0)) is None
    assert revision.get(Ref(4, 1)) is None
    content = revision.get(Ref(4, 0))
    assert isinstance(content, Stream)
    assert content.data == b"BT /F 24 Tf 72 700 Td (PAY 100 EUR) Tj ET"
    assert {ref.number for ref, _ in revision.objects()} == set(base())
    assert PLAIN[: map_file(PLAIN).last.sections[0]].endswith(b"endobj\n")


def test_a_revision_is_what_the_file_was() -> None:
    update = revised(PLAIN, {4: stream(b"new"), 50: b"(more)"})
    file = map_file(update)
    old, new = file.revision(len(PLAIN)), file.last
    assert [old.get(Ref(4, 0)).data, new.get(Ref(4, 0)).data] == [b"BT /F 24 Tf 72 700 Td (PAY 100 EUR) Tj ET", b"new"]
    assert (old.get(Ref(50, 0)), new.get(Ref(50, 0))) == (None, b"more")
    assert set(old.sections) < set(new.sections)
    assert agreed(update)
    with pytest.raises(PdfError, match="no revision ends there"):
        file.revision(len(PLAIN) - 7)
    with pytest.raises(PdfError, match="no revision ends there"):
        _ = map_file(PLAIN + b"x" * 100).last


def test_references_lead_somewhere_or_in_a_circle() -> None:
    chain = {60 + number: b"%d 0 R" % (61 + number) for number in range(3)} | {
        63: b"(here)",
        70: b"71 0 R",
        71: b"70 0 R",
    }
    revision = map_file(written(base() | chain)).last
    assert revision.resolve(Ref(60, 0)) == b"here"
    assert revision.entry({"A": Ref(61, 0)}, "A") == b"here"
    assert revision.entry(revision.get(Ref(4, 0)), "Length") == len(b"BT /F 24 Tf 72 700 Td (PAY 100 EUR) Tj ET")
    assert revision.entry([1], "A") is None
    with pytest.raises(PdfError, match="circle"):
        revision.resolve(Ref(70, 0))


def test_a_length_may_be_an_object_of_its_own() -> None:
    pdf = written(base(o4=b"<< /Length 40 0 R >>\nstream\nabc\nendstream", o40=b"3"))
    assert map_file(pdf).last.get(Ref(4, 0)).data == b"abc"
    assert agreed(pdf)
    with pytest.raises(PdfError, match="another length"):
        map_file(revised(pdf, {40: b"2"}))
    with pytest.raises(PdfError, match="does not say its length"):
        map_file(written(base(o4=b"<< /Length 77 0 R >>\nstream\nabc\nendstream")))


# -- what is strange ---------------------------------------------------------------------------------------------------

END = PLAIN[PLAIN.rindex(b"startxref") :]
STRANGE: dict[str, tuple[bytes, Oddity]] = {
    "words at the end": (PLAIN + b"words\n" + END, Oddity.STRAY),
    "an object that is not listed": (
        revised(PLAIN, {50: b"(more)"}).replace(b"50 1\n%010d 00000 n" % len(PLAIN), b"50 1\n%010d 00000 f" % 0),
        Oddity.UNLISTED,
    ),
    "an entry that leads to another object": (
        revised(PLAIN, {50: b"(more)"}).replace(b"xref\n50 1", b"xref\n51 1"),
        Oddity.MISPLACED,
    ),
    "an entry that leads nowhere": (
        revised(PLAIN, {50: b"(more)"}).replace(b"50 1\n%010d" % len(PLAIN), b"50 1\n%010d" % (len(PLAIN) + 3)),
        Oddity.MISPLACED,
    ),
    "an end of something else": (PLAIN + b"startxref\n7\n%%EOF\n" + END, Oddity.UNLISTED),
}


@pytest.mark.parametrize(("pdf", "oddity"), STRANGE.values(), ids=STRANGE.keys())
def test_what_is_strange_is_said(pdf: bytes, oddity: Oddity) -> None:
    assert oddity in oddities(pdf)


def test_what_is_in_an_update_is_said_to_be_there() -> None:
    """An entry may lead into the signed part: what is strange is the entry."""
    wrong = revised(PLAIN, {50: b"(more)"}).replace(b"50 1\n%010d" % len(PLAIN), b"50 1\n%010d" % len(HEADER))
    (found,) = (one for one in map_file(wrong).oddities if one.oddity is Oddity.MISPLACED)
    assert found.offset > len(PLAIN)


def test_each_end_of_the_file_answers_for_itself() -> None:
    found = map_file(PLAIN + b"words\n" + END).oddities
    assert [(one.oddity, one.offset) for one in found] == [(Oddity.STRAY, len(PLAIN))]
    assert oddities(PLAIN + END) == set()


def test_bytes_before_the_header_are_said_once() -> None:
    pdf = written(base())
    assert Oddity.LEADING not in oddities(pdf)
    offsets = [b"%010d" % int(row) for row in pdf.split() if len(row) == 10 and row.isdigit() and int(row)]
    lead = b"junk\n"
    for offset in offsets:
        pdf = pdf.replace(offset, b"%010d" % (int(offset) + len(lead)))
    start = pdf.rindex(b"startxref\n") + 10
    pdf = lead + pdf[:start] + b"%d\n%%%%EOF\n" % (int(pdf[start:].split()[0]) + len(lead))
    assert oddities(pdf) == {Oddity.LEADING}
    assert not agreed(pdf), "readers count from the header"


def test_an_object_stream_holds_each_object_once() -> None:
    def packed(head: bytes, content: bytes) -> FileMap:
        holder = stream(head + content, b"/Type /ObjStm /N 2 /First %d" % len(head))
        pdf = written(base() | {60: holder})
        rows = bytes((2, 60, 0)) + bytes((2, 60, 1))
        entries = b"/Type /XRef /Root 1 0 R /Size 99 /W [1 1 1] /Index [50 2] /Prev %d" % int(pdf.split()[-2])
        last = b"61 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(rows, entries), len(pdf))
        return map_file(pdf + last)

    honest = packed(b"50 0 51 4 ", b"(a) (b) ")
    assert [honest.last.get(Ref(number, 0)) for number in (50, 51)] == [b"a", b"b"]
    assert honest.last.get(Ref(50, 1)) is None
    for head, content, reason in (
        (b"50 0 50 4 ", b"(a) (b) ", "twice"),
        (b"50 0 51 1 ", b"(8 (b) )", "overlap"),
        (b"50 0 ", b"(a)", "whole number"),
    ):
        with pytest.raises(PdfError, match=reason):
            list(packed(head, content).last.objects())
    other = packed(b"50 0 52 4 ", b"(a) (b) ")
    assert other.last.get(Ref(51, 0)) is None


# -- what is broken ----------------------------------------------------------------------------------------------------


def is_read(pdf: bytes) -> bool:
    """Read all that there is to read."""
    try:
        revision = map_file(pdf).last
        list(revision.objects())
        list(suspicious(revision))
    except PdfError:
        return False
    return True


COMPACT = saved(
    pikepdf.open(BytesIO(PLAIN)), object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=False
)


@pytest.mark.parametrize("pdf", [PLAIN, COMPACT], ids=["classic", "with streams"])
def test_every_truncation_is_a_value(pdf: bytes) -> None:
    ends = [size for size in range(len(pdf)) if is_read(pdf[:size])]
    assert all(pdf[:size].endswith((b"%%EOF", b"%%EOF\n")) for size in ends)


@pytest.mark.parametrize("pdf", [PLAIN, COMPACT], ids=["classic", "with streams"])
def test_every_single_byte_may_be_another_one(pdf: bytes) -> None:
    for position in range(len(pdf)):
        for other in (pdf[position] ^ 1, pdf[position] ^ 0x10, 0x20, 0xFF):
            is_read(pdf[:position] + bytes((other,)) + pdf[position + 1 :])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([PLAIN, COMPACT]), st.data())
def test_any_splice_is_a_value(pdf: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(pdf)))
    end = data.draw(st.integers(start, len(pdf)))
    words = st.one_of(st.binary(max_size=30), st.sampled_from([b"obj", b"endobj", b"xref", b"<<", b"R", b"stream\n"]))
    is_read(pdf[:start] + data.draw(words) + pdf[end:])


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda _: b"", "no PDF header"),
    "a picture": (lambda _: b"\x89PNG" + bytes(2000), "no PDF header"),
    "no end": (lambda pdf: pdf[: pdf.rindex(b"startxref")], "no startxref"),
    "a chain that ends in itself": (
        lambda pdf: pdf.replace(b"/Root", b"/Prev %d /Root" % int(pdf.split()[-2])),
        "has no end",
    ),
    "a section that is none": (lambda pdf: pdf.replace(b"xref\n0 1", b"xerf\n0 1"), "no object"),
    "a row too short": (lambda pdf: pdf.replace(b"0000000000 65535 f \n", b"000000000 65535 f  \n"), "malformed"),
    "a trailer that is none": (lambda pdf: pdf.replace(b"trailer\n<<", b"trailer\n[ "), "no value|dictionary"),
    "a stream without an end": (lambda pdf: pdf.replace(b"endstream", b"endstreem"), "another length"),
    "a length that is not": (lambda pdf: pdf.replace(b"/Length 41", b"/Length -9"), "another length"),
    "an object without an end": (lambda pdf: pdf.replace(b"endobj", b"endabj", 1), "expected endobj"),
}


@pytest.mark.parametrize(("harm", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_what_other_readers_repair_is_refused(harm: Callable[[bytes], bytes], reason: str) -> None:
    assert harm(PLAIN) != PLAIN
    with pytest.raises(PdfError, match=reason):
        map_file(harm(PLAIN))


def test_a_form_is_read_as_it_stands() -> None:
    assert map_file(PLAIN).last.get(Ref(FORM, 0)) == {"Fields": [Ref(7, 0)], "SigFlags": 3}
