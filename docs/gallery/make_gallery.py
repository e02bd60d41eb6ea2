"""Draw the gallery: every template with its examples, faces with extreme values, and what else a face can look like.

    PYTHONPATH=docs/demo python docs/gallery/make_gallery.py [FOLDER]

Everything is issued by an authority with development keys, as a citizen would get it, and drawn from the sealed file.
Writes PNG files of few colours and an index, README.md; whatever else is in the folder's pictures goes.
"""

import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from extremes import Extreme, extremes
from PIL import Image

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.catalogue import LicenseType
from license_lib.configured import fonts_folder
from license_lib.licenses.request import LicenseRequest
from license_lib.official_documents import SealPlace
from license_lib.pdfium import opened
from license_lib.rendering import Fonts, page_png, print_copy
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings
from license_lib.template_craft.preview import preview
from license_lib.verification.report import verdict_report
from license_lib.verification_reports import Check, report_pdf
from signing.seal_image import SealDesign, SealShape, draw_seal

HERE = Path(__file__).resolve().parent
FIRST_DPI, FURTHER_DPI, COLORS = 80, 60, 64


@dataclass(frozen=True)
class Entry:
    """One document of the gallery: a page a picture."""

    section: str
    name: str
    caption: str
    pdf: bytes


def main(folder: Path) -> None:
    """Write the pictures and their index into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    sections: dict[str, list[str]] = {}
    with TemporaryDirectory() as home:
        passphrase = secrets.token_urlsafe(24).encode()
        settings = initialise(Path(home))
        create_development_keys(settings, passphrase, at=now())
        with Authority(settings, passphrase=passphrase) as authority:
            for entry in entries(authority, settings, passphrase):
                lines = sections.setdefault(entry.section, [])
                files = [f"{entry.name}-{number}.png" for number in range(1, _page_count(entry.pdf) + 1)]
                for number, file in enumerate(files):
                    (folder / file).write_bytes(small_png(entry.pdf, number))
                lines.append(f"### {entry.caption}\n\n" + "\n".join(f"![{entry.caption}]({file})" for file in files))
    text = "\n\n".join(f"## {section}\n\n" + "\n\n".join(lines) for section, lines in sections.items())
    (folder / "README.md").write_text(f"{INTRODUCTION}\n{text}\n", encoding="utf-8")


INTRODUCTION = """# The gallery

Drawn by `make gallery` from sealed files. Everything is fictitious 样例; the codes lead nowhere.
"""


def entries(authority: Authority, settings: Settings, passphrase: bytes) -> Iterator[Entry]:
    """Everything that the gallery shows, in its order."""
    bodies = body_of_each_type(settings)
    examples: dict[str, LicenseRequest] = {}
    for kind in authority.catalogue:
        for path in sorted((resource_folder("templates") / kind.key).glob("example*.toml"), reverse=True):
            request = read_request(path, {"type": kind.key, "issuer": bodies[kind.key]})
            if path.stem == "example":
                examples[kind.key] = request
            yield Entry("证照 Every template", _name(kind, path), _caption(kind, path), authority.issue(request).pdf)
    for extreme in extremes():
        pdf = authority.issue(_extreme(examples[extreme.type], extreme)).pdf
        yield Entry("极端内容 Long and rare values", f"{extreme.type}-{extreme.name}", extreme.caption, pdf)
    yield from _states(authority, settings, passphrase, examples)
    yield from _seals()
    yield Entry(
        "公文 Any document",
        "notice",
        "公文：按关键字盖章，骑缝章 Sealed at a keyword, and across pages",
        _notice(authority),
    )
    yield Entry(
        "核验 Verification",
        "verification-report",
        "核验报告：结论、依据、八个步骤，盖核验单位的章 A verification report, sealed by who checked",
        _verification_report(authority, settings, examples["food-business-permit"]),
    )


OVAL_AND_SIGNED = """[picture]
name = "白银市市场监督管理局（样例）"
shape = "oval"
width_mm = 45.0
height_mm = 30.0
caption = "证照专用章"
code = "6204000000102"

