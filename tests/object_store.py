"""A real server of the S3 protocol on the loopback address, in a process of its own: localbucket.

A bucket is a folder and an object a file, so that a test can damage what the store keeps.
"""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

_SERVE = """
import sys
from http.server import ThreadingHTTPServer
from pathlib import Path
from localbucket import S3Handler

S3Handler.data_root = Path(sys.argv[1])
server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), S3Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


class ObjectStore:
    """One server; killed and started again, it has the same address and what it had stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill()

    @property
    def environment(self) -> dict[str, str]:
        """How obstore finds it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "clerk",
            "AWS_SECRET_ACCESS_KEY": "only for tests",
        }

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, self.folder, str(self._port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def kill(self) -> None:
        assert self._process is not None, "it does not run"
        self._process.kill()
        self._process.communicate()
        self._process = None

    def make_bucket(self, name: str) -> Path:
        """Make a bucket; returns the folder that holds its objects."""
        (self.folder / name).mkdir()
        return self.folder / name
