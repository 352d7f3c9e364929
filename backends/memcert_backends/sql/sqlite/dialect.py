"""SQLite, through aiosqlite.

A transaction that reads first and writes later fails at once when another one wrote in between,
without waiting (https://www.sqlite.org/rescode.html#busy_snapshot). Here every transaction's first
statement writes, so SQLite waits for its turn, as long as the engine's ``timeout`` says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Connection, Engine, TextClause
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from memcert_backends.sql.dialect import Dialect, explicit_transaction
from memcert_backends.sql.several_statements import SeveralStatementsOperations
from memcert_backends.sql.sqlite import replacement
from memcert_backends.sql.sqlite.statements import SQLiteStatements
from memcert_backends.sql.tables import Tables


class SQLite(Dialect):
    """The SQL of SQLite 3.24 and later, with its JSON functions."""

    compiler = dialect(paramstyle="named")
    # A string takes up to 1,000,000,000 bytes there (SQLITE_MAX_LENGTH).
    part_characters = 64_000_000
    savepoint_for_reads = False
    # What is attached is another's: SQLite would look there for what is not in the file itself.
    own_schema = "main"
    has_trigger = True

    def statements(self, tables: Tables) -> SQLiteStatements:
        return _statements(self, tables)

    def operations(
        self, tables: Tables, user_id: str, session_id: str
    ) -> SeveralStatementsOperations:
        return SQLiteOperations(self, _statements(self, tables), user_id, session_id)

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        with connection.begin():
            if not _must_begin(connection):
                yield
                return
            # Such connections commit each statement by themselves, and some ignore commit().
            with explicit_transaction(connection, "BEGIN IMMEDIATE"):
                yield

    @contextmanager
    def savepoint(self, connection: Connection) -> Iterator[None]:
        # Outside a transaction it would be one of its own, and its release a commit.
        _begin(connection)
        with connection.begin_nested():
            yield

    def create(self, connection: Connection, statements: Sequence[TextClause]) -> None:
        _begin(connection)
        for statement in statements:
            connection.execute(statement)

    def look_within(
        self, connection: Connection, statement: TextClause, lock: TextClause | None
    ) -> list[str]:
        # Who has read, and then wants to write, does not wait for others, and fails.
        if lock is not None:
            connection.execute(lock)
        return [*connection.scalars(statement)]

    def takes_turns(self, engine: Engine) -> bool:
        # A database in memory: one connection for all, or several that do not wait for each other
        # (https://www.sqlite.org/sharedcache.html).
        return isinstance(engine.pool, StaticPool) or self.is_in_memory(engine)

    def is_in_memory(self, engine: Engine) -> bool:
        database = engine.url.database
        return not database or ":memory:" in database or engine.url.query.get("mode") == "memory"

    def is_missing_table(self, error: DBAPIError) -> bool:
        # A table without its trigger, which is made with the tables, is not all there either.
        return any(sign in str(error.orig) for sign in ("no such table", replacement.MISSING))

    def is_conflict(self, error: DBAPIError) -> bool:
        # It waits as long as the engine says, and then is locked: that was a try already.
        return False


class SQLiteOperations(SeveralStatementsOperations):
    """The operations of one space in SQLite."""

    _statements: SQLiteStatements

    def prepare_to_write(self, connection: Connection) -> None:
        # A list is read with json_each, which is the main file's: that is locked for reading first.
        # Who then waits for an attached file waits for ever if its owner has locked both and means
        # to commit (https://www.sqlite.org/lockingv3.html).
        if self._statements.lock_attached is not None:
            self._run(connection, self._statements.lock_attached)

    def _identifier_json(self, identifier: str) -> str:
        return encode_basestring(identifier)

    def _payload_json(self, payload: str) -> str:
        return encode_basestring(payload)


@lru_cache(maxsize=512)
def _statements(dialect: SQLite, tables: Tables) -> SQLiteStatements:
    return SQLiteStatements(dialect, tables)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _begin(connection: Connection) -> None:
    """Begin a transaction in the database too: sqlite3 waits for a change of rows."""
    if not _driver(connection).in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _must_begin(connection: Connection) -> bool:
    """Tell whether sqlite3 leaves it to its caller to begin a transaction.

    That is so with ``isolation_level=None`` (SQLAlchemy's AUTOCOMMIT), and with the ``autocommit``
    of Python 3.12, unless a transaction is open, as listeners of SQLAlchemy's ``begin`` see to.
    """
    driver = _driver(connection)
    if driver.in_transaction:
        return False
    return driver.isolation_level is None or _commits_each_statement(driver)


def _commits_each_statement(driver: Any) -> bool:
    try:
        return driver._conn.autocommit is True
    except (AttributeError, sqlite3.ProgrammingError):
        # Python 3.11 has no such attribute; the thread of a database in memory keeps it to itself.
        return False
