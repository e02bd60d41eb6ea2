"""The version of the tables: made, brought up to date, and checked when a repository is opened."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Inspector, inspect, text

from license_lib.errors import MachineError
from license_lib.repository.database import BUSY_SECONDS, Database, create_file, parse_url, sqlite_path
from license_lib.resources import resource_folder

if TYPE_CHECKING:
    from alembic.config import Config

SCHEMA_REVISION = "0007"
"""The revision that this code works with: the newest in `migrations/versions` (a test compares them)."""

_MIGRATION_LOCK = 0x6C6963656E7365  # any number that nobody else takes: "license"


def create_or_upgrade(url: str, *, busy_seconds: float = BUSY_SECONDS) -> bool:
    """Make the database, or bring it up to date, in one transaction; does nothing to one that is.

    Args:
        url: `sqlite:///PATH` or `postgresql://…`; a missing SQLite file and its folder are made.
        busy_seconds: how long to wait for others.

    Returns:
        True if anything was changed.

    Raises:
        MachineError: `repository.newer` if newer software made it; `repository.url`, `storage.…`.
    """
    path = sqlite_path(parse_url(url))
    if path is not None:
        create_file(path)
    database = Database.open(url, busy_seconds=busy_seconds)
    try:
        return database.write(_upgrade)
    finally:
        database.close()


def require_current(connection: Connection) -> None:
    """Refuse a database whose tables are not the ones this code knows.

    Raises:
        MachineError: `repository.not-initialised`, `repository.outdated` or `repository.newer`.
    """
    found = revision(connection)
    if found == SCHEMA_REVISION:
        return
    if found is None:
        raise MachineError("repository.not-initialised", "The database has no tables yet", hint="run: license init")
    if _is_known(found):
        raise MachineError("repository.outdated", "The database is of an older version", hint="run: license init")
    raise _newer()


def _upgrade(connection: Connection) -> bool:
    from alembic import command  # heavy, and needed at set-up only

    if connection.dialect.name == "postgresql":  # SQLite's write lock already keeps others out
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    before = revision(connection)
    if before == SCHEMA_REVISION:
        return False
    if before is not None and not _is_known(before):
        raise _newer()
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def revision(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    inspector: Inspector = inspect(connection)
    if not inspector.has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _is_known(revision: str) -> bool:
    from alembic.script import ScriptDirectory  # heavy, and needed at set-up only

    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _newer() -> MachineError:
    return MachineError("repository.newer", "The database is of a newer version", hint="upgrade license-lib")


def _config() -> "Config":
    from alembic.config import Config  # heavy, and needed at set-up only

    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
