"""Licences on record as documents of the API."""

import json
from typing import Any

from license_lib.history import History, event_value
from license_lib.repository.entries import Usage
from license_lib.repository.values import StoredLicense
from license_lib.used import used_value
from verify_api.record_schemas import (
    EventDocument,
    FoundLicense,
    LicenseDocument,
    TrailEntry,
    TypeFacts,
    UsageEntry,
)
from verify_api.schemas import IssuerFacts


def found_license(history: History) -> FoundLicense:
    """A licence in a list."""
    return FoundLicense(**_facts(history))


def license_document(history: History) -> LicenseDocument:
    """All of a licence."""
    stored, standing = history.license, history.standing
    return LicenseDocument(
        **_facts(history),
        previous=stored.previous or None,
        next=standing.next if standing else None,
        state_code=history.code or None,
        inspection_due=standing.inspection_due if standing else None,
        file_sha256=stored.file_digest.hex(),
        record_sha256=stored.record_digest.hex(),
        record=json.loads(stored.record),
        events=tuple(_event(event_value(event)) for event in history.events),
    )


def usage_entry(usage: Usage) -> UsageEntry:
    """An entry of the usage trail; the licence is the one that was asked about."""
    told = used_value(usage)
    del told["identifier"]
    return UsageEntry.model_validate(told)


def trail_entry(usage: Usage) -> TrailEntry:
    """The same of any licence."""
    return TrailEntry.model_validate(used_value(usage))


def _facts(history: History) -> dict[str, Any]:
    stored: StoredLicense = history.license
    standing = history.standing
    return {
        "identifier": stored.identifier,
        "type": TypeFacts(key=stored.type_key, code=stored.type_code, name=stored.type_name),
        "number": stored.number,
        "issuer": IssuerFacts(name=stored.issuer_name, code=stored.issuer_code),
        "issued_on": stored.issued_on,
        "valid_from": stored.valid_from,
        "valid_until": (standing.valid_until if standing else None) or stored.valid_until,
        "state": standing.state if standing else None,
        "since": standing.since if standing else None,
    }


def _event(told: dict[str, Any]) -> EventDocument:
    del told["actor"]  # a department answers for what it did, and its own files say who
    return EventDocument.model_validate(told)
