"""Faces that our press prints are not drawn: same verdict as drawn, whatever is changed on the page."""

import re
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from plain_files import Part, put_together, sealed, taken_apart, with_line
from support import ISSUERS, NOON, PASSPHRASE, example_request, sealed_revision

from license_lib.authority import Authority
from license_lib.catalogue import Layout
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.license_code import license_code
from license_lib.licenses import FaceContent, License, face_content
from license_lib.qr import retries, scan_file
from license_lib.qr.readers import Seen
from license_lib.qr.scanning import PAGE_DPI, read_codes
from license_lib.rendering import FacePlan, Fonts, plan_face
from license_lib.rendering.blocks import Area, Block, Line
from license_lib.rendering.face import qr_operators
from license_lib.rendering.fonts import FILES
from license_lib.rendering.qr_drawing import qr_matrix
from license_lib.resources import fonts_beside, resource_folder
from license_lib.verification import Verdict, examination, plain_faces, plain_fonts
from license_lib.verification.examination import Examination
from license_lib.verification.faces import differing_fields
from license_lib.verification.ground import Ground, Reprint
from license_lib.verification.plain_codes import text_of_code
from license_lib.verification.plain_faces import PlainFaces, lines_below_each_other
from license_lib.verification.plain_fonts import is_read_as_written
from license_lib.verification.plain_objects import OtherwiseSpelledError, plain_record, unpacked
from license_lib.verification.plain_texts import planned_face
from license_lib.verification.reading import POINTS_PER_MM, attached_record, codes_on, read_face
from signing.keys import SealCredential, key_id, load_credential
from signing.pdf_reading.plain import PlainFile, read_plain
from signing.validation import validate

ROOM: Final = 4000
ANY = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck), derandomize=True)
WITH_PHOTO: Final = {"residence-permit", "teacher-qualification"}
"""A photograph may show a code: their faces are drawn."""
Redrawn = Callable[[bytes], bytes]
Changed = Callable[["Page"], None]
Printed = Callable[[License], bytes]


@pytest.fixture(scope="module")
def credential(shared_authority: Authority) -> SealCredential:
    return load_credential(shared_authority.settings.keys_folder, "market", passphrase=PASSPHRASE, at=NOON)


@pytest.fixture(scope="module")
def ground(shared_authority: Authority) -> Ground:
    return replace(shared_authority.verifier.ground, states=None)


def new_faces(ground: Ground) -> PlainFaces:
    assert ground.press is not None
    return PlainFaces(ground.press)


@pytest.fixture(scope="module")
def faces(issued_licenses: dict[str, Issued], ground: Ground) -> PlainFaces:
    """It has seen every type twice: met it, and learned what it is made of."""
    faces = new_faces(ground)
    for issued in [*issued_licenses.values()] * 2:
        verdict(sealed_revision(issued.pdf), ground, faces)
    return faces


def verdict(pdf: bytes, ground: Ground, faces: PlainFaces | None) -> Verdict:
    return Examination(ground, NOON, None, faces).of_document(pdf)


def codes_of_sound(document: License, pdf: bytes, ground: Ground, faces: PlainFaces) -> tuple[str, ...]:
    """What is said of a face without drawing it; nothing if somebody has to draw it."""
    kind, report = ground.catalogue.drawn_by(document.template), validate(pdf, trust=ground.trust, at=NOON)
    assert kind is not None
    assert report.plain is not None
    return faces.codes_of_sound(report, document, kind, face_content(kind, document))


def is_read(document: License, pdf: bytes, ground: Ground, faces: PlainFaces) -> bool:
    return bool(codes_of_sound(document, pdf, ground, faces))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever draws a face fails."""
    for module in (examination, plain_faces):
        monkeypatch.setattr(module, "read_face", lambda *_: pytest.fail("a face was drawn"))


def test_the_record_of_a_plain_file_is_found_without_another_reader(issued_licenses: dict[str, Issued]) -> None:
    for issued in issued_licenses.values():
        covered = sealed_revision(issued.pdf)
        plain = read_plain(covered)
        assert plain is not None
        assert plain_record(plain) == attached_record(covered)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("key", [key for key in ISSUERS if key not in WITH_PHOTO])
def test_a_face_of_ours_is_not_drawn(
    key: str, issued_licenses: dict[str, Issued], ground: Ground, faces: PlainFaces
) -> None:
    found = verdict(sealed_revision(issued_licenses[key].pdf), ground, faces)
    assert {"face", "code"} <= {proof.value for proof in found.proved}
    assert not found.against


@pytest.mark.parametrize("key", [key for key in ISSUERS if key not in WITH_PHOTO])
def test_a_renderer_sees_the_same(
    key: str, issued_licenses: dict[str, Issued], ground: Ground, faces: PlainFaces
) -> None:
    document, pdf = issued_licenses[key].license, sealed_revision(issued_licenses[key].pdf)
    kind = ground.catalogue.drawn_by(document.template)
    assert kind is not None
    content = face_content(kind, document)
    face = read_face(pdf, content.layout)
    assert codes_of_sound(document, pdf, ground, faces) == face.codes
    assert not differing_fields(kind, content, face)


class Page:
    """A licence whose page can be changed, and sealed again by its own key.

    Args:
        pdf: a sealed revision.
    """

    def __init__(self, pdf: bytes) -> None:
        trailer = re.search(rb"/W\[1 4 2\](/Root .*?\])/Filter", pdf)
        assert trailer is not None
        self.parts, self._trailer = taken_apart(pdf), trailer[1]

    def line(self, like: bytes) -> tuple[int, bytes]:
        """The one object of an object stream that a pattern is found in."""
        (found,) = [held for part in self.parts for held in part.lines if re.search(like, held[1])]
        return found

    def replace_line(self, like: bytes, old: bytes, new: bytes) -> None:
        number, line = self.line(like)
        assert re.search(old, line)
        self.parts = with_line(self.parts, number, re.sub(old, new, line, count=1))

    def replace_stream(self, number: int, change: Redrawn) -> None:
        index = next(index for index, part in enumerate(self.parts) if part.number == number)
        part = self.parts[index]
        assert part.data is not None
        content = zlib.decompress(part.data)
        changed = change(content)
        self.parts[index] = Part(number, part.entries, zlib.compress(changed))

    def redraw(self, change: Redrawn) -> None:
        contents = re.search(rb"/Contents (\d+)", self.line(rb"/Type/Page/")[1])
        assert contents is not None
        self.replace_stream(int(contents[1]), change)

    def named(self, like: bytes, key: bytes) -> int:
        """The object that another one names."""
        found = re.search(key + rb"\[?(\d+) 0 R", self.line(like)[1])
        assert found is not None
        return int(found[1])

    def sealed(self, credential: SealCredential) -> bytes:
        return sealed(put_together(self.parts, self._trailer, ROOM), credential)


@pytest.fixture
def page(issued_licenses: dict[str, Issued]) -> Page:
    return Page(sealed_revision(issued_licenses["food-business-permit"].pdf))


def codes_of(pdf: bytes, ground: Ground, faces: PlainFaces) -> tuple[str, ...]:
    """The findings of both ways, which must be the same."""
    short, long = verdict(pdf, ground, faces), verdict(pdf, ground, None)
    assert short == long
    return tuple(one.code for one in short.findings)


def test_a_page_sealed_again_is_read(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces, issued_licenses: dict[str, Issued]
) -> None:
    pdf = page.sealed(credential)
    assert is_read(issued_licenses["food-business-permit"].license, pdf, ground, faces)
    assert codes_of(pdf, ground, faces) == SOUND


TEXT: Final = rb"(?m)^/LBody .* Tj ET EMC$"
CODE: Final = rb"(?m)^/Figure .* 1 re f Q EMC$"


def in_the_code(content: bytes) -> tuple[float, float, float]:
    """Left, foot and side of the code."""
    found = re.search(rb"q (\S+) 0 0 \S+ (\S+) (\S+) cm 1 1 1 rg 0 0 (\d+)", content)
    assert found is not None
    return float(found[2]), float(found[3]), float(found[1]) * int(found[4])


def after(more: bytes) -> Redrawn:
    return lambda content: content + b"\n" + more


def over_the_code(line: bytes) -> Redrawn:
    """Draw something at the code's lower-left corner."""

    def change(content: bytes) -> bytes:
        left, foot, side = in_the_code(content)
        return content + b"\n" + line % {b"x": left, b"y": foot, b"side": side, b"size": 0.8 * side}

    return change


