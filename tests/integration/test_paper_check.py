"""Printed licences before the clerk: what is shown beside the paper, what a machine finds, and what it must not say."""

import io
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

import pikepdf
import pytest
import qrcode
from papers import Print, drawn, image_page, jpeg, likeness, photographed, png, with_content
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from support import NOON

from license_lib.authority import Authority
from license_lib.catalogue import Catalogue
from license_lib.catalogue.layout import TextBox
from license_lib.issuing import Issued
from license_lib.judges import open_verifier
from license_lib.licenses import Holder
from license_lib.paper import ComparedField, Paper, PaperCheck, PaperChecker, PaperChecks, Result, Why, confined_checker
from license_lib.qr.retries import Patience
from license_lib.rendering.print_copy import print_copy
from license_lib.resources import resource_folder
from license_lib.verification import Outcome, Verifier
from license_lib.verification.workers import Limits

STILL = Patience(60, float)
"""A clock that stands still at 0.0."""
MM = 72 / 25.4
TYPES = (
    "construction-permit",
    "food-business-permit",
    "medical-institution-license",
    "real-estate-certificate",
    "residence-permit",
    "teacher-qualification",
)
"""With long texts, tables, photos, masked names, and names that are not told."""


@pytest.fixture(scope="module")
def prints(shared_authority: Authority, issued_licenses: dict[str, Issued]) -> dict[str, Print]:
    return {key: Print(shared_authority, issued) for key, issued in issued_licenses.items()}


@pytest.fixture(scope="module")
def shop(prints: dict[str, Print]) -> Print:
    return prints["business-license"]


@pytest.fixture(scope="module")
def checker(shared_authority: Authority) -> PaperChecker:
    """With the repository."""
    return PaperChecker(shared_authority.verifier, STILL, pictures=True, records=True)


@pytest.fixture(scope="module")
def far_checker(shared_authority: Authority) -> PaperChecker:
    """Somewhere else: it knows types, bodies and seals, and no record."""
    ground = replace(shared_authority.verifier.ground, states=None)
    return PaperChecker(Verifier(ground), STILL, pictures=True, records=True)


def only(checks: PaperChecks) -> PaperCheck:
    (check,) = checks.checks
    return check


def codes(check: PaperCheck) -> list[str]:
    return [finding.code for finding in check.findings]


def by_key(check: PaperCheck) -> Mapping[str, ComparedField]:
    return {one.signed.key: one for one in check.fields}


def results(check: PaperCheck) -> dict[str, str]:
    return {key: one.answer.result.value for key, one in by_key(check).items()}


def shown(one: ComparedField) -> Image.Image:
    assert one.crop is not None
    return Image.open(io.BytesIO(one.crop)).convert("L")


def region_of(page: Image.Image, one: ComparedField, dpi: float, margin: float = 1.5) -> Image.Image:
    """What a page drawn by PDFium shows in a field's place."""
    box = one.signed.place
    assert box is not None
    edges = (box.x - margin, box.y - margin, box.x + box.w + margin, box.y + box.h + margin)
    left, top, right, bottom = (round(edge / 25.4 * dpi) for edge in edges)
    return page.crop((left, top, right, bottom))


# -- what the clerk sees ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dpi", "turned"), [(150, 0), (300, 90), (150, 180), (150, 270)])
def test_each_field_of_a_scan_shows_its_own_place(shop: Print, checker: PaperChecker, dpi: float, turned: int) -> None:
    page = shop.picture(dpi)
    check = only(checker.verify(png(page.rotate(turned, expand=True)), at=NOON))
    assert (check.verdict.outcome, check.paper, check.outcome) == (
        Outcome.IN_FORCE,
        Paper.COMPARE,
        Outcome.UNDETERMINED,
    )
    assert codes(check) == ["paper.by-eye"]
    assert {one.answer.why for one in check.fields} == {Why.PICTURE}
    for one in check.fields:
        assert likeness(shown(one), region_of(page, one, dpi)) > 0.8, one.signed.key


