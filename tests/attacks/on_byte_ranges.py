"""What the seal says that it covers, and the gap: universal forgery (USF) and signature wrapping (SWA)."""

import hashlib
import re
from io import BytesIO
from typing import Final

import pikepdf
from attacks.on_pages import FORGED
from attacks.registry import attack
from attacks.revisions import append, last_start, stream, wrapped, xref_stream
from attacks.workshop import Workshop, container, gap, resigned

_RANGE: Final = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)")
ROOM: Final = "x" * 80


def numbers(pdf: bytes) -> tuple[int, int, int]:
    """The three numbers of the seal's byte range that are not zero."""
    found = next(_RANGE.finditer(pdf))  # that of the seal; an archive time-stamp has its own
    return int(found[1]), int(found[2]), int(found[3])


def with_range(pdf: bytes, text: bytes) -> bytes:
    """Write something else in the place of the byte range, blanks and all."""
    found = next(_RANGE.finditer(pdf))  # that of the seal; an archive time-stamp has its own
    assert len(text) <= len(found[0]), "no room"
    return pdf[: found.start()] + text.ljust(len(found[0])) + pdf[found.end() :]


def by_an_insider(workshop: Workshop, text: bytes) -> bytes:
    """Another byte range, signed again over what the range was: the digest does not give it away."""
    return resigned(with_range(workshop.pdf(), text), workshop.sign())


@attack()
def byte_range_missing(workshop: Workshop) -> bytes:
    return with_range(workshop.pdf(), b"")


@attack()
def byte_range_empty(workshop: Workshop) -> bytes:
    return with_range(workshop.pdf(), b"/ByteRange []")


@attack()
def byte_range_null(workshop: Workshop) -> bytes:
    return with_range(workshop.pdf(), b"/ByteRange null")


@attack()
def byte_range_of_nothing(workshop: Workshop) -> bytes:
    return with_range(workshop.pdf(), b"/ByteRange [0 0 0 0]")


