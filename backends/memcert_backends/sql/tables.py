"""The tables that memories are stored in.

A row of ``spaces`` is a user's session: its summary, how many messages it holds, and the number
that its next message gets. Numbers are given out under the lock of that row and never twice, so
they are the order of insertion, whatever runs at the same time. Messages and marks refer to their
space by its integer id: three ids of 255 characters in one index would be more than some servers
admit (3,072 bytes in InnoDB).

Ids and marks compare byte by byte, whatever the collation of the database. SQLite does so by
default: ``BINARY`` compares with memcmp (https://www.sqlite.org/datatype3.html#collation). So does
PostgreSQL's collation ``C``. In MySQL ids are binary strings, since its text comparisons leave
trailing blanks aside (https://dev.mysql.com/doc/refman/8.0/en/charset-binary-collations.html); so
are JSON texts, which therefore depend on no character set.

Beside the primary keys, messages are found by their ids, and marks by their messages' numbers. Each
dialect has the indexes for that: a constraint here, or what its own statements create.

A fourth table has one row, the version of the others (`memcert_backends.sql.version`); it is as
alembic's own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    VARBINARY,
    BigInteger,
    Column,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.mysql import LONGBLOB
from sqlalchemy.schema import CreateTable

from memcert_reference.values import MAX_IDENTIFIER_CHARACTERS, identifier

DEFAULT_PREFIX = "memcert_"

# Up to 40 characters: PostgreSQL cuts a name off at 63, and the longest one here adds 20.
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")

_IDENTIFIER = (
    String(MAX_IDENTIFIER_CHARACTERS)
    .with_variant(Text(collation="C"), "postgresql")
    .with_variant(VARBINARY(MAX_IDENTIFIER_CHARACTERS * 4), "mysql")
)
# JSON text: it has no NUL, which PostgreSQL's text cannot hold.
_JSON_TEXT = Text().with_variant(LONGBLOB, "mysql")
# SQLite numbers rows by itself only where the type is exactly INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

# Whatever the server's defaults: transactions, and index entries of more than 767 bytes.
_INNODB: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_row_format": "DYNAMIC"}


class Tables:
    """The tables of one prefix and schema.

    Args:
        prefix: what the name of every table and index starts with.
        schema: where they are: a schema of PostgreSQL, a database of MySQL, one that is attached
            in SQLite; None for where the connection looks by itself.

    Raises:
        TypeError: one is not a string.
        ValueError: the prefix is not 1 to 40 ASCII letters, digits and underscores, a letter or an
            underscore first; or the schema is no name.
    """

    def __init__(self, prefix: str, schema: str | None = None) -> None:
        if not isinstance(prefix, str):
            raise TypeError(f"table_prefix must be a string, not {type(prefix).__name__}")
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(
                "table_prefix must be 1 to 40 ASCII letters, digits and underscores, and not"
                f" start with a digit; {prefix!r} is not"
            )
        if schema is not None:
            identifier(schema, "schema")
        self.schema = schema
        self.metadata = metadata = MetaData(schema=schema)
        self.spaces = Table(
            f"{prefix}spaces",
            metadata,
            Column("id", _NUMBER, primary_key=True),
            Column("user_id", _IDENTIFIER, nullable=False),
            Column("session_id", _IDENTIFIER, nullable=False),
            Column("summary", _JSON_TEXT, nullable=False),
            Column("size", _NUMBER, nullable=False),
            Column("next_number", _NUMBER, nullable=False),
            UniqueConstraint("user_id", "session_id", name=f"{prefix}spaces_key"),
            **_INNODB,
        )
        self.messages = Table(
            f"{prefix}messages",
            metadata,
            Column("space_id", _NUMBER, nullable=False),
            Column("number", _NUMBER, nullable=False),
            Column("msg_id", _IDENTIFIER, nullable=False),
            Column("payload", _JSON_TEXT, nullable=False),
            PrimaryKeyConstraint("space_id", "number"),
            _second_key("space_id", "msg_id", name=f"{prefix}messages_key"),
            **_INNODB,
        )
        self.marks = Table(
            f"{prefix}marks",
            metadata,
            Column("space_id", _NUMBER, nullable=False),
            Column("mark", _IDENTIFIER, nullable=False),
            Column("number", _NUMBER, nullable=False),
            PrimaryKeyConstraint("space_id", "mark", "number"),
            _second_key("space_id", "number", "mark", name=f"{prefix}marks_of_message"),
            # The primary key is the table: nothing is stored beside it.
            sqlite_with_rowid=False,
            **_INNODB,
        )

        self.version = Table(
            f"{prefix}schema_version",
            metadata,
            Column("version_num", String(32), primary_key=True),
            **_INNODB,
        )

    @property
    def content(self) -> tuple[Table, ...]:
        """The tables that hold what was stored."""
        return (self.spaces, self.messages, self.marks)

    def creation(self, *, if_not_exists: bool) -> list[CreateTable]:
        """Return the statements that create the tables.

        Args:
            if_not_exists: whether they do nothing where a table is there already.
        """
        # In MySQL each is for itself: a row of a space is not there before all the rest is.
        tables = (self.version, self.messages, self.marks, self.spaces)
        return [CreateTable(table, if_not_exists=if_not_exists) for table in tables]


def _second_key(*columns: str, name: str) -> UniqueConstraint:
    """Return a constraint that there is everywhere but in PostgreSQL, which has its own."""
    return UniqueConstraint(*columns, name=name).ddl_if(
        callable_=lambda *_, dialect, **__: dialect.name != "postgresql"
    )


@lru_cache(maxsize=512)
def tables_of(prefix: str, schema: str | None = None) -> Tables:
    """Return the tables of a prefix and schema, made once.

    Args:
        prefix: what their names start with.
        schema: where they are; None for where the connection looks by itself.

    Raises:
        TypeError: one is not a string.
        ValueError: the prefix is not an identifier of at most 40 characters, or the schema no name.
    """
    return Tables(prefix, schema)
