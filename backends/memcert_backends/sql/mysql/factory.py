"""SQLAlchemy on MariaDB and on MySQL as backends, through aiomysql."""

from __future__ import annotations

from collections.abc import AsyncIterator

from memcert_backends.backend import Space, backend
from memcert_backends.sql.factory import opened, pool_of
from memcert_backends.sql.memory import AsyncSQLAlchemyMemory


@backend("mariadb", extra="mariadb", pool=pool_of("mysql+aiomysql"), time_limit=True)
async def mariadb(space: Space) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory in MariaDB, with an engine of its own.

    Args:
        space: where the memory lives, and the running MariaDB.
    """
    async with opened(space, "mysql+aiomysql") as memory:
        yield memory


@backend("mysql", extra="mysql", pool=pool_of("mysql+aiomysql"), time_limit=True)
async def mysql(space: Space) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    """Open a memory in MySQL, with an engine of its own.

    Args:
        space: where the memory lives, and the running MySQL.
    """
    async with opened(space, "mysql+aiomysql") as memory:
        yield memory
