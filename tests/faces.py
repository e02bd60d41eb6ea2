"""Faces to look at: the templates' examples as licences, and altered ones."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from support import ISSUERS, example_request

from license_lib.catalogue import Catalogue, LicenseType
from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses import FaceContent, Holder, Issuer, License, face_content
from license_lib.licenses.request import draft
from license_lib.rendering import Attachment, Fonts, render
from license_lib.resources import resource_folder

TYPES = tuple(ISSUERS)
ISSUER = Issuer("白银市样例行政审批局", "11620400000000101R", 3)
QR_TEXT = "HTTPS://ZZ.EXAMPLE.COM/V#" + "MZXW6YTBOIQGE5DFON2A7" * 15


@dataclass(frozen=True, slots=True)
class Face:
    """A licence with what is needed to draw it."""

    license_type: LicenseType
    document: License
    photo: bytes | None

    def with_fields(self, **fields: str) -> "Face":
        """The same licence with other values, by field key."""
        codes = {self.license_type.by_key[key].code: text for key, text in fields.items()}
        return replace(self, document=replace(self.document, fields={**self.document.fields, **codes}))

    def with_holders(self, *names: str) -> "Face":
        """The same licence held by others."""
        holders = tuple(Holder(name, self.document.holders[0].number, "111") for name in names)
        return replace(self, document=replace(self.document, holders=holders))

    def values(self) -> Mapping[str, str]:
        return self.content().texts

    def content(self) -> FaceContent:
        return face_content(self.license_type, self.document)

    def pdf(self, fonts: Fonts, qr_text: str = QR_TEXT, attachment: Attachment | None = None) -> bytes:
        return render(
            self.license_type, self.document, qr_text=qr_text, fonts=fonts, photo=self.photo, attachment=attachment
        )


@cache
def templates() -> Catalogue:
    return Catalogue.load(resource_folder("templates"))


@cache
def example_face(key: str) -> Face:
    """A template's example as a licence, by the same strict way as real requests."""
    license_type = templates().get(key)
    request = example_request(key)
    checked = draft(request, license_type, ISSUER, today=date(2026, 11, 22))
    identifier = LicenseIdentifier.build(license_type.code.value, ISSUER.code, "20260000001")
    return Face(license_type, checked.license(identifier, bytes(16)), request.photo)
