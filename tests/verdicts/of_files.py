"""Situations: what is handed in is no licence that could be examined."""

from io import BytesIO

import pikepdf
from attacks.vectors import VECTORS, load_case
from PIL import Image
from support import NOON
from verdicts.stage import Judged, Stage, situation

from license_lib.rendering import page_png
from license_lib.verification.confinement import ConfinedVerifier
from license_lib.verification.signed_files import SignatureJudge
from license_lib.verification.verifier import MAX_FILE_BYTES
from license_lib.verification.workers import Limits


def picture(size: tuple[int, int], mode: str = "1") -> bytes:
    out = BytesIO()
    Image.new(mode, size, "white").save(out, "PNG")
    return out.getvalue()


def signatures(pdf: bytes) -> Judged:
    """As `license signature verify` judges any PDF."""
    return SignatureJudge(None).verify(pdf, at=NOON)


@situation("input.unsupported")
def _(stage: Stage) -> Judged:
    return stage.shared.verify("一份普通的文本".encode())


@situation("input.too-large")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(stage.business.pdf.ljust(MAX_FILE_BYTES + 1, b"\n"))


@situation("picture.too-large")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(picture((70_000, 8)))


@situation("pdf.malformed")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(stage.business.pdf[:60_000])


@situation("pdf.too-large")
def _(stage: Stage) -> Judged:
    return signatures(stage.business.pdf.ljust(MAX_FILE_BYTES + 1, b"\n"))


@situation("pdf.unreadable")
def _(stage: Stage) -> Judged:
    del stage
    return signatures(b"%PDF-1.7\nno more than that\n")


@situation("pdf.unusual")
def _(stage: Stage) -> Judged:
    """A careless program leaves an object in the file that its own list of objects does not know."""
    pdf, left = _rewritten(stage), b"999 0 obj\n(left behind)\nendobj\n"
    body, _, rest = pdf.rpartition(b"\nxref\n")
    listed = rest.replace(b"startxref\n%d\n" % (len(body) + 1), b"startxref\n%d\n" % (len(body) + 1 + len(left)))
    assert listed != rest
    return signatures(body + b"\n" + left + b"xref\n" + listed)


@situation("pdf.encrypted")
def _(stage: Stage) -> Judged:
    del stage
    return signatures(load_case(VECTORS / "encryption-added").file)


@situation("seal.missing")
def _(stage: Stage) -> Judged:
    """Printed and scanned: a picture of the page in a PDF."""
    out = BytesIO()
    Image.open(BytesIO(page_png(stage.business.pdf))).convert("RGB").save(out, "PDF")
    return stage.shared.verify(out.getvalue())


@situation("qr.none")
def _(stage: Stage) -> Judged:
    return stage.shared.verify(picture((600, 400), "RGB"))


@situation("verification.overrun")
def _(stage: Stage) -> Judged:
    verifier = stage.shared.verifier

    class Opened:
        def __enter__(self) -> object:
            return verifier

        def __exit__(self, *_: object) -> None:
            """Nothing was opened."""

    with ConfinedVerifier(Opened, limits=Limits(seconds=0), workers=1, method="fork") as confined:  # type: ignore[arg-type]
        return confined.verify(stage.business.pdf, at=NOON)


def _rewritten(stage: Stage) -> bytes:
    """The page without its seal, written anew by another program."""
    out = BytesIO()
    with pikepdf.open(BytesIO(stage.business.pdf)) as document:
        del document.Root.AcroForm
        del document.pages[0].Annots
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
