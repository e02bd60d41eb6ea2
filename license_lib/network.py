"""The network as `license.toml` describes it."""

import time

from license_lib.settings import NetworkSettings
from signing.network import HttpFetcher


def make_fetcher(settings: NetworkSettings | None = None) -> HttpFetcher:
    """What asks other services; without settings, with the usual ones.

    Raises:
        NetworkError: `network.url`, the proxy's address is none.
    """
    chosen = settings or NetworkSettings()
    return HttpFetcher(sleep=time.sleep, timeout_seconds=chosen.timeout_seconds, proxy=chosen.proxy)
