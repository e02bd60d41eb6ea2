"""Faces of plain files are read without drawing them: same verdict as drawn, whatever is changed on the page."""

import re
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PIL import Image
from plain_files import Part, put_together, sealed, taken_apart, with_line
from support import ISSUERS, NOON, PASSPHRASE, example_request, sealed_revision

from license_lib.authority import Authority
from license_lib.catalogue import Layout, LicenseType
from license_lib.catalogue.layout import MOST_CONTINUATION_PAGES
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.licenses import License, face_content
from license_lib.qr import scan_file
from license_lib.rendering import Fonts
from license_lib.rendering.blocks import MM
from license_lib.rendering.face import edges_of
from license_lib.rendering.press.fonts import FontObjects
from license_lib.rendering.qr_drawing import qr_matrix, qr_path
from license_lib.resources import fonts_beside, resource_folder
from license_lib.verification import Verdict, examination, plain_faces
from license_lib.verification.examination import Examination
from license_lib.verification.ground import Ground
from license_lib.verification.plain_faces import MOST_LINES, PlainFaces, face_on, read_sheets
from license_lib.verification.plain_objects import LARGEST_PAGE, OtherwiseSpelledError, plain_record, references
from license_lib.verification.plain_runs import MOST_RUNS
from license_lib.verification.reading import Face, attached_record, read_face
from signing.keys import SealCredential, load_credential
from signing.pdf_reading.plain import read_plain
from signing.validation import validate

ROOM: Final = 4000
ANY = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck), derandomize=True)
WITH_PHOTO: Final = {"residence-permit", "teacher-qualification"}
"""A photograph may show a code: their faces are drawn."""
Redrawn = Callable[[bytes], bytes]
Changed = Callable[["Page"], None]


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
    """It has seen every type twice: met it, and learned its ground."""
    faces = new_faces(ground)
    for issued in [*issued_licenses.values()] * 2:
        verdict(sealed_revision(issued.pdf), ground, faces)
    return faces


def verdict(pdf: bytes, ground: Ground, faces: PlainFaces | None) -> Verdict:
    return Examination(ground, NOON, None, faces).of_document(pdf)


def read(document: License, pdf: bytes, ground: Ground, faces: PlainFaces) -> Face | None:
    kind, plain = ground.catalogue.drawn_by(document.template), read_plain(pdf)
    assert kind is not None
    assert plain is not None
    report = validate(pdf, trust=ground.trust, at=NOON)
    assert report.signer is not None
    return faces.read(plain, document, kind, face_content(kind, document).layout, report.signer.certificate_der)


def is_read(document: License, pdf: bytes, ground: Ground, faces: PlainFaces) -> bool:
    return read(document, pdf, ground, faces) is not None


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
def test_a_face_on_a_ground_that_was_seen_is_not_drawn(
    key: str, issued_licenses: dict[str, Issued], ground: Ground, faces: PlainFaces
) -> None:
    found = verdict(sealed_revision(issued_licenses[key].pdf), ground, faces)
    assert {"face", "code"} <= {proof.value for proof in found.proved}
    assert not found.against


@pytest.mark.parametrize("key", [key for key in ISSUERS if key not in WITH_PHOTO])
def test_it_says_what_a_renderer_sees(
    key: str, issued_licenses: dict[str, Issued], ground: Ground, faces: PlainFaces
) -> None:
    document, pdf = issued_licenses[key].license, sealed_revision(issued_licenses[key].pdf)
    kind = ground.catalogue.drawn_by(document.template)
    assert kind is not None
    assert read(document, pdf, ground, faces) == read_face(pdf, face_content(kind, document).layout)


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
    assert codes_of(pdf, ground, faces) == ("status.unknown", "seal.timestamp-missing", "seal.development")


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


def after_the_ground(line: bytes) -> Redrawn:
    return lambda content: content.replace(b"\n", b"\n" + line + b"\n", 1)


def texts_first(content: bytes) -> bytes:
    lines = content.split(b"\n")
    return b"\n".join([line for line in lines if b" BT " in line] + [line for line in lines if b" BT " not in line])


def page_drawn(change: Redrawn) -> Changed:
    return lambda page: page.redraw(change)


def background_drawn(more: bytes) -> Changed:
    return lambda page: page.replace_stream(page.named(rb"/XObject<<", rb"/Ground "), lambda content: content + more)


