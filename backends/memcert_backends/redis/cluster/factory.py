"""A Redis Cluster as a backend."""

from __future__ import annotations

from collections.abc import AsyncIterator

from redis.asyncio import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from memcert_backends.backend import Space, backend
from memcert_backends.redis import RedisMemory
from memcert_backends.redis.memory import SOCKET_TIMEOUT
from memcert_backends.time_limit import OPERATION_TIMEOUT


@backend("redis-cluster", extra="redis", time_limit=True, expiry=True)
async def redis_cluster(space: Space) -> AsyncIterator[RedisMemory]:
    """Open a memory in a Redis Cluster, with a client of its own.

    The client follows a slot that moved, and sends nothing again after a connection broke.

    Args:
        space: where the memory lives, and the running cluster.
    """
    assert space.server is not None
    async with (
        RedisCluster.from_url(
            space.server.url, retry=Retry(NoBackoff(), 0), socket_timeout=SOCKET_TIMEOUT
        ) as client,
        RedisMemory(
            client=client,
            user_id=space.user_id,
            session_id=space.session_id,
            operation_timeout=space.time_limit or OPERATION_TIMEOUT,
            key_ttl=space.expiry,
        ) as memory,
    ):
        yield memory
