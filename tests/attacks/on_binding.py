"""Face, record, code and seal that do not belong together: what an insider, or a patient forger on paper, can make."""

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
from attacks.on_containers import namesake
from attacks.on_pages import FORGED, helvetica, ink
from attacks.registry import attack
from attacks.revisions import opened
from attacks.workshop import AT, Workshop
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from license_lib.licenses import License
from license_lib.licenses.public import public_values
from license_lib.licenses.record import canonical_bytes, record_digest
from license_lib.qr import encode
from license_lib.rendering import page_png, print_copy
from signing.keys import SealCredential


def code_by(workshop: Workshop, credential: SealCredential, document: License, **changes: Any) -> str:
    """A code of one's own making."""
    said: dict[str, Any] = {
        "identifier": document.identifier,
        "issued_on": document.issued_on,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "digest": record_digest(canonical_bytes(document)),
        "public": public_values(workshop.authority.catalogue.get(document.type_code), document),
        "status": document.status.ref if document.status else None,
        "key_id": credential.key_id,
        "sign": credential.sign,
        "base_url": workshop.authority.settings.public_url,
    }
    return encode(**{**said, **changes})


def richer(document: License) -> License:
    """The same licence with ninety times the capital."""
    return replace(document, fields={**document.fields, "KZ_ZCZB": "9000万元人民币"})


def prepared(workshop: Workshop, change: Any, name: str = "business") -> bytes:
    """A true face, changed before an insider seals it."""
    out = io.BytesIO()
    with opened(workshop.face(workshop.license(name), code=workshop.code(name))) as document:
        change(document)
        document.save(out, deterministic_id=True)
    return workshop.seal(out.getvalue(), "market" if name == "business" else "police")


@attack()
def code_of_another_licence(workshop: Workshop) -> bytes:
    return workshop.seal(workshop.face(workshop.license(), code=workshop.code("neighbour")))


@attack()
def code_by_ones_own_key(workshop: Workshop) -> bytes:
    code = code_by(workshop, namesake(workshop), workshop.license())
    return workshop.seal(workshop.face(workshop.license(), code=code))


@attack()
def code_by_ones_own_key_under_a_true_name(workshop: Workshop) -> bytes:
    """The code names the seal's key, but another signed it."""
    own = namesake(workshop)
    code = code_by(workshop, workshop.credential(), workshop.license(), sign=own.sign)
    return workshop.seal(workshop.face(workshop.license(), code=code))


@attack()
def code_by_another_body(workshop: Workshop) -> bytes:
    code = code_by(workshop, workshop.credential("transport"), workshop.license())
    return workshop.seal(workshop.face(workshop.license(), code=code))


@attack()
def code_that_lasts_longer(workshop: Workshop) -> bytes:
    code = code_by(workshop, workshop.credential(), workshop.license(), valid_until=date(2099, 12, 31))
    return workshop.seal(workshop.face(workshop.license(), code=code))


@attack()
def code_missing(workshop: Workshop) -> bytes:
    return workshop.seal(workshop.face(workshop.license(), code="HTTPS://LICENSE.EXAMPLE/OTHER"))


@attack()
def code_of_another_licence_beside_the_true_one(workshop: Workshop) -> bytes:
    other = workshop.face(workshop.license("neighbour"), code=workshop.code("neighbour"))

    def change(document: Pdf) -> None:
        with opened(other) as neighbour:
            form = document.copy_foreign(neighbour.pages[0].as_form_xobject())
        page = document.pages[0]
        page.Resources.XObject["/Other"] = form
        page.contents_add(pikepdf.Stream(document, b"q 0.6 0 0 0.6 40 40 cm /Other Do Q"))

    return prepared(workshop, change)


@attack()
def record_of_another_licence(workshop: Workshop) -> bytes:
    record = canonical_bytes(workshop.license("neighbour"))
    return workshop.seal(workshop.face(workshop.license(), code=workshop.code(), record=record))


@attack()
def record_changed(workshop: Workshop) -> bytes:
    record = canonical_bytes(richer(workshop.license()))
    return workshop.seal(workshop.face(workshop.license(), code=workshop.code(), record=record))


@attack()
def record_changed_and_the_code_with_it(workshop: Workshop) -> bytes:
    """Record and code agree; only the face still says what was issued."""
    forged = richer(workshop.license())
    code = code_by(workshop, workshop.credential(), forged)
    return workshop.seal(workshop.face(workshop.license(), code=code, record=canonical_bytes(forged)))


@attack()
def record_written_otherwise(workshop: Workshop) -> bytes:
    """The same values, with blanks: another digest, and two spellings of one record."""
    record = json.dumps(json.loads(canonical_bytes(workshop.license())), indent=1, ensure_ascii=False).encode()
    return workshop.seal(workshop.face(workshop.license(), code=workshop.code(), record=record))


@attack()
def record_with_a_key_twice(workshop: Workshop) -> bytes:
    """JSON readers differ: the first number, or the last."""
    record = canonical_bytes(workshop.license())
    return workshop.seal(
        workshop.face(workshop.license(), code=workshop.code(), record=record[:-1] + b',"number":"FORGED"}')
    )


@attack()
def record_of_no_json(workshop: Workshop) -> bytes:
    return workshop.seal(workshop.face(workshop.license(), code=workshop.code(), record=b"\xff\xfe{"))


