"""The licence value 电子证照, the request it comes from, its record (GB/T 36903 codes), and the texts of its face."""

from license_lib.licenses.face import FaceContent, chinese_date, face_content
from license_lib.licenses.model import Holder, Issuer, License, Photo, Rows, TemplateRef

__all__ = [
    "FaceContent",
    "Holder",
    "Issuer",
    "License",
    "Photo",
    "Rows",
    "TemplateRef",
    "chinese_date",
    "face_content",
]
