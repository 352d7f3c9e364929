"""A space that lost some of its keys, but not all: an operation is whole, or says what is missing.

Keys go one by one where a server evicts them, where one expires alone or is deleted by hand, and
where all but one expire.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import redis
from redis.asyncio import Redis

from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Server
from memcert_backends.servers.redis_process import redis_process
from memcert_reference import InMemoryMemory, Msg

from ..ends.operations import BEFORE, CLOSE, NEW_SPACE, OPERATIONS, after

CHANGED = [name for name in OPERATIONS if name not in (CLOSE, NEW_SPACE)]
READS = ("size", "get_memory", "get_memory mark", "export_state")
CARELESS = (AttributeError, TypeError, LookupError, AssertionError, UnboundLocalError)

Lose = Callable[[redis.Redis, bytes], object]


def _lose(client: redis.Redis, key: bytes) -> None:
    client.delete(key)


def _expire(client: redis.Redis, key: bytes) -> None:
    client.pexpire(key, 1)
    while client.exists(key):
        pass


async def _expected(name: str) -> object:
    """Return what an operation returns in a whole space."""
    memory = InMemoryMemory()
    await memory.import_state(BEFORE)
    return _plain(await OPERATIONS[name](memory))


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [(each.id if each.name != "user" else "summary", each.content) for each in value]
    return value


class Space:
    """A space, and its keys as the server holds them."""

    def __init__(self, client: redis.Redis, url: str, key_ttl: int | None) -> None:
        self.user_id = uuid.uuid4().hex
        self._client, self._url, self._key_ttl = client, url, key_ttl

    def memory(self) -> RedisMemory:
        host, port = self._url.removeprefix("redis://").partition("/")[0].split(":")
        return RedisMemory(user_id=self.user_id, host=host, port=int(port), key_ttl=self._key_ttl)

    async def fill(self) -> list[bytes]:
        async with self.memory() as memory:
            await memory.import_state(BEFORE)
        found: Any = self._client.keys(f"*{self.user_id}*")
        return sorted(found)

    def held(self) -> dict[bytes, Any]:
        keys: Any = self._client.keys(f"*{self.user_id}*")
        return {key: self._client.dump(key) for key in keys}

    async def fault(self, name: str, errors: set[type[Exception]], lost: list[bytes]) -> str:
        """Return what is wrong with how an operation ends; nothing if all is well."""
        before = self.held()
        try:
            async with self.memory() as memory:
                result = _plain(await OPERATIONS[name](memory))
        except Exception as error:
            errors.add(type(error))
            if isinstance(error, CARELESS) or not str(error):
                return f"{name}: raises {error!r}"
            if self.held() != before:
                return f"{name}: raises {error!r}, and changes what is stored"
            if len(lost) == 1 and lost[0].rpartition(b":")[2].decode() not in str(error):
                return f"{name}: does not say that {lost[0]!r} is missing: {error}"
            return ""
        if result != await _expected(name):
            return f"{name}: returns {result}"
        if name in READS:
            return ""
        try:
            async with self.memory() as memory:
                found = await memory.export_state()
        except Exception as error:
            return f"{name}: returns, and then: {error!r}"
        return "" if found == await after(name) else f"{name}: returns, and leaves {found}"


@pytest.mark.parametrize("lose", [_lose, _expire])
@pytest.mark.parametrize("key_ttl", [None, 1000])
@pytest.mark.parametrize("left", ["all but one", "one alone"])
def test_a_space_that_lost_keys_is_never_taken_for_whole(
    real_server: Server, lose: Lose, key_ttl: int | None, left: str
) -> None:
    async def main() -> None:
        faults: list[str] = []
        errors: set[type[Exception]] = set()
        with redis.Redis.from_url(real_server.url) as client:
            count = len(await Space(client, real_server.url, key_ttl).fill())
            for number in range(count):
                for name in CHANGED:
                    space = Space(client, real_server.url, key_ttl)
                    keys = await space.fill()
                    lost = [
                        key
                        for place, key in enumerate(keys)
                        if (place == number) is (left == "all but one")
                    ]
                    if not lost:
                        continue
                    for key in lost:
                        lose(client, key)
                    fault = await space.fault(name, errors, lost)
                    if fault:
                        kind = keys[number].rpartition(b":")[2].decode()
                        faults.append(f"{kind} {left}: {fault}")
        assert not faults, "\n".join([f"{len(faults)} faults:", *faults])
        assert len(errors) <= 1, "one kind of error says so"

    asyncio.run(main())


def test_a_server_that_evicts_keys_at_random_leaves_nothing_silently_half() -> None:
    async def main(client: Redis) -> None:
        outcomes: Counter[str] = Counter()
        stem = uuid.uuid4().hex

        def space(number: int) -> RedisMemory:
            return RedisMemory(user_id=f"{stem}-{number}", client=client)

        def batch(number: int) -> list[Msg]:
            return [Msg("n", "x" * 500, "user", id=f"{number}-{part}") for part in range(4)]

        for number in range(400):
            async with space(number) as memory:
                await memory.add(batch(number), "m")
                await memory.update_compressed_summary(f"summary {number}")
        for number in range(400):
            whole = [f"{number}-{part}" for part in range(4)]
            async with space(number) as memory:
                try:
                    summary, *found = [one.id for one in await memory.get_memory()] or [""]
                    marked = [one.id for one in await memory.get_memory("m")][1:]
                    size = await memory.size()
                except Exception as error:
                    outcomes["careless" if isinstance(error, CARELESS) else "refused"] += 1
                    continue
            if (found, marked, size) == (whole, whole, 4) and summary:
                outcomes["whole"] += 1
            elif (found, marked, size, summary) == ([], [], 0, ""):
                outcomes["gone"] += 1
            else:
                outcomes["half"] += 1
        assert (outcomes["careless"], outcomes["half"]) == (0, 0), outcomes
        assert outcomes["refused"] + outcomes["gone"] > 0, outcomes

    async def crowded(server: Server) -> None:
        async with Redis.from_url(server.url) as client:
            used = (await client.info("memory"))["used_memory"]
            await client.config_set("maxmemory", used + 2**20)
            await main(client)

    with redis_process({"maxmemory-policy": "allkeys-random"}) as server:
        asyncio.run(crowded(server))
