"""How an operation gets a connection, from the caller's engine or session, and what it commits.

With an engine, each operation takes a connection, commits, and gives the connection back. With a
session that has a transaction open, it joins that, within a savepoint, and the caller commits; a
session without one stays as it is, and the operation works on the session's engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import random
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

from memcert_backends.sql.dialect import Dialect, dialect_of
from memcert_backends.url_secrets import without_secrets
from memcert_backends.whole import end_of

T = TypeVar("T")


class Database:
    """A way to connections, from a caller's engine or session.

    Args:
        engine_or_session: the caller's; it is used and left alone.

    Raises:
        TypeError: it is neither an engine nor a session of SQLAlchemy's asyncio extension.
        ValueError: there is no SQL for the database.
    """

    def __init__(self, engine_or_session: AsyncEngine | AsyncSession) -> None:
        self._session: AsyncSession | None = None
        self._engine: Engine | None = None
        self.description = "a database"
        if isinstance(engine_or_session, AsyncEngine):
            self._engine = engine_or_session.sync_engine
            name = self._engine.dialect.name
        elif isinstance(engine_or_session, AsyncSession):
            self._session = engine_or_session
            # A session that finds its engines in a way of its own has none here; in SQLAlchemy 2.0
            # it does not even have the attribute.
            bind = getattr(engine_or_session, "bind", None)
            if isinstance(bind, AsyncEngine):
                self._engine = bind.sync_engine
            name = engine_or_session.get_bind().dialect.name
        else:
            raise TypeError(
                "engine_or_session must be an AsyncEngine or an AsyncSession of"
                f" sqlalchemy.ext.asyncio, not {type(engine_or_session).__name__}"
            )
        self.dialect: Dialect = dialect_of(name)
        if self._engine is not None:
            self.description = without_secrets(self._engine.url.render_as_string())

    async def read(self, operation: Callable[[Connection], T], nothing: T) -> T:
        """Run an operation of one statement that reads.

        Args:
            operation: what to do with a connection.
            nothing: the result where there are no tables.
        """

        def work(connection: Connection) -> T:
            try:
                if not connection.in_transaction():
                    with self.dialect.reading(connection):
                        return operation(connection)
                if self.dialect.savepoint_for_reads:
                    with self.dialect.savepoint(connection):
                        return operation(connection)
                return operation(connection)
            except DBAPIError as error:
                if not self.dialect.is_missing_table(error):
                    raise
                return nothing

        return await self._run(work)

    async def change(self, operation: Callable[[Connection], T], nothing: T) -> T:
        """Run an operation that changes what is stored, wholly or not at all.

        Args:
            operation: what to do with a connection.
            nothing: the result where there are no tables.
        """

        def work(connection: Connection) -> T:
            try:
                with self._scope(connection):
                    return operation(connection)
            except DBAPIError as error:
                if not self.dialect.is_missing_table(error):
                    raise
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

        def work(connection: Connection) -> T:
            try:
                with self._scope(connection):
                    return operation(connection)
            except DBAPIError as error:
                if not self.dialect.is_missing_table(error):
                    raise
            with self._scope(connection):
                create(connection)
                return operation(connection)

        return await self._run(work)

    def _scope(self, connection: Connection) -> AbstractContextManager[None]:
        if connection.in_transaction():
            return self.dialect.savepoint(connection)
        return self.dialect.transaction(connection)

    async def _run(self, work: Callable[[Connection], T]) -> T:
        """Run what has a connection to its end, even if the task that waits for it is cancelled.

        A statement that is cut off makes SQLAlchemy drop the connection, with all that the caller
        has pending on it, or with the whole database if that is in memory.
        """
        begun = given_up = False

        def noted(connection: Connection) -> T:
            nonlocal begun
            if given_up:
                raise _GivenUp
            begun = True
            return work(connection)

        task = asyncio.create_task(self._run_in_turn(noted))
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            given_up = True
            # A connection that is being opened is lost if that is cut off: it is given a while.
            await end_of(task, None if begun else _SECONDS_TO_CONNECT)
            raise
        return task.result()

    async def _run_in_turn(self, work: Callable[[Connection], T]) -> T:
        session, engine = self._session, self._engine
        shared = engine if engine is not None and self.dialect.takes_turns(engine) else session
        if shared is None:
            return await self._run_now(work)
        async with _turn(shared):
            return await self._run_now(work)

    async def _run_now(self, work: Callable[[Connection], T]) -> T:
        session, engine = self._session, self._engine
        if engine is not None and (session is None or not session.in_transaction()):
            return await self._run_alone(engine, work)
        assert session is not None
        return await session.run_sync(_with_session, work)

    async def _run_alone(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        """Run what is a transaction of its own, again if it was rolled back for another's sake."""
        for pause in _PAUSES:
            try:
                # All of it in one greenlet: AsyncConnection would take one, and a task, per step.
                return await greenlet_spawn(_with_connection, engine, work)
            except DBAPIError as error:
                if not self.dialect.is_conflict(error):
                    raise
            # At random, lest those who got into each other's way do so again.
            await asyncio.sleep(pause * random())
        return await greenlet_spawn(_with_connection, engine, work)


# How long a cancelled operation waits for a connection, and leaves it at that, in seconds.
_SECONDS_TO_CONNECT = 1.0


class _GivenUp(Exception):
    """There is a connection, and nobody wants it any more."""


# Before each further attempt, in seconds at most: about three seconds in all.
_PAUSES = tuple(min(0.005 * 2**number, 0.32) for number in range(15))


def _with_connection(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        return work(connection)


def _with_session(session: Session, work: Callable[[Connection], T]) -> T:
    if session.in_transaction():
        return work(session.connection())
    with session.begin():
        return work(session.connection())


_turns: WeakKeyDictionary[Any, tuple[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()


def _turn(owner: object) -> asyncio.Lock:
    """Return the lock of an engine or session in the running event loop."""
    loop = asyncio.get_running_loop()
    known = _turns.get(owner)
    if known is None or known[0] is not loop:
        known = _turns[owner] = (loop, asyncio.Lock())
    return known[1]
