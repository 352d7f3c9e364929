"""The tables that memories are stored in.

A row of ``spaces`` is a user's session: its summary, how many messages it holds, and the number
that its next message gets. Numbers are given out under the lock of that row and never twice, so
they are the order of insertion, whatever runs at the same time. Messages and marks refer to their
space by its integer id: three ids of 255 characters in one index would be more than some servers
admit (3,072 bytes in InnoDB).

Ids and marks compare byte by byte. SQLite does so by default: ``BINARY`` compares with memcmp
(https://www.sqlite.org/datatype3.html#collation).
"""

from __future__ import annotations

import re
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from memcert_reference.values import MAX_IDENTIFIER_CHARACTERS

# Up to 40 characters: PostgreSQL cuts a name off at 63, and the longest one here adds 20.
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")

_IDENTIFIER = String(MAX_IDENTIFIER_CHARACTERS)
# SQLite numbers rows by itself only where the type is exactly INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class Tables:
    """The tables of one prefix.

    Args:
        prefix: what the name of every table and index starts with.

    Raises:
        TypeError: it is not a string.
        ValueError: it is not 1 to 40 ASCII letters, digits and underscores, a letter or an
            underscore first.
    """

    def __init__(self, prefix: str) -> None:
        if not isinstance(prefix, str):
            raise TypeError(f"table_prefix must be a string, not {type(prefix).__name__}")
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(
                "table_prefix must be 1 to 40 ASCII letters, digits and underscores, and not"
                f" start with a digit; {prefix!r} is not"
            )
        metadata = MetaData()
        self.spaces = Table(
            f"{prefix}spaces",
            metadata,
            Column("id", _NUMBER, primary_key=True),
            Column("user_id", _IDENTIFIER, nullable=False),
            Column("session_id", _IDENTIFIER, nullable=False),
            # JSON text, as payloads are: it has no NUL, which PostgreSQL's text cannot hold.
            Column("summary", Text, nullable=False),
            Column("size", _NUMBER, nullable=False),
            Column("next_number", _NUMBER, nullable=False),
            UniqueConstraint("user_id", "session_id", name=f"{prefix}spaces_key"),
        )
        self.messages = Table(
            f"{prefix}messages",
            metadata,
            Column("space_id", _NUMBER, nullable=False),
            Column("number", _NUMBER, nullable=False),
            Column("msg_id", _IDENTIFIER, nullable=False),
            Column("payload", Text, nullable=False),
            PrimaryKeyConstraint("space_id", "number", name=f"{prefix}messages_order"),
            UniqueConstraint("space_id", "msg_id", name=f"{prefix}messages_key"),
        )
        self.marks = Table(
            f"{prefix}marks",
            metadata,
            Column("space_id", _NUMBER, nullable=False),
            Column("mark", _IDENTIFIER, nullable=False),
            Column("number", _NUMBER, nullable=False),
            PrimaryKeyConstraint("space_id", "mark", "number", name=f"{prefix}marks_key"),
            Index(f"{prefix}marks_of_message", "space_id", "number", "mark"),
            # The primary key is the table: nothing is stored beside it.
            sqlite_with_rowid=False,
        )

    def creation(self) -> list[ExecutableDDLElement]:
        """Return the statements that create what is not there yet."""
        tables = [self.spaces, self.messages, self.marks]
        return [
            *(CreateTable(table, if_not_exists=True) for table in tables),
            *(
                CreateIndex(index, if_not_exists=True)
                for table in tables
                for index in sorted(table.indexes, key=lambda index: str(index.name))
            ),
        ]


@lru_cache(maxsize=64)
def tables_of(prefix: str) -> Tables:
    """Return the tables of a prefix, made once.

    Args:
        prefix: what their names start with.

    Raises:
        TypeError: it is not a string.
        ValueError: it is not an identifier of at most 40 characters.
    """
    return Tables(prefix)
