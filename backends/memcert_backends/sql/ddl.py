"""The tables as SQL, for a database whose owner makes them, and the least rights to use them."""

from __future__ import annotations

from memcert_backends.sql.databases import dialect_of
from memcert_backends.sql.tables import DEFAULT_PREFIX, tables_of

# A space's row is never deleted, and PostgreSQL and SQLite never change one of the others.
_RIGHTS = {
    "postgresql": {
        "spaces": "SELECT, INSERT, UPDATE",
        "messages": "SELECT, INSERT, DELETE",
        "marks": "SELECT, INSERT, DELETE",
        "version": "SELECT",
    },
    "mysql": {
        "spaces": "SELECT, INSERT, UPDATE",
        # INSERT ... ON DUPLICATE KEY UPDATE asks for it.
        "messages": "SELECT, INSERT, UPDATE, DELETE",
        "marks": "SELECT, INSERT, DELETE",
        "version": "SELECT",
    },
}


def ddl(database: str, prefix: str = DEFAULT_PREFIX, schema: str | None = None) -> list[str]:
    """Return the statements that make the tables, as the first use of a memory does.

    Args:
        database: ``postgresql``, ``mysql``, ``mariadb`` or ``sqlite``.
        prefix: what the tables' names start with.
        schema: where they are to be; None for where the connection is.

    Raises:
        TypeError: an argument is not a string.
        ValueError: there is no SQL for the database, or the prefix or the schema is no name.
    """
    dialect = dialect_of(database)
    tables = tables_of(prefix, schema)
    statements = dialect.statements(tables)
    # Where a warning does no harm, repeating the whole does none either.
    made = [
        str(each.compile(dialect=dialect.compiler)) for each in tables.creation(if_not_exists=True)
    ]
    others = [*statements.create[len(made) :], statements.stamp]
    return [_tidy(each) for each in (*made, *map(str, others))]


def rights(
    database: str, role: str, prefix: str = DEFAULT_PREFIX, schema: str | None = None
) -> list[str]:
    """Return the statements that let a role use the tables, and no more; none for SQLite.

    Args:
        database: ``postgresql``, ``mysql``, ``mariadb`` or ``sqlite``.
        role: who is to use them; in MySQL a user, at any host unless it says which.
        prefix: what the tables' names start with.
        schema: where they are; None for where the connection is.

    Raises:
        TypeError: an argument is not a string.
        ValueError: there is no SQL for the database, or the prefix or the schema is no name.
    """
    dialect = dialect_of(database)
    preparer = dialect.compiler.identifier_preparer
    tables = tables_of(prefix, schema)
    if database == "sqlite":
        return []
    name = preparer.quote(role) if database == "postgresql" else _user(role)
    granted = [
        f"GRANT {right} ON {preparer.format_table(getattr(tables, table))} TO {name}"
        for table, right in _RIGHTS["postgresql" if database == "postgresql" else "mysql"].items()
    ]
    if database != "postgresql":
        return granted
    # As PostgreSQL calls what a serial column takes its numbers from.
    sequence = preparer.quote(f"{tables.spaces.name}_id_seq")
    if schema is not None:
        sequence = f"{preparer.quote_schema(schema)}.{sequence}"
    return [
        f"GRANT USAGE ON SCHEMA {preparer.quote_schema(schema or 'public')} TO {name}",
        *granted,
        f"GRANT USAGE ON SEQUENCE {sequence} TO {name}",
    ]


def _user(role: str) -> str:
    user, _, host = role.rpartition("@") if "@" in role else (role, "@", "%")
    return "@".join(
        "'" + part.replace("\\", "\\\\").replace("'", "''") + "'" for part in (user, host)
    )


def _tidy(statement: str) -> str:
    return "\n".join(line.rstrip() for line in statement.replace("\t", "    ").strip().split("\n"))
