"""Redis as a backend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from memcert_backends.backend import Space, backend
from memcert_backends.redis import RedisMemory
from memcert_backends.redis.memory import SOCKET_TIMEOUT
from memcert_backends.servers import Server


def _options() -> dict[str, Any]:
    """Return the options of a client that never sends a command twice."""
    return {"retry": Retry(NoBackoff(), 0), "socket_timeout": SOCKET_TIMEOUT}


@asynccontextmanager
async def _pool(server: Server, size: int) -> AsyncIterator[BlockingConnectionPool]:
    pool = BlockingConnectionPool.from_url(server.url, max_connections=size, **_options())
    try:
        yield pool
    finally:
        await pool.aclose()


@backend("redis", extra="redis", pool=_pool)
async def redis(space: Space) -> AsyncIterator[RedisMemory]:
    """Open a memory in Redis, with a client of its own unless there is a pool to share.

    Args:
        space: where the memory lives, the running Redis, and the pool.
    """
    assert space.server is not None
    ids: dict[str, Any] = {"user_id": space.user_id, "session_id": space.session_id}
    if space.pool is not None:
        async with RedisMemory(connection_pool=space.pool, **ids) as memory:
            yield memory
        return
    async with (
        Redis.from_url(space.server.url, **_options()) as client,
        RedisMemory(client=client, **ids) as memory,
    ):
        yield memory
