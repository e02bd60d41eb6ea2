"""Real names and addresses: every organisation of the shared data becomes a 营业执照 with nothing lost or overflowing.

The judge is PDFium, on the finished file: where it finds each character drawn must lie inside a box of the layout.
"""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from faces import QR_TEXT, Face, example_face

from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses import Holder
from license_lib.rendering import Fonts
from license_lib.rendering.blocks import MM
from license_lib.resources import resource_folder

ROWS = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "organisations.csv"
Rectangle = tuple[float, float, float, float]

pytestmark = pytest.mark.skipif(not ROWS.is_file(), reason="the shared data (organisations.csv) is not on this machine")


def organisations() -> list[dict[str, str]]:
    with ROWS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def as_license(row: dict[str, str], number: int) -> Face:
    """A row as a licence. Its number is taken as it is: judging issued numbers is another test's business."""
    face = example_face("business-license")
    fields = {
        **face.document.fields,
        "KZ_ZS": row["address"],
        "KZ_CLRQ": date.fromisoformat(row["start_date"]).isoformat(),
    }
    if row["registered_capital"]:
        fields["KZ_ZCZB"] = row["registered_capital"]
    else:
        del fields["KZ_ZCZB"]
    identifier = LicenseIdentifier.build(face.license_type.code.value, face.document.issuer.code, f"2026{number:07d}")
    document = replace(
        face.document,
        identifier=identifier,
        number=row["credit_code"],
        holders=(Holder(row["name"], row["credit_code"], "001"),),
        fields=fields,
    )
    return replace(face, document=document)


def drawn(pdf: bytes) -> tuple[str, list[Rectangle]]:
    """The page's text without spaces, and where each character is inked (left, top, right, bottom; mm)."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        height = page.get_height()
        text = page.get_textpage()
        inks = []
        for index in range(text.count_chars()):
            if not text.get_text_range(index, 1).isspace():
                left, bottom, right, top = text.get_charbox(index)
                inks.append((left / MM, (height - top) / MM, right / MM, (height - bottom) / MM))
        return "".join(text.get_text_range().split()), inks


def test_all_organisations_become_licences_without_loss_or_overflow() -> None:
    fonts = Fonts.load(resource_folder("templates") / "fonts")
    rows = organisations()
    assert len(rows) == 295
    layout = example_face("business-license").license_type.layout
    boxes = [
        (place.x, place.y, place.x + place.w, place.y + place.h)
        for place in (*layout.boxes, *layout.texts, layout.title)
    ]
    for number, row in enumerate(rows, start=1):
        face = as_license(row, number)
        text, inks = drawn(face.pdf(fonts, QR_TEXT))
        for field, value in face.values().items():
            if value and field != "license_name":
                assert "".join(value.split()) in text, (row["name"], field)
        assert len(inks) > 150, row["name"]
        for left, top, right, bottom in inks:
            assert any(
                left >= box[0] - 0.1 and top >= box[1] and right <= box[2] + 0.1 and bottom <= box[3] for box in boxes
            ), (row["name"], left, top, right, bottom)
