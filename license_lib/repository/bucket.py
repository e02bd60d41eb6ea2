"""Files in a bucket of an object store that speaks the S3 protocol, by obstore.

Where the store is and who we are there comes from the environment, as obstore reads it (`AWS_ENDPOINT_URL`,
`AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`, …): a secret has no place in a file of
settings. Content is written only where no content is (`If-None-Match: *`), and it is durable once the store says so.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, GenericError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from license_lib.errors import MachineError
from license_lib.repository.listing import Found

_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)/?")
_PAGE = 1000
_AT_ONCE = 8
_RETRIES = 3
_PATIENCE = timedelta(seconds=20)

T = TypeVar("T")


class Bucket:
    """Content under a prefix of a bucket, which must exist. See `Place`.

    Args:
        url: `s3://BUCKET/PREFIX`.

    Raises:
        MachineError: `storage.url`.
    """

    def __init__(self, url: str) -> None:
        matched = _URL.fullmatch(url)
        if matched is None:  # the text is not shown: somebody may have put a password into it
            raise MachineError(
                "storage.url",
                "The address of the file store cannot be read",
                hint="give a folder or s3://BUCKET/PREFIX",
            )
        self._process = os.getpid()
        self._store = self._asked(
            lambda: S3Store(
                matched[1],
                prefix=matched[2].strip("/") or None,
                retry_config={"max_retries": _RETRIES, "retry_timeout": _PATIENCE},
            )
        )

    def write_each(self, new: Mapping[str, bytes]) -> Sequence[str]:
        """One request each, some at a time; of two writers the store lets one in."""
        with ThreadPoolExecutor(_AT_ONCE) as asking:
            written = dict(zip(new, asking.map(self._is_written, new.items()), strict=True))
        return [name for name, is_new in written.items() if not is_new]

    def _is_written(self, named: tuple[str, bytes]) -> bool:
        name, content = named

        def work() -> bool:
            try:
                obstore.put(self._store, name, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            return True

        return self._asked(work)

    def read(self, name: str) -> bytes | None:
        """The content; None if there is none of that name."""

        def work() -> bytes | None:
            try:
                return bytes(obstore.get(self._store, name).bytes())
            except FileNotFoundError as error:
                if _says_no_bucket(error):
                    raise
                return None

        return self._asked(work)

    def size(self, name: str) -> int | None:
        """Of the content of that name; None if there is none."""

        def work() -> int | None:
            try:
                return obstore.head(self._store, name)["size"]
            except FileNotFoundError:
                return None

        # An answer to HEAD has no body that would say what is missing, the content or the bucket.
        if (size := self._asked(work)) is not None:
            return size
        content = self.read(name)
        return None if content is None else len(content)

    def listed(self) -> Iterator[Found]:
        """All that is under the prefix, page by page."""
        pages = self._asked(lambda: iter(obstore.list(self._store, chunk_size=_PAGE)))
        while (page := self._asked(lambda: next(pages, None))) is not None:
            for found in page:
                yield Found(found["path"], found["size"], found["last_modified"])

    def leftovers(self, before: datetime) -> Iterator[str]:  # noqa: ARG002 — none are older than any moment
        """None: a store shows content once it has all of it."""
        return iter(())

    def set_aside(self, name: str, before: datetime) -> bool:  # noqa: ARG002 — it stays, whatever it is
        """Nothing: a bucket should let nobody delete what was stored, us neither. What nobody needs stays there."""
        return False

    def _asked(self, work: Callable[[], T]) -> T:
        """Do it; a refusal becomes one of ours, without the original in its wake: its text may quote the store's."""
        if self._process != os.getpid():  # the threads of obstore did not come along
            raise MachineError(
                "repository.forked", "The repository is open in the parent", hint="open it after the fork"
            )
        try:
            return work()
        except (PermissionDeniedError, UnauthenticatedError):
            fault = MachineError(
                "storage.read-only",
                "The file store does not let us in",
                hint="check the credentials in the environment, and what they may do",
            )
        except FileNotFoundError:  # of the bucket: whoever asks for content expects that it may be missing
            fault = _no_bucket()
        except GenericError as error:
            fault = _no_bucket() if _says_no_bucket(error) else _unreachable()
        except (BaseError, OSError, ValueError) as error:
            fault = MachineError(
                "storage.failed",
                f"The file store failed ({type(error).__name__})",
                hint="check the AWS_… settings in the environment",
            )
        raise fault


def _says_no_bucket(error: Exception) -> bool:
    # S3's own code for it. obstore hands on the answer as text only.
    return "<Code>NoSuchBucket</Code>" in str(error)


def _no_bucket() -> MachineError:
    return MachineError("storage.no-bucket", "The file store has no such bucket", hint="make it, or mend the address")


def _unreachable() -> MachineError:
    return MachineError(
        "storage.unreachable",
        "The file store does not answer as it should",
        hint="check AWS_ENDPOINT_URL and the other AWS_… settings, and whether the store runs; then try again",
    )