def test_a_photo_at_an_angle_shows_each_field_in_its_place(shop: Print, checker: PaperChecker) -> None:
    page = shop.picture(300)
    photo = photographed(page, ((400, 260), (2300, 120), (2500, 1750), (150, 1500)), (2700, 1900))
    check = only(checker.verify(jpeg(photo), at=NOON))
    assert codes(check) == ["paper.by-eye"]
    for one in check.fields:
        box = one.signed.place
        assert box is not None
        away = ((box.x + box.w / 2 - 249) ** 2 + (box.y + box.h / 2 - 41.5) ** 2) ** 0.5
        assert likeness(shown(one), region_of(page, one, 300, 1.5 + 0.012 * away)) > 0.4, one.signed.key


def test_the_fields_are_those_that_were_signed_in_the_order_of_the_face(
    shop: Print, checker: PaperChecker, far_checker: PaperChecker
) -> None:
    page = png(shop.picture())
    near, far = only(checker.verify(page, at=NOON)), only(far_checker.verify(page, at=NOON))
    assert list(by_key(near))[:4] == ["license_name", "copy", "license_number", "holder_name"]
    assert {one.signed.source for one in near.fields} == {"code", "record"}
    assert by_key(near)["business_scope"].signed.value == shop.document.fields["KZ_JYFW"]
    assert set(by_key(far)) == {
        "license_name", "license_number", "holder_name", "validity", "issuer_name", "issued_on", "identifier",
    } | {shop.kind.by_code[code].key for code in far.verdict.code.public if code in shop.kind.by_code}  # type: ignore[union-attr]  # fmt: skip
    assert by_key(far)["holder_name"].signed.value == shop.document.holders[0].name
    assert by_key(far)["issuer_name"].signed.source == "register"
    assert far.verdict.outcome is Outcome.UNDETERMINED
    assert [one.signed.value for one in far.fields] == [by_key(near)[key].signed.value for key in by_key(far)]


def test_of_a_person_the_repository_tells_no_more_than_the_code(
    prints: dict[str, Print], checker: PaperChecker
) -> None:
    permit = prints["residence-permit"]
    check = only(checker.verify(png(permit.picture()), at=NOON))
    name, number = permit.document.holders[0].name, permit.document.holders[0].number
    told = json.dumps([one.signed.value for one in check.fields], ensure_ascii=False)
    assert name not in told
    assert number not in told
    assert permit.document.fields["KZ_XJZDZ"] not in told
    assert by_key(check)["holder_name"].signed.hidden == "name"
    in_the_file = only(checker.verify(permit.issued.pdf, at=NOON))
    assert by_key(in_the_file)["holder_name"].signed.value == name


def test_several_licences_of_one_photo_are_shown_apart(
    prints: dict[str, Print], shop: Print, checker: PaperChecker
) -> None:
    other = prints["food-business-permit"]
    first, second = shop.picture(), other.picture()
    photo = Image.new("L", (first.width + second.width + 200, first.height + 200), 120)
    photo.paste(first, (50, 60))
    photo.paste(second, (first.width + 150, 90))
    checks = checker.verify(png(photo), at=NOON).checks
    assert [check.type_name for check in checks] == ["营业执照", "食品经营许可证"]
    for check, page in zip(checks, (first, second), strict=True):
        one = by_key(check)["holder_name"]
        assert likeness(shown(one), region_of(page, one, 150, 3)) > 0.5


# -- a code on a paper that is not its own ----------------------------------------------------------------------------


def pasted(paper: Image.Image, code: Image.Image, at: tuple[int, int]) -> Image.Image:
    out = paper.copy()
    out.paste(code, at)
    return out


def code_square(one: Print, dpi: float = 150) -> tuple[Image.Image, tuple[int, int]]:
    qr = one.kind.layout.qr
    left, top, right, bottom = (round(edge / 25.4 * dpi) for edge in (qr.x, qr.y, qr.x + qr.size, qr.y + qr.size))
    return one.picture(dpi).crop((left, top, right, bottom)), (left, top)


