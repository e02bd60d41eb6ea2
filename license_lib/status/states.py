"""What a status list says of a state of the life cycle."""

from collections.abc import Mapping
from typing import Final

from license_lib.lifecycle import LicenseState
from license_lib.status.values import Status

_STATUS: Final[Mapping[LicenseState | None, Status]] = {
    None: Status.VALID,
    LicenseState.ISSUED: Status.VALID,
    LicenseState.SUSPENDED: Status.SUSPENDED,
}


def status_of(state: LicenseState | None) -> Status:
    """The entry of a licence in a state; None is not issued yet.

    All ends are one: which of them it is stays between the licence and its issuing body.
    """
    return _STATUS.get(state, Status.INVALID)
