"""Which tables an operation works on, and whether they are as they must be.

The schema is the memory's, as the connection translates it (``schema_translate_map``): for every
operation anew, since it may be another connection's. The version of the tables is looked up once
per engine, schema and prefix, by one statement before the first operation; whether they are all
there, only after a statement has failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.engine import Dialect as SQLAlchemyDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from memcert_backends.sql.cancellation import OperationProgress
from memcert_backends.sql.dialect import Dialect
from memcert_backends.sql.tables import DEFAULT_PREFIX, Tables, tables_of
from memcert_backends.sql.version import KNOWN, MissingTables, NewerSchema


class Layout:
    """The tables of one prefix, in the schema that each connection says.

    Args:
        dialect: what is special to the database.
        prefix: what the tables' names start with.
        schema: where they are, before it is translated; None for where a connection looks.
        session: whose execution options count too; None if there is none.

    Raises:
        TypeError: the prefix or the schema is not a string.
        ValueError: the prefix is not an identifier, or the schema no name.
    """

    def __init__(
        self, dialect: Dialect, prefix: str, schema: str | None, session: AsyncSession | None
    ) -> None:
        self._dialect = dialect
        self._prefix = prefix
        self._schema = tables_of(prefix, schema).schema
        self._session = session

    def tables(self, connection: Connection) -> Tables:
        """Return the tables that a connection means.

        Args:
            connection: the connection.

        Raises:
            TypeError: its ``schema_translate_map`` is none.
            ValueError: it translates to what is no name of a schema.
        """
        return tables_of(self._prefix, self._effective_schema(connection))

    @contextmanager
    def checked(
        self, connection: Connection, progress: OperationProgress, *, writes: bool
    ) -> Iterator[None]:
        """Make sure of the tables' version first, once; add what to do if something is not allowed.

        Args:
            connection: where the operation works.
            progress: how far it is.
            writes: whether it writes.

        Raises:
            NewerSchema: this release does not know the version.
        """
        try:
            unsure = not self._is_sure(connection)
            if unsure:
                with progress.statements(connection):
                    self.known_versions(connection, writes=writes)
            yield
        except DBAPIError as error:
            if self._dialect.is_denied(error):
                error.add_note(f"`{self._command(connection)}` prints the rights that are needed.")
            raise
        if unsure:
            # There are tables, whoever made them.
            self.be_sure(connection)

    def known_versions(self, connection: Connection, *, writes: bool) -> list[str]:
        """Return what the table of the version says: nothing if it is empty, or not there.

        Args:
            connection: where it is.
            writes: whether something is to be written afterwards.

        Raises:
            NewerSchema: this release does not know the version.
        """
        versions = self._versions(connection, writes=writes)
        if not KNOWN.issuperset(versions):
            raise NewerSchema(self.tables(connection).version.fullname, versions)
        return versions

    def be_sure(self, connection: Connection) -> None:
        """Remember that the tables were made, or looked at.

        Args:
            connection: where they are.
        """
        _sure.setdefault(connection.dialect, set()).add(self._key(connection))

    def to_be_made(self, connection: Connection) -> bool:
        """Tell, after a statement missed a table, whether the tables are to be made.

        Args:
            connection: where the statement failed.

        Raises:
            MissingTables: there are some, so that what was stored is not whole.
        """
        tables = self.tables(connection)
        missing = missing_tables(connection, tables)
        if 0 < len(missing) < len(tables.content) and not self._is_unfinished(connection):
            # Another one may have made them meanwhile.
            missing = missing_tables(connection, tables)
            if missing:
                raise MissingTables(self._explained(tables, missing))
        return bool(missing) or self._dialect.has_trigger

    def make(self, connection: Connection, create: Callable[[Connection], None]) -> None:
        """Make the tables.

        Args:
            connection: where.
            create: what makes them.

        Raises:
            MissingTables: the role may not.
        """
        try:
            create(connection)
        except Exception as error:
            # Where it is done on a connection of its own, this is the driver's.
            if not self._dialect.is_denied(error):
                raise
            reason = getattr(error, "orig", None) or error
            raise MissingTables(
                f"{_names(self.tables(connection).content)} are not there for this role, and it may"
                f" not create them: have their owner do what `{self._command(connection)}` prints"
                f" ({' '.join(str(reason).split())})"
            ) from error

    def _effective_schema(self, connection: Connection) -> str | None:
        options: Any = connection.get_execution_options()
        if self._session is not None:
            # SQLAlchemy 2.1's sessions have some of their own, which come first.
            own = getattr(self._session.sync_session, "execution_options", None)
            if own and "schema_translate_map" in own:
                options = own
        translated = options.get("schema_translate_map")
        schema: str | None = self._schema
        if translated and schema in translated:
            schema = translated[schema] or connection.dialect.default_schema_name
        return self._dialect.own_schema if schema is None else schema

    def _key(self, connection: Connection) -> tuple[str, str | None]:
        return self._prefix, self._effective_schema(connection)

    def _is_sure(self, connection: Connection) -> bool:
        known = _sure.get(connection.dialect)
        return known is not None and self._key(connection) in known

    def _versions(self, connection: Connection, *, writes: bool) -> list[str]:
        statements = self._dialect.statements(self.tables(connection))
        lock = statements.lock_version if writes else None
        try:
            return self._dialect.look(connection, statements.versions, lock)
        except DBAPIError as error:
            if self._dialect.is_missing_table(error):
                return []
            # Who was granted rights to the tables of release 0.1.0 alone is told the same of a
            # table that is not there as of one that is.
            if self._dialect.denies_what_is_missing and self._dialect.is_denied(error):
                return []
            raise

    def _is_unfinished(self, connection: Connection) -> bool:
        """Tell whether the tables are being made, or whoever made them was killed."""
        if self._dialect.ddl_is_transactional:
            return False
        version = self.tables(connection).version
        return is_there(connection, version) and not self._versions(connection, writes=False)

    def _explained(self, tables: Tables, missing: list[Table]) -> str:
        there = [table for table in tables.content if table not in missing]
        one = len(missing) == 1
        return (
            f"{_names(missing)} {'is' if one else 'are'} missing, though {_names(there)}"
            f" {'is' if len(there) == 1 else 'are'} there: nothing was read or changed; restore"
            f" {'it' if one else 'them'} from a backup, or drop {_names([*there, tables.version])}"
            " to begin anew without what is stored"
        )

    def _command(self, connection: Connection) -> str:
        """Return how to print the tables' DDL and the rights that they need."""
        schema = self._effective_schema(connection)
        return " ".join(
            [
                f"memcert schema {connection.dialect.name}",
                *([] if self._prefix == DEFAULT_PREFIX else [f"--prefix {self._prefix}"]),
                *([] if schema in (None, self._dialect.own_schema) else [f"--schema {schema}"]),
            ]
        )


_sure: WeakKeyDictionary[SQLAlchemyDialect, set[tuple[str, str | None]]] = WeakKeyDictionary()
"""The prefixes and schemas whose version was looked up, by what an engine's copies share."""


def missing_tables(connection: Connection, tables: Tables) -> list[Table]:
    """Return those of the tables for what was stored that are not there.

    Args:
        connection: where to look; no transaction is left open that was not.
        tables: the tables.
    """
    return [table for table in tables.content if not is_there(connection, table)]


def is_there(connection: Connection, table: Table) -> bool:
    """Tell whether there is a table.

    Args:
        connection: where to look; no transaction is left open that was not.
        table: the table.
    """
    joined = connection.in_transaction()
    found = inspect(connection).has_table(table.name, schema=table.schema)
    if not joined:
        connection.rollback()
    return found


def _names(tables: Sequence[Table]) -> str:
    names = [table.fullname for table in tables]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