def once(old: bytes, new: bytes) -> Redrawn:
    def change(content: bytes) -> bytes:
        changed = re.sub(old, new, content, count=1)
        assert changed != content
        return changed

    return change


def twice(old: bytes) -> Redrawn:
    return once(old, rb"\g<0>\n\g<0>")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(once(rb"(/LBody .*<)[0-9a-f]{4}", rb"\g<1>0001"), "face.mismatch", id="another-character"),
        pytest.param(once(TEXT, b""), "face.mismatch", id="a-text-less"),
        pytest.param(twice(TEXT), "", id="a-text-twice"),
        pytest.param(once(rb"(/LBody .* 0 0 1 )\d+", rb"\g<1>5"), "face.mismatch", id="a-text-elsewhere"),
        pytest.param(once(CODE, b""), "qr.missing", id="no-code"),
        pytest.param(once(rb"rg (\d+ \d+ \d+ 1 re ){300}", b"rg "), "qr.missing", id="a-broken-code"),
        pytest.param(
            over_the_code(b"/Artifact BMC 1 1 1 rg %(x).3f %(y).3f %(side).3f %(side).3f re f EMC"),
            "qr.missing",
            id="covered",
        ),
        pytest.param(
            over_the_code(
                b"/P <</MCID 90>> BDC BT 0 0 0 rg 2 Tr 0 0 0 RG 9 w 1 0 0 1 %(x).3f %(y).3f Tm 0.000 Tc"
                b" /song %(size).2f Tf <0001> Tj 0 Tr ET EMC"
            ),
            "qr.missing",
            id="covered-by-text",
        ),
        pytest.param(once(rb" 0 0 0 rg (\d+ \d+ \d+ 1 re)", rb" 1 1 1 rg \g<1>"), "qr.missing", id="white-on-white"),
        pytest.param(once(rb"0\.\d+ 0\.\d+ 0\.\d+ rg 1 0 0 1", b"1 1 1 rg 1 0 0 1"), "", id="a-white-text"),
        pytest.param(once(rb"/Artifact BMC /Ground Do EMC", b"/Artifact BMC q Q EMC"), "", id="another-ground"),
        pytest.param(after(b"/Artifact BMC BT 0 0 0 rg /song 9 Tf (x) Tj ET EMC"), "", id="a-text-of-another-spelling"),
        pytest.param(
            after(
                b"/P <</MCID 90>> BDC BT 0 0 0 rg 1 0 0 1 835 250 Tm -60.000 Tc"
                b" /song 13 Tf <000500060007000500060007000500060007000500060007> Tj ET EMC"
            ),
            "face.mismatch",
            id="a-text-backwards",
        ),
        pytest.param(once(rb"(/LBody .* /song )\S+ Tf", rb"\g<1>-13 Tf"), "", id="a-text-upside-down"),
        pytest.param(once(rb"(2 Tr .* RG )\S+ w", rb"\g<1>900 w"), "qr.missing", id="a-text-of-heavy-strokes"),
        pytest.param(after(b"BT 0 0 0 rg /song 9 Tf (x) Tj ET"), "", id="a-text-that-is-no-line"),
    ],
)
def test_what_is_changed_on_the_page_is_found_both_ways(
    change: Redrawn, code: str, page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces
) -> None:
    page.redraw(change)
    found = codes_of(page.sealed(credential), ground, faces)
    assert not code or code in found


