"""Notices of events 办理告知: an event as its party is told of it, so that the party can hold the body to it.

A notice is canonical JSON (RFC 8785) of two members: `entry`, what the log says of the event, and `event`, all that the
entry's digest is of, salt included. Whoever has it needs nobody to find out whether the log says the same.
"""

import json
from typing import Any, Final

from license_lib.errors import InputError
from license_lib.log.findings import LogError
from license_lib.log.leaves import EventLeaf, parse_leaf
from license_lib.repository.commitments import canonical, digest_of_event, event_content, moment_text
from license_lib.repository.entries import Event

MAX_NOTICE_BYTES: Final = 64 * 1024


def write_notice(event: Event, entry: bytes) -> bytes:
    """The notice of an event.

    Args:
        entry: the leaf that the log has of it.
    """
    return canonical({"entry": json.loads(entry), "event": event_content(event)}).encode()


def read_notice(data: bytes) -> EventLeaf:
    """What the log should say, by a notice that agrees with itself.

    Raises:
        InputError: `notice.malformed`; `notice.contradicts`: its two halves do not tell of one event.
    """
    if len(data) > MAX_NOTICE_BYTES:
        raise _malformed()
    try:
        values = json.loads(data)
        event: dict[str, Any] = dict(values["event"].items())
        entry = canonical(values["entry"]).encode()
        leaf = parse_leaf(entry)
        is_whole = values.keys() == {"entry", "event"} and canonical(values).encode() == data
        digest = digest_of_event(event)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError, LogError, InputError):
        raise _malformed() from None
    if not is_whole or not isinstance(leaf, EventLeaf):
        raise _malformed()
    told = {"kind": leaf.kind, "effective_at": moment_text(leaf.effective), "recorded_at": moment_text(leaf.recorded)}
    if leaf.event != digest or any(event.get(name) != value for name, value in told.items()):
        raise InputError(
            "notice.contradicts",
            "The notice's text and its entry do not tell of the same event",
            hint="somebody changed it, or made it up: ask who gave it for another",
        )
    return leaf


def _malformed() -> InputError:
    return InputError("notice.malformed", "This is no notice of an event", hint="give a file that `log notice` wrote")
