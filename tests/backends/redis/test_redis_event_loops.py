"""RedisMemory in one event loop after another, as a program with several `asyncio.run` has them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis

from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Server
from memcert_reference import Msg


async def _add_and_count(memory: RedisMemory, number: int) -> int:
    # At the same time, so that locks have to do with it, too.
    *_, size = await asyncio.gather(
        *(memory.add(Msg("a", "b", "user", id=f"{number} {part}")) for part in range(3)),
        memory.size(),
    )
    return int(size)


def test_its_own_client_works_in_every_event_loop(
    server: Server, own_memory: Callable[..., RedisMemory]
) -> None:
    async def connections() -> int:
        async with Redis.from_url(server.url) as client:
            return len(await client.client_list())

    memory = own_memory()
    for number in range(5):
        assert asyncio.run(_add_and_count(memory, number)) == 3 * number + 3
    if server.how == "process":
        # Each was closed with its loop.
        assert asyncio.run(connections()) == 1
    asyncio.run(memory.close())
    del memory
    # Nothing was left unclosed, which would be a warning.
    gc.collect()


def test_it_is_closed_in_another_event_loop(own_memory: Callable[..., RedisMemory]) -> None:
    async def main(memory: RedisMemory) -> None:
        await memory.size()

    for close_first in (False, True):
        memory = own_memory()
        if close_first:
            asyncio.run(main(memory))
        memory.load_state_dict({"_compressed_summary": "loaded"})
        asyncio.run(memory.close())
        asyncio.run(memory.close())


# What is lent is of the caller's loop, and can no longer be closed.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ["client", ConnectionPool, BlockingConnectionPool])
def test_what_is_lent_works_or_the_error_says_what_to_do(
    real_server: Server, space: dict[str, Any], kind: Any
) -> None:
    if kind == "client":
        memory = RedisMemory(client=Redis.from_url(real_server.url), **space)
    else:
        memory = RedisMemory(connection_pool=kind.from_url(real_server.url), **space)
    assert asyncio.run(_add_and_count(memory, 0)) == 3
    for number in range(1, 4):
        try:
            assert asyncio.run(_add_and_count(memory, number)) > 3
        except RuntimeError as error:
            assert "Make a client or pool in each loop" in str(error)  # noqa: PT017
    del memory
    gc.collect()