STRANGE: Final = {
    "stretched": page_drawn(after_the_ground(b"/Artifact BMC 110 Tz EMC")),
    "hidden": page_drawn(after_the_ground(b"/Artifact BMC 3 Tr EMC")),
    "scaled": page_drawn(after_the_ground(b"/Artifact BMC 2 0 0 2 0 0 cm EMC")),
    "clipped": page_drawn(after_the_ground(b"/Artifact BMC 0 0 9 9 re W n EMC")),
    "nested": page_drawn(after_the_ground(b"q")),
    "optional": page_drawn(after_the_ground(b"/Artifact BMC /OC /More BDC EMC")),
    "a-path": page_drawn(after_the_ground(b"/Artifact BMC 9 9 -9 9 re EMC")),
    "an-array": page_drawn(after(b"/Artifact BMC [ EMC")),
    "a-clip-at-the-end": page_drawn(after(b"/Artifact BMC q 9 9 -9 9 re W Q EMC")),
    "another-space": page_drawn(after(b"/Artifact BMC q\x1dq 2 0 0 2 0 0 cm Q\x1dQ EMC")),
    "in-the-colour-of-a-text": page_drawn(after(b"/Artifact BMC 1 1 2 2 re f EMC")),
    "texts-first": page_drawn(texts_first),
    "as-a-place-is-held": page_drawn(once(rb"(?m)^.* BT ", "文 0 0 9 9 re f\n".encode() + rb"\g<0>")),
    "as-ascii-could-hold-a-place": page_drawn(once(rb"(?m)^.* BT ", rb"texts: 0 0 9 9 re f\n\g<0>")),
    "nothing": page_drawn(after_the_ground(b"")),
    "microtext-enlarged": page_drawn(once(rb"\A", b"/Artifact BMC 0 0 0 RG q 90 0 0 90 9 9 cm /Micro Do Q EMC\n")),
    "microtext-heavy": page_drawn(once(rb"\A", b"/Artifact BMC 0 0 0 RG q 90 w /Micro Do Q EMC\n")),
    "a-text": background_drawn(b" BT <0001> Tj ET"),
    "a-text-outside": background_drawn(b" <0001> Tj"),
    "a-borrowed-form": background_drawn(b" 9 0 0 9 0 0 cm /Micro Do"),
    "a-dot": background_drawn(b" 0 0 1 1 re f"),
}
"""Grounds that our press does not print; what is drawn on them by the next licence, nobody can know."""


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_a_ground_that_our_press_does_not_print_is_drawn(
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
    press, printed = ground.press(), []

    class Counted:
        fonts = press.fonts

        def reprints(self, kind: LicenseType, document: License, certificate: bytes) -> Iterable[bytes]:
            printed.append(document)
            return press.reprints(kind, document, certificate)

    page.redraw(over_the_code(b"/Artifact BMC 0 0 0 rg %(x).3f %(y).3f 9 9 re f EMC"))
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
    assert ground.press is not None
    press = ground.press()

    class Sealless:
        fonts = press.fonts

        def reprints(self, *_: object) -> Iterable[bytes]:
            return ()

    issued, faces = issued_licenses["food-business-permit"], PlainFaces(Sealless)
    for _ in range(3):
        assert not is_read(issued.license, sealed_revision(issued.pdf), ground, faces)


@pytest.mark.parametrize("error", [InputError("field.overflow", "too long"), MachineError("font.unreadable", "gone")])
def test_what_cannot_be_printed_once_more_is_drawn(
    error: Exception, ground: Ground, issued_licenses: dict[str, Issued]
) -> None:
    assert ground.press is not None
    press = ground.press()

    class Broken:
        fonts = press.fonts

        def reprints(self, *_: object) -> Iterable[bytes]:
            raise error

    issued, faces = issued_licenses["food-business-permit"], PlainFaces(Broken)
    for _ in range(3):
        assert not is_read(issued.license, sealed_revision(issued.pdf), ground, faces)


def test_what_cannot_be_printed_is_tried_once_and_spoils_no_other_licence(
    shared_authority: Authority, ground: Ground, issued_licenses: dict[str, Issued]
) -> None:
    """A record of thousands of rows keeps the press busy for seconds, before it is too long."""
    assert ground.press is not None
    press, printed = ground.press(), []
    dear = issued_licenses["food-business-permit"]
    usual = shared_authority.issue(replace(example_request("food-business-permit"), number="JY13101150099998"))

    class Fussy:
        fonts = press.fonts

        def reprints(self, kind: LicenseType, document: License, certificate: bytes) -> Iterable[bytes]:
            printed.append(document)
            if document == dear.license:
                raise InputError("field.overflow", "too long")
            return press.reprints(kind, document, certificate)

    faces = PlainFaces(Fussy)
    for _ in range(4):
        assert not is_read(dear.license, sealed_revision(dear.pdf), ground, faces)
    assert printed == [dear.license]
    assert is_read(usual.license, sealed_revision(usual.pdf), ground, faces)


def learned(pdf: bytes, ground: Ground) -> PlainFaces:
    """It has met the template, and seen the ground of a file, if that can be known."""
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
def test_a_ground_that_shows_the_code_of_the_licence_it_was_seen_with_is_never_known(
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


def test_a_seal_that_shows_the_code_of_the_licence_it_was_seen_with_is_never_known(
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


def test_another_layout_has_a_ground_of_its_own(
    issued_licenses: dict[str, Issued],
    credential: SealCredential,
    ground: Ground,
    faces: PlainFaces,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the ground shows where a place is in one layout and none in the other, nobody has looked at."""
    issued = issued_licenses["food-business-permit"]
    kind, plain = ground.catalogue.drawn_by(issued.license.template), read_plain(sealed_revision(issued.pdf))
    assert kind is not None
    assert plain is not None
    layout = face_content(kind, issued.license).layout
    less = layout.model_copy(update={"boxes": layout.boxes[1:]})
    monkeypatch.setattr(plain_faces, "read_face", lambda *_: None)  # drawn, it is another face
    seal = credential.certificate_der
    assert faces.read(plain, issued.license, kind, layout, seal) is not None
    assert faces.read(plain, issued.license, kind, less, seal) is None


def with_font(page: Page, face: str, characters: str) -> None:
    """Give a page other characters of a face, spelled as ours; what was set in it before says something else now."""
    ours = FontObjects.of(Fonts.load(fonts_beside(resource_folder("templates"))).faces[face], characters)
    lines = {number: line for part in page.parts for number, line in part.lines}
    font = page.named(rb"/XObject<<", rb"/%b " % face.encode())
    descendant, meaning = references(lines[font])
    (descriptor,) = references(lines[descendant])
    (program,) = references(lines[descriptor])
    for number, line in (
        (font, ours.font(descendant, meaning)),
        (descendant, ours.descendant(descriptor)),
        (descriptor, ours.descriptor(program)),
    ):
        page.parts = with_line(page.parts, number, line)
    page.replace_stream(meaning, lambda _: ours.to_unicode)
    page.replace_stream(program, lambda _: ours.program)
    length = b"/Length1 %d/" % len(ours.program)
    page.parts = [
        replace(part, entries=re.sub(rb"/Length1 \d+/", length, part.entries)) if part.number == program else part
        for part in page.parts
    ]


def only_one_text(line: bytes) -> Redrawn:
    """A line, set in the place of the first text of the record and no other."""

    def change(content: bytes) -> bytes:
        lines = [one for one in content.split(b"\n") if b" BT " not in one]
        found = re.search(rb"/LBody .*? 1 0 0 1 (\S+) (\S+) Tm", content)
        assert found is not None
        return b"\n".join([*lines, line % {b"x": float(found[1]), b"y": float(found[2])}])

    return change


LINE: Final = (
    b"/LBody <</MCID 3>> BDC BT 0.0667 0.0667 0.0667 rg 1 0 0 1 %%(x).2f %%(y).2f Tm 0.000 Tc /song %b Tj ET EMC"
)


def seen(page: Page, credential: SealCredential, document: License, layout: Layout) -> Face:
    """What a page is read as, whatever its ground."""
    plain = read_plain(page.sealed(credential))
    assert plain is not None
    return face_on(read_sheets(plain, document, layout, our_fonts(), {}), layout)


def our_fonts() -> Fonts:
    return Fonts.load(fonts_beside(resource_folder("templates")))


@pytest.fixture
def layout(ground: Ground, issued_licenses: dict[str, Issued]) -> Layout:
    document = issued_licenses["food-business-permit"].license
    kind = ground.catalogue.drawn_by(document.template)
    assert kind is not None
    return face_content(kind, document).layout


@pytest.mark.parametrize(
    ("shown", "characters"),
    [
        pytest.param(b"0.05 Tf <0001000200020001>", "中国", id="too-small-to-see"),
        pytest.param(b"30 Tf <00010001>", "'-", id="above-its-place"),
        pytest.param(b"11 Tf <000100020002>", "a\u0301", id="marks-on-each-other"),
        pytest.param(b"11 Tf <00010002>", "\ufb01a", id="a-ligature"),
        pytest.param(b"11 Tf <00010002>", "\u05d0\u05d1", id="no-characters-of-the-font"),
        pytest.param(b"11 Tf <00010002>", "█▌", id="squares"),
    ],
)
def test_characters_that_a_renderer_reads_in_another_way_are_drawn(
    shown: bytes,
    characters: str,
    page: Page,
    credential: SealCredential,
    layout: Layout,
    issued_licenses: dict[str, Issued],
) -> None:
    with_font(page, "song", characters)
    page.redraw(only_one_text(LINE % shown))
    with pytest.raises(OtherwiseSpelledError):
        seen(page, credential, issued_licenses["food-business-permit"].license, layout)


def test_characters_that_a_renderer_reads_as_we_do_are_read(
    page: Page, credential: SealCredential, layout: Layout, issued_licenses: dict[str, Issued]
) -> None:
    with_font(page, "song", "中国")
    page.redraw(only_one_text(LINE % b"11 Tf <0001000200020001>"))
    face = seen(page, credential, issued_licenses["food-business-permit"].license, layout)
    assert face == read_face(page.sealed(credential), layout)
    assert "中国国中" in face.boxes


def test_a_character_that_reaches_far_covers_the_code(
    page: Page, credential: SealCredential, layout: Layout, issued_licenses: dict[str, Issued]
) -> None:
    """Beside the code, a mark for vertical lines reaches into it: half its height below its line, or above."""
    with_font(page, "song", "\u3031")
    page.redraw(only_one_text(LINE % b"11 Tf <0001>"))
    page.redraw(
        over_the_code(
            b"/P <</MCID 90>> BDC BT 0 0 0 rg 1 0 0 1 %(x).2f 215.00 Tm 0.000 Tc /song 200 Tf <0001> Tj ET EMC"
        )
    )
    nowhere = layout.model_copy(update={"boxes": (), "tables": ()})
    with pytest.raises(OtherwiseSpelledError):
        seen(page, credential, issued_licenses["food-business-permit"].license, nowhere)


def test_texts_beside_the_places_are_of_the_ground(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces, issued_licenses: dict[str, Issued]
) -> None:
    """They may be the squares of another code."""
    text = b"/P <</MCID 90>> BDC BT 0.333 0.333 0.333 rg 1 0 0 1 300.00 20.00 Tm 0.000 Tc /song 9 Tf <0001> Tj ET EMC"
    page.redraw(once(rb"(?m)^/LBody", text + b"\n/LBody"))
    for _ in range(2):
        assert not is_read(issued_licenses["food-business-permit"].license, page.sealed(credential), ground, faces)


def pages_more(page: Page, count: int) -> None:
    """The same page again and again."""
    number, line = page.line(rb"/Type/Page/")
    tree, _ = page.line(rb"/Type/Pages")
    first = max([part.number for part in page.parts] + [held for part in page.parts for held, _ in part.lines]) + 1
    again = [(first + index, re.sub(rb"/Annots\[[^]]*\]", b"", line)) for index in range(count)]
    kids = b" ".join(b"%d 0 R" % one for one in [number, *[held for held, _ in again]])
    page.parts = with_line(page.parts, tree, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, 1 + count))
    holder = next(index for index, part in enumerate(page.parts) if part.lines)
    page.parts[holder] = replace(page.parts[holder], lines=(*page.parts[holder].lines, *again))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(page_drawn(after(b"\n" * LARGEST_PAGE)), id="operators"),
        pytest.param(
            page_drawn(after(b"\n".join([LINE % b"9 Tf <0001>" % {b"x": 9, b"y": 9}] * MOST_RUNS))), id="texts"
        ),
        pytest.param(lambda page: pages_more(page, MOST_CONTINUATION_PAGES + 1), id="pages"),
    ],
)
def test_more_than_a_licence_has_is_not_even_read(
    change: Changed, page: Page, credential: SealCredential, layout: Layout, issued_licenses: dict[str, Issued]
) -> None:
    """A file of some kilobytes could keep us busy for minutes."""
    change(page)
    plain = read_plain(page.sealed(credential))
    assert plain is not None
    with pytest.raises(OtherwiseSpelledError):
        read_sheets(plain, issued_licenses["food-business-permit"].license, layout, our_fonts(), {})


def in_places(layout: Layout, *places: tuple[float, float, float, float]) -> Layout:
    """A layout of these places only: left, foot, width and height in points."""
    boxes = [
        layout.boxes[0].model_copy(
            update={"x": left / MM, "y": layout.page.height - (foot + high) / MM, "w": wide / MM, "h": high / MM}
        )
        for left, foot, wide, high in places
    ]
    return layout.model_copy(update={"boxes": tuple(boxes), "tables": ()})


def shown_at(*steps: tuple[float, float, bytes]) -> Redrawn:
    """One text of these pieces, in 10 points: left, baseline, codes."""
    lines = b" ".join(b"1 0 0 1 %.3f %.2f Tm 0.000 Tc /song 10 Tf <%b> Tj" % step for step in steps)
    return only_one_text(b"/LBody <</MCID 3>> BDC BT 0.0667 0.0667 0.0667 rg " + lines + b" ET EMC")


CN, EN, STAIRS = b"0001", b"0002", [(140.0 + 10 * step, 300.0 - 4 * step, b"0001") for step in range(6)]
LONG: Final = CN * 20


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        pytest.param([(140, 300, CN), (100, 296, EN)], [(90, 200, 200, 150)], id="half-a-line-below"),
        pytest.param([*STAIRS, (100, 276, EN)], [(90, 200, 200, 150)], id="down-the-stairs"),
        pytest.param([*STAIRS[:1], (100, 350, b"0003"), (100, 296, EN)], [(90, 200, 200, 180)], id="a-blank-between"),
        pytest.param(
            [(240, 297, CN), (140, 300, CN), (100, 294, EN)],
            [(220, 200, 100, 150), (90, 200, 120, 150)],
            id="by-way-of-another-place",
        ),
        pytest.param([(100, 300, LONG), (100, 295, LONG)], [(90, 200, 250, 150)], id="a-line-on-another"),
        pytest.param([(100, 300, LONG), (100, 292, LONG)], [(90, 200, 250, 150)], id="a-line-that-touches-another"),
        pytest.param([(95.465, 300, b"0004")], [(50, 250, 50, 80), (100, 250, 50, 80)], id="a-little-into-the-next"),
        pytest.param(
            [(60, 290.66, b"0006")], [(50, 300, 100, 50), (50, 250, 100, 50)], id="a-little-higher-than-it-is"
        ),
        pytest.param(
            [(100, 302.05, b"0005" * 20), (100, 286.95, b"0005" * 20)],
            [(90, 300, 220, 30), (90, 270, 220, 26)],
            id="twice-in-two-places",
        ),
    ],
)
def test_texts_that_a_renderer_orders_in_another_way_are_drawn(
    steps: list[tuple[float, float, bytes]],
    places: list[tuple[float, float, float, float]],
    page: Page,
    credential: SealCredential,
    layout: Layout,
    issued_licenses: dict[str, Issued],
) -> None:
    characters = "国一 f\u3031Î"
    with_font(page, "song", characters)
    page.redraw(shown_at(*steps))
    layout = in_places(layout, *places)
    codes = "".join(codes.decode() for *_, codes in steps)
    shown = "".join(characters[int(codes[at : at + 4], 16) - 1] for at in range(0, len(codes), 4))
    assert "".join(read_face(page.sealed(credential), layout).boxes) != shown.replace(" ", "")
    with pytest.raises(OtherwiseSpelledError):
        seen(page, credential, issued_licenses["food-business-permit"].license, layout)


@pytest.mark.parametrize("count", [MOST_LINES, MOST_LINES + 1])
def test_a_text_of_more_lines_than_no_code_could_have_is_drawn(
    count: int, page: Page, credential: SealCredential, layout: Layout, issued_licenses: dict[str, Issued]
) -> None:
    """Where dense characters are dark squares and others light ones, it is a code, whatever the record says."""
    with_font(page, "song", "国一")
    lines = b" ".join(
        b"1 0 0 1 300.00 %.2f Tm 0.000 Tc /song 6 Tf <%b> Tj" % (300 - 7.8 * row, b"00010002" * 10)
        for row in range(count)
    )
    page.redraw(only_one_text(b"/LBody <</MCID 3>> BDC BT 0.0667 0.0667 0.0667 rg " + lines + b" ET EMC"))
    wide = layout.boxes[0].model_copy(update={"x": 20, "y": 80, "w": 200, "h": 100})
    one_place = layout.model_copy(update={"boxes": (wide,), "tables": ()})
    document = issued_licenses["food-business-permit"].license
    if count == MOST_LINES:
        assert seen(page, credential, document, one_place).boxes == ("国一" * 10 * count,)
    else:
        with pytest.raises(OtherwiseSpelledError):
            seen(page, credential, document, one_place)


def test_a_damaged_code_is_drawn(
    page: Page, credential: SealCredential, layout: Layout, issued_licenses: dict[str, Issued]
) -> None:
    """A reader mends what is wrong, each up to another measure."""
    document = issued_licenses["food-business-permit"].license
    assert seen(page, credential, document, layout).codes == scan_file(page.sealed(credential))
    page.redraw(once(rb"( 0 0 0 rg (?:\d+ \d+ \d+ 1 re ){300})\d+ \d+ \d+ 1 re ", rb"\g<1>"))
    assert len(scan_file(page.sealed(credential))) == 1
    with pytest.raises(OtherwiseSpelledError):
        seen(page, credential, document, layout)


@pytest.mark.parametrize("side", [10, 24, 30, 70, 185, 189, 999])
def test_a_code_of_no_version_is_drawn(
    side: int, page: Page, credential: SealCredential, layout: Layout, issued_licenses: dict[str, Issued]
) -> None:
    place = edges_of(layout.page, layout.qr)
    code = b"/Figure <</MCID 9>> BDC q %.5f 0 0 %.5f %.3f %.3f cm 1 1 1 rg 0 0 %d %d re f 0 0 0 rg 5 5 1 1 re f Q EMC"
    module = (place.right - place.left) / side
    page.redraw(once(CODE, code % (module, module, place.left, place.bottom, side, side)))
    with pytest.raises(OtherwiseSpelledError):
        seen(page, credential, issued_licenses["food-business-permit"].license, layout)


def test_a_code_too_fine_for_a_renderer_is_drawn(
    page: Page, credential: SealCredential, layout: Layout, issued_licenses: dict[str, Issued]
) -> None:
    """It is read module by module here; drawn, its modules are no pixels."""
    document = issued_licenses["food-business-permit"].license
    place = edges_of(layout.page, layout.qr)
    fine = qr_path("HTTPS://A.EXAMPLE/V#" + "ABCDEFGHIJ" * 200, place.left, place.bottom, layout.qr.size * MM)
    page.redraw(once(CODE, b"/Figure <</MCID 20>> BDC " + fine.encode() + b" EMC"))
    with pytest.raises(OtherwiseSpelledError):
        seen(page, credential, document, layout)


def test_other_microtext_is_drawn(
    page: Page, credential: SealCredential, ground: Ground, faces: PlainFaces, issued_licenses: dict[str, Issued]
) -> None:
    page.replace_stream(page.named(rb"/XObject<<", rb"/Micro "), lambda content: content + b" 9 w 0 0 m 99 1 l S")
    pdf = page.sealed(credential)
    assert not is_read(issued_licenses["food-business-permit"].license, pdf, ground, faces)
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
@given(data=st.data())
def test_bytes_changed_at_random(
    issued_licenses: dict[str, Issued],
    credential: SealCredential,
    ground: Ground,
    faces: PlainFaces,
    data: st.DataObject,
) -> None:
    """In what a page is made of: no exception, and one verdict both ways."""
    page = Page(sealed_revision(issued_licenses["food-business-permit"].pdf))
    held = [part.number for part in page.parts if part.data is not None and not part.lines]
    number = data.draw(st.sampled_from(held))

    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, max(0, len(changed) - 1)))
            changed[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        return bytes(changed)

    page.replace_stream(number, change)
    codes_of(page.sealed(credential), ground, faces)


def test_threads_share_what_is_known(
    page: Page,
    credential: SealCredential,
    ground: Ground,
    issued_licenses: dict[str, Issued],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What one of them forgets or refuses, no other takes for known: room is for one ground."""
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
