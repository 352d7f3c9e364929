"""PostgreSQL, through asyncpg or psycopg.

A statement sees what was committed when it began, also where it then waits for a lock
(https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED). So whoever
writes locks the row of the space first, and does all the rest in a second statement, whose parts
share what it sees (https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING).

A transaction of one's own is always READ COMMITTED, whatever the engine says: with the space locked
it needs no more, and never fails for another's sake. A caller's transaction is as the caller made
it; in REPEATABLE READ and SERIALIZABLE it may fail, as anything may there, and be tried again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Connection, TextClause, literal_column
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import DBAPIError

from memcert_backends.sql.dialect import Dialect, explicit_transaction
from memcert_backends.sql.postgresql.operations import PostgreSQLOperations, PostgreSQLStatements
from memcert_backends.sql.postgresql.plans import planned_anew
from memcert_backends.sql.tables import Tables

# "memcert" in ASCII: advisory locks are the database's, and other applications take some too.
_CREATION_LOCK = int.from_bytes(b"memcert", "big")

_UNDEFINED_TABLE = "42P01"
# The second: there is no schema that the role may use.
_DENIED = {"42501", "3F000"}
_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


class PostgreSQL(Dialect):
    """The SQL of PostgreSQL 12 and later; the encoding of the database must be UTF8."""

    compiler = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]
    # One value takes up to 1 GB there; a character takes up to four bytes.
    part_characters = 64_000_000
    savepoint_for_reads = True

    def statements(self, tables: Tables) -> PostgreSQLStatements:
        return _statements(self, tables)

    def operations(self, tables: Tables, user_id: str, session_id: str) -> PostgreSQLOperations:
        return PostgreSQLOperations(self, _statements(self, tables), user_id, session_id)

    def planned_anew(self) -> tuple[ColumnElement[bool], ...]:
        return (literal_column(planned_anew("char_length(:user)"), Boolean),)

    def second_key(self, space_id: ColumnElement[int]) -> ColumnElement[int]:
        return space_id + literal_column("0", BigInteger)

    @contextmanager
    def reading(self, connection: Connection) -> Iterator[None]:
        name = getattr(
            connection.connection.dbapi_connection, "_prepared_statement_name_func", None
        )
        if name is not None and name():
            # A name for each statement is SQLAlchemy's way with PgBouncer. Between preparing and
            # executing one, asyncpg forgets others, and may then be on another server.
            with connection.begin():
                yield
            return
        # Without a transaction around it, one statement is one round trip instead of three.
        connection.execution_options(isolation_level="AUTOCOMMIT")
        yield

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        # The pool sets it back; neither takes a round trip.
        connection.execution_options(isolation_level="READ COMMITTED")
        with connection.begin():
            yield

    @contextmanager
    def savepoint(self, connection: Connection) -> Iterator[None]:
        adapted: Any = connection.connection.dbapi_connection
        if adapted.autocommit:
            with explicit_transaction(connection, "BEGIN"):
                yield
        else:
            with connection.begin_nested():
                yield

    def create(self, connection: Connection, statements: Sequence[TextClause]) -> None:
        # Two that create the same table at once would both find that it is not there, and one
        # would fail. The lock is held until the commit.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATION_LOCK})")
        for statement in statements:
            connection.execute(statement)

    def is_missing_table(self, error: DBAPIError) -> bool:
        return _state(error) == _UNDEFINED_TABLE

    def is_denied(self, error: BaseException) -> bool:
        return isinstance(error, DBAPIError) and _state(error) in _DENIED

    def is_conflict(self, error: DBAPIError) -> bool:
        return _state(error) in {_SERIALIZATION_FAILURE, _DEADLOCK}


@lru_cache(maxsize=512)
def _statements(dialect: PostgreSQL, tables: Tables) -> PostgreSQLStatements:
    return PostgreSQLStatements(dialect, tables)


def _state(error: DBAPIError) -> str | None:
    """Return the SQLSTATE of an error, which both drivers name alike, and psycopg2 otherwise."""
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
