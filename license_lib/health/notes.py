"""When a backup was last made here, and the data last checked: a small file for each in `data/`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

from license_lib.health.facts import Done
from license_lib.whole_files import write_whole

BACKUP: Final = "backup"
FSCK: Final = "fsck"


def note(home: Path, what: str, done: Done) -> None:
    """Remember what was done. Where that cannot be written nothing is remembered: the work itself is what counts."""
    path = _path(home, what)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps({"at": done.at.isoformat(), "sound": done.sound}).encode())
    except OSError:
        return


def last(home: Path, what: str) -> Done | None:
    """What was last done; None if nothing is known, or it cannot be read."""
    try:
        told = json.loads(_path(home, what).read_bytes())
        at, sound = datetime.fromisoformat(told["at"]), told["sound"] is True
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return Done(at, sound) if at.tzinfo else None


def _path(home: Path, what: str) -> Path:
    return home / "data" / f"last-{what}.json"
