"""MySQL and MariaDB, through aiomysql or asyncmy.

Ids and marks travel as hexadecimal digits and JSON texts as Base64, so that neither the character
set of a connection nor the SQL mode of a server has a say in them, nor in how much room they take.

MySQL commits whatever is open before it creates a table
(https://dev.mysql.com/doc/refman/8.0/en/implicit-commit.html), so tables are made on a connection
of their own, which is not one of the caller's pool: others may wait for those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, TextClause, bindparam, func
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.exc import DBAPIError

from memcert_backends.sql.dialect import Dialect, explicit_transaction
from memcert_backends.sql.mysql.operations import MySQLOperations
from memcert_backends.sql.mysql.statements import MySQLStatements, ascii_text
from memcert_backends.sql.tables import Tables

# https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
_NO_SUCH_TABLE = 1146
_TABLE_EXISTS = 1050
_DENIED = {1044, 1142, 1143}
_DEADLOCK = 1213
# MariaDB's, with innodb_snapshot_isolation.
_ROW_HAS_CHANGED = 1020
# MySQL's and MariaDB's for a table that is newer than what a transaction sees.
_TOO_NEW = {1412, 159}


class MySQL(Dialect):
    """The SQL of MySQL 8.0.19 and later and of MariaDB 10.6 and later, which have JSON_TABLE."""

    compiler = MySQLDialect(paramstyle="named")
    # Below what the oldest servers take in one statement; more only if the connection takes more.
    part_characters = 500_000
    savepoint_for_reads = False
    # It would first write the union, texts and all, to a temporary table.
    sorts_unions = False
    creates_if_not_exists = False
    unless_there = "ON DUPLICATE KEY UPDATE version_num = version_num"
    ddl_is_transactional = False
    denies_what_is_missing = True

    def statements(self, tables: Tables) -> MySQLStatements:
        return _statements(self, tables)

    def operations(self, tables: Tables, user_id: str, session_id: str) -> MySQLOperations:
        return MySQLOperations(self, _statements(self, tables), user_id, session_id)

    def identifier(self, name: str) -> ColumnElement[str]:
        return func.unhex(bindparam(name, type_=ascii_text))

    def value(self, identifier: str) -> str:
        return identifier.encode().hex()

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        with connection.begin():
            if _commits_each_statement(connection):
                with explicit_transaction(connection, "START TRANSACTION"):
                    yield
            else:
                yield

    @contextmanager
    def savepoint(self, connection: Connection) -> Iterator[None]:
        if _commits_each_statement(connection):
            with explicit_transaction(connection, "START TRANSACTION"):
                yield
            return
        around = connection.get_transaction()
        nested = connection.begin_nested()
        try:
            yield
        except DBAPIError as error:
            if self.is_conflict(error):
                # The server has rolled back the whole transaction, savepoints and all. Its owner
                # must not go on and commit the rest.
                if around is not None:
                    around.rollback()
                raise
            nested.rollback()
            if _number(error.orig) in _TOO_NEW:
                error.add_note(
                    "The tables were made after this transaction began to read, so MySQL does not"
                    " show them to it (REPEATABLE READ): nothing was changed; the next one sees"
                    " them."
                )
            raise
        except BaseException:
            nested.rollback()
            raise
        nested.commit()

    def create(self, connection: Connection, statements: Sequence[TextClause]) -> None:
        with _separate(connection) as (separate, cursor):
            for statement in statements:
                try:
                    cursor.execute(str(statement))
                except connection.dialect.loaded_dbapi.Error as error:
                    if _number(error) != _TABLE_EXISTS:
                        raise
            separate.commit()

    @contextmanager
    def alone(self, connection: Connection) -> Iterator[None]:
        # One name for all databases of the server: two that migrate wait for each other.
        connection.exec_driver_sql("SELECT GET_LOCK('memcert', 60)")
        connection.rollback()
        try:
            yield
        finally:
            connection.exec_driver_sql("SELECT RELEASE_LOCK('memcert')")
            connection.rollback()

    def create_within(self, connection: Connection, statements: Sequence[TextClause]) -> None:
        for statement in statements:
            try:
                connection.execute(statement)
            except DBAPIError as error:
                if _number(error.orig) != _TABLE_EXISTS:
                    raise

    def look_within(
        self, connection: Connection, statement: TextClause, lock: TextClause | None
    ) -> list[str]:
        # A read makes up what the transaction sees from then on, and a locking one keeps others
        # from making the tables.
        with _separate(connection) as (_, cursor):
            try:
                cursor.execute(str(statement))
            except connection.dialect.loaded_dbapi.Error as error:
                raise DBAPIError.instance(
                    str(statement), None, error, connection.dialect.loaded_dbapi.Error
                ) from error
            return [row[0] for row in cursor.fetchall()]

    def is_missing_table(self, error: DBAPIError) -> bool:
        return _number(error.orig) == _NO_SUCH_TABLE

    def is_denied(self, error: BaseException) -> bool:
        return _number(error.orig if isinstance(error, DBAPIError) else error) in _DENIED

    def is_conflict(self, error: DBAPIError) -> bool:
        return _number(error.orig) in {_DEADLOCK, _ROW_HAS_CHANGED}


@lru_cache(maxsize=512)
def _statements(dialect: MySQL, tables: Tables) -> MySQLStatements:
    return MySQLStatements(dialect, tables)


@contextmanager
def _separate(connection: Connection) -> Iterator[tuple[Any, Any]]:
    """Open a connection that is not the caller's, and not of the caller's pool, and a cursor."""
    pool = connection.engine.pool.recreate()
    try:
        with closing(pool.connect()) as separate, closing(separate.cursor()) as cursor:
            yield separate, cursor
    finally:
        pool.dispose()


def _commits_each_statement(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.get_autocommit())


def _number(error: BaseException | None) -> int | None:
    """Return the number of a server's error, which the drivers put first."""
    number = error.args[0] if error is not None and error.args else None
    return number if isinstance(number, int) else None
