"""A verifier that stands on bundles alone: the same judge as online, with the bundle in place of the network."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from license_lib.bundle import BundleError, OpenedBundle
from license_lib.catalogue import Catalogue
from license_lib.findings import Finding
from license_lib.qr.retries import Patience
from license_lib.resources import resource_folder
from license_lib.trusting import list_ground
from license_lib.verification import Asked, Ground, StatesUnreachableError, Verdict, Verifier
from license_lib.verification.listed_states import MAX_STALENESS, ListedStates
from license_lib.verification.standing import Known
from license_lib.verification.verifier import PHOTO_SECONDS
from signing.errors import NetworkError
from signing.network import Fetched


class OfflineVerifier(Verifier):
    """Judges codes, pictures and files by bundles alone; each city's licences by its own.

    Args:
        bundles: one or more, opened.
        catalogue: the licence types; the built-in ones if None.
        max_staleness: age of the oldest bundle and status list to rely on.

    Raises:
        ValueError: no bundle, or two of one city.
        MachineError: trust material that cannot be used.
    """

    def __init__(
        self,
        bundles: Sequence[OpenedBundle],
        catalogue: Catalogue | None = None,
        *,
        max_staleness: timedelta = MAX_STALENESS,
    ) -> None:
        if not bundles or len({one.manifest.list_id for one in bundles}) != len(bundles):
            raise ValueError("an offline verifier stands on bundles, one of a city")
        types = catalogue or Catalogue.load(resource_folder("templates"))
        first, *others = (_ground(one, types, max_staleness) for one in bundles)
        super().__init__(first, others, patience=Patience(PHOTO_SECONDS, time.monotonic))
        self._bundles = {one.trust_list.sha256: one for one in bundles}

    def bundle_of(self, verdict: Verdict) -> OpenedBundle | None:
        """The bundle that a verdict stands on; None where it stands on nothing, as that on a picture without a code."""
        used = verdict.evidence.trust_list
        return self._bundles.get(used.sha256) if used else None


class _KeptLists:
    """The status lists of a bundle, in place of a network."""

    def __init__(self, lists: Mapping[str, bytes]) -> None:
        self._lists = lists

    def get_newer(self, url: str, *, limit: int, accept: str, etag: str = "") -> Fetched | None:
        """The list at an address; None if it was given before."""
        del accept
        found = self._lists.get(url)
        if found is None or len(found) > limit:
            raise NetworkError("network.refused", "this status list is not in the bundle")
        return None if etag else Fetched(found, "kept")


@dataclass(frozen=True, slots=True)
class _KeptStates:
    """States as a bundle tells them, while the bundle may be relied on."""

    bundle: OpenedBundle
    lists: ListedStates
    max_staleness: timedelta

    def state_of(self, asked: Asked, at: datetime, now: datetime) -> Known | None:
        """As `StateSource`; a bundle that is not current tells nothing."""
        try:
            self.bundle.require_current(now, self.max_staleness)
        except BundleError as error:
            raise StatesUnreachableError(Finding(error.code, {"date": self.bundle.manifest.made.isoformat()})) from None
        return self.lists.state_of(asked, at, now)


def _ground(bundle: OpenedBundle, catalogue: Catalogue, max_staleness: timedelta) -> Ground:
    said = bundle.trust_list.list
    lists = ListedStates(said.body, _KeptLists(bundle.status_lists), said.status_signers, max_staleness)
    ground = list_ground(bundle.trust_list, catalogue, None, crls=bundle.crls)
    return replace(ground, states=_KeptStates(bundle, lists, max_staleness))
