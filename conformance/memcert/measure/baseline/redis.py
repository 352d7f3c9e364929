"""The bare driver of Redis: plain commands on a hash."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import redis as driver
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from memcert_backends.redis.memory import SOCKET_TIMEOUT
from memcert_backends.servers import Server

_CHUNK = 1_000


@asynccontextmanager
async def redis_client(server: Server) -> AsyncIterator[Any]:
    """Open a client as memcert's own backends do.

    Args:
        server: a Redis, or a cluster.
    """
    kind: Any = RedisCluster if server.store == "redis-cluster" else Redis
    async with kind.from_url(
        server.url, retry=Retry(NoBackoff(), 0), socket_timeout=SOCKET_TIMEOUT
    ) as client:
        yield client


@asynccontextmanager
async def bare_redis(server: Server, name: str, *, shared: bool) -> AsyncIterator[BareRedis]:
    """Open redis-py on a hash of its own.

    Args:
        server: a Redis, or a cluster.
        name: what the hash is called.
        shared: whether it stays.
    """
    async with redis_client(server) as client:
        bare = BareRedis(client, name)
        try:
            yield bare
        finally:
            if not shared:
                await bare.drop()


class BareRedis:
    """redis-py, and a hash.

    Args:
        client: a client of a server or a cluster.
        name: what the hash is called.
    """

    name = f"redis-py {driver.__version__}"

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        # In one slot of a cluster.
        self._rows, self._marks = f"{{{name}}}:rows", f"{{{name}}}:marks"

    async def fill(self, payloads: Sequence[str], first: int = 0) -> None:
        for start in range(0, len(payloads), _CHUNK):
            chunk = enumerate(payloads[start : start + _CHUNK], first + start)
            await self._client.hset(self._rows, mapping={str(key): value for key, value in chunk})

    async def add(self, number: int, payload: str, mark: str) -> None:
        await self._client.hset(self._rows, number, payload + mark)

    async def size(self) -> None:
        await self._client.hlen(self._rows)

    async def mark(self, number: int, mark: str) -> None:
        await self._client.hset(self._marks, number, mark)

    async def delete(self, numbers: Sequence[int]) -> None:
        await self._client.hdel(self._rows, *numbers)

    async def fetch(self) -> Sequence[str | bytes]:
        found: Sequence[bytes] = await self._client.hvals(self._rows)
        return found

    async def read(self, numbers: Sequence[int]) -> Sequence[str | bytes]:
        found: Sequence[bytes] = await self._client.hmget(self._rows, numbers)
        return found

    async def drop(self) -> None:
        """Remove everything."""
        await self._client.unlink(self._rows, self._marks)
