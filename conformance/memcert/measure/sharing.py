"""Memories that share one small pool of connections."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from typing import Any, TypeAlias

from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.plan import MeasurementPlan
from memcert.measure.traffic.sql import engine_url
from memcert_backends.servers import Server

Opener: TypeAlias = Callable[[str, str], Any]
"""Makes a memory of a user and a session on the pool."""

WAIT_SECONDS = 30.0
"""How long an operation waits for a connection: SQLAlchemy's default."""


@asynccontextmanager
async def on_one_pool(
    subject: MeasuredBackend, plan: MeasurementPlan
) -> AsyncIterator[tuple[Opener, str] | None]:
    """Return what makes memories on one pool, and what pool it is; None where there is no way.

    Args:
        subject: the backend.
        plan: how large the pool is.
    """
    server = subject.server
    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(subject.memory("kind"))
        kind = type(memory)
        if server is not None and _is(memory, "redis", "RedisMemory"):
            yield await _redis(stack, kind, server, plan)
        elif server is not None and _is(memory, "sql", "AsyncSQLAlchemyMemory"):
            yield await _sql(stack, kind, subject, server, plan)
        else:
            yield None


def _is(memory: Any, package: str, name: str) -> bool:
    """Tell whether a memory is one of memcert's, without importing a driver for it."""
    return any(
        base.__name__ == name and base.__module__.startswith(f"memcert_backends.{package}.")
        for base in type(memory).__mro__
    ) and bool(find_spec(f"memcert_backends.{package}"))


async def _redis(
    stack: AsyncExitStack, kind: Any, server: Server, plan: MeasurementPlan
) -> tuple[Opener, str]:
    from redis.asyncio import BlockingConnectionPool
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    from memcert.measure.baseline.redis import redis_client
    from memcert_backends.redis.memory import SOCKET_TIMEOUT

    if server.store == "redis-cluster":
        client = await stack.enter_async_context(redis_client(server))
        return (
            lambda user, session: kind(client=client, user_id=user, session_id=session),
            "one client (the pools of redis-py's cluster client never wait, so it has no limit)",
        )
    pool = BlockingConnectionPool.from_url(
        server.url,
        max_connections=plan.pool_size,
        timeout=WAIT_SECONDS,
        socket_timeout=SOCKET_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )
    stack.push_async_callback(pool.aclose)
    return (
        lambda user, session: kind(connection_pool=pool, user_id=user, session_id=session),
        f"a blocking pool of {plan.pool_size}",
    )


async def _sql(
    stack: AsyncExitStack,
    kind: Any,
    subject: MeasuredBackend,
    server: Server,
    plan: MeasurementPlan,
) -> tuple[Opener, str] | None:
    from sqlalchemy import AsyncAdaptedQueuePool
    from sqlalchemy.ext.asyncio import create_async_engine

    url = await engine_url(subject, server)
    if url is None:
        return None
    engine = create_async_engine(
        url,
        # What is the default for a file only since SQLAlchemy 2.0.38.
        poolclass=AsyncAdaptedQueuePool,
        pool_size=plan.pool_size,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
    )
    stack.push_async_callback(engine.dispose)
    return (
        lambda user, session: kind(engine, user_id=user, session_id=session),
        f"one engine with a pool of {plan.pool_size}",
    )
