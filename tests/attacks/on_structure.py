"""Cross-references, revisions, stray bytes and names spelt twice: where two readers see two documents."""

import io
import re
import zipfile
from typing import Any

import pikepdf
from attacks.on_forms import seal_field
from attacks.on_pages import FORGED, page_content_replaced
from attacks.registry import attack
from attacks.revisions import (
    Style,
    append,
    bodies,
    changed,
    last_start,
    opened,
    root_of,
    size_of,
    stream,
    updated,
    wrapped,
    xref_stream,
    xref_table,
)
from attacks.workshop import Workshop


def forged_page(pdf: bytes) -> dict[int, bytes]:
    """The objects of a revision that shows another page."""
    return changed(pdf, page_content_replaced)


@attack()
def table_over_streams(workshop: Workshop) -> bytes:
    return updated(workshop.pdf(), page_content_replaced, Style(kind="table"))


@attack()
def table_and_stream_disagree(workshop: Workshop) -> bytes:
    """A hybrid section: readers of version 1.4 see the table, later ones the stream behind it."""
    return updated(workshop.pdf(), page_content_replaced, Style(kind="hybrid"))


@attack()
def sections_in_a_loop(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    probe = append(pdf, forged_page(pdf))
    return append(pdf, forged_page(pdf), Style(previous=last_start(probe)))


@attack()
def section_before_the_seal_is_next(workshop: Workshop) -> bytes:
    """`/Prev` passes over the sealed revision: the document has no seal, and nothing marks it as changed."""
    pdf = workshop.seal(workshop.face(workshop.license(), code=workshop.code()))
    first = int(re.findall(rb"startxref\s+(\d+)", pdf)[0])
    return append(pdf, forged_page(pdf), Style(previous=first))


@attack()
def sections_end_here(workshop: Workshop) -> bytes:
    """A revision without `/Prev`: all objects are in it, but for the seal."""
    pdf = workshop.pdf()
    with opened(pdf) as document:
        page_content_replaced(document)
        del document.Root.AcroForm
        objects = bodies(document)
    return append(pdf, objects, Style(previous=-1))


@attack()
def object_in_a_later_object_stream(workshop: Workshop) -> bytes:
    """The page is shadowed by one in an object stream, which a search for `3 0 obj` does not find."""
    pdf = workshop.pdf()
    (number, text), *others = sorted(forged_page(pdf).items())
    packed = {key: value for key, value in [(number, text), *others] if b"stream" not in value}
    loose = {key: value for key, value in [(number, text), *others] if b"stream" in value}
    container_number = max([size_of(pdf), *packed, *loose]) + 1
    head, content = b"", b""
    for key, value in packed.items():
        head += b"%d %d " % (key, len(content))
        content += value + b" "
    holder = stream(head + content, b"/Type /ObjStm /N %d /First %d" % (len(packed), len(head)))
    out = bytearray(pdf)
    lines: dict[int, tuple[int, ...]] = {}
    for key, value in {**loose, container_number: holder}.items():
        lines[key] = (1, len(out), 0)
        out += wrapped(key, value)
    lines |= {key: (2, container_number, index) for index, key in enumerate(packed)}
    start = len(out)
    lines[container_number + 1] = (1, start, 0)
    data = b"".join(
        bytes([kind]) + place.to_bytes(4, "big") + bytes([index]) for _, (kind, place, index) in sorted(lines.items())
    )
    index = b" ".join(b"%d 1" % key for key in sorted(lines))
    trailer = b"/Size %d /Root %d 0 R /Prev %d" % (container_number + 2, root_of(pdf), last_start(pdf))
    section = stream(data, b"/Type /XRef /W [1 4 1] /Index [%s] %s" % (index, trailer))
    return bytes(out) + wrapped(container_number + 1, section) + b"startxref\n%d\n%%%%EOF\n" % start


@attack()
def object_freed(workshop: Workshop) -> bytes:
    """The signature dictionary is declared free."""
    pdf = workshop.pdf()
    with opened(pdf) as document:
        number = seal_field(document).V.objgen[0]
    return append(pdf, {size_of(pdf): b"null"}, Style(kind="table", freed=[number]))


@attack()
def object_of_a_later_generation(workshop: Workshop) -> bytes:
    """The page's content again under its number, as generation 1."""
    pdf = workshop.pdf()
    number = content_number(pdf)
    start = len(pdf) + len(wrapped(number, stream(FORGED), 1))
    entry = b"xref\n%d 1\n%010d 00001 n \n" % (number, len(pdf))
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size_of(pdf), root_of(pdf), last_start(pdf))
    return pdf + wrapped(number, stream(FORGED), 1) + entry + trailer + b"startxref\n%d\n%%%%EOF\n" % start