def test_a_code_pasted_in_its_place_on_another_licence_shows_the_other_name(
    prints: dict[str, Print], shop: Print, checker: PaperChecker
) -> None:
    """No machine sees it in a picture; but what is shown beside the signed name is the other name."""
    other = shop.picture(holders=(Holder("白银市假冒贸易有限公司", "91620402MA0000001U", "001"),))
    square, at = code_square(shop)
    check = only(checker.verify(png(pasted(other, square, at)), at=NOON))
    assert check.paper is Paper.COMPARE
    name = by_key(check)["holder_name"]
    assert name.signed.value == shop.document.holders[0].name
    to_other, to_own = (likeness(shown(name), region_of(page, name, 150)) for page in (other, shop.picture()))
    assert to_other > 0.97 > to_own
    another = prints["food-business-permit"].picture()
    check = only(checker.verify(png(pasted(another, square, at)), at=NOON))
    title = by_key(check)["license_name"]
    assert title.signed.value == "营业执照"
    assert likeness(shown(title), region_of(another, title, 150)) > 0.8


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (lambda square: (square, (200, 150)), "place"),
        (lambda square: (square.resize((180, 180)), (1380, 150)), "size"),
        (
            lambda square: (square.rotate(9, Image.Resampling.BICUBIC, expand=True, fillcolor=255), (1330, 110)),
            "turned",
        ),
        (lambda square: (square.rotate(180), (1346, 121)), "place"),
        (lambda square: (square.rotate(90), (1346, 121)), "sheet"),
    ],
)
def test_a_code_that_stands_elsewhere_on_a_scanned_sheet_is_a_finding(
    shop: Print, checker: PaperChecker, change: object, how: str
) -> None:
    square, at = code_square(shop)
    paper = shop.picture()
    paper.paste(250, (at[0], at[1], at[0] + square.width, at[1] + square.height))
    assert callable(change)
    check = only(checker.verify(png(pasted(paper, *change(square))), at=NOON))
    assert how in dict(check.findings[1].params)["how"], check.findings
    assert (check.paper, check.outcome) == (Paper.DOUBTFUL, Outcome.UNDETERMINED)


def test_a_print_that_a_printer_fitted_to_its_sheet_stands_right(shop: Print, checker: PaperChecker) -> None:
    page = shop.picture(300)
    sheet = Image.new("L", page.size, 255)
    smaller = page.resize((round(page.width * 0.95), round(page.height * 0.95)), Image.Resampling.LANCZOS)
    sheet.paste(smaller, (90, 50))
    for paper in (png(sheet), image_page(sheet, 297 * MM, 210 * MM)):
        check = only(checker.verify(paper, at=NOON))
        assert codes(check) == ["paper.by-eye"]
        one = by_key(check)["holder_name"]
        assert likeness(shown(one), region_of(page, one, 300)) > 0.7


def test_each_print_of_one_code_is_checked(shop: Print, checker: PaperChecker) -> None:
    """A true page first, and behind it another one with the same code."""
    with pikepdf.open(io.BytesIO(shop.pdf())) as document:
        with pikepdf.open(io.BytesIO(shop.pdf(number="91620402MA0000009Q"))) as other:
            document.pages.extend(other.pages)
        out = io.BytesIO()
        document.save(out)
    true, false = checker.verify(out.getvalue(), at=NOON).checks
    assert (true.page, true.paper) == (1, Paper.COMPARE)
    assert (false.page, false.paper) == (2, Paper.DIFFERS)


def test_of_many_codes_the_first_eight_are_checked_and_the_rest_is_told(shop: Print, checker: PaperChecker) -> None:
    square, _ = code_square(shop)
    sheet = Image.new("L", (square.width * 3 + 240, square.height * 3 + 240), 255)
    for place in range(9):
        row, column = divmod(place, 3)
        sheet.paste(square, (60 + column * (square.width + 60), 60 + row * (square.height + 60)))
    checks = checker.verify(png(sheet), at=NOON)
    assert (len(checks.checks), [finding.code for finding in checks.findings]) == (8, ["paper.more"])


def test_a_type_that_nobody_here_knows_has_its_texts_and_no_places(
    shared_authority: Authority, shop: Print, far_checker: PaperChecker
) -> None:
    known = only(far_checker.verify(png(shop.picture()), at=NOON))
    ground = replace(shared_authority.verifier.ground, states=None, catalogue=Catalogue([], {}))
    stranger = PaperChecker(Verifier(ground), STILL, pictures=True, records=True)
    check = only(stranger.verify(png(shop.picture()), at=NOON))
    assert codes(check) == ["paper.by-eye", "paper.no-face"]
    assert {one.answer.why for one in check.fields} == {Why.NO_PLACE}
    told = {one.signed.code: one.signed.value for one in check.fields}
    assert told["CZZT"] == by_key(known)["holder_name"].signed.value
    assert (check.paper, check.outcome) == (Paper.COMPARE, Outcome.UNDETERMINED)


