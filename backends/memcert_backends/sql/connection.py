"""How an operation gets a connection, from the caller's engine or session, and what it commits.

With an engine, each operation takes a connection, commits, and gives the connection back. With a
session that has a transaction open, it joins that, within a savepoint, and the caller commits; a
session without one stays as it is, and the operation works on the session's engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from random import random
from typing import Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

from memcert_backends.sql.cancellation import OperationProgress, to_its_end, watch
from memcert_backends.sql.databases import dialect_of
from memcert_backends.sql.dialect import Dialect
from memcert_backends.sql.drivers import Driver, driver_of
from memcert_backends.sql.explained import explained, used_in_several_loops
from memcert_backends.sql.layout import Layout
from memcert_backends.url_secrets import without_secrets

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection, OperationProgress], T]


class Database:
    """A way to connections, from a caller's engine or session.

    Args:
        engine_or_session: the caller's; it is used and left alone.
        prefix: what the names of the tables start with.
        schema: where the tables are; None for where a connection looks by itself.

    Raises:
        TypeError: it is neither an engine nor a session of SQLAlchemy's asyncio extension, or the
            prefix or the schema is not a string.
        ValueError: there is no SQL for the database, or the prefix or the schema is no name.
    """

    def __init__(
        self, engine_or_session: AsyncEngine | AsyncSession, prefix: str, schema: str | None
    ) -> None:
        self._session: AsyncSession | None = None
        self._engine: Engine | None = None
        self.description = "a database"
        if isinstance(engine_or_session, AsyncEngine):
            self._engine = engine_or_session.sync_engine
            dialect = self._engine.dialect
        elif isinstance(engine_or_session, AsyncSession):
            self._session = engine_or_session
            # A session that finds its engines in a way of its own has none here; in SQLAlchemy 2.0
            # it does not even have the attribute.
            bind = getattr(engine_or_session, "bind", None)
            if isinstance(bind, AsyncEngine):
                self._engine = bind.sync_engine
            dialect = engine_or_session.get_bind().dialect
        else:
            raise TypeError(
                "engine_or_session must be an AsyncEngine or an AsyncSession of"
                f" sqlalchemy.ext.asyncio, not {type(engine_or_session).__name__}"
            )
        self.dialect: Dialect = dialect_of(dialect.name)
        self._driver: Driver = driver_of(dialect.driver)
        self._prefix = prefix
        self.layout = Layout(self.dialect, prefix, schema, self._session)
        if self._engine is not None:
            watch(self._engine)
            self.description = without_secrets(self._engine.url.render_as_string())

    async def read(self, operation: Callable[[Connection], T], nothing: T) -> T:
        """Run an operation of one statement that reads.

        Args:
            operation: what to do with a connection.
            nothing: the result where there are no tables.
        """

        def work(connection: Connection, progress: OperationProgress) -> T:
            try:
                with (
                    self.layout.checked(connection, progress, writes=False),
                    self._reading(connection),
                    progress.statements(connection),
                ):
                    return operation(connection)
            except DBAPIError as error:
                if not self.dialect.is_missing_table(error):
                    raise
            with progress.statements(connection):
                self.layout.to_be_made(connection)
            return nothing

        return await self._run(work)

    async def change(self, operation: Callable[[Connection], T], nothing: T) -> T:
        """Run an operation that changes what is stored, wholly or not at all.

        Args:
            operation: what to do with a connection.
            nothing: the result where there are no tables.
        """

        def work(connection: Connection, progress: OperationProgress) -> T:
            try:
                with (
                    self.layout.checked(connection, progress, writes=True),
                    self._writing(connection),
                    progress.statements(connection),
                ):
                    return operation(connection)
            except DBAPIError as error:
                if not self.dialect.is_missing_table(error):
                    raise
            with progress.statements(connection):
                self.layout.to_be_made(connection)
            return nothing

        return await self._run(work)

    async def store(
        self, operation: Callable[[Connection], T], create: Callable[[Connection], None]
    ) -> T:
        """Run an operation that stores something new, wholly or not at all.

        Args:
            operation: what to do with a connection.
            create: what to do before, in the same transaction, where there are no tables.
        """

        def work(connection: Connection, progress: OperationProgress) -> T:
            try:
                with (
                    self.layout.checked(connection, progress, writes=True),
                    self._writing(connection),
                    progress.statements(connection),
                ):
                    return operation(connection)
            except DBAPIError as error:
                if not self.dialect.is_missing_table(error):
                    raise
            with progress.statements(connection):
                creates = self.layout.to_be_made(connection)
            with self._writing(connection), progress.statements(connection):
                if creates:
                    self.layout.make(connection, create)
                result = operation(connection)
            self.layout.be_sure(connection)
            return result

        return await self._run(work)

    def _reading(self, connection: Connection) -> AbstractContextManager[None]:
        if not connection.in_transaction():
            return self.dialect.reading(connection)
        if self.dialect.savepoint_for_reads:
            return self.dialect.savepoint(connection)
        return nullcontext()

    def _writing(self, connection: Connection) -> AbstractContextManager[None]:
        if connection.in_transaction():
            return self.dialect.savepoint(connection)
        return self.dialect.transaction(connection)

    async def _run(self, work: Work[T]) -> T:
        """Run what has a connection to its end, even if the task that waits for it is cancelled."""
        engine = self._engine
        in_memory = engine is not None and self.dialect.is_in_memory(engine)
        progress = OperationProgress(self._driver, self._prefix, may_drop=not in_memory)
        if engine is not None:
            used_in_several_loops(engine)
        try:
            return await to_its_end(self._run_in_turn(work, progress), progress)
        except Exception as error:
            better = explained(error, engine)
            if better is error:
                raise
            raise better from error

    async def _run_in_turn(self, work: Work[T], progress: OperationProgress) -> T:
        session, engine = self._session, self._engine
        shared = engine if engine is not None and self.dialect.takes_turns(engine) else session
        if shared is None:
            return await self._run_now(work, progress)
        async with _turn(shared):
            return await self._run_now(work, progress)

    async def _run_now(self, work: Work[T], progress: OperationProgress) -> T:
        session, engine = self._session, self._engine
        if engine is not None and (session is None or not session.in_transaction()):
            return await self._run_alone(engine, work, progress)
        assert session is not None
        return await session.run_sync(_with_session, work, progress)

    async def _run_alone(self, engine: Engine, work: Work[T], progress: OperationProgress) -> T:
        """Run what is a transaction of its own, again if it was rolled back for another's sake."""
        for pause in _PAUSES:
            try:
                # All of it in one greenlet: AsyncConnection would take one, and a task, per step.
                return await greenlet_spawn(_with_connection, engine, work, progress)
            except DBAPIError as error:
                if progress.cancelled or not self.dialect.is_conflict(error):
                    raise
            # At random, lest those who got into each other's way do so again.
            await asyncio.sleep(pause * random())
        return await greenlet_spawn(_with_connection, engine, work, progress)


# Before each further attempt, in seconds at most: about three seconds in all.
_PAUSES = tuple(min(0.005 * 2**number, 0.32) for number in range(15))


def _with_connection(engine: Engine, work: Work[T], progress: OperationProgress) -> T:
    try:
        with engine.connect() as connection:
            return _done(connection, work, progress)
    finally:
        progress.release()


def _with_session(session: Session, work: Work[T], progress: OperationProgress) -> T:
    if session.in_transaction():
        return _done(session.connection(), work, progress)
    with session.begin():
        return _done(session.connection(), work, progress)


def _done(connection: Connection, work: Work[T], progress: OperationProgress) -> T:
    progress.begin(connection)
    try:
        return progress.together(connection, lambda: work(connection, progress))
    finally:
        if progress.dropped:
            connection.invalidate()


_turns: WeakKeyDictionary[Any, tuple[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()


def _turn(owner: object) -> asyncio.Lock:
    """Return the lock of an engine or session in the running event loop."""
    loop = asyncio.get_running_loop()
    known = _turns.get(owner)
    if known is None or known[0] is not loop:
        known = _turns[owner] = (loop, asyncio.Lock())
    return known[1]
