"""The catalogue of licence types 证照目录 (GB/T 36902), loaded from template folders."""

from license_lib.catalogue.loading import Catalogue
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
from license_lib.catalogue.problems import TemplateError, TemplateProblem

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
    "TemplateProblem",
    "ValidityRule",
]
