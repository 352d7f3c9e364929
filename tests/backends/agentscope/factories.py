"""The memories for AgentScope as backends, for memcert to certify."""

from __future__ import annotations

from collections.abc import AsyncIterator

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from memcert import Space, backend
from memcert_backends.agentscope import AsyncSQLAlchemyMemory, InMemoryMemory, RedisMemory


@backend("redis", store="redis", extra="agentscope,redis")
async def redis(space: Space) -> AsyncIterator[RedisMemory]:
    assert space.server is not None
    async with (
        Redis.from_url(space.server.url, retry=Retry(NoBackoff(), 0)) as client,
        RedisMemory(client=client, user_id=space.user_id, session_id=space.session_id) as memory,
    ):
        yield memory


@backend("sqlite", store="sqlite", extra="agentscope,sqlite")
async def sqlite(space: Space) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    assert space.server is not None
    engine = create_async_engine(make_url(space.server.url).set(drivername="sqlite+aiosqlite"))
    try:
        async with AsyncSQLAlchemyMemory(
            engine, user_id=space.user_id, session_id=space.session_id
        ) as memory:
            yield memory
    finally:
        await engine.dispose()


@backend("in-memory", extra="agentscope", durable=False)
async def in_memory(_: Space) -> AsyncIterator[InMemoryMemory]:
    yield InMemoryMemory()