@attack()
def byte_range_negative(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [0 %d %d -%d]" % (first, second, length))


@attack()
def byte_range_starts_later(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [16 %d %d %d]" % (first - 16, second, length))


@attack()
def byte_range_ends_early(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [0 %d %d %d]" % (first, second, length - 30))


@attack()
def byte_range_beyond_the_end(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [0 %d %d %d]" % (first, second, length + 4096))


@attack()
def byte_range_overlapping(workshop: Workshop) -> bytes:
    first, _, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [0 %d %d %d]" % (first, first - 100, length))


@attack()
def byte_range_over_its_own_gap(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    return by_an_insider(workshop, b"/ByteRange [0 %d %d 0]" % (len(pdf), len(pdf)))


@attack()
def byte_range_with_a_fifth_number(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [0 %d %d %d 7]" % (first, second, length))


@attack()
def byte_range_in_six_numbers(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    text = b"/ByteRange [0 %d %d 100 %d %d]" % (first, second, second + 200, length - 200)
    return by_an_insider(workshop, text)


@attack()
def byte_range_of_real_numbers(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [0.0 %d.0 %d.0 %d.0]" % (first, second, length))


@attack()
def byte_range_with_leading_zeros(workshop: Workshop) -> bytes:
    first, second, length = numbers(workshop.pdf())
    return by_an_insider(workshop, b"/ByteRange [000 %07d +%d %06d]" % (first, second, length))


@attack()
def byte_range_elsewhere(workshop: Workshop) -> bytes:
    """The range is a reference to an object behind the seal, where it can be changed for ever."""
    pdf = workshop.pdf()
    first, second, length = numbers(pdf)
    changed = by_an_insider(workshop, b"/ByteRange 9999 0 R")
    return append(changed, {9999: b"[0 %d %d %d]" % (first, second, length)})


@attack()
def byte_range_twice(workshop: Workshop) -> bytes:
    """Two keys of one name: the first covers the file, the last covers nothing."""
    first, second, length = numbers(workshop.pdf())
    text = b"/ByteRange [0 %d %d %d]/ByteRange [0 1 2 3]" % (first, second, length)
    return by_an_insider(workshop, text)


@attack()
def wrapped_in_its_own_gap(workshop: Workshop) -> bytes:
    """The second signed part moves back; the room between it and the signature value holds another page."""
    pdf = workshop.pdf()
    first, second, length = numbers(pdf)
    signed_tail = pdf[second:]
    value = pdf[first : gap(pdf)[0] + 2 * len(container(pdf).rstrip(b"\0"))]
    page = wrapped(3, b"<< /Type /Page /Parent 14 0 R /MediaBox [0 0 842 595] /Contents 900 0 R >>")
    forged = page + wrapped(900, stream(FORGED))
    head = pdf[:first] + value + b">\n"
    end = 100_000  # where the moved part begins
    own_range = b"/ByteRange [0 %d %d %d]\n>>\nendobj\n" % (first, end, length)
    objects = len(head) + len(own_range)
    lines = {3: (1, objects), 900: (1, objects + len(page))}
    start = objects + len(forged)
    trailer = b"/Size 902 /Root 13 0 R /Prev %d" % last_start(pdf)
    body = head + own_range + forged + xref_stream(901, start, lines, trailer)
    body += b"startxref\n%d\n%%%%EOF\n" % start
    return body.ljust(end) + signed_tail


@attack()
def gap_in_lower_case(workshop: Workshop) -> bytes:
    """The gap is not signed: the same value in other letters is another file."""
    pdf = workshop.pdf()
    start, end = gap(pdf)
    return pdf[:start] + pdf[start:end].lower() + pdf[end:]


@attack()
def gap_in_mixed_case(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    start, _ = gap(pdf)
    return pdf[:start] + pdf[start : start + 2000].lower() + pdf[start + 2000 :]


@attack()
def gap_with_white_space(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    start, end = gap(pdf)
    return pdf[: start + 64] + b"\r\n\t " + pdf[start + 64 : end - 4] + pdf[end:]


@attack()
def gap_with_an_odd_digit(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    _, end = gap(pdf)
    return pdf[: end - 1] + b" " + pdf[end:]


@attack()
def gap_padded_with_something(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    _, end = gap(pdf)
    return pdf[: end - 8] + b"DEADBEEF" + pdf[end:]


@attack()
def gap_with_a_comment(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    _, end = gap(pdf)
    return pdf[: end - 4] + b">%xx\n" + pdf[end + 1 :]


@attack()
def gap_with_another_key(workshop: Workshop) -> bytes:
    """The string ends early, and the gap goes on with entries that nobody signed."""
    pdf = workshop.pdf()
    _, end = gap(pdf)
    hidden = b">/Reason (FORGED) /Name <"
    return pdf[: end - len(hidden) - 15] + hidden + pdf[end - 15 :]


@attack()
def gap_emptied(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    start, end = gap(pdf)
    return pdf[:start] + b"0" * (end - start) + pdf[end:]


@attack()
def gap_blank(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    start, end = gap(pdf)
    return pdf[:start] + b">".ljust(end - start) + b" " + pdf[end + 1 :]


@attack()
def gap_as_a_literal_string(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    start, end = gap(pdf)
    value = container(pdf).rstrip(b"\0")
    escaped = re.sub(rb"([()\\\r])", lambda found: b"\\%03o" % ord(found[1]), value)
    return pdf[: start - 1] + b"(" + escaped + b")" + b" " * (end - start - len(escaped)) + pdf[end + 1 :]


@attack()
def value_in_another_dictionary(workshop: Workshop) -> bytes:
    """The gap that the range leaves is a decoy's; the signature's own value stands among the signed bytes."""
    pdf = workshop.seal(workshop.face(workshop.license(), code=workshop.code()), reason=ROOM)
    reason = pdf.index(b"/Reason (")
    end = pdf.index(b")", reason) + 1
    changed = pdf[:reason] + b"/Contents <3000>".ljust(end - reason) + pdf[end:]
    return resigned(changed.replace(b"/Contents <308", b"/Kontents <308"), workshop.sign())


@attack()
def signed_part_exchanged(workshop: Workshop) -> bytes:
    """The bytes before the gap are another licence's, the seal is this one's."""
    pdf, other = workshop.pdf(), workshop.pdf("neighbour")
    return other[: gap(other)[0]] + pdf[gap(pdf)[0] :]


@attack()
def digest_of_the_whole_file(workshop: Workshop) -> bytes:
    """An insider signs the file with the empty gap in it, as if there were none."""
    pdf = workshop.pdf()
    start, end = gap(pdf)
    empty = pdf[:start] + b"0" * (end - start) + pdf[end:]
    value = workshop.sign()(hashlib.sha256(empty).digest()).hex().upper().encode("ascii")
    return pdf[:start] + value.ljust(end - start, b"0") + pdf[end:]


@attack()
def seal_dictionary_emptied(workshop: Workshop) -> bytes:
    """A viewer that fails to read the value may show the seal as if nothing were wrong."""
    pdf = workshop.pdf()
    with pikepdf.open(BytesIO(pdf)) as document:
        number, _ = document.Root.Perms.DocMDP.objgen
    return append(pdf, {number: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached >>"})
