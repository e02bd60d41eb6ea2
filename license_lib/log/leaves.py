"""What an entry of the log says: digests and times, nothing that leads to a person.

Canonical JSON (RFC 8785), read as strictly as it is written: one entry has one spelling. Digests are of texts that hold
random salt, so nobody can find out by guessing whom an entry is about; who was given the text can find the entry.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import rfc8785

from license_lib.log.findings import LogError
from license_lib.status.references import StatusRef

_KIND: Final = re.compile(r"[a-z]{1,20}(-[a-z]{1,20}){0,3}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DIGEST_BYTES: Final = 32
_MAX_BYTES: Final = 4096
_ISSUE: Final = "issue"
_CORRECT: Final = "correct"
_REQUIRED: Final = {"type", "kind", "license", "event", "effective", "recorded"}
_OPTIONAL: Final = {_ISSUE: {"file", "status"}, _CORRECT: {"corrects", "moved_to"}}


class EntryType(StrEnum):
    """What an entry is about, where it is no event of a licence."""

    USAGE = "usage"
    """A licence was used 用证: an entry of the usage trail."""
    SUBJECT = "subject"
    """A holder's number was corrected."""


@dataclass(frozen=True, slots=True)
class EventLeaf:
    """An event of a licence's life.

    Attributes:
        kind: of the event, as the life cycle names it (`issue`, `suspend`).
        license: SHA-256 of the licence's record.
        event: digest of the whole event.
        effective: when it takes effect.
        recorded: when it was recorded.
        file: SHA-256 of the sealed file; of an issue only.
        status: where the licence's state is published; of an issue only, None if nowhere.
        corrects: digest of the event that a correction is about; of a correction only.
        moved_to: when that event takes effect instead; None if it never happened.
    """

    kind: str
    license: bytes
    event: bytes
    effective: datetime
    recorded: datetime
    file: bytes | None = None
    status: StatusRef | None = None
    corrects: bytes | None = None
    moved_to: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no leaf says.

        Raises:
            ValueError: a kind or digest that is none, a time without zone, a member that this kind does not have.
        """
        digests = [value for value in (self.license, self.event, self.file, self.corrects) if value is not None]
        moments = [value for value in (self.effective, self.recorded, self.moved_to) if value is not None]
        if not _KIND.fullmatch(self.kind) or any(len(digest) != _DIGEST_BYTES for digest in digests):
            raise ValueError("no kind, or no digest")
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a time without its zone")
        issued, corrected = self.kind == _ISSUE, self.kind == _CORRECT
        if (self.file is not None) != issued or (self.status is not None and not issued):
            raise ValueError("an issue names its file, and nothing else does")
        if (self.corrects is not None) != corrected or (self.moved_to is not None and not corrected):
            raise ValueError("a correction names what it corrects, and nothing else does")

    def encoded(self) -> bytes:
        """The entry."""
        values = {
            "type": "event",
            "kind": self.kind,
            "license": self.license.hex(),
            "event": self.event.hex(),
            "effective": _moment(self.effective),
            "recorded": _moment(self.recorded),
            "file": self.file.hex() if self.file else None,
            "status": [self.status.list_number, self.status.index] if self.status else None,
            "corrects": self.corrects.hex() if self.corrects else None,
            "moved_to": _moment(self.moved_to) if self.moved_to else None,
        }
        return rfc8785.dumps({name: value for name, value in values.items() if value is not None})


@dataclass(frozen=True, slots=True)
class EntryLeaf:
    """Anything else that must not be rewritten: its digest, and when it was recorded."""

    type: EntryType
    entry: bytes
    recorded: datetime

    def __post_init__(self) -> None:
        """Refuse what no leaf says.

        Raises:
            ValueError: no digest, or a time without zone.
        """
        if len(self.entry) != _DIGEST_BYTES or self.recorded.tzinfo is None:
            raise ValueError("no digest, or a time without its zone")

    def encoded(self) -> bytes:
        """The entry."""
        values = {"type": str(self.type), "entry": self.entry.hex(), "recorded": _moment(self.recorded)}
        return rfc8785.dumps(values)


Leaf = EventLeaf | EntryLeaf


def parse_leaf(data: bytes) -> Leaf:
    """Read an entry strictly.

    Raises:
        LogError: `log.malformed`.
    """
    if len(data) > _MAX_BYTES:
        raise _malformed(f"more than {_MAX_BYTES} bytes")
    try:
        values = json.loads(data)
        leaf = _event(values) if values["type"] == "event" else _entry(values)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise _malformed("not the members that an entry has, or not their form") from None
    if leaf.encoded() != data:
        raise _malformed("not in its canonical form")
    return leaf


def _event(values: dict[str, Any]) -> EventLeaf:
    kind = _text(values["kind"])
    more = values.keys() - _REQUIRED
    if _REQUIRED - values.keys() or not more <= _OPTIONAL.get(kind, set()):
        raise ValueError("other members")
    return EventLeaf(
        kind=kind,
        license=_digest(values["license"]),
        event=_digest(values["event"]),
        effective=_time(values["effective"]),
        recorded=_time(values["recorded"]),
        file=_digest(values["file"]) if "file" in more else None,
        status=_status(values["status"]) if "status" in more else None,
        corrects=_digest(values["corrects"]) if "corrects" in more else None,
        moved_to=_time(values["moved_to"]) if "moved_to" in more else None,
    )


def _entry(values: dict[str, Any]) -> EntryLeaf:
    if values.keys() != {"type", "entry", "recorded"}:
        raise ValueError("other members")
    return EntryLeaf(EntryType(_text(values["type"])), _digest(values["entry"]), _time(values["recorded"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _digest(value: object) -> bytes:
    if not _DIGEST.fullmatch(_text(value)):
        raise ValueError("no digest")
    return bytes.fromhex(_text(value))


def _time(value: object) -> datetime:
    if not _MOMENT.fullmatch(_text(value)):
        raise ValueError("no moment")
    return datetime.fromisoformat(_text(value))


def _status(value: object) -> StatusRef:
    # `True` is an int to Python, and would be written as it was read.
    match value:
        case [int(number), int(index)] if not isinstance(number, bool) and not isinstance(index, bool):
            return StatusRef(number, index)
    raise ValueError("no place in a status list")


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _malformed(problem: str) -> LogError:
    return LogError("log.malformed", what="entries", problem=problem)
