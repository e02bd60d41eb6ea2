"""The report as PDF/A-3u, tagged (PDF/UA-1), with the JSON report inside and an empty field for the office's seal."""

from collections.abc import Mapping
from typing import Any

from license_lib.rendering.fonts import HEI, Fonts
from license_lib.rendering.metadata import Description
from license_lib.rendering.press.binding import Attachment, SealField, Structure, bind
from license_lib.rendering.press.plate import Plate
from license_lib.rendering.press.stock import Stock
from license_lib.rendering.sheet import Sheet
from license_lib.rendering.structure import Edges, Element, arranged
from license_lib.verification_reports import words
from license_lib.verification_reports.check import Check
from license_lib.verification_reports.content import attached_report, content_of
from license_lib.verification_reports.layout import laid_out
from license_lib.verification_reports.setting import HEIGHT, WIDTH

ATTACHMENT_NAME = "verdict.json"


def report_pdf(report: Mapping[str, Any], check: Check, fonts: Fonts, *, office: str = "") -> bytes:
    """Draw the report.

    Args:
        report: of `license_lib.verification.report.verdict_report`.
        check: what the verdict does not know.
        fonts: the faces to draw with.
        office: the body whose seal it will bear: the file has an empty signature field for it. Empty for none.

    Returns:
        A PDF; the same arguments give the same bytes.

    Raises:
        MachineError: `font.unreadable`.
    """
    content = content_of(report, check, lambda character: fonts.face_for(character, HEI) is not None, office=office)
    pages, room = laid_out(content, fonts)
    sheet = Sheet(Plate.made(WIDTH, HEIGHT, fonts, Stock.made({})))
    elements: list[Element] = []
    for number, page in enumerate(pages):
        if number:
            sheet.next_page()
        sheet.draw(" ".join(page.ink))
        for place, group in enumerate(page.groups):
            marked = [(block, mark) for block in group if (mark := sheet.text(block)) is not None]
            elements += arranged(marked, heading="H2" if number or place else "H1")
            if page.figure and not place:
                shape, area, alt = page.figure
                edges = Edges(area.x, HEIGHT - area.y - area.height, area.x + area.width, HEIGHT - area.y)
                mark = sheet.figure(shape.operators(area.x, HEIGHT - area.y, area.width))
                elements.append(Element("Figure", [mark], alt=alt, box=edges))
    if office:
        elements.append(Element("Form"))
    seal = Edges(room.x, HEIGHT - room.y - room.height, room.x + room.width, HEIGHT - room.y)
    bound = bind(
        sheet,
        structure=Structure(lambda: elements),
        seal=SealField("Seal", f"电子印章：{content.office}", seal) if office else None,
        about=Description(
            title=f"{words.TITLE.zh} {content.identifier or content.sha256}",
            subject=f"{words.TITLE.zh} {words.TITLE.en}",
            identifier=f"urn:sha256:{content.sha256}",
            created=content.checked_on,
        ),
        attachment=Attachment(attached_report(report, check), ATTACHMENT_NAME, description="核验报告数据 Verdict"),
    )
    return bytes(bound.data)