[signatory]
name = "赵六之印"
shape = "square"
width_mm = 12.0
height_mm = 12.0
"""


def _states(
    authority: Authority, settings: Settings, passphrase: bytes, examples: dict[str, LicenseRequest]
) -> Iterator[Entry]:
    """What is drawn otherwise: the file for the printer, and a licence that has run out, which looks as it always did."""
    section = "状态 States"
    key = "food-business-permit"
    day = now().date() - timedelta(days=6 * 366)
    number = "JY16204020000099"
    expired = authority.issue(replace(examples[key], issued_on=day, valid_from=day, number=number))
    caption = "已过期：照面不变，扫码才知道 Expired: the face is what it was; the code tells"
    yield Entry(section, "state-expired", caption, expired.pdf)
    sealed = authority.issue(examples["road-transport-permit"]).pdf
    caption = "打印件：印章成为页面的一部分 For the printer: the seal is ink, nothing is signed"
    yield Entry(section, "state-print", caption, print_copy(sealed))
    seal = settings.keys_folder / "public" / "seals" / "market.toml"
    head, _, _ = seal.read_text(encoding="utf-8").partition("[picture]")
    seal.write_text(head + OVAL_AND_SIGNED, encoding="utf-8")
    with Authority(settings, passphrase=passphrase) as again:  # seals are read once
        signed = again.issue(replace(examples[key], number="JY16204020000198"))
    caption = "椭圆印章与签发人名章 An oval seal, and the name seal of who issues"
    yield Entry(section, "state-signed", caption, signed.pdf)
    fonts = Fonts.load(fonts_folder(settings))
    for longest, caption in ((False, "模板预览 A template's preview"), (True, "最长内容 The longest legal values")):
        specimen = preview(
            resource_folder("templates"), "residence-permit", fonts=fonts, day=now().date(), longest_values=longest
        )
        yield Entry(section, f"state-preview{'-longest' * longest}", caption, specimen)


def _seals() -> Iterator[Entry]:
    """Every shape that a seal may have."""
    section = "印章 Seals"
    fonts = resource_folder("templates") / "fonts" / "NotoSerifSC-Regular.ttf"
    longest = "甘肃省白银市白银区人民政府行政审批服务局政务服务中心样例三"
    for name, caption, design in (
        ("four", "圆形，4字 Round, four characters", SealDesign("白银样例", code="6204000000901")),
        (
            "purpose",
            "圆形，30字，专用章 Thirty characters and a purpose",
            SealDesign(longest, width_mm=45, height_mm=45, code="6204000000902", caption="电子证照专用章"),
        ),
        (
            "lower",
            "圆形，下弧文字 A text on the lower arc",
            SealDesign("白银市样例公安局", code="6204000000903", lower="（白银区）"),
        ),
        ("oval", "椭圆形 Oval", SealDesign("白银样例有限公司", SealShape.OVAL, 45, 30, "6204000000904", "合同专用章")),
        ("name", "方形名章 A name seal", SealDesign("张三之印", SealShape.SQUARE, 20, 20)),
        ("line", "长条章 One line", SealDesign("行政审批专用章", SealShape.SQUARE, 50, 12)),
    ):
        yield Entry(section, f"seal-{name}", caption, draw_seal(design, fonts))


def _notice(authority: Authority) -> bytes:
    """A notice of three pages with a body's seal over its date."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("Song", resource_folder("templates") / "fonts" / "NotoSerifSC-Regular.ttf"))
    stream = BytesIO()
    canvas = Canvas(stream)
    for page, lines in enumerate((18, 18, 6)):
        if page:
            canvas.showPage()
        canvas.setFont("Song", 20)
        canvas.drawCentredString(297, 760, "关于样例事项的通知" if not page else f"— {page + 1} —")
        canvas.setFont("Song", 14)
        for line in range(lines):
            canvas.drawString(86, 710 - 28 * line, "样例：各县、区人民政府，市政府各部门，现将有关事项通知如下。")
    canvas.drawRightString(510, 480, "白银市公安局（样例）")
    canvas.drawRightString(490, 452, "2026年3月2日")
    canvas.save()
    return authority.seal_document(stream.getvalue(), "police", SealPlace("2026年3月2日"))


def _verification_report(authority: Authority, settings: Settings, request: LicenseRequest) -> bytes:
    """A report about a licence that has run out, with the seal of the body that checked it."""
    day = now().date() - timedelta(days=6 * 366)
    licence = authority.issue(replace(request, issued_on=day, valid_from=day, number="JY16204020000297"))
    told = verdict_report(authority.verify(licence.pdf))
    names = {"checker": "王五", "purpose": "学校食堂供货商资格审查", "case": "白教审〔2026〕第17号"}
    check = Check.of("食品经营许可证.pdf", licence.pdf, checked_at=now(), **names)
    office = authority.issuers.get("education").issuer.name
    pdf = report_pdf(told, check, Fonts.load(fonts_folder(settings)), office=office)
    return authority.seal_document(pdf, "education", SealPlace(), reason="核验")


def body_of_each_type(settings: Settings) -> dict[str, str]:
    """The id of a body that issues each type."""
    return {key: body.id for body in settings.issuers for key in sorted(body.types)}


def small_png(pdf: bytes, page: int) -> bytes:
    """A page as a PNG of few colours."""
    with Image.open(BytesIO(page_png(pdf, page, FURTHER_DPI if page else FIRST_DPI))) as picture:
        method, without = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
        few = picture.convert("RGB").quantize(COLORS, method, kmeans=2, dither=without)
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def _extreme(request: LicenseRequest, extreme: Extreme) -> LicenseRequest:
    """An example with other values."""
    fields = {**request.fields, **extreme.fields}
    fields = {key: value for key, value in fields.items() if value}
    return replace(request, number=extreme.number, holders=extreme.holders or request.holders, fields=fields)


def _page_count(pdf: bytes) -> int:
    with opened(pdf) as document:
        return len(document)


def _name(kind: LicenseType, example: Path) -> str:
    return kind.key + example.stem.removeprefix("example")


def _caption(kind: LicenseType, example: Path) -> str:
    variant = {"example-duplicate": "（副本）"}.get(example.stem, "")
    return f"{kind.name}{variant} {kind.english}"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
