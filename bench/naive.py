"""The usual way to make a licence, from the manuals of its libraries: the baseline of the benchmarks.

reportlab draws the page with its own fonts and images, `qrcode` makes the code as a picture, pikepdf adds the record
and what PDF/A asks for, and pyHanko signs with its own signer: PAdES B-T with the same time-stamp authority in the
process. Nothing is done worse than the manuals say, and some of it better: fonts, seal and keys are loaded once, there
is no background to draw, and no structure for readers aloud.
"""

import io
from dataclasses import dataclass
from typing import Any

import pikepdf
import qrcode
from asn1crypto import cms, keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from license_lib.catalogue import LicenseType
from license_lib.licenses import License, face_content
from license_lib.licenses.record import canonical_bytes
from license_lib.pdfium import opened, page_picture
from license_lib.rendering import Fonts, plan_face
from license_lib.rendering.blocks import MM
from license_lib.rendering.fonts import FILES
from license_lib.rendering.metadata import Description, describe, srgb_profile
from license_lib.resources import resource_folder
from signing.keys import SealCredential
from signing.timestamps import Timestamper

_SEAL_DPI = 200
_FOLDER = resource_folder("templates") / "fonts"


class LocalTsa(TimeStamper):
    """A time-stamp authority of ours, as pyHanko asks one."""

    def __init__(self, authority: Timestamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko leaves it so
        self._authority = authority

    async def async_request_tsa_response(self, req: Any) -> Any:
        """Answer a request."""
        token = self._authority.timestamp(req["message_imprint"]["hashed_message"].native, req["nonce"].native)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)})


@dataclass
class NaiveWay:
    """Everything that a service would load once."""

    fonts: Fonts
    seal: ImageReader
    signer: signers.SimpleSigner
    timestamper: LocalTsa

    @classmethod
    def opened(
        cls, fonts: Fonts, seal: bytes, credential: SealCredential, private_key: Any, authority: Timestamper
    ) -> "NaiveWay":
        """Load it.

        Args:
            fonts: says which face draws a character.
            seal: one-page PDF.
            credential: certificate and chain.
            private_key: of the certificate, of `cryptography`.
            authority: makes time-stamps.
        """
        for name, file in FILES.items():
            pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))
        with opened(seal) as document:
            picture = page_picture(document[0], _SEAL_DPI, grayscale=False)
        key = private_key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko leaves it so
        store.register_multiple(x509.Certificate.load(one) for one in credential.chain_der)
        signer = signers.SimpleSigner(
            signing_cert=x509.Certificate.load(credential.certificate_der),
            signing_key=keys.PrivateKeyInfo.load(key),
            cert_registry=store,
        )
        return cls(fonts, ImageReader(picture), signer, LocalTsa(authority))

    def issue(self, kind: LicenseType, document: License, code: str) -> bytes:
        """Draw, complete and sign one licence."""
        return self.sign(self.complete(self.draw(kind, document, code), document))

    def draw(self, kind: LicenseType, document: License, code: str) -> bytes:
        """The page, with reportlab and qrcode."""
        content = face_content(kind, document)
        layout = content.layout
        plan = plan_face(kind, content, self.fonts)
        out = io.BytesIO()
        height = layout.page.height * MM
        canvas = Canvas(out, pagesize=(layout.page.width * MM, height))
        canvas.setTitle(f"{document.type_name} {document.identifier}")
        for number, page in enumerate(plan.pages):
            canvas.setStrokeColor(HexColor(layout.page.color))
            for rule in page.rules:
                canvas.rect(rule.x, height - rule.y - rule.height, rule.width, rule.height)
            for block in page.blocks:
                canvas.setFillColor(HexColor(block.color))
                for line in block.lines:
                    x = line.x
                    for face, text in self.fonts.runs(line.text, block.face):
                        canvas.setFont(face, line.size)
                        canvas.drawString(x, height - line.baseline, text, charSpace=line.spacing)
                        x += pdfmetrics.stringWidth(text, face, line.size) + line.spacing * len(text)
            if not number:
                self._pictures(canvas, kind, document, code)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    def _pictures(self, canvas: Canvas, kind: LicenseType, document: License, code: str) -> None:
        layout = kind.layout_for(document.fields)
        symbol: Any = qr_image(code)
        for picture, place in ((ImageReader(symbol), layout.qr), (self.seal, layout.seal)):
            foot = (layout.page.height - place.y - place.size) * MM
            canvas.drawImage(picture, place.x * MM, foot, place.size * MM, place.size * MM)

    @staticmethod
    def complete(drawn: bytes, document: License) -> bytes:
        """The record as an associated file, metadata and output intent, with pikepdf."""
        identifier = str(document.identifier)
        about = Description(f"{document.type_name} {identifier}", document.type_name, identifier, document.issued_on)
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            spec: Any = pikepdf.AttachedFileSpec(  # type: ignore[call-arg]  # its stub forgets the relationship
                pdf,
                canonical_bytes(document),
                filename="license-record.json",
                mime_type="application/json",
                relationship=pikepdf.Name.Data,
            )
            pdf.attachments["license-record.json"] = spec
            pdf.Root.AF = pikepdf.Array([spec.obj])
            pdf.Root.OutputIntents = pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.OutputIntent,
                        S=pikepdf.Name.GTS_PDFA1,
                        OutputConditionIdentifier=pikepdf.String("sRGB"),
                        DestOutputProfile=pdf.make_stream(srgb_profile(), N=3),
                    )
                ]
            )
            describe(pdf, about)
            pdf.save(out)
        return out.getvalue()

    def sign(self, pdf: bytes) -> bytes:
        """An invisible PAdES B-T signature, with pyHanko's defaults."""
        meta = signers.PdfSignatureMetadata(field_name="Seal", subfilter=SigSeedSubFilter.PADES, certify=True)
        out = io.BytesIO()
        signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            meta,
            signer=self.signer,
            timestamper=self.timestamper,
            output=out,
        )
        return out.getvalue()


def qr_image(text: str) -> Image.Image:
    """The code as a picture."""
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    symbol.add_data(text)
    symbol.make(fit=True)
    image: Any = symbol.make_image()
    picture: Image.Image = image.get_image()
    return picture
