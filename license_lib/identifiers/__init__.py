"""Numbers of people, bodies, licence types and licences: parse to a frozen value, say what is wrong, mask.

Check digits catch mistakes of the hand, not lies: a number that checks is well formed, nothing more.
"""

from license_lib.identifiers.basics import NumberError, NumberKind, Sex, mask
from license_lib.identifiers.check import NumberCheck, identify
from license_lib.identifiers.citizen import CitizenId, HolderCodeTypes
from license_lib.identifiers.credit import CheckOverride, CreditCode
from license_lib.identifiers.holder_kinds import HOLDER_NUMBER_KINDS, ORGANISATION_KINDS
from license_lib.identifiers.license_id import LicenseIdentifier, LicenseTypeCode

__all__ = [
    "HOLDER_NUMBER_KINDS",
    "ORGANISATION_KINDS",
    "CheckOverride",
    "CitizenId",
    "CreditCode",
    "HolderCodeTypes",
    "LicenseIdentifier",
    "LicenseTypeCode",
    "NumberCheck",
    "NumberError",
    "NumberKind",
    "Sex",
    "identify",
    "mask",
]
