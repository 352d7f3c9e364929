"""`AsyncSQLAlchemyMemory`: a memory in a relational database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql.connection import Database
from memcert_backends.sql.operations import Operations
from memcert_backends.sql.tables import DEFAULT_PREFIX, Tables
from memcert_backends.stored_memory import StoredMemory
from memcert_backends.stored_rows import MarkedRow, MessageRow
from memcert_backends.time_limit import OPERATION_TIMEOUT

T = TypeVar("T")


class AsyncSQLAlchemyMemory(StoredMemory):
    """A memory in a relational database, through SQLAlchemy and one of its asyncio drivers.

    SQLite through aiosqlite; PostgreSQL, with a database in UTF8, through asyncpg or psycopg; MySQL
    8.0.19 and later and MariaDB 10.6 and later through aiomysql or asyncmy.

    Its four tables, and in SQLite a trigger of one, are made when something is first stored, if
    none of those that hold messages, marks and summaries is there. Their version is looked up once
    per engine, schema and prefix, by one statement before the first operation. Where they are is
    said by `schema`, and by the ``schema_translate_map`` of the execution options of the engine,
    the connection and, in SQLAlchemy 2.1, the session; a listener of a session's that sets it for
    statements of its own has no say.

    Given an engine, each operation takes a connection, commits, and gives it back. Given a session
    that has a transaction open, operations join it, each within a savepoint, and the caller
    commits; while the session has none open, each operation commits itself. The engine or session
    is the caller's, and stays open.

    However much is stored, a read is one statement, and a write at most three and a commit; on
    MySQL, but not on MariaDB, `import_state` is four. What a server does not take in one statement
    comes in several.

    A transaction of the memory's own that the database gives up for another's sake is tried again;
    in a transaction of the caller's that is an error, and the caller's to try again. MySQL rolls
    such a transaction back as a whole. MySQL also commits what is open before it makes a table, so
    there the tables are made on a connection of their own: a caller's transaction at REPEATABLE
    READ that has read something before does not see them yet, and gets an error, once.

    A cancelled operation ends first, and so has happened, or has failed and changed nothing. It
    has a second for that: after a fifth of it the server is asked to stop what it is doing for the
    operation, a wait for another's lock for instance, and what the caller has pending in a session
    stays. If that does not help either, because the server is silent, the connection is given up,
    and the pool opens another; a session's transaction is lost with it. What was given up before
    its commit is rolled back by the server when it notices that the connection is gone
    (tcp_keepalives_idle in PostgreSQL, the system's keepalive for MySQL); a commit that was on its
    way may happen, wholly or not at all. A wait for a locked SQLite file is left to its thread,
    which closes the connection when SQLite lets go of it. A database in memory waits for nobody:
    there the operation ends by itself.

    An engine belongs to one event loop: in another, make another engine, or dispose of this one
    first, or give it no pool (`NullPool`). PgBouncer in transaction mode needs an engine without
    prepared statements: for asyncpg ``connect_args={"statement_cache_size": 0,
    "prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}``, for psycopg
    ``connect_args={"prepare_threshold": None}``. SQLAlchemy's advice for asyncpg, a new name for
    each statement, works too, but a read takes three round trips then instead of one.

    Args:
        engine_or_session: where the database is.
        session_id: which of the user's sessions the memory belongs to.
        user_id: whose memory it is.
        table_prefix: what the names of its tables start with: 1 to 40 ASCII letters, digits and
            underscores, not a digit first.
        schema: where its tables are: a schema of PostgreSQL, a database of MySQL, one that is
            attached in SQLite; None for where a connection looks by itself.
        operation_timeout: how long an operation may take, in seconds; None for ever. One that
            takes longer is cancelled.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an id or the prefix has a value that is not admitted, or the database is of a
            kind that there is no SQL for. Operations raise it for a message or a summary that is
            more than a MySQL server takes at once (three quarters of its max_allowed_packet for a
            message, three eighths for a summary).
        NewerSchema: by operations: a later release has migrated the tables; nothing was read.
        MissingTables: by operations: some of the tables are missing, so that what was stored is not
            whole; or all are, and the role may not create them. Nothing was read or changed.
    """

    def __init__(
        self,
        engine_or_session: AsyncEngine | AsyncSession,
        session_id: str | None = None,
        user_id: str | None = None,
        *,
        table_prefix: str = DEFAULT_PREFIX,
        schema: str | None = None,
        operation_timeout: float | None = OPERATION_TIMEOUT,
    ) -> None:
        super().__init__(
            "default_user" if user_id is None else user_id,
            "default_session" if session_id is None else session_id,
            operation_timeout,
        )
        self._database = Database(engine_or_session, table_prefix, schema)
        self._known_operations: dict[Tables, Operations] = {}

    def _store_described(self) -> str:
        return self._database.description

    def _operations(self, connection: Connection) -> Operations:
        """Return the operations on the tables that a connection means."""
        tables = self._database.layout.tables(connection)
        known = self._known_operations.get(tables)
        if known is None:
            dialect = self._database.dialect
            known = dialect.operations(tables, self.user_id, self.session_id)
            self._known_operations[tables] = known
        return known

    async def _store_add(self, rows: list[MessageRow], marks: list[str]) -> None:
        await self._store(lambda on, operations: operations.add(on, rows, marks))

    async def _store_delete(self, msg_ids: list[str]) -> int:
        return await self._change(lambda on, operations: operations.delete(on, msg_ids), 0)

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        return await self._change(lambda on, operations: operations.delete_by_mark(on, marks), 0)

    async def _store_size(self) -> int:
        return await self._read(lambda on, operations: operations.size(on), 0)

    async def _store_clear(self) -> None:
        await self._change(lambda on, operations: operations.clear(on), None)

    async def _store_read(
        self, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        return await self._read(
            lambda on, operations: operations.read(on, mark, exclude_mark), ("", [])
        )

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        return await self._change(
            lambda on, operations: operations.update_marks(on, new_mark, old_mark, msg_ids), 0
        )

    async def _store_write_summary(self, summary: str) -> None:
        await self._store(lambda on, operations: operations.write_summary(on, summary))

    async def _store_export(self) -> tuple[str, list[MarkedRow]]:
        return await self._read(lambda on, operations: operations.export(on), ("", []))

    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        await self._store(lambda on, operations: operations.replace(on, summary, rows))

    async def _read(self, operation: Callable[[Connection, Operations], T], nothing: T) -> T:
        return await self._database.read(lambda on: operation(on, self._operations(on)), nothing)

    async def _change(self, operation: Callable[[Connection, Operations], T], nothing: T) -> T:
        return await self._database.change(lambda on: self._written(on, operation), nothing)

    async def _store(self, operation: Callable[[Connection, Operations], None]) -> None:
        await self._database.store(
            lambda on: self._written(on, operation),
            self._create,
        )

    def _create(self, connection: Connection) -> None:
        dialect, layout = self._database.dialect, self._database.layout
        dialect.create_all(connection, layout.tables(connection))

    def _written(
        self, connection: Connection, operation: Callable[[Connection, Operations], T]
    ) -> T:
        operations = self._operations(connection)
        operations.prepare_to_write(connection)
        return operation(connection, operations)
