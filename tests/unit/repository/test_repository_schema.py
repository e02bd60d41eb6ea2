import io
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import ONLY_POSTGRESQL, ONLY_SQLITE, by_hand, everything_in, execute, table_names
from sqlalchemy import Connection, TableClause, text
from sqlalchemy.exc import IntegrityError

from license_lib.errors import MachineError
from license_lib.repository import account_tables, tables
from license_lib.repository.database import Database
from license_lib.repository.models import METADATA
from license_lib.repository.repository import Repository
from license_lib.repository.schema import SCHEMA_REVISION, create_or_upgrade
from license_lib.repository.values import StoredLicense
from license_lib.resources import resource_folder

Issue = Callable[..., StoredLicense]


def alembic_config() -> Config:
    config = Config(output_buffer=io.StringIO())
    config.set_main_option("script_location", str(resource_folder("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def remove_tables(database_url: str) -> None:
    config = alembic_config()
    database = Database.open(database_url)

    def downgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    try:
        database.write(downgrade)
    finally:
        database.close()


def test_a_missing_database_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new 100% folder" / "licences.db"
    assert create_or_upgrade(f"sqlite:///{path}")
    assert not create_or_upgrade(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with Repository.open(f"sqlite:///{path}", tmp_path / "files") as repository:
        assert repository.count() == 0


def test_tables_are_made_where_there_are_none(bare_url: str, tmp_path: Path) -> None:
    assert create_or_upgrade(bare_url)
    assert not create_or_upgrade(bare_url)
    with Repository.open(bare_url, tmp_path / "files") as repository:
        assert repository.count() == 0


def test_up_down_and_up_again(tmp_path: Path, database_url: str) -> None:
    remove_tables(database_url)
    assert table_names(database_url) == {"alembic_version"}
    with pytest.raises(MachineError) as refused:
        Repository.open(database_url, tmp_path)
    assert refused.value.code == "repository.not-initialised"
    assert create_or_upgrade(database_url)
    Repository.open(database_url, tmp_path).close()


def test_the_migrations_make_what_the_classes_say(database_url: str) -> None:
    database = Database.open(database_url)
    try:
        differences = database.read(
            lambda connection: compare_metadata(
                MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True}),
                METADATA,
            )
        )
    finally:
        database.close()
    assert differences == []


def test_queries_name_the_tables_that_the_classes_say() -> None:
    named = [
        one for module in (tables, account_tables) for one in vars(module).values() if isinstance(one, TableClause)
    ]
    assert {table.name: columns(table) for table in named} == {
        table.name: columns(table) for table in METADATA.tables.values()
    }


def columns(table: TableClause) -> list[tuple[str, str]]:
    return [(column.name, repr(column.type)) for column in table.columns]


def test_nothing_is_left_to_a_default_that_queries_do_not_know() -> None:
    """What SQLAlchemy would fill in for a table of a class, and does not for one that a query names."""
    columns = [column for table in METADATA.tables.values() for column in table.columns]
    filled = [(str(column), by) for column in columns for by in (column.onupdate, column.default)]
    # SQLModel writes "None if nothing is given" as a default, too.
    assert [column for column, by in filled if by is not None and getattr(by, "arg", by) is not None] == []


def test_the_expected_revision_is_the_newest() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [SCHEMA_REVISION]


def test_the_migrations_speak_postgresql_too() -> None:
    config = alembic_config()
    config.set_main_option("sqlalchemy.url", "postgresql://")
    command.upgrade(config, "head", sql=True)
    assert isinstance(config.output_buffer, io.StringIO)
    script = config.output_buffer.getvalue()
    assert "ON license (type_code, issuer_code, number) WHERE state IN ('issued', 'suspended')" in script
    assert "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event" in script
    assert script.rstrip().endswith("COMMIT;")


def test_a_database_of_another_version_is_refused(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("license_lib.repository.schema.SCHEMA_REVISION", "0008")
        with pytest.raises(MachineError) as refused:
            Repository.open(database_url, tmp_path)
    assert refused.value.code == "repository.outdated"
    assert "license init" in refused.value.hint

    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    for attempt in (lambda: Repository.open(database_url, tmp_path), lambda: create_or_upgrade(database_url)):
        with pytest.raises(MachineError) as refused:
            attempt()
        assert refused.value.code == "repository.newer"


def test_a_failing_migration_changes_nothing(bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(resource_folder("migrations"), folder)
    (folder / "versions" / "0007_breaks.py").write_text(
        "from alembic import op\nrevision = '0008'\ndown_revision = '0007'\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (a INTEGER)')\n    op.execute('SELECT nonsense')\n"
    )
    monkeypatch.setattr("license_lib.repository.schema.resource_folder", lambda _: folder)
    with pytest.raises(MachineError) as failed:
        create_or_upgrade(bare_url)
    assert failed.value.code == "storage.failed"
    assert table_names(bare_url) == set()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "repository.url"),
        ("mysql://user:secret@host/name", "repository.url"),
        ("sqlite://", "repository.url"),
        ("sqlite:///:memory:", "repository.url"),
        ("postgresql+nodriver://user:secret@host/name", "repository.driver"),
    ],
)
def test_a_url_that_cannot_work_is_refused_without_its_password(tmp_path: Path, url: str, code: str) -> None:
    with pytest.raises(MachineError) as refused:
        Repository.open(url, tmp_path)
    assert refused.value.code == code
    assert "secret" not in str(refused.value)


def test_a_missing_or_foreign_file_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "licences.db"
    with pytest.raises(MachineError) as refused:
        Repository.open(f"sqlite:///{path}", tmp_path)
    assert refused.value.code == "repository.not-initialised"
    assert not path.exists(), "opening made a file"

    path.write_bytes(b"not a database, whatever its name says\n" * 100)
    for attempt in (Repository.open, lambda url, _: create_or_upgrade(url)):
        with pytest.raises(MachineError) as refused:
            attempt(f"sqlite:///{path}", tmp_path)
        assert refused.value.code == "storage.corrupt"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET reason = 'better'",
        "DELETE FROM event",
        "UPDATE license SET number = 'other'",
        "UPDATE license SET valid_until = '2099-12-31'",
        "DELETE FROM license",
        "UPDATE holder SET name = 'other'",
        "DELETE FROM holder",
        "UPDATE reservation SET request_key = 'other'",
        "DELETE FROM reservation",
    ],
)
def test_history_cannot_be_rewritten_by_statement(issue: Issue, database_url: str, statement: str) -> None:
    issue("a")
    cannot_be_done(database_url, statement)


