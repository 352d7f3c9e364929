"""What differs between databases: the SQL of the operations, transactions, errors.

A further database is a further `Dialect` beside these, with its `Operations`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Engine, String, TextClause, bindparam
from sqlalchemy.engine import Dialect as SQLAlchemyDialect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from memcert_backends.sql.tables import Tables

if TYPE_CHECKING:
    from memcert_backends.sql.operations import Operations
    from memcert_backends.sql.reads import Reads


class Dialect(ABC):
    """The SQL of one database, where it differs from the others'."""

    compiler: SQLAlchemyDialect
    """SQLAlchemy's own dialect, with named parameters."""

    part_characters: int
    """The most characters that the lists of one statement hold; a message is never split."""

    savepoint_for_reads: bool
    """Whether a statement that fails ends the transaction that it is in, even one that reads."""

    sorts_unions: bool = True
    """Whether it reads the parts of a union in the order that is asked for, without a copy."""

    creates_if_not_exists: bool = True
    """Whether creating a table that is there already can be asked for without a warning."""

    own_schema: str | None = None
    """What is said where no schema is; None to leave it to the connection."""

    unless_there: str = "ON CONFLICT DO NOTHING"
    """The end of an insertion that does nothing where the same row is there already."""

    ddl_is_transactional: bool = True
    """Whether the creation of tables is rolled back with the transaction that it is in."""

    denies_what_is_missing: bool = False
    """Whether a role that has no right to a table is not told whether it is there."""

    has_trigger: bool = False
    """Whether something belongs to the tables that may be missing alone, and is then put back."""

    @abstractmethod
    def statements(self, tables: Tables) -> Reads:
        """Return the SQL of what is done with tables, made once.

        Args:
            tables: where things are stored.
        """

    @abstractmethod
    def operations(self, tables: Tables, user_id: str, session_id: str) -> Operations:
        """Return the operations of a space.

        Args:
            tables: where things are stored.
            user_id: whose space it is.
            session_id: which of the user's sessions it belongs to.
        """

    def identifier(self, name: str) -> ColumnElement[str]:
        """Return the parameter that holds an id or a mark, as something to compare with.

        Args:
            name: the parameter's name.
        """
        return bindparam(name, type_=String)

    def planned_anew(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions by which a reading statement is planned each time it is executed.

        Meant for those that look up rows one by one.
        """
        return ()

    def second_key(self, space_id: ColumnElement[int]) -> ColumnElement[int]:
        """Return what the index of messages by id, or of marks by number, begins with.

        Args:
            space_id: the column.
        """
        return space_id

    def value(self, identifier: str) -> str:
        """Return an id or a mark as a parameter holds it.

        Args:
            identifier: the id or mark.
        """
        return identifier

    @contextmanager
    def reading(self, connection: Connection) -> Iterator[None]:
        """Prepare for one statement that reads, outside a transaction.

        Args:
            connection: one that no transaction was begun on.
        """
        yield

    @abstractmethod
    def transaction(self, connection: Connection) -> AbstractContextManager[None]:
        """Begin a transaction that writes; commit it at the end, or roll it back on an error.

        Args:
            connection: one that no transaction was begun on.
        """

    @abstractmethod
    def savepoint(self, connection: Connection) -> AbstractContextManager[None]:
        """Begin a savepoint; release it at the end, or roll back to it on an error.

        Where the connection commits each statement by itself, this is a transaction instead.

        Args:
            connection: one with a transaction that is somebody else's to commit.
        """

    @abstractmethod
    def create(self, connection: Connection, statements: Sequence[TextClause]) -> None:
        """Create what is not there of the tables, also where others do so at the same time.

        Args:
            connection: one in `transaction` or `savepoint`.
            statements: what creates them.
        """

    def create_within(self, connection: Connection, statements: Sequence[TextClause]) -> None:
        """Create what is not there of the tables, on this connection, whatever it commits.

        Args:
            connection: one with a transaction.
            statements: what creates them.
        """
        self.create(connection, statements)

    @contextmanager
    def alone(self, connection: Connection) -> Iterator[None]:
        """Wait until nobody else migrates, where a transaction does not see to that.

        Args:
            connection: one that no transaction was begun on.
        """
        yield

    def look(
        self, connection: Connection, statement: TextClause, lock: TextClause | None
    ) -> list[str]:
        """Execute a statement that reads, so that what comes after it is as if it had not been.

        Args:
            connection: any; a transaction of its owner's goes on, whatever the statement raises.
            statement: the statement; it returns strings.
            lock: one that waits until this connection may write, where that matters; None if it
                will not write.
        """
        if connection.in_transaction():
            return self.look_within(connection, statement, lock)
        try:
            with self.reading(connection):
                found = [*connection.scalars(statement)]
        except DBAPIError:
            connection.rollback()
            raise
        connection.rollback()
        return found

    def look_within(
        self, connection: Connection, statement: TextClause, lock: TextClause | None
    ) -> list[str]:
        """Do the same in a transaction that is somebody else's.

        Args:
            connection: one with such a transaction.
            statement: the statement.
            lock: one that waits until this connection may write.
        """
        with self.savepoint(connection):
            return [*connection.scalars(statement)]

    def takes_turns(self, engine: Engine) -> bool:
        """Tell whether two operations at once would get into each other's transactions.

        Args:
            engine: where they get their connections.
        """
        return False

    @abstractmethod
    def is_missing_table(self, error: DBAPIError) -> bool:
        """Tell whether a statement failed because a table, or a part of it, is not there.

        Args:
            error: what it raised.
        """

    def is_denied(self, error: BaseException) -> bool:
        """Tell whether something failed because the role may not do it.

        Args:
            error: what it raised.
        """
        return False

    @abstractmethod
    def is_conflict(self, error: DBAPIError) -> bool:
        """Tell whether a transaction was rolled back for another's sake, and may be tried again.

        Args:
            error: what it raised.
        """


_DIALECTS = {
    "sqlite": "memcert_backends.sql.sqlite:SQLite",
    "postgresql": "memcert_backends.sql.postgresql:PostgreSQL",
    "mysql": "memcert_backends.sql.mysql:MySQL",
    "mariadb": "memcert_backends.sql.mysql:MySQL",
}


@cache
def dialect_of(name: str) -> Dialect:
    """Return the dialect of a database.

    Args:
        name: SQLAlchemy's name for it, such as ``sqlite``.

    Raises:
        ValueError: there is none.
    """
    if name not in _DIALECTS:
        raise ValueError(
            f"AsyncSQLAlchemyMemory has no SQL for {name!r}; it works on {', '.join(_DIALECTS)}"
        )
    module, _, attribute = _DIALECTS[name].partition(":")
    dialect: Dialect = getattr(import_module(module), attribute)()
    return dialect


@contextmanager
def explicit_transaction(connection: Connection, begin: str) -> Iterator[None]:
    """Begin and end a transaction by statements, where the driver commits each by itself.

    Args:
        connection: one whose driver ignores SQLAlchemy's commit.
        begin: the statement that begins it.
    """
    connection.exec_driver_sql(begin)
    try:
        yield
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        # Some errors, such as a full disk or a lost connection, have rolled back already.
        with suppress(SQLAlchemyError):
            connection.exec_driver_sql("ROLLBACK")
        raise