@pytest.mark.parametrize(
    "lefts", [(60.0, 0.0), (0.0, 0.0), (0.0, 3.0)], ids=["swapped", "on-each-other", "overlapping"]
)
@pytest.mark.parametrize("foot", [0.0, 0.6])
def test_texts_of_a_line_that_do_not_follow_each_other_are_drawn(
    lefts: tuple[float, float],
    foot: float,
    page: Page,
    credential: SealCredential,
    ground: Ground,
    faces: PlainFaces,
    issued_licenses: dict[str, Issued],
) -> None:
    """In the order in which they are drawn they say what is expected, and nobody sees that."""

    def change(content: bytes) -> bytes:
        longest = max(re.findall(TEXT, content), key=len)
        found = re.search(rb"1 0 0 1 (\S+) (\S+) Tm \S+ Tc( /\w+ \S+ Tf )<([0-9a-f]{8})([0-9a-f]+)>", longest)
        assert found is not None
        x, y = float(found[1]), float(found[2])
        parts = [
            b"1 0 0 1 %.2f %.2f Tm 0.000 Tc%b<%b> Tj" % (x + left, y + up, found[3], codes)
            for left, up, codes in zip(lefts, (0.0, foot), (found[4], found[5]), strict=True)
        ]
        return content.replace(longest, longest.replace(found[0] + b" Tj", b" ".join(parts)))

    page.redraw(change)
    pdf = page.sealed(credential)
    assert not is_read(issued_licenses["food-business-permit"].license, pdf, ground, faces)
    codes_of(pdf, ground, faces)


@pytest.mark.parametrize("by", range(60, 540, 80))
def test_a_text_that_is_moved_out_of_its_place_is_found_as_soon(
    by: int, page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces
) -> None:
    def change(content: bytes) -> bytes:
        longest = max(re.findall(TEXT, content), key=len)
        found = re.search(rb"1 0 0 1 (\d+)", longest)
        assert found is not None
        return content.replace(longest, longest.replace(found[0], b"1 0 0 1 %d" % (int(found[1]) + by)))

    page.redraw(change)
    codes_of(page.sealed(credential), ground, faces)


def after_the_background(line: bytes) -> Redrawn:
    return lambda content: content.replace(b"\n", b"\n" + line + b"\n", 1)


def texts_first(content: bytes) -> bytes:
    lines = content.split(b"\n")
    return b"\n".join([line for line in lines if b" BT " in line] + [line for line in lines if b" BT " not in line])


def page_drawn(change: Redrawn) -> Changed:
    return lambda page: page.redraw(change)


def background_drawn(more: bytes) -> Changed:
    return lambda page: page.replace_stream(page.named(rb"/XObject<<", rb"/Ground "), lambda content: content + more)


STRANGE: Final = {
    "stretched": page_drawn(after_the_background(b"/Artifact BMC 110 Tz EMC")),
    "hidden": page_drawn(after_the_background(b"/Artifact BMC 3 Tr EMC")),
    "scaled": page_drawn(after_the_background(b"/Artifact BMC 2 0 0 2 0 0 cm EMC")),
    "clipped": page_drawn(after_the_background(b"/Artifact BMC 0 0 9 9 re W n EMC")),
    "nested": page_drawn(after_the_background(b"q")),
    "optional": page_drawn(after_the_background(b"/Artifact BMC /OC /More BDC EMC")),
    "a-path": page_drawn(after_the_background(b"/Artifact BMC 9 9 -9 9 re EMC")),
    "an-array": page_drawn(after(b"/Artifact BMC [ EMC")),
    "a-clip-at-the-end": page_drawn(after(b"/Artifact BMC q 9 9 -9 9 re W Q EMC")),
    "another-space": page_drawn(after(b"/Artifact BMC q\x1dq 2 0 0 2 0 0 cm Q\x1dQ EMC")),
    "in-the-colour-of-a-text": page_drawn(after(b"/Artifact BMC 1 1 2 2 re f EMC")),
    "texts-first": page_drawn(texts_first),
    "as-a-place-is-held": page_drawn(once(rb"(?m)^.* BT ", "文 0 0 9 9 re f\n".encode() + rb"\g<0>")),
    "as-ascii-could-hold-a-place": page_drawn(once(rb"(?m)^.* BT ", rb"texts: 0 0 9 9 re f\n\g<0>")),
    "nothing": page_drawn(after_the_background(b"")),
    "microtext-enlarged": page_drawn(once(rb"\A", b"/Artifact BMC 0 0 0 RG q 90 0 0 90 9 9 cm /Micro Do Q EMC\n")),
    "microtext-heavy": page_drawn(once(rb"\A", b"/Artifact BMC 0 0 0 RG q 90 w /Micro Do Q EMC\n")),
    "a-text": background_drawn(b" BT <0001> Tj ET"),
    "a-text-outside": background_drawn(b" <0001> Tj"),
    "a-borrowed-form": background_drawn(b" 9 0 0 9 0 0 cm /Micro Do"),
    "a-dot": background_drawn(b" 0 0 1 1 re f"),
}
"""Pages that our press does not print; what the next licence on them shows, nobody can know."""


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_a_page_that_our_press_does_not_print_is_drawn(
    change: Changed, page: Page, credential: SealCredential, ground: Ground, issued_licenses: dict[str, Issued]
) -> None:
    faces = new_faces(ground)
    change(page)
    pdf = page.sealed(credential)
    for _ in range(3):
        codes_of(pdf, ground, faces)
        assert not is_read(issued_licenses["food-business-permit"].license, pdf, ground, faces)


def test_what_is_not_ours_is_printed_once_more_and_not_each_time(
    page: Page, credential: SealCredential, ground: Ground, issued_licenses: dict[str, Issued]
) -> None:
    assert ground.press is not None
    press, printed = ground.press(), list[str]()

    class Counted:
        def reprints(self, *asked: Any) -> Iterable[Reprint]:
            for one in press.reprints(*asked):
                yield Reprint(one.face, partial(self.file, one))

        def file(self, reprint: Reprint, text: str) -> bytes:
            printed.append(text)
            return reprint.file(text)

    page.replace_stream(page.named(rb"/XObject<<", rb"/Ground "), lambda content: content + b" 0 0 1 1 re f")
    pdf, faces = page.sealed(credential), PlainFaces(Counted)
    for _ in range(4):
        assert not is_read(issued_licenses["food-business-permit"].license, pdf, ground, faces)
    assert len(printed) == 1


def test_another_bodys_seal_is_not_ours(
    page: Page, shared_authority: Authority, ground: Ground, issued_licenses: dict[str, Issued]
) -> None:
    """Sealed with the key of another body, the page would have another seal on it."""
    other = load_credential(shared_authority.settings.keys_folder, "housing", passphrase=PASSPHRASE, at=NOON)
    faces = new_faces(ground)
    for _ in range(3):
        assert not is_read(issued_licenses["food-business-permit"].license, page.sealed(other), ground, faces)


