"""How an identity provider is asked: JSON over HTTP, bounded in time and size, without detours."""

import json
from collections.abc import Mapping
from typing import Any, Final

from license_lib.settings import NetworkSettings
from verify_api.logs import LOG
from verify_api.problems import Problem

_MOST_BYTES: Final = 512 * 1024


class HttpWeb:
    """Keeps no connection, no cookie and no setting of the environment."""

    def __init__(self, settings: NetworkSettings) -> None:
        self._settings = settings

    def get(self, url: str, *, bearer: str = "") -> Mapping[str, Any]:
        """Get a JSON object.

        Raises:
            Problem: `sign-in.unreachable`.
        """
        return self._ask("GET", url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})

    def post(self, url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None) -> Mapping[str, Any]:
        """Post a form, and get a JSON object.

        Raises:
            Problem: `sign-in.unreachable`; `sign-in.refused` if the other side says no.
        """
        from urllib.parse import quote

        # RFC 6749 §2.3.1: both are percent-encoded before they become user and password.
        auth = (quote(basic[0], safe=""), quote(basic[1], safe="")) if basic else None
        return self._ask("POST", url, data=dict(form), auth=auth)

    def _ask(self, method: str, url: str, **request: Any) -> Mapping[str, Any]:
        import httpx2

        proxy = self._settings.proxy or None
        try:
            with (
                httpx2.Client(timeout=self._settings.timeout_seconds, proxy=proxy, trust_env=False) as client,
                client.stream(method, url, **{"headers": {}, **request}) as answer,
            ):
                body = b""
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _MOST_BYTES:
                        raise Problem("sign-in.unreachable")
                status = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            LOG.warning("identity provider not reached", error=type(error).__name__)
            raise Problem("sign-in.unreachable") from None
        if 400 <= status < 500 and method == "POST":  # noqa: PLR2004 -- RFC 6749 §5.2
            raise Problem("sign-in.refused")
        try:
            found = json.loads(body) if status == 200 else None  # noqa: PLR2004
        except ValueError:
            found = None
        if not isinstance(found, dict):
            LOG.warning("identity provider answers without JSON", status=status)
            raise Problem("sign-in.unreachable")
        return found
