"""Migrations of memcert's tables, as alembic's revisions, for `memcert migrate` and applications.

The version is in a table of memcert's own (`memcert_backends.sql.version`), so that each prefix and
schema has one, and an application's own alembic has another. An application makes these migrations
a step of its own, in a revision::

    from alembic import op
    from memcert_backends.sql.migrations import upgrade as upgrade_memcert

    def upgrade():
        upgrade_memcert(op.get_bind())

and in its ``env.py`` has ``alembic revision --autogenerate`` leave memcert's tables alone::

    context.configure(..., include_name=without_memcert())
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from memcert_backends.sql.databases import dialect_of
from memcert_backends.sql.layout import Layout, is_there
from memcert_backends.sql.tables import DEFAULT_PREFIX, tables_of
from memcert_backends.sql.version import VERSION


def upgrade(
    connection: Connection, prefix: str = DEFAULT_PREFIX, schema: str | None = None
) -> str | None:
    """Migrate the tables to the version of this release; make them where there are none.

    It can be repeated. MySQL commits what is open on the connection before it makes a table.

    Args:
        connection: one of any driver, asyncio or not, with a transaction that the caller commits;
            its ``schema_translate_map`` counts.
        prefix: what the tables' names start with.
        schema: where they are; None for where the connection looks by itself.

    Returns:
        The version that they were of; None if they had none: there were none, or release 0.1.0
        made them.

    Raises:
        TypeError: the prefix or the schema is not a string.
        ValueError: they are no names, or there is no SQL for the database.
        NewerSchema: a later release has migrated them; nothing is changed.
        MissingTables: some of the tables are missing; nothing is changed.
    """
    dialect = dialect_of(connection.dialect.name)
    layout = Layout(dialect, prefix, schema, None)
    tables = layout.tables(connection)
    statements = dialect.statements(tables)
    translated = connection.get_execution_options().get("schema_translate_map")
    # The tables' schema is translated already.
    connection.execution_options(schema_translate_map=None)
    layout = Layout(dialect, prefix, tables.schema, None)
    try:
        # Before anything else, it waits for whoever else makes or migrates tables.
        dialect.create_within(connection, ())
        # A statement that fails ends the transaction of some drivers.
        there = is_there(connection, tables.version)
        versions = layout.known_versions(connection, writes=True) if there else []
        layout.to_be_made(connection)
        dialect.create_within(connection, statements.create[:1])
        scripts = ScriptDirectory(str(Path(__file__).parent))
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": tables.version.name,
                "version_table_schema": tables.schema,
                # alembic's type has it in a private method.
                "fn": lambda heads, _: scripts._upgrade_revs(VERSION, heads),
            },
        )
        context.run_migrations(create=lambda: dialect.create_within(connection, statements.create))
    finally:
        connection.execution_options(schema_translate_map=translated)
    return versions[0] if versions else None


def without_memcert(
    prefix: str = DEFAULT_PREFIX,
) -> Callable[[str | None, str, Mapping[str, str | None]], bool]:
    """Return an ``include_name`` for alembic's ``context.configure``: all but memcert's tables.

    Args:
        prefix: what the tables' names start with.
    """
    ours = {str(table.name) for table in tables_of(prefix).metadata.tables.values()}

    def include_name(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or name not in ours

    return include_name