def test_without_seal_pictures_every_face_is_drawn(ground: Ground, issued_licenses: dict[str, Issued]) -> None:
    class Sealless:
        def reprints(self, *_: object) -> Iterable[Reprint]:
            return ()

    issued, faces = issued_licenses["food-business-permit"], PlainFaces(Sealless)
    for _ in range(3):
        assert not is_read(issued.license, sealed_revision(issued.pdf), ground, faces)


@pytest.mark.parametrize("error", [InputError("field.overflow", "too long"), MachineError("font.unreadable", "gone")])
def test_what_cannot_be_printed_once_more_is_drawn(
    error: Exception, ground: Ground, issued_licenses: dict[str, Issued]
) -> None:
    class Broken:
        def reprints(self, *_: object) -> Iterable[Reprint]:
            raise error

    issued, faces = issued_licenses["food-business-permit"], PlainFaces(Broken)
    for _ in range(3):
        assert not is_read(issued.license, sealed_revision(issued.pdf), ground, faces)


def learned(pdf: bytes, ground: Ground) -> PlainFaces:
    """It has met the template, and seen the file, if that can be known."""
    faces = new_faces(ground)
    for _ in range(2):
        assert not verdict(pdf, ground, faces).against
    return faces


@pytest.fixture(scope="module")
def next_page(shared_authority: Authority) -> Page:
    """Another licence of the same template."""
    issued = shared_authority.issue(replace(example_request("food-business-permit"), number="JY13101150099999"))
    return Page(sealed_revision(issued.pdf))


def code_of_its_own(page: Page) -> bytes:
    """The operators of the code of a page, spelled as no code is."""
    number = page.named(rb"/Type/Page/", rb"/Contents ")
    (packed,) = [part.data for part in page.parts if part.number == number]
    assert packed is not None
    found = re.search(rb"(?m)^/Figure <</MCID \d+>> BDC (q .* 1 re f) Q EMC$", zlib.decompress(packed))
    assert found is not None
    return found[1] + b" 0 g Q"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("", "qr.mismatch"),
        ("100 60", "qr.several"),
        ("300 150", "qr.several"),
    ],
    ids=["over-the-code", "beside-it", "elsewhere"],
)
def test_a_page_that_shows_another_licences_code_is_drawn(
    place: str, code: str, page: Page, next_page: Page, credential: SealCredential, ground: Ground
) -> None:
    """With that one it is drawn as it is read; with the next it is not."""
    shown = code_of_its_own(page)
    if place:
        shown = re.sub(rb"\S+ \S+ cm", place.encode() + b" cm", shown, count=1)
    more = after(b"/Artifact BMC " + shown + b" EMC")
    page.redraw(more)
    faces = learned(page.sealed(credential), ground)
    changed = Page(next_page.sealed(credential))
    changed.redraw(more)
    assert code in codes_of(changed.sealed(credential), ground, faces)


def test_a_seal_that_shows_another_licences_code_is_drawn(
    page: Page, next_page: Page, credential: SealCredential, ground: Ground
) -> None:
    shown = code_of_its_own(page)
    found = re.search(rb"q (\S+) 0 0 \S+ (\S+) (\S+) cm 1 1 1 rg 0 0 (\d+)", shown)
    assert found is not None
    module, left, foot, count = map(float, found.groups())
    look = re.sub(rb"q .*? cm", b"q 1 0 0 1 0 0 cm", shown, count=1)
    edges = b"/Rect[%.3f %.3f %.3f %.3f]" % (left, foot, left + module * count, foot + module * count)

    def covered(one: Page) -> bytes:
        number = one.named(rb"/FT/Sig", rb"/AP<</N ")
        box = b"<</Type/XObject/Subtype/Form/BBox[0 0 %d %d]/Filter/FlateDecode" % (count, count)
        drawn = Part(number, box, zlib.compress(look))
        one.parts = [drawn if part.number == number else part for part in one.parts]
        one.replace_line(rb"/FT/Sig", rb"/Rect\[[^]]*\]", edges)
        return one.sealed(credential)

    faces = learned(covered(page), ground)
    assert "qr.mismatch" in codes_of(covered(Page(next_page.sealed(credential))), ground, faces)


def test_microtext_that_is_cut_or_enlarged_is_drawn(page: Page, credential: SealCredential, ground: Ground) -> None:
    """Cut to nothing it was seen; in all its size, it covers the code."""
    page.redraw(over_the_code(b"/Artifact BMC 1 1 1 RG q 90 0 0 90 %(x).2f %(y).2f cm /Micro Do Q EMC"))
    number = page.named(rb"/XObject<<", rb"/Micro ")

    def cut(box: bytes) -> bytes:
        page.parts = [
            replace(part, entries=re.sub(rb"/BBox\[[^]]*\]", b"/BBox[%b]" % box, part.entries))
            if part.number == number
            else part
            for part in page.parts
        ]
        return page.sealed(credential)

    faces = learned(cut(b"0 0 0 0"), ground)
    assert "qr.missing" in codes_of(cut(b"0 0 9999 3.9"), ground, faces)


def test_objects_that_need_each_other_without_end_are_no_exception(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces
) -> None:
    count = 1500
    first = max([part.number for part in page.parts] + [number for part in page.parts for number, _ in part.lines]) + 1
    chain = [(number, b"<</A %d 0 R>>" % (number + 1)) for number in range(first, first + count)]
    looks = page.named(rb"/XObject<<", rb"/Ground ")
    holder = next(part.number for part in page.parts if part.lines)
    more = {
        looks: lambda part: replace(part, entries=part.entries + b"/PieceInfo %d 0 R" % first),
        holder: lambda part: replace(part, lines=(*part.lines, *chain, (first + count, b"<</A 1>>"))),
    }
    page.parts = [more.get(part.number, lambda part: part)(part) for part in page.parts]
    pdf = page.sealed(credential)
    assert read_plain(pdf) is not None
    codes_of(pdf, ground, faces)


