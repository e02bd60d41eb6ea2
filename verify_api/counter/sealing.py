"""Results that the page holds and hands back: sealed for the person who got them, so that nobody writes their own.

Nothing is kept here for checks that nobody saves; what was shown comes back unchanged, or not at all.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from verify_api.problems import Problem

LIFETIME: Final = timedelta(hours=12)
"""A shift, and no more."""
_MAC_BYTES: Final = 32
_CONTEXT: Final = b"license counter result\0"


def sealed(key: bytes, login: str, value: Mapping[str, Any], at: datetime) -> str:
    """A result for the page to hold."""
    data = json.dumps({"login": login, "at": at.isoformat(), "value": value}, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_mac(key, data) + data).decode()


def opened(key: bytes, login: str, text: str, at: datetime) -> dict[str, Any]:
    """What was sealed for this person.

    Raises:
        Problem: `counter.sealed`: it is none of ours, somebody else's, or of an earlier shift.
    """
    try:
        whole = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Problem("counter.sealed") from None
    mac, data = whole[:_MAC_BYTES], whole[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, data)):
        raise Problem("counter.sealed")
    told = json.loads(data)
    made = datetime.fromisoformat(told["at"])
    if told["login"] != login or not made <= at < made + LIFETIME:
        raise Problem("counter.sealed")
    value: dict[str, Any] = told["value"]
    return value


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, _CONTEXT + data, sha256)