@attack()
def record_deeply_nested(workshop: Workshop) -> bytes:
    record = b"[" * 50_000 + b"]" * 50_000
    return workshop.seal(workshop.face(workshop.license(), code=workshop.code(), record=record))


@attack()
def record_left_out(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        del document.Root.AF
        del document.Root.Names

    return prepared(workshop, change)


@attack()
def face_drawn_otherwise(workshop: Workshop) -> bytes:
    """An insider draws the false face, with the true record and code."""
    forged = richer(workshop.license())
    return workshop.seal(workshop.face(forged, code=workshop.code(), record=canonical_bytes(workshop.license())))


@attack()
def everything_drawn_otherwise(workshop: Workshop) -> bytes:
    """Face, record, code and seal agree; the repository has another licence under the identifier."""
    forged = richer(workshop.license())
    return workshop.seal(workshop.face(forged, code=code_by(workshop, workshop.credential(), forged)))


@attack()
def never_recorded(workshop: Workshop) -> bytes:
    """All is true, but its identifier is in no repository: what a stolen key makes."""
    return workshop.unpublished()


@attack()
def sealed_by_another_body(workshop: Workshop) -> bytes:
    return workshop.seal(workshop.face(workshop.license(), code=workshop.code()), "transport")


@attack()
def sealed_again_without_the_time_stamp(workshop: Workshop) -> bytes:
    """A year later, with the clock put back: `/M` says what the forger likes."""
    from signing.sealing import seal

    return seal(
        workshop.face(workshop.license(), code=workshop.code()),
        credential=workshop.credential(),
        timestamper=None,
        appearance=None,
        at=AT,
        nonce=lambda: 1,
    )


@attack()
def face_without_a_seal(workshop: Workshop) -> bytes:
    return workshop.face(workshop.license(), code=workshop.code())


@attack("residence")
def photo_of_another(workshop: Workshop) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), (90, 120, 90)).save(out, "JPEG")

    def change(document: Pdf) -> None:
        (picture,) = document.pages[0].get_images(recursive=False).values()
        picture.write(out.getvalue(), filter=Name.DCTDecode)
        picture.Width, picture.Height, picture.ColorSpace = 60, 80, Name.DeviceRGB

    return prepared(workshop, change, "residence")


@attack("residence")
def photo_covered_by_another(workshop: Workshop) -> bytes:
    """The true picture is in the file; another, within a form, lies on it."""

    def change(document: Pdf) -> None:
        page = document.pages[0]
        page.Resources.XObject["/Over"] = ink(document, b"0.4 0.5 0.4 rg 0 0 842 595 re f")
        page.contents_add(pikepdf.Stream(document, b"q 0.3 0 0 0.3 20 200 cm /Over Do Q"))

    return prepared(workshop, change, "residence")


@attack()
def hidden_layer_before_sealing(workshop: Workshop) -> bytes:
    """Shadow attack "hide": sealed while the layer is off, shown when the viewer turns it on."""

    def change(document: Pdf) -> None:
        layer = document.make_indirect(Dictionary(Type=Name.OCG, Name=String("later")))
        usual = Dictionary(OFF=Array([layer]), BaseState=Name.ON)
        document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=usual)
        page = document.pages[0]
        page.Resources.Properties = Dictionary(Later=layer)
        page.Resources.Font.F = helvetica()
        page.contents_add(pikepdf.Stream(document, b"/OC /Later BDC " + FORGED + b" EMC"))

    return prepared(workshop, change)


@attack()
def covered_before_sealing(workshop: Workshop) -> bytes:
    """Text extraction cannot see what is painted over the text."""

    def change(document: Pdf) -> None:
        document.pages[0].contents_add(pikepdf.Stream(document, b"q 1 1 1 rg 150 400 200 24 re f Q"))

    return prepared(workshop, change)


@attack()
def script_before_sealing(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('FORGED')"))

    return prepared(workshop, change)


@attack()
def page_added_before_sealing(workshop: Workshop) -> bytes:
    def change(document: Pdf) -> None:
        document.add_blank_page(page_size=(842, 595))

    return prepared(workshop, change)


@attack()
def print_copy_as_the_original(workshop: Workshop) -> bytes:
    return print_copy(workshop.pdf())


@attack()
def picture_of_a_false_code(workshop: Workshop) -> bytes:
    """A scan of a licence whose code its forger signed himself."""
    code = code_by(workshop, namesake(workshop), richer(workshop.license()))
    return paper(workshop.face(richer(workshop.license()), code=code))


@attack()
def picture_of_a_changed_code(workshop: Workshop) -> bytes:
    """One digit of the code is another."""
    code = workshop.code()
    changed = code[:-40] + ("1" if code[-40] != "1" else "2") + code[-39:]
    return paper(workshop.face(workshop.license(), code=changed))


@attack()
def picture_of_another_code_beside(workshop: Workshop) -> bytes:
    pages = [in_black_and_white(workshop.pdf(name)) for name in ("business", "neighbour")]
    both = Image.new("1", (pages[0].width, 2 * pages[0].height), 1)
    for index, page in enumerate(pages):
        both.paste(page, (0, index * page.height))
    return as_png(both)


def in_black_and_white(pdf: bytes) -> Image.Image:
    """The face as a copier sees it."""
    return Image.open(io.BytesIO(page_png(pdf))).convert("1", dither=Image.Dither.NONE)


def as_png(picture: Image.Image) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def paper(face: bytes) -> bytes:
    """A scan of a face."""
    return as_png(in_black_and_white(face))
