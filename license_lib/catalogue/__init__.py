"""The catalogue of licence types 证照目录 (GB/T 36902), loaded from template folders."""

from license_lib.catalogue.loading import Catalogue, TemplateError
from license_lib.catalogue.model import (
    BUILT_IN_FIELDS,
    FieldSpec,
    FieldType,
    HolderKind,
    Layout,
    LicenseType,
    Shown,
    ValidityRule,
)

__all__ = [
    "BUILT_IN_FIELDS",
    "Catalogue",
    "FieldSpec",
    "FieldType",
    "HolderKind",
    "Layout",
    "LicenseType",
    "Shown",
    "TemplateError",
    "ValidityRule",
]
