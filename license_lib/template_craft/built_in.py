"""The types that come with the library: what a department's own should agree with, and may begin from."""

from functools import cache

from license_lib.catalogue import Catalogue, LicenseType
from license_lib.resources import resource_folder


@cache
def built_in_types() -> tuple[LicenseType, ...]:
    """The newest version of each.

    Raises:
        TemplateError: the installation is damaged.
    """
    return tuple(Catalogue.load(resource_folder("templates")))
