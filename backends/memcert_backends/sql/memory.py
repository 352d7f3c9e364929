"""`AsyncSQLAlchemyMemory`: a memory in a relational database."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql.connection import Database
from memcert_backends.sql.dialect import Dialect
from memcert_backends.sql.operations import Operations
from memcert_backends.sql.statements import Statements
from memcert_backends.sql.tables import Tables, tables_of
from memcert_backends.stored_memory import MarkedRow, Row, StoredMemory


class AsyncSQLAlchemyMemory(StoredMemory):
    """A memory in a relational database, through SQLAlchemy: SQLite, by way of aiosqlite.

    Its three tables are made when something is first stored. Given an engine, each operation
    takes a connection, commits, and gives it back. Given a session that has a transaction open,
    operations join it, each within a savepoint, and the caller commits; while the session has none
    open, each operation commits itself. The engine or session is the caller's, and stays open.

    A cancelled operation ends first, and so has happened, or has failed and changed nothing.

    Args:
        engine_or_session: where the database is.
        session_id: which of the user's sessions the memory belongs to.
        user_id: whose memory it is.
        table_prefix: what the names of its tables start with: 1 to 40 ASCII letters, digits and
            underscores, not a digit first.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an id or the prefix has a value that is not admitted, or the database is of a
            kind that there is no SQL for.
    """

    def __init__(
        self,
        engine_or_session: AsyncEngine | AsyncSession,
        session_id: str | None = None,
        user_id: str | None = None,
        *,
        table_prefix: str = "memcert_",
    ) -> None:
        super().__init__(
            user_id="default_user" if user_id is None else user_id,
            session_id="default_session" if session_id is None else session_id,
        )
        self._database = Database(engine_or_session)
        dialect = self._database.dialect
        statements = _statements(dialect, tables_of(table_prefix))
        self._operations = Operations(dialect, statements, self.user_id, self.session_id)

    async def _store_add(self, rows: list[Row], marks: list[str]) -> None:
        await self._store(partial(self._operations.add, rows=rows, marks=marks))

    async def _store_delete(self, msg_ids: list[str]) -> int:
        return await self._database.change(
            partial(self._operations.delete, msg_ids=msg_ids), nothing=0
        )

    async def _store_delete_by_mark(self, marks: list[str]) -> int:
        return await self._database.change(
            partial(self._operations.delete_by_mark, marks=marks), nothing=0
        )

    async def _store_size(self) -> int:
        return await self._database.read(self._operations.size, nothing=0)

    async def _store_clear(self) -> None:
        await self._database.change(self._operations.clear, nothing=None)

    async def _store_read(
        self, mark: str | None, exclude_mark: str | None
    ) -> tuple[str, list[str]]:
        read = partial(self._operations.read, mark=mark, exclude_mark=exclude_mark)
        return await self._database.read(read, nothing=("", []))

    async def _store_update_marks(
        self, new_mark: str | None, old_mark: str | None, msg_ids: list[str] | None
    ) -> int:
        update = partial(
            self._operations.update_marks, new_mark=new_mark, old_mark=old_mark, msg_ids=msg_ids
        )
        return await self._database.change(update, nothing=0)

    async def _store_write_summary(self, summary: str) -> None:
        await self._store(partial(self._operations.write_summary, summary=summary))

    async def _store_export(self) -> tuple[str, list[MarkedRow]]:
        return await self._database.read(self._operations.export, nothing=("", []))

    async def _store_replace(self, summary: str, rows: list[MarkedRow]) -> None:
        await self._store(partial(self._operations.replace, summary=summary, rows=rows))

    async def _store(self, operation: Callable[[Connection], None]) -> None:
        await self._database.store(operation, self._operations.create)


@lru_cache(maxsize=64)
def _statements(dialect: Dialect, tables: Tables) -> Statements:
    return Statements(dialect, tables)
