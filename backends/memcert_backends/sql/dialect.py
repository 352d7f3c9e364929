"""What differs between databases: the SQL of the operations, transactions, errors.

A further database is a further `Dialect` beside these, with its `Operations`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from sqlalchemy import Connection, Engine, TextClause
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from memcert_backends.sql.operations import Operations
from memcert_backends.sql.reads import Reads
from memcert_backends.sql.sql_text import SQLText
from memcert_backends.sql.tables import Tables


class Dialect(SQLText, ABC):
    """The SQL of one database, and how it is run, where it differs from the others'."""

    savepoint_for_reads: bool
    """Whether a statement that fails ends the transaction that it is in, even one that reads."""

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

    def create_all(self, connection: Connection, tables: Tables) -> None:
        """Create what is not there of some tables, and say of which version they are.

        Args:
            connection: one in `transaction` or `savepoint`.
            tables: the tables.
        """
        statements = self.statements(tables)
        self.create(connection, [*statements.create, statements.stamp])

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

    def is_in_memory(self, engine: Engine) -> bool:
        """Tell whether the database is gone once its connections are.

        Args:
            engine: where they come from.
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