# -- PDF files with texts ---------------------------------------------------------------------------------------------


def test_an_honest_print_agrees_and_is_still_to_be_compared_by_eye(shop: Print, checker: PaperChecker) -> None:
    for paper in (shop.pdf(), print_copy(shop.issued.pdf)):
        check = only(checker.verify(paper, at=NOON))
        assert set(results(check).values()) == {"same"}
        assert (check.paper, check.outcome, codes(check)) == (Paper.COMPARE, Outcome.UNDETERMINED, ["paper.by-eye"])
        assert check.by_machine


@pytest.mark.parametrize("key", TYPES)
def test_honest_prints_of_other_types_agree_with_and_without_a_record(
    prints: dict[str, Print], checker: PaperChecker, far_checker: PaperChecker, key: str
) -> None:
    paper = print_copy(prints[key].issued.pdf)
    for one in (checker, far_checker):
        check = only(one.verify(paper, at=NOON))
        assert {field.answer.result for field in check.fields if field.signed.place and field.signed.page == 1} == {
            Result.SAME
        }, [(field.signed.key, field.answer) for field in check.fields if field.answer.result is not Result.SAME]


def test_one_changed_digit_is_found(shop: Print, checker: PaperChecker, far_checker: PaperChecker) -> None:
    forged = shop.pdf(number="91620402MA0000009Q")
    for one in (checker, far_checker):
        check = only(one.verify(forged, at=NOON))
        number = by_key(check)["license_number"]
        assert (number.answer.result, number.answer.found) == (Result.DIFFERENT, "91620402MA0000009Q")
        assert [key for key, result in results(check).items() if result != "same"] == ["license_number"]
        assert (check.paper, check.outcome) == (Paper.DIFFERS, Outcome.NOT_GENUINE)
        assert dict(check.findings[1].params)["fields"] == "ZZBH"


def test_a_code_of_another_licence_of_the_type_is_found(shop: Print, far_checker: PaperChecker) -> None:
    other = shop.pdf(
        holders=(Holder("白银市假冒贸易有限公司", "91620402MA0000001U", "001"),),
        number="91620402MA0000001U",
        issued_on=date(2025, 1, 2),
    )
    check = only(far_checker.verify(other, at=NOON))
    found = results(check)
    assert [found[key] for key in ("holder_name", "license_number", "issued_on")] == ["different"] * 3
    assert (check.paper, check.outcome) == (Paper.DIFFERS, Outcome.NOT_GENUINE)


def test_a_code_of_another_type_is_never_taken_for_the_papers_own(
    prints: dict[str, Print], shop: Print, checker: PaperChecker
) -> None:
    for key in ("food-business-permit", "residence-permit", "teacher-qualification"):
        check = only(checker.verify(prints[key].pdf(code=shop.code), at=NOON))
        assert check.paper in {Paper.DIFFERS, Paper.DOUBTFUL}, key
        assert check.outcome in {Outcome.NOT_GENUINE, Outcome.UNDETERMINED}
        assert results(check)["holder_name"] != "same"
        assert set(codes(check)) & {"paper.differs", "paper.missing"}