def test_another_layout_has_other_pages(
    issued_licenses: dict[str, Issued], ground: Ground, faces: PlainFaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = issued_licenses["food-business-permit"]
    pdf = sealed_revision(issued.pdf)
    kind, report = ground.catalogue.drawn_by(issued.license.template), validate(pdf, trust=ground.trust, at=NOON)
    assert kind is not None
    content = face_content(kind, issued.license)
    less = content.layout.model_copy(update={"boxes": content.layout.boxes[1:]})
    monkeypatch.setattr(plain_faces, "read_face", lambda *_: pytest.fail("a face was drawn"))
    assert faces.codes_of_sound(report, issued.license, kind, content)
    assert not faces.codes_of_sound(report, issued.license, kind, replace(content, layout=less))


@pytest.fixture
def layout(ground: Ground, issued_licenses: dict[str, Issued]) -> Layout:
    document = issued_licenses["food-business-permit"].license
    kind = ground.catalogue.drawn_by(document.template)
    assert kind is not None
    return face_content(kind, document).layout


@pytest.mark.parametrize(("character", "is_one"), [
    ("中", True), ("j", True), ("（", True), ("1", True),
    ("\u0301", False), ("\ufb01", False), ("\u05d0", False), ("\u3031", False),
    ("█", False), ("■", False), ("䷀", False), ("—", True), ("⸺", True), ("⸻", False), ("|", True),
])  # fmt: skip
def test_characters_that_readers_take_for_something_else_are_drawn(character: str, is_one: bool) -> None:  # noqa: FBT001
    """Marks on others, ligatures, what is read from the right, what reaches far or is long, and pieces of pictures."""
    fonts = Fonts.load(fonts_beside(resource_folder("templates")))
    assert is_read_as_written(fonts.faces["song"], character) is is_one


@pytest.mark.parametrize(("character", "is_said"), [("食", True), ("扫", False)])
def test_characters_of_the_template_are_drawn_where_the_record_has_them(
    character: str,
    is_said: bool,  # noqa: FBT001
    issued_licenses: dict[str, Issued],
    ground: Ground,
    faces: PlainFaces,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A template may have squares for ornament; of a record, they are modules."""
    issued = issued_licenses["food-business-permit"]
    kind = ground.catalogue.drawn_by(issued.license.template)
    assert kind is not None
    assert character in str(kind.layout)
    assert (character in str(face_content(kind, issued.license).texts)) is is_said
    monkeypatch.setattr(plain_fonts, "is_read_as_written", lambda _, one: one != character)
    assert is_read(issued.license, sealed_revision(issued.pdf), ground, faces) is not is_said


def lines_of(count: int, step: float, *, size: float = 10, left: float = 0) -> Block:
    lines = [Line("国一" * 10, left, 50 + number * step * size, 20 * size, size) for number in range(count)]
    return Block("scope", "value", tuple(lines), Area(0, 0, 400, 400), "song", "#000000")


def test_lines_count_that_may_be_rows_of_a_code() -> None:
    assert lines_below_each_other([]) == 0
    assert lines_below_each_other([lines_of(9, 1.2)]) == 9
    assert lines_below_each_other([lines_of(9, 1.9)]) == 9
    assert lines_below_each_other([lines_of(9, 2.0)]) == 1
    assert lines_below_each_other([lines_of(5, 1.2), lines_of(9, 1.2, left=300)]) == 9
    assert lines_below_each_other([lines_of(4, 1.2), lines_of(4, 1.2, left=205)]) == 4
    assert lines_below_each_other([lines_of(4, 1.2), lines_of(4, 1.2, size=11)]) == 5


def test_a_text_of_more_lines_than_no_code_could_have_is_drawn(
    shared_authority: Authority, ground: Ground, faces: PlainFaces
) -> None:
    """Where dense characters are dark squares and others light ones, it is a code, whatever the record says."""
    example = example_request("food-business-permit")
    found = []
    for number, repeats in enumerate((1, 9)):
        fields = {**example.fields, "items": "国一" * 20 * repeats}
        issued = shared_authority.issue(replace(example, fields=fields, number=f"JY1310115008888{number}"))
        found.append([is_read(issued.license, sealed_revision(issued.pdf), ground, faces) for _ in range(2)])
    assert found == [[True, True], [False, False]]


@pytest.fixture
def printed_and_sealed(shared_authority: Authority, ground: Ground, issued_licenses: dict[str, Issued]) -> Printed:
    """Prints a record as our press does, and seals it by the department's key: nobody asks whether it may be issued."""

    def printed(document: License) -> bytes:
        key = document.template.key
        credential = load_credential(
            shared_authority.settings.keys_folder, ISSUERS[key], passphrase=PASSPHRASE, at=NOON
        )
        kind, sealed_by = ground.catalogue.drawn_by(document.template), issued_licenses[key].pdf
        signer = validate(sealed_revision(sealed_by), trust=ground.trust, at=NOON).signer
        assert kind is not None
        assert signer is not None
        assert ground.press is not None
        certificate = signer.certificate_der
        (once_more,) = ground.press().reprints(kind, document, face_content(kind, document), certificate)
        code = license_code(
            kind, document, key_id=key_id(certificate), sign=credential.sign, base_url="https://license.example"
        )
        return Page(once_more.file(code)).sealed(credential)

    return printed


def planned(document: License, ground: Ground) -> tuple[FaceContent, FacePlan]:
    kind = ground.catalogue.drawn_by(document.template)
    assert kind is not None
    content = face_content(kind, document)
    return content, plan_face(kind, content, Fonts.load(fonts_beside(resource_folder("templates"))))


SOUND: Final = ("status.unknown", "seal.timestamp-missing", "seal.development")
"""What is said of every file here."""


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        pytest.param([], SOUND[0], id="none"),
        pytest.param([{}], "face.mismatch", id="without-a-text"),
        pytest.param([{"KZ_CBZT": " "}], "face.mismatch", id="of-blanks"),
        pytest.param([{"KZ_CBZT": "正常（下转续页）"}], "face.mismatch", id="that-end-as-if-they-went-on"),
    ],
)
def test_rows_that_nobody_finds_on_the_page_are_drawn(
    rows: list[dict[str, str]],
    code: str,
    printed_and_sealed: Printed,
    issued_licenses: dict[str, Issued],
    ground: Ground,
    faces: PlainFaces,
) -> None:
    """Our press prints such a record."""
    document = issued_licenses["social-insurance-certificate"].license
    changed = replace(document, tables={name: (*own, *rows) for name, own in document.tables.items()})
    assert code in codes_of(printed_and_sealed(changed), ground, faces)


