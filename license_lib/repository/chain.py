"""The event record as one chain of digests: an entry changed, removed or put in between breaks it.

One chain for all licences, not one for each: so a whole licence cannot vanish either. What it cannot show alone is a
record cut off at its end, or rewritten from some entry on; for that, publish the newest digest.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785

from license_lib.errors import InputError
from license_lib.repository.values import DIGEST_BYTES, Event

GENESIS = bytes(DIGEST_BYTES)
"""What the first entry names as its predecessor."""

_DOMAIN = b"license-lib event v1\x00"


def event_digest(event: Event) -> bytes:
    """Digest of an entry: SHA-256 over a domain prefix and the canonical JSON (RFC 8785) of all its other fields.

    Times count in UTC with microseconds, bytes in hex, `details` as the text of its own canonical JSON.

    Raises:
        InputError: `repository.text` for text that is no Unicode.
    """
    content = {
        "sequence": event.sequence,
        "identifier": event.identifier,
        "kind": str(event.kind),
        "effective_at": _moment(event.effective_at),
        "recorded_at": _moment(event.recorded_at),
        "actor": event.actor,
        "reason": event.reason,
        "details": canonical(event.details),
        "previous": event.previous.hex(),
    }
    return hashlib.sha256(_DOMAIN + canonical(content).encode()).digest()


def canonical(details: Mapping[str, Any]) -> str:
    """Canonical JSON (RFC 8785).

    Raises:
        InputError: `repository.text` for text that is no Unicode.
    """
    try:
        return rfc8785.dumps(dict(details)).decode()
    except rfc8785.CanonicalizationError:
        raise InputError("repository.text", "The text holds characters that cannot be stored") from None


def first_break(events: Iterable[Event]) -> int | None:
    """Check a record from its first entry on.

    Returns:
        The sequence number of the first entry that does not follow from the one before it; None if all do.
    """
    previous, expected = GENESIS, 1
    for event in events:
        if (event.sequence, event.previous, event.digest) != (expected, previous, event_digest(event)):
            return expected
        previous, expected = event.digest, expected + 1
    return None


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
