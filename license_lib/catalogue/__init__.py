"""The catalogue of licence types 证照目录 (GB/T 36902), loaded from template folders."""

from license_lib.catalogue.collection import Catalogue, TypeVersions
from license_lib.catalogue.fields import BUILT_IN_FIELDS, PUBLIC_LABELS, ComputedForm, FieldSpec, FieldType, Shown
from license_lib.catalogue.layout import Layout
from license_lib.catalogue.loading import LoadedType, load_type
from license_lib.catalogue.model import HolderKind, LicenseType, ValidityRule
from license_lib.catalogue.problems import TemplateError, TemplateProblem

__all__ = [
    "BUILT_IN_FIELDS",
    "PUBLIC_LABELS",
    "Catalogue",
    "ComputedForm",
    "FieldSpec",
    "FieldType",
    "HolderKind",
    "Layout",
    "LicenseType",
    "LoadedType",
    "Shown",
    "TemplateError",
    "TemplateProblem",
    "TypeVersions",
    "ValidityRule",
    "load_type",
]
