"""What differs between databases: lists as parameters, upserts, transactions, errors.

The rest of the SQL is the same everywhere. A further database is a further `Dialect`, and
`Operations` of its own where these do not keep the contract on it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import ClauseElement, Connection, Engine, FromClause, Select, Table, TextClause
from sqlalchemy.engine import Dialect as SQLAlchemyDialect
from sqlalchemy.exc import DBAPIError


class Dialect(ABC):
    """The SQL of one database, where it differs from the others'."""

    compiler: SQLAlchemyDialect
    """SQLAlchemy's own dialect, with named parameters."""

    chunk_characters: int
    """The most characters of payload that one parameter carries; a message is never split."""

    savepoint_for_reads: bool
    """Whether a statement that fails ends the transaction that it is in, even one that reads."""

    @abstractmethod
    def list_parameter(self, values: Sequence[str] | Sequence[tuple[Any, ...]]) -> object:
        """Return the one parameter that carries any number of values.

        Args:
            values: strings, or tuples of strings and integers that are all of one length.
        """

    @abstractmethod
    def list_rows(self, parameter: str, columns: Sequence[str]) -> FromClause:
        """Return what a list parameter holds, as something to select from.

        Args:
            parameter: the parameter's name.
            columns: a name for each item of a tuple, or one for a plain string; the column
                ``position``, which counts from 0, is there besides.
        """

    @abstractmethod
    def insert_missing(self, table: Table, key: Sequence[str], rows: Select[Any]) -> ClauseElement:
        """Return the insertion of the rows whose key is not in the table.

        Args:
            table: where to.
            key: the names of the columns of a unique key.
            rows: columns named as the table's.
        """

    @abstractmethod
    def upsert(
        self,
        table: Table,
        key: Sequence[str],
        row: Mapping[str, Any],
        change: Mapping[str, Any],
    ) -> ClauseElement:
        """Return the insertion of a row, or the change of the one with its key.

        Args:
            table: where to.
            key: the names of the columns of a unique key.
            row: the new row's values, or expressions.
            change: the values, or expressions, to set where the row is there already.
        """

    @abstractmethod
    def transaction(self, connection: Connection) -> AbstractContextManager[None]:
        """Begin a transaction that writes; commit it at the end, or roll it back on an error.

        Args:
            connection: one that no transaction was begun on.
        """

    @abstractmethod
    def savepoint(self, connection: Connection) -> AbstractContextManager[None]:
        """Begin a savepoint; release it at the end, or roll back to it on an error.

        Args:
            connection: one with a transaction that is somebody else's to commit.
        """

    @abstractmethod
    def create(self, connection: Connection, statements: Sequence[TextClause]) -> None:
        """Create the tables that are not there, also where others do so at the same time.

        Args:
            connection: one in `transaction` or `savepoint`.
            statements: what creates them.
        """

    @abstractmethod
    def takes_turns(self, engine: Engine) -> bool:
        """Tell whether two operations at once would get into each other's transactions.

        Args:
            engine: where they get their connections.
        """

    @abstractmethod
    def is_missing_table(self, error: DBAPIError) -> bool:
        """Tell whether a statement failed because a table is not there.

        Args:
            error: what it raised.
        """


_DIALECTS = {"sqlite": "memcert_backends.sql.sqlite:SQLite"}


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
