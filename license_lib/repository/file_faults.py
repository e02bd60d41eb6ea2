"""Refusals of the operating system, as errors with a stable code. The original error is never chained."""

import errno
from typing import Final

from license_lib.errors import MachineError

Fault = tuple[str, str, str]
"""Code, message and hint."""
FULL: Final[Fault] = (
    "storage.full",
    "There is no room to store it",
    "free disk space or raise the quota, then try again",
)
READ_ONLY: Final[Fault] = ("storage.read-only", "The storage may not be opened or written", "check the permissions")
FAILED: Final[Fault] = ("storage.failed", "The storage failed", "look at the system log, then try again")

_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EFBIG: FULL,
    errno.EDQUOT: FULL,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EROFS: READ_ONLY,
}


def os_fault(error: OSError) -> MachineError:
    """Translate a refusal of the operating system. Paths are left out: they name digests of licences at most."""
    code, message, hint = _BY_ERRNO.get(error.errno or 0, FAILED)
    return MachineError(code, f"{message} ({errno.errorcode.get(error.errno or 0, 'unknown')})", hint=hint)
