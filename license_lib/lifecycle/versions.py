"""A new version is a new identifier (GB/T 36904): the same type, body and serial 流水号, the next version 版本号."""

from collections.abc import Iterable

from license_lib.identifiers import LicenseIdentifier
from license_lib.identifiers.license_id import LAST_VERSION
from license_lib.lifecycle.faults import EventError


def next_identifier(current: LicenseIdentifier, others: Iterable[LicenseIdentifier] = ()) -> LicenseIdentifier:
    """The identifier of the version that a renewal, an amendment or a replacement makes.

    Args:
        current: the version that it takes the place of.
        others: versions of the same licence that exist or are reserved; a version that was revoked keeps its number,
            so the new one follows the greatest. Identifiers of other licences are left alone.

    Raises:
        EventError: `event.versions-used-up`: version 999 is the last.
        NumberError: `number.check`: a foreign identifier that does not check.
    """
    licence = (current.type_code, current.issuer, current.serial)
    newest = current
    for other in others:
        if (other.type_code, other.issuer, other.serial) == licence and other.version > newest.version:
            newest = other
    if newest.version >= LAST_VERSION:
        raise EventError(
            "event.versions-used-up",
            f"The licence has had {LAST_VERSION} versions; there is no number for another",
            f"版本号已用到{LAST_VERSION}：请以新的流水号颁发新证，并注销此证",
            hint="issue a new licence under another serial, and cancel 注销 this one",
        )
    return newest.next_version()
