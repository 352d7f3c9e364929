"""SQLAlchemy on a SQLite file as a backend."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends.backend import Space, backend
from memcert_backends.sql import AsyncSQLAlchemyMemory


@backend("sqlite", extra="sqlite")
async def sqlite(space: Space) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory in a SQLite file, with an engine of its own.

    Args:
        space: where the memory lives, and the file.
    """
    assert space.server is not None
    engine = create_async_engine(space.server.url)
    try:
        async with AsyncSQLAlchemyMemory(
            engine, user_id=space.user_id, session_id=space.session_id
        ) as memory:
            yield memory
    finally:
        await engine.dispose()
