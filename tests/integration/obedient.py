"""A judge that does to its worker process what the file says, for tests of what hostile files may do."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, cast

from license_lib.errors import MachineError
from license_lib.findings import Finding
from license_lib.verification import Verdict, Verifier
from license_lib.verification.verdict import DOCUMENT_PROOFS, Evidence

CITIZEN: Final = "11010519491231002X"
PRIORITY: Final = os.getpriority(os.PRIO_PROCESS, 0)


class Obedient:
    """Does to its process what the file says."""

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Verdict:  # noqa: ARG002, C901 -- as `Verifier`; one way a file
        if data == b"hang":
            time.sleep(3600)
        elif data == b"spin":
            while True:
                pass
        elif data == b"slow":
            while os.getpriority(os.PRIO_PROCESS, 0) == PRIORITY:
                time.sleep(0.01)
        elif data == b"memory":
            bytearray(3 << 30)
        elif data == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif data == b"fault":
            raise KeyError(CITIZEN)
        elif data == b"locked":
            raise MachineError("storage.locked", "The repository is busy", hint="try again")
        elif data == b"lambda":
            return cast("Verdict", lambda: None)
        elif data == b"shout":
            os.write(1, CITIZEN.encode())
            os.write(2, CITIZEN.encode())
        finding = Finding("verification.incomplete", {"step": str(os.getpid())})
        return Verdict(at, (finding,), frozenset(), DOCUMENT_PROOFS, None, None, Evidence())


@contextmanager
def open_obedient() -> Iterator[Verifier]:
    yield cast("Verifier", Obedient())
