"""Redis as a backend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from memcert_backends.backend import Space, backend
from memcert_backends.redis.memory import SOCKET_TIMEOUT, RedisMemory
from memcert_backends.servers import Server
from memcert_backends.time_limit import OPERATION_TIMEOUT


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


@backend("redis", extra="redis", pool=_pool, time_limit=True, expiry=True)
async def redis(space: Space) -> AsyncIterator[RedisMemory]:
    """Open a memory in Redis, with a client of its own unless there is a pool to share.

    Args:
        space: where the memory lives, the running Redis, and the pool.
    """
    assert space.server is not None
    ids: dict[str, Any] = {
        "user_id": space.user_id,
        "session_id": space.session_id,
        "operation_timeout": space.time_limit or OPERATION_TIMEOUT,
        "key_ttl": space.expiry,
    }
    if space.pool is not None:
        async with RedisMemory(connection_pool=space.pool, **ids) as memory:
            yield memory
        return
    async with (
        Redis.from_url(space.server.url, **_options()) as client,
        RedisMemory(client=client, **ids) as memory,
    ):
        yield memory


@asynccontextmanager
async def open_url(
    url: str, user_id: str, session_id: str, prefix: str | None, *, create: bool = True
) -> AsyncIterator[RedisMemory]:
    """Open a memory in the Redis, or the cluster, at a URL.

    Args:
        url: as ``redis.asyncio.Redis.from_url`` takes it.
        user_id: whose memory it is.
        session_id: which of the user's sessions.
        prefix: the `key_prefix`; None for none.
        create: not used: a server is there or it is not.
    """
    async with Redis.from_url(url) as server:
        try:
            cluster = (await server.info("cluster")).get("cluster_enabled")
        except ResponseError:
            # Not permitted, or not known, as in fakeredis.
            cluster = False
    kind: type[Redis] | type[RedisCluster] = RedisCluster if cluster else Redis
    async with (
        kind.from_url(url) as client,
        RedisMemory(
            client=client, user_id=user_id, session_id=session_id, key_prefix=prefix or ""
        ) as memory,
    ):
        yield memory
