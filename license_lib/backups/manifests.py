"""What belongs to a backup: counts, digests and the head of the log, so that nothing can be missing unnoticed.

Hashed, not signed: whoever can rewrite a whole backup can rewrite this, too. That shows elsewhere: the head of the log
does not follow from what was published and witnessed.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from license_lib import canonical_json
from license_lib.errors import MachineError

FORMAT: Final = "license-backup/1"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database.sqlite"
SETTINGS: Final = "license.toml"
_HINT: Final = "take another backup with: license backup --thorough, which reads kept files again and mends them"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup.

    Attributes:
        made_at: the time of the snapshot.
        schema: version of the tables.
        size, root: of the log, all entries.
        tables: rows of each table.
        database, settings: SHA-256 of these files, hex.
        files: how many sealed files belong to it.
        missing: digests of files that the repository itself had lost, hex.
    """

    made_at: datetime
    schema: str
    size: int
    root: str
    tables: Mapping[str, int]
    database: str
    settings: str
    files: int
    missing: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        """As it is written: canonical JSON (RFC 8785)."""
        return canonical_json.dumps(
            {
                "format": FORMAT,
                "made_at": self.made_at.isoformat(),
                "schema": self.schema,
                "size": self.size,
                "root": self.root,
                "tables": dict(self.tables),
                "database": self.database,
                "settings": self.settings,
                "files": self.files,
                "missing": list(self.missing),
            }
        )

    @staticmethod
    def parse(data: bytes) -> "Manifest":
        """Read a manifest strictly.

        Raises:
            MachineError: `backup.altered`.
        """
        try:
            manifest = _manifest(json.loads(data))
            if manifest.encoded() == data:
                return manifest
        except (ValueError, TypeError, KeyError, RecursionError):
            pass
        raise altered(f"{MANIFEST} is not what was written")


def altered(problem: str) -> MachineError:
    """A backup that is not what it was."""
    return MachineError("backup.altered", f"The backup is not whole: {problem}", hint=_HINT)


def _manifest(values: dict[str, Any]) -> Manifest:
    made = Manifest(
        made_at=datetime.fromisoformat(values["made_at"]),
        schema=str(values["schema"]),
        size=int(values["size"]),
        root=str(values["root"]),
        tables={str(name): int(count) for name, count in values["tables"].items()},
        database=str(values["database"]),
        settings=str(values["settings"]),
        files=int(values["files"]),
        missing=tuple(values["missing"]),
    )
    digests = (made.root, made.database, made.settings, *made.missing)
    if not all(_DIGEST.fullmatch(digest) for digest in digests):
        raise ValueError("no digest")
    return made
