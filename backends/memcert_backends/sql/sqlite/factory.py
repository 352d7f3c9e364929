"""SQLAlchemy on a SQLite file as a backend."""

from __future__ import annotations

from collections.abc import AsyncIterator

from memcert_backends.backend import Space, backend
from memcert_backends.sql.factory import opened, pool_of
from memcert_backends.sql.memory import AsyncSQLAlchemyMemory


@backend("sqlite", extra="sqlite", pool=pool_of("sqlite+aiosqlite"))
async def sqlite(space: Space) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory in a SQLite file, with an engine of its own.

    Args:
        space: where the memory lives, and the file.
    """
    async with opened(space, "sqlite+aiosqlite") as memory:
        yield memory
