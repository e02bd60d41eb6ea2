"""How alembic runs here: on the connection and within the transaction that `license_lib.repository.schema` hands over.

With `--sql` (offline) it prints the statements instead, for a database administrator who wants to read them first.
"""

from alembic import context

from license_lib.repository.models import METADATA

if context.is_offline_mode():
    context.configure(
        url=context.config.get_main_option("sqlalchemy.url"),
        target_metadata=METADATA,
        literal_binds=True,
    )
else:
    # SQLite can roll back DDL like any other statement; alembic only does not count on it by default.
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        transactional_ddl=True,
    )

with context.begin_transaction():
    context.run_migrations()
