"""SQLite, through aiosqlite.

A transaction that reads first and writes later fails at once when another one wrote in between,
without waiting (https://www.sqlite.org/rescode.html#busy_snapshot). Here every transaction's first
statement writes, so SQLite waits for its turn, as long as the engine's ``timeout`` says.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    Text,
    TextClause,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from memcert_backends.sql.dialect import Dialect


class SQLite(Dialect):
    """The SQL of SQLite 3.24 and later, with its JSON functions."""

    compiler = dialect(paramstyle="named")
    # A string takes up to 1,000,000,000 bytes there (SQLITE_MAX_LENGTH).
    chunk_characters = 64_000_000
    savepoint_for_reads = False

    def list_parameter(self, values: Sequence[str] | Sequence[tuple[Any, ...]]) -> object:
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    def list_rows(self, parameter: str, columns: Sequence[str]) -> FromClause:
        each = func.json_each(bindparam(parameter, type_=Text)).table_valued("key", "value")
        items = (
            [each.c.value]
            if len(columns) == 1
            else [
                func.json_extract(each.c.value, literal_column(f"'$[{index}]'"), type_=Text)
                for index in range(len(columns))
            ]
        )
        named = [item.label(name) for name, item in zip(columns, items, strict=True)]
        return select(each.c.key.label("position"), *named).subquery()

    def insert_missing(self, table: Table, key: Sequence[str], rows: Select[Any]) -> ClauseElement:
        columns = [column.name for column in rows.selected_columns]
        insertion = insert(table).from_select(columns, rows)
        return insertion.on_conflict_do_nothing(index_elements=list(key))

    def upsert(
        self,
        table: Table,
        key: Sequence[str],
        row: Mapping[str, Any],
        change: Mapping[str, Any],
    ) -> ClauseElement:
        return (
            insert(table)
            .values(dict(row))
            .inline()
            .on_conflict_do_update(index_elements=list(key), set_=dict(change))
        )

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        with connection.begin():
            if not _must_begin(connection):
                yield
                return
            # Such connections commit each statement by themselves, and some ignore commit().
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                # Some errors, such as a full disk, have rolled back already.
                if _driver(connection).in_transaction:
                    connection.exec_driver_sql("ROLLBACK")
                raise

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

    def takes_turns(self, engine: Engine) -> bool:
        # A database in memory: one connection for all, or several that do not wait for each other
        # (https://www.sqlite.org/sharedcache.html).
        return (
            isinstance(engine.pool, StaticPool)
            or ":memory:" in (engine.url.database or "")
            or engine.url.query.get("mode") == "memory"
        )

    def is_missing_table(self, error: DBAPIError) -> bool:
        return "no such table" in str(error.orig)


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
