"""Long-term evidence abused: what may stand behind a seal (a DSS, a document time-stamp), with something else in it."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pikepdf
from attacks.on_catalogs import script
from attacks.on_containers import value_of
from attacks.on_forms import seal_field
from attacks.on_pages import OVER_THE_FACE, ink, page_content_replaced, page_rotated
from attacks.on_structure import content_number
from attacks.registry import attack
from attacks.revisions import append, as_written, changed, updated
from attacks.workshop import Workshop, resigned, with_container
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import Array, Dictionary, Name, Pdf, String

from signing.key_files import load_certificates

_ROOM: Final = 8000
_PLACE: Final = b"/ByteRange [0 0 0 0]".ljust(60)
Change = Callable[[Pdf], object]
Token = Callable[[bytes], bytes]


def evidence(workshop: Workshop) -> tuple[list[bytes], list[bytes]]:
    """Certificates and revocation lists of an authority, DER."""
    public = workshop.keys / "public"
    files = [public / "intermediates" / "city-ca.pem", public / "anchors" / "root-ca.pem", public / "tsa.pem"]
    found = [one.public_bytes(Encoding.DER) for path in files for one in load_certificates(path)]
    return found, [Path(path).read_bytes() for path in sorted((public / "crl").glob("*.crl"))]


def store(workshop: Workshop) -> Change:
    """Add a document security store."""
    certificates, lists = evidence(workshop)

    def change(document: Pdf) -> None:
        streams = [
            Array([document.make_indirect(pikepdf.Stream(document, data)) for data in group])
            for group in (certificates, lists)
        ]
        contents = Dictionary(Type=Name.DSS, Certs=streams[0], CRLs=streams[1])
        document.Root.DSS = document.make_indirect(contents)

    return change


def token(workshop: Workshop, body: str = "tsa") -> Token:
    """Have a digest time-stamped."""
    return lambda digest: workshop.timestamper(body=body).timestamp(digest, 1)


def archived(
    pdf: bytes,
    make: Token,
    *,
    also: Change | None = None,
    kind: bytes = b"/Type /DocTimeStamp /SubFilter /ETSI.RFC3161",
    end: int | None = None,
    **field: Any,
) -> bytes:
    """Append a revision with a document time-stamp over everything before.

    Args:
        make: digest to what stands in the gap.
        also: what else the revision changes.
        kind: type and sub-filter of the signature dictionary.
        end: where the byte range ends, if not at the end of the file.
        field: further entries of the field.
    """
    numbers = []

    def change(document: Pdf) -> None:
        value = document.make_indirect(Dictionary(Place=1))
        numbers.append(value.objgen[0])
        widget = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("Archive"), F=132, Rect=Array([0, 0, 0, 0])
        )
        widget.P, widget.V = document.pages[0].obj, value
        for key, entry in field.items():
            widget[f"/{key}"] = entry(document) if callable(entry) else entry
        added = document.make_indirect(widget)
        document.Root.AcroForm.Fields.append(added)
        document.pages[0].Annots.append(added)
        if also:
            also(document)

    objects = changed(pdf, change)
    (number,) = numbers
    objects[number] = b"<< /Filter /Adobe.PPKLite %s %s /Contents <%s> >>" % (kind, _PLACE, b"0" * _ROOM)
    out = append(pdf, objects)
    start, _ = as_written(out, number)
    first = out.index(b"<000", start)
    second = first + _ROOM + 2
    numbers_text = b"/ByteRange [0 %d %d %d]" % (first, second, (end or len(out)) - second)
    out = out[:start] + out[start:].replace(_PLACE, numbers_text.ljust(len(_PLACE)), 1)
    digest = hashlib.sha256(out[:first] + out[second : end or len(out)]).digest()
    digits = make(digest).hex().upper().encode("ascii")
    return out[: first + 1] + digits.ljust(_ROOM, b"0") + out[second - 1 :]


def long_term(workshop: Workshop, name: str = "business") -> bytes:
    """What an honest archive does: evidence, then a document time-stamp over it."""
    return archived(updated(workshop.pdf(name), store(workshop)), token(workshop))


def archived_twice(workshop: Workshop) -> bytes:
    """Ten years later, a second time-stamp over the first."""
    return archived(long_term(workshop), token(workshop), T=String("Archive2"))


def both(*changes: Change) -> Change:
    """Several changes in one revision."""

    def change(document: Pdf) -> None:
        for one in changes:
            one(document)

    return change


@attack()
def store_beside_a_changed_page(workshop: Workshop) -> bytes:
    return updated(workshop.pdf(), both(store(workshop), page_content_replaced))


@attack()
def store_under_the_number_of_the_content(workshop: Workshop) -> bytes:
    """A certificate of the store is written under the object number of the page's content."""
    pdf = workshop.pdf()
    objects = changed(pdf, store(workshop))
    certificate = min(objects, key=lambda number: b"Certs" in objects[number] or len(objects[number]))
    number = content_number(pdf)
    text = {key: value.replace(b"%d 0 R" % certificate, b"%d 0 R" % number) for key, value in objects.items()}
    text[number] = text.pop(certificate)
    return append(pdf, text)


