"""An error of the driver's says where it happened."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from memcert_backends import AsyncSQLAlchemyMemory, RedisMemory
from memcert_backends.servers.server_process import free_port


def test_an_error_of_a_redis_names_the_operation_and_the_store() -> None:
    port = free_port()

    async def run() -> None:
        client = Redis(host="127.0.0.1", port=port, password="secret", retry=Retry(NoBackoff(), 0))
        async with client, RedisMemory(client=client) as memory:
            await memory.size()

    with pytest.raises(RedisConnectionError) as raised:
        asyncio.run(run())
    assert raised.value.__notes__ == [
        f"in RedisMemory.size, on Redis at 127.0.0.1:{port}, database 0"
    ]


def test_an_error_of_a_database_does_so_too_and_keeps_the_password() -> None:
    port = free_port()

    async def run() -> None:
        engine = create_async_engine(f"postgresql+asyncpg://me:secret@127.0.0.1:{port}/d")
        try:
            async with AsyncSQLAlchemyMemory(engine) as memory:
                await memory.delete(["m"])
        finally:
            await engine.dispose()

    with pytest.raises(ConnectionRefusedError) as raised:
        asyncio.run(run())
    assert raised.value.__notes__ == [
        f"in AsyncSQLAlchemyMemory.delete, on postgresql+asyncpg://me:***@127.0.0.1:{port}/d"
    ]
