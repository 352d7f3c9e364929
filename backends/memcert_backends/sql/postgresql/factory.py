"""SQLAlchemy on PostgreSQL as backends, one for each driver."""

from __future__ import annotations

from collections.abc import AsyncIterator

from memcert_backends.backend import Space, backend
from memcert_backends.sql.factory import opened, pool_of
from memcert_backends.sql.memory import AsyncSQLAlchemyMemory


@backend("postgresql", extra="postgresql", pool=pool_of("postgresql+asyncpg"), time_limit=True)
async def postgresql(space: Space) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory in PostgreSQL through asyncpg, with an engine of its own.

    Args:
        space: where the memory lives, and the running PostgreSQL.
    """
    async with opened(space, "postgresql+asyncpg") as memory:
        yield memory


@backend(
    "postgresql-psycopg",
    store="postgresql",
    extra="psycopg",
    pool=pool_of("postgresql+psycopg"),
    time_limit=True,
)
async def postgresql_psycopg(space: Space) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory in PostgreSQL through psycopg, with an engine of its own.

    Args:
        space: where the memory lives, and the running PostgreSQL.
    """
    async with opened(space, "postgresql+psycopg") as memory:
        yield memory