@ONLY_SQLITE
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO event SELECT * FROM event",
        "INSERT OR REPLACE INTO license SELECT * FROM license",
        "INSERT OR REPLACE INTO holder SELECT position, ordinal, 'other', number, number_kind, subject FROM holder",
        "INSERT OR REPLACE INTO reservation SELECT * FROM reservation",
    ],
)
def test_nor_by_a_statement_of_sqlites_own(issue: Issue, database_url: str, statement: str) -> None:
    issue("a")
    cannot_be_done(database_url, statement)


@ONLY_POSTGRESQL
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE event",
        "TRUNCATE license CASCADE",
        "TRUNCATE holder",
        "TRUNCATE reservation CASCADE",
        "INSERT INTO event SELECT * FROM event ON CONFLICT (sequence) DO UPDATE SET reason = 'better'",
        "MERGE INTO holder USING license ON true WHEN MATCHED THEN UPDATE SET name = 'other'",
    ],
)
def test_nor_by_a_statement_of_postgresqls_own(issue: Issue, database_url: str, statement: str) -> None:
    issue("a")
    cannot_be_done(database_url, statement)


def cannot_be_done(database_url: str, statement: str) -> None:
    before = everything_in(database_url)
    with pytest.raises(IntegrityError, match="append-only"):
        execute(database_url, statement)
    assert everything_in(database_url) == before


def test_every_column_of_a_license_but_what_mirrors_its_events_is_fixed(issue: Issue, database_url: str) -> None:
    issue("a")
    with by_hand(database_url) as connection:
        for column in set(METADATA.tables["license"].columns.keys()) - {"state", "settled_at"}:
            with pytest.raises(IntegrityError, match="append-only"):
                connection.exec_driver_sql(f"UPDATE license SET {column} = {column}")  # noqa: S608 — names of our own columns
        connection.exec_driver_sql("UPDATE license SET state = state, settled_at = settled_at")


@ONLY_SQLITE
def test_connections_are_durable_checked_and_in_wal_mode(database_url: str) -> None:
    database = Database.open(database_url, busy_seconds=1.5)
    try:
        settings = {
            name: database.read(lambda connection, name=name: connection.execute(text(f"PRAGMA {name}")).scalar_one())  # type: ignore[misc]  # bound per turn
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    finally:
        database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 1500}


@ONLY_POSTGRESQL
def test_a_server_may_not_acknowledge_what_it_has_not_stored(database_url: str) -> None:
    name = database_url.partition("@/")[2].partition("?")[0]
    asked = text("SELECT current_setting('synchronous_commit'), current_setting('lock_timeout')")
    for set_by_the_administrator, in_force in (("off", "on"), ("remote_apply", "remote_apply")):
        execute(database_url, f"ALTER DATABASE {name} SET synchronous_commit = {set_by_the_administrator}")
        database = Database.open(database_url, busy_seconds=1.5)
        try:
            assert database.write(lambda connection: tuple(connection.execute(asked).one())) == (in_force, "1500ms")
        finally:
            database.close()


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(MachineError) as missing:
        resource_folder("no-such-folder")
    assert missing.value.code == "resource.missing"
    assert "no-such-folder" in missing.value.message