@attack()
def object_unlisted(workshop: Workshop) -> bytes:
    """The forged page is in the file, but in no cross-reference: only readers that rebuild them find it."""
    pdf = workshop.pdf()
    return append(pdf, forged_page(pdf), Style(listed=()))


@attack()
def object_where_another_is_said_to_be(workshop: Workshop) -> bytes:
    """The cross-reference leads to an object of another number: readers take it, refuse it, or rebuild."""
    pdf = workshop.pdf()
    number = content_number(pdf)
    return append(pdf, {7777: stream(FORGED)}, Style(listed=(), moved={number: len(pdf)}))


@attack()
def object_twice_in_one_revision(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    number = content_number(pdf)
    first = wrapped(number, stream(FORGED))
    second = wrapped(number, stream(b"% harmless"))
    lines = {number: (1, len(pdf) + len(first))}
    start = len(pdf) + len(first) + len(second)
    trailer = b"/Size %d /Root %d 0 R /Prev %d" % (size_of(pdf) + 1, root_of(pdf), last_start(pdf))
    section = xref_stream(size_of(pdf), start, lines, trailer)
    return pdf + first + second + section + b"startxref\n%d\n%%%%EOF\n" % start


@attack()
def object_with_a_wrong_offset(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    objects = forged_page(pdf)
    return append(pdf, objects, Style(moved=dict.fromkeys(objects, 11)))


@attack()
def keys_twice_in_the_page(workshop: Workshop) -> bytes:
    """Some readers take the first of two keys, others the last."""
    return _with_page_text(workshop, b"/Contents", b"/Contents 900 0 R /Contents", {900: stream(FORGED)})


@attack()
def keys_spelt_otherwise(workshop: Workshop) -> bytes:
    """`/Con#74ents` is `/Contents` for those who decode names."""
    return _with_page_text(workshop, b"/Contents", b"/Con#74ents 900 0 R /Contents", {900: stream(FORGED)})


@attack()
def stream_with_a_false_length(workshop: Workshop) -> bytes:
    """Who believes `/Length` sees one content, who looks for `endstream` another."""
    pdf = workshop.pdf()
    hidden = b"<< /Length 11 >>\nstream\n% harmless\n" + FORGED + b"\nendstream"
    return append(pdf, {content_number(pdf): hidden})


@attack()
def start_at_the_first_revision(workshop: Workshop) -> bytes:
    """The end leads back to the licence before it was sealed."""
    pdf = workshop.pdf()
    first = re.findall(rb"startxref\s+(\d+)", pdf)[0]
    return pdf + b"startxref\n%s\n%%%%EOF\n" % first


@attack()
def start_at_zero(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    return append(pdf, forged_page(pdf), Style(start=0))


@attack()
def start_twice(workshop: Workshop) -> bytes:
    """Two ends within the bytes that readers look at: some take the first they find, some the last."""
    pdf = workshop.pdf()
    forged = append(pdf, forged_page(pdf))
    return forged + b"startxref\n%d\n%%%%EOF\n" % last_start(pdf)


@attack()
def end_marker_twice(workshop: Workshop) -> bytes:
    return workshop.pdf() + b"%%EOF\n"


@attack()
def end_in_a_comment(workshop: Workshop) -> bytes:
    """The forged revision's end marker stands in a comment; lax readers accept it."""
    pdf = workshop.pdf()
    return append(pdf, forged_page(pdf)).removesuffix(b"%%EOF\n") + b"% %%EOF\n"


@attack()
def bytes_behind_the_end(workshop: Workshop) -> bytes:
    return workshop.pdf() + b"\n% nothing to see here\n"


@attack()
def blanks_behind_the_end(workshop: Workshop) -> bytes:
    return workshop.pdf() + b" " * 64


@attack()
def zeros_behind_the_end(workshop: Workshop) -> bytes:
    return workshop.pdf() + bytes(64)


@attack()
def bytes_before_the_start(workshop: Workshop) -> bytes:
    return b"\xef\xbb\xbf" + workshop.pdf()


@attack()
def also_a_page_of_the_web(workshop: Workshop) -> bytes:
    return b"<html><script>alert('FORGED')</script><!--\n" + workshop.pdf() + b"--></html>\n"


@attack()
def also_an_archive(workshop: Workshop) -> bytes:
    out = io.BytesIO(workshop.pdf())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(zipfile.ZipInfo("licence.txt", (2026, 11, 22, 0, 0, 0)), "FORGED")
    return out.getvalue()


@attack()
def also_a_picture(workshop: Workshop) -> bytes:
    """A GIF of one point, whose comment is the licence."""
    head = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0"
    return head + b"!\xfe\xff" + workshop.pdf()


@attack()
def also_a_program(workshop: Workshop) -> bytes:
    return b"MZ" + bytes(510) + workshop.pdf()


@attack()
def header_of_another_version(workshop: Workshop) -> bytes:
    return workshop.pdf().replace(b"%PDF-1.7", b"%PDF-9.9", 1)


@attack()
def header_missing(workshop: Workshop) -> bytes:
    return workshop.pdf().replace(b"%PDF-1.7", b"%FDP-1.7", 1)


@attack()
def cross_references_missing(workshop: Workshop) -> bytes:
    """All are cut out: what readers do then is rebuild them from what looks like objects."""
    pdf = workshop.pdf()
    return pdf[: pdf.rindex(b"startxref")]


@attack()
def cross_references_misspelt(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    return pdf + wrapped(content_number(pdf), stream(FORGED)) + b"startxrfe\n0\n%%EOF\n"


@attack()
def saved_anew(workshop: Workshop) -> bytes:
    out = io.BytesIO()
    with opened(workshop.pdf("neighbour")) as document:
        document.save(out, deterministic_id=True)
    return out.getvalue()


@attack()
def saved_anew_linearized(workshop: Workshop) -> bytes:
    out = io.BytesIO()
    with opened(workshop.pdf()) as document:
        document.save(out, linearize=True, deterministic_id=True)
    return out.getvalue()


@attack()
def seal_cut_off(workshop: Workshop) -> bytes:
    """The licence saved anew without its seal."""
    out = io.BytesIO()
    with opened(workshop.pdf()) as document:
        del document.Root.AcroForm, document.Root.Perms, document.pages[0].Annots
        document.save(out, deterministic_id=True)
    return out.getvalue()


@attack()
def file_twice(workshop: Workshop) -> bytes:
    return workshop.pdf() * 2


@attack()
def file_behind_another(workshop: Workshop) -> bytes:
    """The licence is followed by the neighbour's, each sealed; offsets lead into the first."""
    return workshop.pdf() + workshop.pdf("neighbour")


@attack()
def table_entries_of_no_length(workshop: Workshop) -> bytes:
    """A table that lists no object, but whose trailer is new."""
    pdf = workshop.pdf()
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size_of(pdf), root_of(pdf), last_start(pdf))
    return pdf + b"xref\n0 0\n" + trailer + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


@attack()
def table_that_frees_itself(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    table = xref_table({0: (1, 15)})
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size_of(pdf), root_of(pdf), last_start(pdf))
    return pdf + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


@attack()
def two_revisions_the_last_harmless(workshop: Workshop) -> bytes:
    """Shadow, replace: the forged revision hides behind one that changes nothing."""
    forged = updated(workshop.pdf(), page_content_replaced)
    return append(forged, {size_of(forged): b"(harmless)"})


@attack()
def changed_and_changed_back(workshop: Workshop) -> bytes:
    """What is shown is what was sealed, but the file is not the one that was issued."""
    pdf = workshop.pdf()
    with opened(pdf) as document:
        number = content_number(pdf)
        old = bodies(document)[number]
    return append(append(pdf, {number: stream(FORGED)}), {number: old})


def content_number(pdf: bytes) -> int:
    """Object number of the first content stream of the first page."""
    with opened(pdf) as document:
        content: Any = document.pages[0].Contents
        stream_object = content if isinstance(content, pikepdf.Stream) else content[0]
        return int(stream_object.objgen[0])


def _with_page_text(workshop: Workshop, old: bytes, new: bytes, more: dict[int, bytes]) -> bytes:
    pdf = workshop.pdf()
    with opened(pdf) as document:
        number = document.pages[0].obj.objgen[0]
        text = bodies(document)[number]
    assert text.count(old) == 1
    return append(pdf, {number: text.replace(old, new), **more})
