"""A space in Redis is whole, or every operation says what is missing and changes nothing."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from redis.asyncio import Redis

from memcert_backends import IncompleteSpace
from memcert_backends.redis import RedisMemory
from memcert_backends.redis.keys import SUFFIXES
from memcert_backends.redis.process import redis_process
from memcert_backends.servers import Server
from memcert_reference import InMemoryMemory, MemoryBase, Msg

from .operations import OPERATIONS, fill, stored

REFUSED = [name for name in OPERATIONS if name != "import"]


async def _fill_whole(memory: RedisMemory) -> None:
    """Store something in each of the keys."""
    await fill(memory, 5, ["h", "i"])
    await memory.add(Msg("a", "b", "user", id="plain"))
    await memory.update_compressed_summary("s")


async def _refuses_everything(memory: RedisMemory, client: Redis, space: dict[str, Any]) -> str:
    """Return what every operation says, after which nothing is changed."""
    before = await stored(client, f"*{space['user_id']}*")
    texts = set()
    for name in REFUSED:
        with pytest.raises(IncompleteSpace) as raised:
            await OPERATIONS[name](memory)
        texts.add(str(raised.value))
    assert await stored(client, f"*{space['user_id']}*") == before
    (text,) = texts
    return text


@pytest.mark.parametrize("key_ttl", [None, 1000])
def test_a_space_without_one_of_its_keys_is_refused_whole(
    server: Server, space: dict[str, Any], key_ttl: int | None
) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url, protocol=2) as client:
            memory = RedisMemory(client=client, key_ttl=key_ttl, **space)
            await _fill_whole(memory)
            state = await memory.export_state()
            for count in (1, 2, 3):
                for gone in itertools.combinations(memory._keys, count):
                    await client.delete(*gone)
                    text = await _refuses_everything(memory, client, space)
                    if memory._keys[0] not in gone:
                        # Else nothing tells that there must be marks.
                        assert all(f"{key.decode()!r} is missing" in text for key in gone)
                    assert "import_state" in text
                    await memory.import_state(state)
                    assert await memory.export_state() == state
            # All of them: it is as if it had never been.
            await client.delete(*memory._keys)
            assert await memory.export_state() == InMemoryMemory().state_dict()

    asyncio.run(main())


def test_a_space_without_marks_is_refused_too(server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, **space)
            for gone in memory._keys[:2]:
                await fill(memory, 2)
                await client.delete(gone)
                await _refuses_everything(memory, client, space)
                await client.delete(*memory._keys)

    asyncio.run(main())


@pytest.mark.parametrize("field", ["", "\0summary", "m2"])
def test_a_part_of_the_messages_that_is_gone_is_missed(
    server: Server, space: dict[str, Any], field: str
) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, **space)
            await _fill_whole(memory)
            await client.hdel(memory._keys[0].decode(), field)
            text = await _refuses_everything(memory, client, space)
            assert f"{memory._keys[0].decode()!r} has 7 of 8 parts" in text or not field

    asyncio.run(main())


def test_a_key_that_expires_alone_or_stays_alone_is_missed(
    real_server: Server, space: dict[str, Any]
) -> None:
    async def main() -> None:
        async with Redis.from_url(real_server.url) as client:
            memory = RedisMemory(client=client, **space)
            for position, name in enumerate(SUFFIXES):
                await _fill_whole(memory)
                await client.pexpire(memory._keys[position].decode(), 1)
                await asyncio.sleep(0.01)
                assert name in await _refuses_everything(memory, client, space)
                await client.delete(*memory._keys)

                mortal = RedisMemory(client=client, key_ttl=1, **space)
                await _fill_whole(mortal)
                await client.persist(memory._keys[position].decode())
                for key in {*memory._keys} - {memory._keys[position]}:
                    assert await client.pexpire(key.decode(), 1)
                await asyncio.sleep(0.01)
                await _refuses_everything(memory, client, space)
                await client.delete(*memory._keys)

    asyncio.run(main())


async def _looks_whole(memory: MemoryBase, summary: str) -> str:
    """Return what a read found; it fails where that is half of what was stored."""
    try:
        messages = await memory.get_memory()
        marked = await memory.get_memory("h", prepend_summary=False)
        size = await memory.size()
    except IncompleteSpace:
        return "refused"
    if not size:
        # It may have gone between the reads, never come back.
        return "gone"
    assert [message.content for message in messages] == [summary, *"012"]
    assert [message.content for message in marked] == ["0", "2"]
    assert size == 3
    return "whole"


@pytest.mark.parametrize("policy", ["allkeys-random", "allkeys-lru", "volatile-random"])
def test_a_server_that_evicts_keys_shows_no_half_of_a_space(policy: str) -> None:
    key_ttl = 1000 if policy.startswith("volatile") else None

    async def write(memory: RedisMemory, summary: str) -> None:
        messages = [Msg("a", str(number), "user", id=f"m{number}") for number in range(3)]
        await memory.add(messages, "h")
        await memory.update_messages_mark(None, "h", ["m1"])
        await memory.update_compressed_summary(summary)

    async def main(server: Server) -> None:
        found: Counter[str] = Counter()
        async with Redis.from_url(server.url) as client:
            used = (await client.info("memory"))["used_memory"]
            await client.config_set("maxmemory", used + 2_000_000)
            memories = [
                RedisMemory(client=client, session_id=str(number), key_ttl=key_ttl)
                for number in range(120)
            ]
            for number, memory in enumerate(memories):
                with suppress(IncompleteSpace):
                    await write(memory, f"summary {number} " + "x" * 20_000)
            for _ in range(4):
                for number, memory in enumerate(memories):
                    found[await _looks_whole(memory, f"summary {number} " + "x" * 20_000)] += 1
            assert (await client.info("stats"))["evicted_keys"] > 100
        assert found["refused"]
        assert found["whole"]

    with redis_process({"maxmemory-policy": policy}) as server:
        asyncio.run(main(server))