@pytest.mark.parametrize(("rows", "times"), [(100, 1), (2000, 0)])
def test_a_record_of_more_texts_than_licenses_have_is_not_printed_once_more(
    rows: int,
    times: int,
    issued_licenses: dict[str, Issued],
    ground: Ground,
) -> None:
    """To set them takes longer than to draw what a file shows; our press may even refuse them in the end."""
    asked: list[License] = []

    class Asked:
        def reprints(self, _: object, document: License, *__: object) -> Iterable[Reprint]:
            asked.append(document)
            return ()

    issued, faces = issued_licenses["road-transport-permit"], PlainFaces(Asked)
    fleet = {code: own[:1] * rows for code, own in issued.license.tables.items()}
    for _ in range(2):
        assert not is_read(replace(issued.license, tables=fleet), sealed_revision(issued.pdf), ground, faces)
    assert len(asked) == times


def test_pages_are_unpacked_as_far_as_ours_reach(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    most: list[int] = []

    def counted(file: PlainFile, number: int, size: int) -> bytes:
        most.append(size)
        return unpacked(file, number, size)

    page.redraw(after(b" " * 9_000_000))
    monkeypatch.setattr(plain_faces, "unpacked", counted)
    codes_of(page.sealed(credential), ground, faces)
    assert most
    assert max(most) < 300_000


@pytest.mark.parametrize("key", ["business-license", "real-estate-certificate", "social-insurance-certificate"])
def test_what_a_planned_face_says_is_what_a_renderer_reads(
    key: str, printed_and_sealed: Printed, issued_licenses: dict[str, Issued], ground: Ground
) -> None:
    document = issued_licenses[key].license
    tables = {code: own * 40 for code, own in document.tables.items()}
    fields = {code: text * (20 if code in {"KZ_FJ", "KZ_JYFW"} else 1) for code, text in document.fields.items()}
    for one in (document, replace(document, tables=tables, fields=fields)):
        content, plan = planned(one, ground)
        drawn = read_face(printed_and_sealed(one), content.layout)
        assert planned_face(plan, content.layout) == replace(drawn, codes=())


def test_a_line_that_may_reach_into_a_place_belongs_to_it(issued_licenses: dict[str, Issued], ground: Ground) -> None:
    content, plan = planned(issued_licenses["birth-certificate"].license, ground)
    box = content.layout.boxes[0]
    assert box.page == 1
    left, middle = box.x * POINTS_PER_MM, (box.y + box.h / 2) * POINTS_PER_MM

    def said(gap: float) -> str:
        line = Line("j", left - gap - 3, middle, 3, 10)
        block = Block("", "text", (line,), Area(0, 0, 400, 400), "song", "#000000")
        more = replace(plan.pages[0], blocks=(*plan.pages[0].blocks, block))
        return planned_face(replace(plan, pages=(more, *plan.pages[1:])), content.layout).boxes[0]

    assert said(2) == planned_face(plan, content.layout).boxes[0]
    assert said(0.5) == said(2) + "j"


QR: Final = "HTTPS://A.EXAMPLE/V#" + "1234567890" * 40


def test_a_code_of_ours_is_read(layout: Layout) -> None:
    assert text_of_code(qr_operators(layout, QR), layout) == QR


def test_a_code_is_read_among_characters_that_look_like_its_corners(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They keep zxing-cpp from it, and of the finest codes zbar misses one in sixty."""
    pixels = PAGE_DPI / 25.4
    page = Image.new("L", (round(layout.page.width * pixels), round(layout.page.height * pixels)), 255)
    font = ImageFont.truetype(fonts_beside(resource_folder("templates")) / FILES["hei"], 13)
    for row in range(12):
        ImageDraw.Draw(page).text((100, 60 + 23 * row), "囩" * 80, font=font)
    size, modules = modules_of(QR)
    left, top, side = (round(edge * pixels) for edge in (layout.qr.x, layout.qr.y, layout.qr.size))
    place = Image.new("L", (size[0] + 8, size[1] + 8), 255)
    place.paste(Image.frombytes("L", size, modules), (4, 4))
    page.paste(place.resize((side, side), Image.Resampling.BOX), (left, top))
    monkeypatch.setattr(retries, "ask_zbar", lambda _: Seen(()))
    assert not read_codes(page), "too easy to show anything"
    assert codes_on(page, layout) == (QR,)


def test_a_damaged_code_is_drawn(
    page: Page, credential: SealCredential, layout: Layout, ground: Ground, faces: PlainFaces
) -> None:
    """A reader mends what is wrong, each up to another measure."""
    damaged = rb"( 0 0 0 rg (?:\d+ \d+ \d+ 1 re ){300})\d+ \d+ \d+ 1 re "
    with pytest.raises(OtherwiseSpelledError):
        text_of_code(re.sub(damaged, rb"\g<1>", qr_operators(layout, QR).encode()).decode(), layout)
    page.redraw(once(damaged, rb"\g<1>"))
    assert len(scan_file(page.sealed(credential))) == 1
    codes_of(page.sealed(credential), ground, faces)


@pytest.mark.parametrize(
    "code",
    [
        *(
            f"q 1 0 0 1 9 9 cm 1 1 1 rg 0 0 {side} {side} re f 0 0 0 rg 5 5 1 1 re f Q"
            for side in (10, 24, 30, 99, 999)
        ),
        "",
        "q 1 0 0 1 9 9 cm 1 1 1 rg 0 0 29 29 re f 0 0 0 rg  1 re f Q",
        "q 1 0 0 1 9 9 cm 1 1 1 rg 0 0 29 29 re f 0 0 0 rg 1 1 99 1 re f Q",
        "q 1 0 0 1 9 9 cm 0 0 0 rg 0 0 29 29 re f 1 1 1 rg 5 5 1 1 re f Q",
    ],
)
def test_what_is_no_code_of_ours_is_drawn(code: str, layout: Layout) -> None:
    with pytest.raises((OtherwiseSpelledError, InputError)):
        text_of_code(code, layout)


@pytest.mark.parametrize(
    ("old", "new"),
    [("q 1", "q 2"), (" cm ", " cm  "), ("1 1 1 rg", "0 1 1 rg"), (" f Q", " f* Q"), (" 1 re ", " 1 re f ")],
)
def test_a_code_drawn_otherwise_is_drawn(old: str, new: str, layout: Layout) -> None:
    operators = qr_operators(layout, QR)
    changed = operators.replace(old, new, 1) if old in operators else operators + new
    with pytest.raises(OtherwiseSpelledError):
        text_of_code(changed, layout)


def test_a_code_elsewhere_is_drawn(layout: Layout) -> None:
    moved = layout.model_copy(update={"qr": layout.qr.model_copy(update={"x": layout.qr.x + 1})})
    assert text_of_code(qr_operators(moved, QR), moved) == QR
    with pytest.raises(OtherwiseSpelledError):
        text_of_code(qr_operators(moved, QR), layout)


def test_a_code_too_fine_for_a_renderer_is_drawn(layout: Layout) -> None:
    """It is read module by module here; drawn, its modules are no pixels."""
    with pytest.raises(OtherwiseSpelledError):
        text_of_code(qr_operators(layout, "HTTPS://A.EXAMPLE/V#" + "ABCDEFGHIJ" * 200), layout)


def test_other_microtext_is_drawn(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces, issued_licenses: dict[str, Issued]
) -> None:
    page.replace_stream(page.named(rb"/XObject<<", rb"/Micro "), lambda content: content + b" 9 w 0 0 m 99 1 l S")
    pdf = page.sealed(credential)
    assert not is_read(issued_licenses["food-business-permit"].license, pdf, ground, faces)
    codes_of(pdf, ground, faces)


def test_microtext_of_the_same_length_is_no_other(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces, issued_licenses: dict[str, Issued]
) -> None:
    number = page.named(rb"/XObject<<", rb"/Micro ")
    page.parts = [
        replace(part, data=part.data[:-1] + bytes([part.data[-1] ^ 1])) if part.number == number and part.data else part
        for part in page.parts
    ]
    assert not is_read(issued_licenses["food-business-permit"].license, page.sealed(credential), ground, faces)


def test_another_second_page_is_drawn(
    shared_authority: Authority, ground: Ground, faces: PlainFaces, issued_licenses: dict[str, Issued]
) -> None:
    issued = issued_licenses["vehicle-transport-certificate"]
    page = Page(sealed_revision(issued.pdf))
    keys = shared_authority.settings.keys_folder
    credential = load_credential(keys, ISSUERS["vehicle-transport-certificate"], passphrase=PASSPHRASE, at=NOON)
    assert is_read(issued.license, page.sealed(credential), ground, faces)
    contents = [
        int(found[1])
        for part in page.parts
        for _, line in part.lines
        if (found := re.search(rb"/Type/Page/.*/Contents (\d+)", line))
    ]
    page.replace_stream(contents[1], after(b"/Artifact BMC 0 0 9 9 re f EMC"))
    pdf = page.sealed(credential)
    assert not is_read(issued.license, pdf, ground, faces)
    codes_of(pdf, ground, faces)


def test_a_font_that_lies_is_drawn(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces, issued_licenses: dict[str, Issued]
) -> None:
    """Its characters mean others than those that it shows: of two letters each, so that both ways see no difference."""
    number = page.named(rb"/Type/FontDescriptor/FontName/\w+\+NotoSerifSC", rb"/FontFile2 ")
    page.replace_stream(number, lambda program: program[:-40] + bytes(40))
    pdf = page.sealed(credential)
    assert not is_read(issued_licenses["food-business-permit"].license, pdf, ground, faces)
    codes_of(pdf, ground, faces)


@pytest.mark.parametrize(
    ("like", "old", "new"),
    [
        (rb"/Subtype/CIDFontType2/BaseFont/\w+\+NotoSerifSC", rb"/DW 1000", b"/DW 900"),
        (rb"/Subtype/CIDFontType2/BaseFont/\w+\+NotoSerifSC", rb"/CIDToGIDMap/Identity", b""),
        (rb"/Subtype/Type0/BaseFont/\w+\+NotoSerifSC", rb"/Encoding/Identity-H", b"/Encoding/Identity-V"),
        (rb"/Type/Page/", rb"/Tabs/S", b"/Tabs/S/Rotate 90"),
        (rb"/Type/Page/", rb"/Tabs/S", b"/Tabs/S/CropBox[0 0 300 300]"),
        (rb"/Type/Page/", rb"/Tabs/S", b"/Tabs/S/UserUnit 2"),
        (rb"/Type/Pages", rb"/Type/Pages", b"/Type/Pages/Rotate 90"),
        (rb"/Type/Pages", rb"/Type/Pages", b"/Type/Pages/Rotate 180"),
        (rb"/Type/Pages", rb"/Type/Pages", b"/Type/Pages/CropBox[0 0 300 300]"),
        (rb"/Type/Catalog", rb"/DisplayDocTitle true", b"/Direction/R2L"),
        (rb"/FT/Sig", rb"/Rect\[[^]]*\]", b"/Rect[0 0 900 900]"),
        (rb"/FT/Sig", rb"/F 132", b"/F 134"),
        (rb"/XObject<<", rb"/Ground (\d+) 0 R", rb"/Ground \g<1> 0 R/More \g<1> 0 R"),
        (rb"/XObject<<", rb"/song (\d+)", rb"/sing \g<1>"),
    ],
)
def test_what_a_page_is_made_of_changed(
    like: bytes,
    old: bytes,
    new: bytes,
    page: Page,
    credential: SealCredential,
    ground: Ground,
    faces: PlainFaces,
) -> None:
    page.replace_line(like, old, new)
    codes_of(page.sealed(credential), ground, faces)


LINES: Final = [
    b"/Artifact BMC 1 1 1 rg 0 0 900 900 re f EMC", b"q", b"Q", b"/Artifact BMC /Seal Do EMC", b"BT ET", b"",
    b"/Artifact BMC 0 0 10 10 re W n EMC", b"/Artifact BMC 2 0 0 2 0 0 cm EMC", b"/Figure <</MCID 1>> BDC",
]  # fmt: skip


@ANY
@given(data=st.data())
def test_pages_changed_at_random(
    issued_licenses: dict[str, Issued],
    credential: SealCredential,
    ground: Ground,
    faces: PlainFaces,
    data: st.DataObject,
) -> None:
    page = Page(sealed_revision(issued_licenses["food-business-permit"].pdf))

    def change(content: bytes) -> bytes:
        lines = content.split(b"\n")
        for _ in range(data.draw(st.integers(1, 2))):
            at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            kind = data.draw(st.sampled_from(["swap", "again", "without", "new", "number", "code"]))
            if kind == "swap":
                lines[at], lines[other] = lines[other], lines[at]
            elif kind == "again":
                lines.insert(at, lines[other])
            elif kind == "without":
                lines[at] = b""
            elif kind == "new":
                lines.insert(at, data.draw(st.sampled_from(LINES)))
            else:
                pattern = rb" -?\d+(\.\d+)? " if kind == "number" else rb"<[0-9a-f]{4}"
                found = list(re.finditer(pattern, lines[at]))
                if found:
                    one = data.draw(st.sampled_from(found[:40]))
                    new = b" %d " % data.draw(st.integers(-9, 900)) if kind == "number" else b"<%04x" % other
                    lines[at] = lines[at][: one.start()] + new + lines[at][one.end() :]
        return b"\n".join(lines)

    page.redraw(change)
    codes_of(page.sealed(credential), ground, faces)


@ANY
@given(
    where=st.floats(0, 1),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(max_size=3)), min_size=1, max_size=4),
)
def test_bytes_changed_at_random(
    issued_licenses: dict[str, Issued],
    credential: SealCredential,
    ground: Ground,
    faces: PlainFaces,
    where: float,
    edits: list[tuple[float, int, bytes]],
) -> None:
    """In what a page is made of: no exception, and one verdict both ways."""
    page = Page(sealed_revision(issued_licenses["food-business-permit"].pdf))
    packed = [part.number for part in page.parts if b"/FlateDecode" in part.entries and not part.lines]

    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        for place, removed, added in edits:
            at = int(place * len(changed))
            changed[at : at + removed] = added
        return bytes(changed)

    page.replace_stream(packed[int(where * (len(packed) - 1))], change)
    codes_of(page.sealed(credential), ground, faces)


def test_threads_share_what_is_known(
    page: Page,
    credential: SealCredential,
    ground: Ground,
    issued_licenses: dict[str, Issued],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What one of them forgets or refuses, no other takes for known: room is for one."""
    monkeypatch.setattr(plain_faces, "_MOST_KNOWN", 1)
    issued = issued_licenses["food-business-permit"]
    STRANGE["a-dot"](page)  # a renderer reads what we read
    files = [sealed_revision(issued.pdf), page.sealed(credential)]
    faces = new_faces(ground)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda number: is_read(issued.license, files[number % 2], ground, faces), range(64)))
    assert any(found[::2])
    assert not any(found[1::2])


