"""The licence value 电子证照, the request it comes from, its record (GB/T 36903 codes), and the texts of its face."""

from license_lib.licenses.face import chinese_date, face_values
from license_lib.licenses.model import Holder, Issuer, License, Photo, TemplateRef

__all__ = ["Holder", "Issuer", "License", "Photo", "TemplateRef", "chinese_date", "face_values"]
