"""How SQLite empties a space in the statement that writes it anew: by a trigger.

A statement of SQLite changes one table, or what a trigger of that table changes besides. To insert
a space of size NULL is to replace that space: the trigger sets it and deletes its messages and
marks, and the row itself is not inserted. The column admits no NULL, so without the trigger (it was
dropped, the connection has triggers turned off) the statement is an error, and never leaves what
was there before beside what is new. SQLite checks for NULL after the triggers that run ``BEFORE``.

Foreign keys would not do: they are ignored unless each connection asks for them
(https://www.sqlite.org/foreignkeys.html#fk_enable). A trigger of the table goes when the table
does; on a view it would stay, and make every later ``ALTER TABLE ... RENAME`` fail.
"""

from __future__ import annotations

from memcert_backends.sql.sql_text import SQLText
from memcert_backends.sql.tables import Tables

MISSING = "NOT NULL constraint failed: "
"""What the error says, before the table's name, where there is no trigger."""


def creation(dialect: SQLText, tables: Tables) -> str:
    """Return the statement that creates the trigger, if it is not there.

    It is of the schema of its table, as all that it does is: within it, no schema may be named.

    Args:
        dialect: SQLite's.
        tables: where things are stored.
    """
    preparer = dialect.compiler.identifier_preparer
    spaces, messages, marks = (
        preparer.format_table(table, use_schema=False) for table in tables.content
    )
    trigger = preparer.quote(f"{tables.spaces.name}_replace")
    if tables.schema is not None:
        trigger = f"{preparer.quote_schema(tables.schema)}.{trigger}"
    here = (
        f"space_id = (SELECT id FROM {spaces}"
        " WHERE user_id = NEW.user_id AND session_id = NEW.session_id)"
    )
    return (
        f"CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE INSERT ON {spaces} WHEN NEW.size IS NULL"
        f" BEGIN INSERT INTO {spaces} (user_id, session_id, summary, size, next_number)"
        " VALUES (NEW.user_id, NEW.session_id, NEW.summary, NEW.next_number, NEW.next_number)"
        " ON CONFLICT (user_id, session_id) DO UPDATE SET summary = excluded.summary,"
        " size = excluded.size, next_number = next_number + excluded.next_number;"
        f" DELETE FROM {marks} WHERE {here};"
        f" DELETE FROM {messages} WHERE {here};"
        " SELECT RAISE(IGNORE); END"
    )


def statement(dialect: SQLText, tables: Tables) -> str:
    """Return the statement that replaces a space: its summary, and room for ``count`` messages.

    Args:
        dialect: SQLite's.
        tables: where things are stored.
    """
    spaces = dialect.compiler.identifier_preparer.format_table(tables.spaces)
    return (
        f"INSERT INTO {spaces} (user_id, session_id, summary, size, next_number)"
        " VALUES (:user, :session, :summary, NULL, :count)"
    )