def typed_page(lines: list[str], code: Image.Image) -> bytes:
    """A page as somebody writes it in an office program, with a code pasted in."""
    pdfmetrics.registerFont(TTFont("Hei", resource_folder("templates") / "fonts" / "NotoSansSC-Regular.ttf"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont("Hei", 14)
    for number, line in enumerate(lines):
        canvas.drawString(72, 740 - 26 * number, line)
    canvas.drawImage(ImageReader(code), 400, 60, 120, 120)
    canvas.save()
    return out.getvalue()


def test_a_document_of_other_make_with_our_code_is_doubted(shop: Print, far_checker: PaperChecker) -> None:
    square, _ = code_square(shop, 300)
    name = shop.document.holders[0].name
    right = ["营业执照", f"名称：{name}", "统一社会信用代码：91620402MA0000000Q", "登记机关：样例局"]
    check = only(far_checker.verify(typed_page(right, square), at=NOON))
    found = by_key(check)
    assert (found["holder_name"].answer.result, found["holder_name"].answer.why) == (Result.NOT_COMPARED, Why.ELSEWHERE)
    assert {"paper.code-place", "paper.missing"} <= set(codes(check))
    assert check.paper is Paper.DOUBTFUL
    wrong = ["营业执照", "名称：白银市假冒贸易有限公司", "统一社会信用代码：９１６２０４０２ＭＡ０００００００８"]
    check = only(far_checker.verify(typed_page(wrong, square), at=NOON))
    found = by_key(check)
    assert found["holder_name"].answer.result is Result.MISSING
    assert found["license_number"].answer.found == "91620402MA00000008"
    assert (check.paper, check.outcome) == (Paper.DIFFERS, Outcome.NOT_GENUINE)


def test_a_page_that_is_turned_and_cut_is_read_all_the_same(shop: Print, far_checker: PaperChecker) -> None:
    with pikepdf.open(io.BytesIO(shop.pdf())) as document:
        page = document.pages[0]
        page.obj.MediaBox = pikepdf.Array([-40, -30, 867, 605])
        page.obj.CropBox = pikepdf.Array([0, 0, 842, 595])
        page.rotate(90, relative=False)
        out = io.BytesIO()
        document.save(out)
    check = only(far_checker.verify(out.getvalue(), at=NOON))
    assert codes(check) == ["paper.by-eye"]
    assert set(results(check).values()) == {"same"}


def test_a_mark_across_the_page_is_no_difference(shop: Print, far_checker: PaperChecker) -> None:
    """仅供…使用, as people write on copies: the machine steps back, and the clerk looks."""

    def add(canvas: Canvas, _: float, __: float) -> None:
        pdfmetrics.registerFont(TTFont("Hei", resource_folder("templates") / "fonts" / "NotoSansSC-Regular.ttf"))
        canvas.setFont("Hei", 48)
        canvas.setFillColorRGB(0.6, 0.6, 0.6)
        canvas.translate(80, 250)
        canvas.rotate(20)
        canvas.drawString(0, 0, "仅供样例银行开户使用")

    check = only(far_checker.verify(with_content(shop.pdf(), add), at=NOON))
    assert set(results(check).values()) == {"same", "unreadable"}
    assert check.paper is Paper.COMPARE


# -- texts that nobody sees -------------------------------------------------------------------------------------------


def write_name(canvas: Canvas, shop: Print, height: float) -> None:
    pdfmetrics.registerFont(TTFont("Hei", resource_folder("templates") / "fonts" / "NotoSansSC-Regular.ttf"))
    box = name_box(shop)
    canvas.setFont("Hei", 12)
    canvas.drawString((box.x + box.label_w) * MM, height - (box.y + 6) * MM, shop.document.holders[0].name)


def name_box(shop: Print) -> TextBox:
    return next(box for box in shop.kind.layout.boxes if box.field == "holder_name")


def nameless(shop: Print) -> bytes:
    """Its face without a name."""
    return shop.pdf(holders=(Holder(" ", "91620402MA0000000Q", "001"),))


def wrong_name(shop: Print) -> Image.Image:
    """The place of the name, as the face of another company shows it."""
    wrong = drawn(shop.pdf(holders=(Holder("白银市假冒贸易有限公司", "91620402MA0000001U", "001"),)), 150)
    box = name_box(shop)
    edges = (box.x, box.y, box.x + box.w, box.y + box.h)
    left, top, right, bottom = (round(edge / 25.4 * 150) for edge in edges)
    return wrong.crop((left, top, right, bottom))


def show_wrong_name(canvas: Canvas, shop: Print, height: float) -> None:
    box = name_box(shop)
    canvas.drawImage(ImageReader(wrong_name(shop)), box.x * MM, height - (box.y + box.h) * MM, box.w * MM, box.h * MM)


@pytest.mark.parametrize("trick", ["mode 3", "white", "below", "clear", "grey", "faint", "tiny"])
def test_a_text_that_nobody_sees_is_never_the_same(shop: Print, checker: PaperChecker, trick: str) -> None:
    """The right words are in the file, and the picture that people see has wrong ones."""

    def add(canvas: Canvas, _: float, height: float) -> None:
        if trick != "below":
            show_wrong_name(canvas, shop, height)
        if trick == "mode 3":
            canvas._code.append("3 Tr")  # noqa: SLF001 -- reportlab has no other way
        if trick in (greys := {"white": 1, "grey": 0.55, "faint": 0.9}):
            canvas.setFillGray(greys[trick])
        if trick == "clear":
            canvas.setFillAlpha(0)
        if trick == "tiny":
            canvas.scale(0.05, 0.05)
            canvas.translate(19 * 54 * MM, 19 * (height - 77 * MM))
        write_name(canvas, shop, height)
        if trick == "below":
            show_wrong_name(canvas, shop, height)

    check = only(checker.verify(with_content(nameless(shop), add), at=NOON))
    name = by_key(check)["holder_name"]
    assert name.answer.result in {Result.NOT_COMPARED, Result.UNREADABLE}
    assert [key for key, result in results(check).items() if result != "same"] == ["holder_name"]
    assert likeness(shown(name), wrong_name(shop)) > 0.5
    assert check.paper is Paper.COMPARE


def test_the_same_text_where_one_sees_it_is_the_same(shop: Print, checker: PaperChecker) -> None:
    """What the tests above rest on: drawn in black on its place, that very text would count."""
    check = only(checker.verify(with_content(nameless(shop), lambda c, _, h: write_name(c, shop, h)), at=NOON))
    assert by_key(check)["holder_name"].answer.result is Result.SAME


def test_a_picture_beside_the_right_text_is_left_to_the_eye(shop: Print, checker: PaperChecker) -> None:
    """The signed name small at the right, where it can be seen, and the other one large as a picture."""
    box = name_box(shop)

    def add(canvas: Canvas, _: float, height: float) -> None:
        strip = wrong_name(shop)
        width = box.w * 0.62
        strip = strip.crop((0, 0, round(strip.width * 0.62), strip.height))
        canvas.drawImage(ImageReader(strip), box.x * MM, height - (box.y + box.h) * MM, width * MM, box.h * MM)
        pdfmetrics.registerFont(TTFont("Hei", resource_folder("templates") / "fonts" / "NotoSansSC-Regular.ttf"))
        canvas.setFont("Hei", 8)
        canvas.drawString((box.x + 0.65 * box.w) * MM, height - (box.y + 6) * MM, shop.document.holders[0].name)

    check = only(checker.verify(with_content(nameless(shop), add), at=NOON))
    answer = by_key(check)["holder_name"].answer
    assert (answer.result, answer.why) == (Result.UNREADABLE, Why.DRAWN)


def test_a_true_page_with_a_picture_over_its_name_is_not_compared_there(shop: Print, checker: PaperChecker) -> None:
    def add(canvas: Canvas, _: float, height: float) -> None:
        show_wrong_name(canvas, shop, height)

    check = only(checker.verify(with_content(shop.pdf(), add), at=NOON))
    name = by_key(check)["holder_name"]
    assert (name.answer.result, name.answer.why) == (Result.NOT_COMPARED, Why.HIDDEN)
    assert "paper.hidden-text" in codes(check)
    assert [key for key, result in results(check).items() if result != "same"] == ["holder_name"]


def test_other_words_said_for_a_text_are_not_believed(shop: Print, checker: PaperChecker) -> None:
    """`ActualText` says the right name for a wrong one that is drawn."""
    name = shop.document.holders[0].name.encode("utf-16-be").hex()

    def add(canvas: Canvas, _: float, height: float) -> None:
        canvas._code.append(f"/Span <</ActualText <feff{name}>>> BDC")  # noqa: SLF001
        pdfmetrics.registerFont(TTFont("Hei", resource_folder("templates") / "fonts" / "NotoSansSC-Regular.ttf"))
        box = name_box(shop)
        canvas.setFont("Hei", 12)
        canvas.drawString((box.x + box.label_w) * MM, height - (box.y + 6) * MM, "白银市假冒贸易有限公司")
        canvas._code.append("EMC")  # noqa: SLF001

    check = only(checker.verify(with_content(nameless(shop), add), at=NOON))
    assert by_key(check)["holder_name"].answer.result is not Result.SAME


def test_glyphs_over_each_other_are_not_read(shop: Print, checker: PaperChecker) -> None:
    """The right name below the wrong one, both to be seen."""
    forged = shop.pdf(holders=(Holder("白银市假冒贸易有限公司", "91620402MA0000001U", "001"),))
    check = only(checker.verify(with_content(forged, lambda c, _, h: write_name(c, shop, h)), at=NOON))
    assert by_key(check)["holder_name"].answer.result in {Result.UNREADABLE, Result.DIFFERENT}


# -- what is no print of a licence ------------------------------------------------------------------------------------


def test_a_sealed_file_is_said_to_be_one(shop: Print, checker: PaperChecker) -> None:
    checks = checker.verify(shop.issued.pdf, at=NOON)
    assert [finding.code for finding in checks.findings] == ["paper.sealed-file"]
    assert set(results(only(checks)).values()) == {"same"}


def test_no_code_a_foreign_one_and_what_is_no_picture(checker: PaperChecker, shop: Print) -> None:
    foreign = io.BytesIO()
    qrcode.make("HTTPS://EXAMPLE.COM/").save(foreign)
    garbage = random.Random(3).randbytes(5000)  # noqa: S311
    for data, code in (
        (png(Image.new("L", (300, 300), 255)), "qr.none"),
        (foreign.getvalue(), "qr.foreign"),
        (garbage, "input.unsupported"),
        (b"%PDF-1.7\n" + garbage, "input.unsupported"),
        (png(Image.new("1", (9000, 9000))), "picture.too-large"),
        (shop.issued.pdf[:4000], "input.unsupported"),
        (b"x" * (33 << 20), "input.too-large"),
    ):
        checks = checker.verify(data, at=NOON)
        assert (checks.checks, [finding.code for finding in checks.findings]) == ((), [code])


def test_a_broken_and_a_forged_code_prove_nothing_to_compare_with(shop: Print, checker: PaperChecker) -> None:
    digits = shop.code.partition("#")[2]
    changed = shop.code[:-3] + f"{(int(digits[-3:]) + 1) % 1000:03}"
    for text, code in ((shop.code[:-8], "qr.malformed"), (changed, "qr.signature")):
        check = only(checker.verify(shop.pdf(code=text), at=NOON))
        assert code in [finding.code for finding in check.verdict.findings]
        assert (check.paper, check.fields, check.outcome) == (Paper.NONE, (), Outcome.NOT_GENUINE)


def test_a_code_whose_seal_is_no_longer_vouched_for_is_not_told_as_signed(shop: Print, checker: PaperChecker) -> None:
    check = only(checker.verify(shop.pdf(), at=NOON, now=NOON.replace(year=2075)))
    assert check.verdict.code is not None
    assert (check.paper, check.fields) == (Paper.NONE, ())
    assert check.outcome is not Outcome.IN_FORCE


def test_a_bomb_costs_a_worker_and_nothing_else(shared_authority: Authority, shop: Print) -> None:
    opener = partial(open_verifier, shared_authority.settings)
    with confined_checker(
        opener, STILL, pictures=False, records=True, workers=1, method="fork", limits=Limits(seconds=0)
    ) as refusing:
        checks = refusing.verify(shop.pdf(), at=NOON)
    assert [finding.code for finding in checks.findings] == ["verification.overrun"]


def test_letters_without_end_are_not_read(shop: Print, checker: PaperChecker) -> None:
    def add(canvas: Canvas, _: float, __: float) -> None:
        canvas.setFont("Helvetica", 1)
        for number in range(300):
            canvas.drawString(30, 100 + 1.3 * number, "x" * 100)

    check = only(checker.verify(with_content(shop.pdf(), add), at=NOON))
    assert {(one.answer.result, one.answer.why) for one in check.fields} == {(Result.NOT_COMPARED, Why.PICTURE)}