def test_another_code_in_the_photograph_is_found(
    issued_licenses: dict[str, Issued], shared_authority: Authority, ground: Ground, faces: PlainFaces
) -> None:
    (other,) = scan_file(issued_licenses["business-license"].pdf)
    picture = Image.frombytes("L", *modules_of(other)).resize((390, 390), Image.Resampling.NEAREST)
    photo = Image.new("L", (413, 579), 255)
    photo.paste(picture, (12, 90))
    out = BytesIO()
    photo.save(out, "JPEG", quality=92)
    request = replace(example_request("teacher-qualification"), photo=out.getvalue(), number="20266240272009999")
    issued = shared_authority.issue(request)
    assert "qr.several" in codes_of(sealed_revision(issued.pdf), ground, faces)


ENTRIES: Final = [
    "/Rotate 180",
    "/CropBox[0 0 300 300]",
    "/MediaBox[0 0 300 300]",
    "/UserUnit 2",
    "/Matrix[2 0 0 2 0 0]",
    "/BBox[0 0 1 1]",
    "/F 2",
    "/AS/N",
    "/Group<</S/Transparency/K true>>",
    "/Decode[1 0]",
    "/ImageMask true",
    "/DW2[880 -2000]",
    "/WMode 1",
    "/FontMatrix[.1 0 0 .1 0 0]",
    "/OC<</Type/OCG/Name(x)>>",
    "/BM/Multiply",
    "/SMask/None",
    "/Flags 32",
    "/StemV 900",
    "/W2[1[0 0 0]]",
    "/ItalicAngle 45",
    "/Ref<<>>",
    "/ViewerPreferences<</Direction/R2L>>",
    "/DA(/song 9 Tf)",
    "/MK<</R 90>>",
    "/Border[0 0 99]",
    "/StructParent 9",
    "/Lang(en)",
    "/Encoding/Identity-V",
    "/DW 500",
    "/Widths[0 0]",
    "/FirstChar 3",
    "/XObject<<>>",
    "/Font<<>>",
    "/ExtGState<</Gs<</ca 0>>>>",
    "/Count 2",
    "/Resources<<>>",
    "/DecodeParms<</Predictor 12/Columns 5>>",
    "/Properties<<>>",
    "/CMapName/GBK-EUC-V",
    "/Version/1.4",
    "/Hid true",
]


