"""Digests of what stands on record: the log names an entry by its digest, and says nothing else of it.

Each entry holds 16 random bytes, its salt. Without them a digest in a public log would let anybody find a clerk's name
or a reason by trying.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from license_lib import canonical_json
from license_lib.errors import InputError
from license_lib.repository.entries import Correction, Event, Usage

SALT_BYTES = 16

_EVENT = b"license-lib event v2\x00"
_USAGE = b"license-lib usage v1\x00"
_CORRECTION = b"license-lib correction v1\x00"


def event_digest(event: Event) -> bytes:
    """SHA-256 over a domain prefix and the canonical JSON (RFC 8785) of all other fields of an event.

    Times count in UTC with microseconds, bytes in hex, `details` as the text of its own canonical JSON.

    Raises:
        InputError: `repository.text` for text that is no Unicode.
    """
    return digest_of_event(event_content(event))


def digest_of_event(content: Mapping[str, Any]) -> bytes:
    """The same of the fields as `event_content` gives them."""
    return _digest(_EVENT, content)


def event_content(event: Event) -> dict[str, Any]:
    """The fields that the digest of an event is of."""
    return {
        "sequence": event.sequence,
        "identifier": event.identifier,
        "kind": str(event.kind),
        "effective_at": moment_text(event.effective_at),
        "recorded_at": moment_text(event.recorded_at),
        **_cause(event),
        "details": canonical(event.details),
        "salt": event.salt.hex(),
    }


def usage_digest(usage: Usage) -> bytes:
    """The same for an entry of the usage trail; what only presenting has is a member only where it is there."""
    presenting = {"audience": usage.use.audience or None, "consent": usage.consent}
    return _digest(
        _USAGE,
        {
            "sequence": usage.sequence,
            "identifier": usage.identifier,
            "kind": str(usage.kind),
            "outcome": usage.outcome,
            "recorded_at": moment_text(usage.recorded_at),
            "actor": usage.use.actor,
            "body": usage.use.body,
            "purpose": usage.use.purpose,
            "item": usage.use.item,
            "case_number": usage.use.case_number,
            "place": usage.use.place,
            "salt": usage.salt.hex(),
            **{name: value for name, value in presenting.items() if value is not None},
        },
    )


def correction_digest(correction: Correction) -> bytes:
    """The same for the correction of a holder's number."""
    return _digest(
        _CORRECTION,
        {
            "sequence": correction.sequence,
            "subject": correction.subject,
            "old": [correction.old.number, correction.old.kind],
            "new": [correction.new.number, correction.new.kind],
            "withdraws": correction.withdraws,
            "recorded_at": moment_text(correction.recorded_at),
            **_cause(correction),
            "salt": correction.salt.hex(),
        },
    )


def canonical(details: Mapping[str, Any]) -> str:
    """Canonical JSON (RFC 8785).

    Raises:
        InputError: `repository.text` for text that is no Unicode.
    """
    try:
        return canonical_json.dumps(dict(details)).decode()
    except canonical_json.CanonicalizationError:
        raise InputError("repository.text", "The text holds characters that cannot be stored") from None


def moment_text(value: datetime) -> str:
    """A moment in its one spelling: UTC, with microseconds."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _cause(entry: Event | Correction) -> dict[str, str]:
    cause = entry.cause
    return {
        "actor": cause.actor,
        "body": cause.body,
        "reason": cause.reason,
        "legal_basis": cause.legal_basis,
        "paper": cause.paper,
    }


def _digest(domain: bytes, content: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(domain + canonical(content).encode()).digest()