@attack()
def store_holds_a_look(workshop: Workshop) -> bytes:
    """A comparison that lets the store bring in objects lets in the look of an annotation with it."""

    def change(document: Pdf) -> None:
        look = ink(document)
        document.Root.DSS = Dictionary(Certs=Array([look]))
        seal_field(document).AP = Dictionary(N=look)

    return updated(workshop.pdf(), change)


@attack()
def store_with_other_keys(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        document.Root.DSS["/Open"] = script()

    return updated(workshop.pdf(), both(store(workshop), change))


@attack()
def store_with_an_open_action(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        document.Root.OpenAction = script()

    return updated(workshop.pdf(), both(store(workshop), change))


@attack()
def store_is_the_page_tree(workshop: Workshop) -> bytes:
    """The store's object is the page tree's too: to judge it by its key is to judge half of it."""

    def change(document: Pdf) -> None:
        document.Root.DSS = document.Root.Pages
        document.Root.Pages.Certs = Array([])

    return updated(workshop.pdf(), change)


@attack()
def store_of_the_seal(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        document.Root.DSS = Dictionary(Certs=Array([document.Root.Perms.DocMDP]))
        document.Root.AcroForm.Fields = Array([])

    return updated(workshop.pdf(), change)


@attack()
def store_of_a_stranger(workshop: Workshop) -> bytes:
    """A stranger's licence brings his own anchors and lists with it."""
    stranger = workshop.stranger()
    sealed = stranger.seal(workshop.face(workshop.license(), code=workshop.code()))
    return updated(sealed, store(stranger))


@attack()
def store_streams_external(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        data = pikepdf.Stream(document, b"")
        data["/F"] = Dictionary(Type=Name.Filespec, FS=Name.URL, F=String("https://license.example.invalid/ca"))
        document.Root.DSS = Dictionary(Certs=Array([document.make_indirect(data)]))

    return updated(workshop.pdf(), change)


@attack()
def archive_of_another_licence(workshop: Workshop) -> bytes:
    """A document time-stamp's token, replayed over other bytes."""
    other = archived(workshop.pdf("neighbour"), token(workshop))
    (*_, digits) = re.findall(rb"/Contents <([0-9A-F]+)>", other)
    value = bytes.fromhex(digits.decode("ascii")).rstrip(b"\0")
    return archived(workshop.pdf(), lambda _: value)


@attack()
def archive_over_the_sealed_revision_only(workshop: Workshop) -> bytes:
    """The range ends early: what follows is covered by nobody."""
    pdf = workshop.pdf()
    probe = archived(pdf, token(workshop))
    return archived(pdf, token(workshop), end=len(probe) - 200)


@attack()
def archive_that_is_seen(workshop: Workshop) -> bytes:
    """Sneaky signature: a time-stamp whose field draws over the face."""

    def look(document: Pdf) -> Dictionary:
        return Dictionary(N=ink(document))

    return archived(workshop.pdf(), token(workshop), Rect=Array(OVER_THE_FACE), AP=look)


@attack()
def archive_that_certifies(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        document.Root.Perms.DocMDP = document.Root.AcroForm.Fields[-1].V

    return archived(workshop.pdf(), token(workshop), also=change)


@attack()
def archive_with_a_changed_page(workshop: Workshop) -> bytes:
    return archived(workshop.pdf(), token(workshop), also=page_rotated)


@attack()
def archive_by_a_stranger(workshop: Workshop) -> bytes:
    return archived(workshop.pdf(), token(workshop.stranger()))


@attack()
def archive_by_the_seal_key(workshop: Workshop) -> bytes:
    return archived(workshop.pdf(), token(workshop, "market"))


@attack()
def archive_of_nothing(workshop: Workshop) -> bytes:
    return archived(workshop.pdf(), lambda _: b"")


@attack()
def archive_over_a_changed_page(workshop: Workshop) -> bytes:
    """First the forgery, then a true time-stamp over everything."""
    return archived(updated(workshop.pdf(), page_content_replaced), token(workshop))


@attack()
def archive_between_two_seals(workshop: Workshop) -> bytes:
    """The field that looks like an archive holds a second seal, by the same body."""
    return archived(workshop.pdf(), workshop.sign(), kind=b"/Type /Sig /SubFilter /ETSI.CAdES.detached")


@attack()
def archive_type_with_a_seal_in_it(workshop: Workshop) -> bytes:
    return archived(workshop.pdf(), workshop.sign())


@attack()
def archive_locks_and_scripts(workshop: Workshop) -> bytes:
    return archived(workshop.pdf(), token(workshop), AA=Dictionary(E=script()))


@attack()
def archive_without_a_seal(workshop: Workshop) -> bytes:
    """A face that nobody sealed, with a true time-stamp on it."""

    def change(document: Pdf) -> None:
        document.Root.AcroForm = Dictionary(Fields=Array([]), SigFlags=3)
        document.pages[0].Annots = Array([])

    return archived(updated(workshop.face(workshop.license(), code=workshop.code()), change), token(workshop))


@attack()
def seal_that_says_it_is_an_archive(workshop: Workshop) -> bytes:
    """The certification signature calls itself a document time-stamp: some do not count those."""
    pdf = workshop.seal(workshop.face(workshop.license(), code=workshop.code()), reason="x" * 40)
    start = pdf.index(b"/SubFilter /ETSI.CAdES.detached")
    pdf = pdf[:start] + b"/SubFilter /ETSI.RFC3161".ljust(31) + pdf[start + 31 :]
    kind, reason = pdf.index(b"/Type /Sig\n", start - 40), pdf.index(b"/Reason (")
    end = pdf.index(b")", reason) + 1
    pdf = pdf[:reason] + b"/Type /DocTimeStamp".ljust(end - reason) + pdf[end:]
    return resigned(pdf[:kind] + b" " * 10 + pdf[kind + 10 :], workshop.sign())


@attack()
def changed_after_the_archive(workshop: Workshop) -> bytes:
    return updated(long_term(workshop), page_content_replaced)


@attack()
def changed_between_evidence_and_archive(workshop: Workshop) -> bytes:
    with_store = updated(workshop.pdf(), store(workshop))
    return archived(updated(with_store, page_content_replaced), token(workshop))


@attack()
def archive_padded_with_something(workshop: Workshop) -> bytes:
    pdf = long_term(workshop)
    end = pdf.rindex(b"0000>") + 4
    return pdf[: end - 8] + b"DEADBEEF" + pdf[end:]


@attack()
def bytes_behind_the_archive(workshop: Workshop) -> bytes:
    return long_term(workshop) + b"\n% nothing to see here\n"


@attack()
def byte_changed_under_the_archive(workshop: Workshop) -> bytes:
    """One byte of the store, which only the archive covers."""
    pdf = long_term(workshop)
    position = pdf.index(b"/DSS", len(workshop.pdf())) + 1
    return pdf[:position] + b"X" + pdf[position + 1 :]


@attack()
def seal_changed_under_the_archive(workshop: Workshop) -> bytes:
    """Between seal and archive, the seal's container is exchanged: both ranges are whole."""
    other = resigned(workshop.pdf("neighbour"), workshop.sign())
    forged = with_container(workshop.pdf(), value_of(other))
    return archived(updated(forged, store(workshop)), token(workshop))


@attack()
def evidence_as_a_stream_of_the_page(workshop: Workshop) -> bytes:
    """The page's content array goes on with a stream of the store."""

    def change(document: Pdf) -> None:
        page = document.pages[0]
        content = page.Contents
        streams = [content] if isinstance(content, pikepdf.Stream) else list(content)
        page.Contents = Array([*streams, document.Root.DSS.Certs[0]])

    return updated(workshop.pdf(), both(store(workshop), change))
