"""A memory on an engine, for the databases that a server of memcert's is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from memcert_backends.backend import Space
from memcert_backends.servers import Server
from memcert_backends.sql.database_url import UnusableURL, engine_at
from memcert_backends.sql.databases import with_driver
from memcert_backends.sql.memory import AsyncSQLAlchemyMemory
from memcert_backends.time_limit import OPERATION_TIMEOUT
from memcert_backends.unusable import UnknownURL


def pool_of(driver: str) -> Callable[[Server, int], AbstractAsyncContextManager[AsyncEngine]]:
    """Return what opens an engine of a few connections, which many memories share.

    Args:
        driver: SQLAlchemy's name for the database and the driver.
    """

    @asynccontextmanager
    async def pool(server: Server, size: int) -> AsyncIterator[AsyncEngine]:
        async with _engine(
            server, driver, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0
        ) as engine:
            yield engine

    return pool


@asynccontextmanager
async def opened(space: Space, driver: str) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory on a running server, and close its own connections at the end.

    Args:
        space: where the memory lives, the server, and the engine that it shares, if it does.
        driver: SQLAlchemy's name for the database and the driver.
    """
    assert space.server is not None
    if space.pool is not None:
        async with _memory(space.pool, space) as memory:
            yield memory
        return
    async with _engine(space.server, driver) as engine, _memory(engine, space) as memory:
        yield memory


@asynccontextmanager
async def open_url(
    url: str, user_id: str, session_id: str, prefix: str | None, *, create: bool
) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory in the database at a URL.

    Args:
        url: as SQLAlchemy or libpq take it, with its driver or without.
        user_id: whose memory it is.
        session_id: which of the user's sessions.
        prefix: the `table_prefix`; None for the default.
        create: whether a file that is not there may be made.

    Raises:
        UnknownURL: it cannot be used, or there is no file.
    """
    try:
        engine = engine_at(with_driver(url), create=create)
    except UnusableURL as error:
        raise UnknownURL(str(error)) from None
    try:
        more: dict[str, Any] = {} if prefix is None else {"table_prefix": prefix}
        async with AsyncSQLAlchemyMemory(
            engine, user_id=user_id, session_id=session_id, **more
        ) as memory:
            yield memory
    finally:
        await engine.dispose()


@asynccontextmanager
async def _engine(server: Server, driver: str, **options: Any) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(make_url(server.url).set(drivername=driver), **options)
    try:
        yield engine
    finally:
        await engine.dispose()


def _memory(engine: AsyncEngine, space: Space) -> AsyncSQLAlchemyMemory:
    return AsyncSQLAlchemyMemory(
        engine,
        user_id=space.user_id,
        session_id=space.session_id,
        operation_timeout=space.time_limit or OPERATION_TIMEOUT,
    )
