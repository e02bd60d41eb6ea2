"""Licence → what its QR shows in public, as the type's template says. Never an ID number."""

from license_lib.catalogue import LicenseType, Shown
from license_lib.licenses.model import License
from license_lib.masking import mask_name


def public_values(license_type: LicenseType, document: License) -> dict[str, str]:
    """Public face texts by GB/T 36903 code: holder's name (whole or masked), number, and the fields marked `in_qr`."""
    values: dict[str, str] = {}
    if license_type.holder.in_qr is not Shown.NONE:
        names = [holder.name for holder in document.holders]
        if license_type.holder.in_qr is Shown.MASKED:
            names = [mask_name(name) for name in names]
        values["CZZT"] = "、".join(names)
    if license_type.number.in_qr:
        values["ZZBH"] = document.number
    values |= {
        spec.code: document.fields[spec.code]
        for spec in license_type.fields
        if spec.in_qr and spec.code in document.fields
    }
    return values
