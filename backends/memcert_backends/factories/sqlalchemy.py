"""A memory on an engine of its own, for the databases that a server of memcert's is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.backend import Space
from memcert_backends.sql import AsyncSQLAlchemyMemory


@asynccontextmanager
async def opened(space: Space, driver: str) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory on a running server, and close its connections at the end.

    Args:
        space: where the memory lives, and the server.
        driver: SQLAlchemy's name for the database and the driver.
    """
    assert space.server is not None
    engine = create_async_engine(make_url(space.server.url).set(drivername=driver))
    try:
        async with AsyncSQLAlchemyMemory(
            engine, user_id=space.user_id, session_id=space.session_id
        ) as memory:
            yield memory
    finally:
        await engine.dispose()