@ANY
@given(entry=st.sampled_from(ENTRIES), where=st.floats(0, 1))
def test_an_entry_more_in_any_dictionary(
    issued_licenses: dict[str, Issued],
    credential: SealCredential,
    ground: Ground,
    faces: PlainFaces,
    entry: str,
    where: float,
) -> None:
    page = Page(sealed_revision(issued_licenses["food-business-permit"].pdf))
    lines = [held for part in page.parts for held in part.lines if held[1].endswith(b">>")]
    streams = [part for part in page.parts if part.data is not None and not part.lines]
    chosen = int(where * (len(lines) + len(streams) - 1))
    key = re.match(r"/\w+", entry)
    assert key is not None
    if chosen < len(lines):
        number, line = lines[chosen]
        assume(key[0].encode() not in line)
        page.parts = with_line(page.parts, number, line[:-2] + entry.encode() + b">>")
    else:
        part = streams[chosen - len(lines)]
        assume(key[0].encode() not in part.entries)
        page.parts[page.parts.index(part)] = replace(part, entries=part.entries + entry.encode())
    codes_of(page.sealed(credential), ground, faces)


def modules_of(text: str) -> tuple[tuple[int, int], bytes]:
    rows = qr_matrix(text)
    return (len(rows), len(rows)), b"".join(rows).translate(bytes((255, 0)) + bytes(254))
