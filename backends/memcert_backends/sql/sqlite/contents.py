"""Which tables of a SQLite file hold a text."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from urllib.parse import unquote

_SECONDS = 10.0


def places_of(url: str, text: str) -> list[str]:
    """Return the tables of a SQLite file with a row that holds a text.

    The bytes of free pages and of the journal are not looked at: there SQLite leaves what was
    deleted until it needs the room, unless ``secure_delete`` is on.

    Args:
        url: the file's URL, as SQLAlchemy takes it.
        text: ASCII letters, digits and hyphens.
    """
    path = unquote(url.partition(":///")[2].partition("?")[0])
    with closing(sqlite3.connect(path, timeout=_SECONDS)) as connection:
        # Whatever bytes are there, as they are.
        connection.text_factory = bytes
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return sorted(
            f"table {name.decode()}" for (name,) in names if _holds(connection, name, text)
        )


def _holds(connection: sqlite3.Connection, name: bytes, text: str) -> bool:
    quoted = name.decode().replace('"', '""')
    try:
        return any(text in repr(row) for row in connection.execute(f'SELECT * FROM "{quoted}"'))
    except sqlite3.OperationalError:
        # A virtual table of an extension that is not loaded here; what it keeps is in others.
        return False
