"""Redis as a backend."""

from __future__ import annotations

from collections.abc import AsyncIterator

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from memcert_backends.backend import Space, backend
from memcert_backends.redis import RedisMemory
from memcert_backends.redis.memory import SOCKET_TIMEOUT


@backend("redis", extra="redis")
async def redis(space: Space) -> AsyncIterator[RedisMemory]:
    """Open a memory in Redis, with a client of its own that never sends a command twice.

    Args:
        space: where the memory lives, and the running Redis.
    """
    assert space.server is not None
    async with (
        Redis.from_url(
            space.server.url, retry=Retry(NoBackoff(), 0), socket_timeout=SOCKET_TIMEOUT
        ) as client,
        RedisMemory(client=client, user_id=space.user_id, session_id=space.session_id) as memory,
    ):
        yield memory
