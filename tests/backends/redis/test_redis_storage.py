"""How RedisMemory stores a space: round trips, keys, work, scripts."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import redis
from redis.asyncio import Redis, RedisCluster
from redis.crc import key_slot

from memcert_backends.redis import RedisMemory
from memcert_backends.redis.keys import SUFFIXES, space_keys
from memcert_backends.redis.process import redis_process
from memcert_backends.servers import Server
from memcert_reference import Msg

from .operations import OPERATIONS
from .operations import fill as _fill


@pytest.mark.parametrize("stored", [0, 2500])
def test_every_operation_is_one_round_trip(
    server: Server, space: dict[str, Any], recorded: Callable[..., Any], stored: int
) -> None:
    async def main() -> None:
        async with recorded(fresh) as client, RedisMemory(client=client, **space) as memory:
            await _fill(memory, stored, ["h"])
            for name, operation in OPERATIONS.items():
                for _ in range(2):
                    client.commands.clear()
                    await operation(memory)
                    assert len(client.commands) == 1, name
                assert client.commands == ["EVALSHA"], name

    # The first use of a server that knows no script yet counts as well.
    assert server.fresh is not None
    with server.fresh() as fresh:
        asyncio.run(main())


def test_a_server_that_lost_its_scripts_gets_them_again(
    server: Server, space: dict[str, Any], recorded: Callable[..., Any]
) -> None:
    async def main() -> None:
        async with recorded(server) as client, RedisMemory(client=client, **space) as memory:
            await memory.size()
            await client.script_flush()
            client.commands.clear()
            assert await memory.size() == 0
            assert await memory.size() == 0
            assert client.commands == ["EVALSHA", "EVAL", "EVALSHA"]

    asyncio.run(main())


@pytest.mark.parametrize("prefix", ["", "app:", "{", "}", "{}", "{a}b", "%7B", "é*\n"])
def test_the_keys_of_a_space_are_few_and_in_one_slot(
    server: Server, space: dict[str, Any], prefix: str
) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, key_prefix=prefix, **space)
            before: set[Any] = set(await client.keys("*"))
            await _fill(memory, 100, ["h", "{i}"])
            await memory.update_compressed_summary("s")
            keys: set[Any] = set(await client.keys("*")) - before
            assert len(keys) == len(SUFFIXES) == 4
            assert len({key_slot(key) for key in keys}) == 1
            # The hash tag is the space, so spaces spread over a cluster whatever the prefix is.
            user_id, session_id = space.values()
            assert key_slot(f"{user_id}:{session_id}".encode()) == key_slot(keys.pop())

    asyncio.run(main())


def test_no_two_spaces_share_a_key_and_each_has_one_slot() -> None:
    names = [
        "}",
        "a",
        "b",
        "a:b",
        "b:a",
        ":",
        "{a",
        "a}",
        "}{",
        "%3A",
        "A",
        "a ",
        "é",
        "e\u0301",
        "*",
    ]
    prefixes = ["", "{", "{a:b}", "%7B", "%257B", "a"]
    spaces = list(itertools.product(prefixes, names, names))
    keys = [space_keys(*space) for space in spaces]
    assert len(set(itertools.chain(*keys))) == len(SUFFIXES) * len(spaces)
    assert all(len({key_slot(key) for key in together}) == 1 for together in keys)


def test_reads_write_nothing(real_server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with Redis.from_url(real_server.url) as client:
            memory = RedisMemory(client=client, **space)
            await _fill(memory, 3, ["h"])
            changes = (await client.info("persistence"))["rdb_changes_since_last_save"]
            for name in ("size", "get_memory", "get_memory mark", "get_memory exclude", "export"):
                await OPERATIONS[name](memory)
            after = (await client.info("persistence"))["rdb_changes_since_last_save"]
            assert after == changes

    asyncio.run(main())


async def _calls(client: Redis, operation: Awaitable[Any]) -> dict[str, int]:
    await client.config_resetstat()
    await operation
    statistics = await client.info("commandstats")
    return {
        name: entry["calls"]
        for name, entry in statistics.items()
        if "config" not in name and "eval" not in name
    }


def test_the_work_of_an_operation_does_not_grow_with_the_space(real_server: Server) -> None:
    async def main() -> None:
        async with Redis.from_url(real_server.url) as client:
            counted = {}
            for stored in (10, 5000):
                memory = RedisMemory(client=client, user_id=f"grown {stored}")
                await _fill(memory, stored, ["h"])
                for name in ("add", "size", "update ids", "get_memory mark", "delete"):
                    await OPERATIONS[name](memory)
                await memory.add(Msg("a", "b", "user", id="last"), "rare")
                counted[stored] = [
                    await _calls(client, memory.add(Msg("a", "b", "user", id="new"), "i")),
                    await _calls(client, memory.size()),
                    await _calls(client, memory.get_memory("rare", "h")),
                    await _calls(client, memory.update_messages_mark("j", "h", ["m5"])),
                    await _calls(client, memory.update_messages_mark("j", "rare")),
                    await _calls(client, memory.delete(["m5", "m6"])),
                    await _calls(client, memory.delete_by_mark(["i", "i2"])),
                ]
            assert counted[10] == counted[5000]

    asyncio.run(main())


def test_a_large_delete_asks_the_server_for_many_at_a_time(real_server: Server) -> None:
    async def main() -> None:
        async with Redis.from_url(real_server.url) as client:
            memory = RedisMemory(client=client, user_id="large delete")
            await _fill(memory, 20_000, ["h", "i"])
            ids = [f"m{number}" for number in range(0, 20_000, 2)]
            calls = await _calls(client, memory.delete(ids))
            assert sum(calls.values()) < 100

    asyncio.run(main())


def test_works_on_a_cluster(space: dict[str, Any]) -> None:
    async def main(server: Server) -> None:
        async with RedisCluster.from_url(server.url) as client:
            for number in range(3):
                names = {**space, "session_id": f"s{number}"}
                memory = RedisMemory(client=client, key_prefix="{", key_ttl=60, **names)
                for name, operation in OPERATIONS.items():
                    assert await operation(memory) is not NotImplemented, name
                assert await memory.size() == 1
                await memory.close()

    with redis_process({"cluster-enabled": "yes"}) as server:
        with redis.Redis.from_url(server.url) as node:
            node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            deadline = time.monotonic() + 60
            while node.cluster("info")["cluster_state"] != "ok":
                assert time.monotonic() < deadline
                time.sleep(0.05)
        asyncio.run(main(server))
