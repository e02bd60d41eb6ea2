"""Opening a verifier on bundles that came as files, in this process or in a worker."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from license_lib.bundle import BundleError, OpenedBundle, Pin, open_bundle
from license_lib.catalogue import Catalogue
from license_lib.errors import InputError
from license_lib.offline.judging import OfflineVerifier
from license_lib.trust_list import TrustListError


class OfflineVerifierOpener:
    """Opens a verifier that stands on bundles alone, wherever it is called; it pickles for a worker process.

    Args:
        files: names and bytes of the bundles, one of a city.
        pin: knows who may sign their trust lists.
        templates: the licence types.
        max_staleness: as for `OfflineVerifier`.

    Raises:
        InputError: one that is not accepted, by its name, or two of one city (`usage`). One that is out of date opens:
            its verdicts say so.
    """

    def __init__(
        self, files: Iterable[tuple[Path, bytes]], pin: Pin, templates: Path, *, max_staleness: timedelta
    ) -> None:
        opened = list[OpenedBundle]()
        for path, data in files:
            try:
                opened.append(open_bundle(data, pin))
            except (BundleError, TrustListError) as error:  # among several, it says which
                raise InputError(error.code, f"{path}: {error.message}", hint=error.hint) from None
        if len({one.manifest.list_id for one in opened}) != len(opened):
            raise InputError("usage", "there are two bundles of one city", hint="give one of each city")
        self._bundles, self._templates, self._max_staleness = tuple(opened), templates, max_staleness

    @contextmanager
    def __call__(self) -> Iterator[OfflineVerifier]:
        """A verifier, open as long as the block."""
        yield OfflineVerifier(self._bundles, Catalogue.load(self._templates), max_staleness=self._max_staleness)
