"""The offline bundle 离线包: all that a verifier without a network needs of one city, in one signed file."""

from license_lib.bundle.errors import BundleError
from license_lib.bundle.files import Bundle, Delta, read_bundle, read_file
from license_lib.bundle.manifest import Kind, Manifest, Part
from license_lib.bundle.opening import OpenedBundle, Pin, open_bundle, pinned, update

__all__ = [
    "Bundle",
    "BundleError",
    "Delta",
    "Kind",
    "Manifest",
    "OpenedBundle",
    "Part",
    "Pin",
    "open_bundle",
    "pinned",
    "read_bundle",
    "read_file",
    "update",
]
