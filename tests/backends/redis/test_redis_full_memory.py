"""A Redis whose memory is full: what grows is refused whole, and what frees memory works."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError

from memcert_backends.redis import RedisMemory, scripts
from memcert_backends.redis.process import redis_process
from memcert_backends.servers import Server
from memcert_reference import Msg

from .operations import OPERATIONS, fill, stored

Operation = Callable[[RedisMemory], Awaitable[Any]]

GROWS: dict[str, Operation] = {
    "add": OPERATIONS["add"],
    "add much": lambda memory: memory.add(Msg("a", "b" * 10_000_000, "user")),
    "mark": lambda memory: memory.update_messages_mark("new"),
    "mark some": lambda memory: memory.update_messages_mark("new", None, ["m1", "m2"]),
    "replace mark": lambda memory: memory.update_messages_mark("longer than it was", "h"),
    "summary": lambda memory: memory.update_compressed_summary("another"),
    "import": OPERATIONS["import"],
}
FREES: dict[str, Operation] = {
    "delete": lambda memory: memory.delete(["m1", "m2"]),
    "delete all": lambda memory: memory.delete([f"m{number}" for number in range(5)]),
    "delete by mark": lambda memory: memory.delete_by_mark(["h"]),
    "clear": lambda memory: memory.clear(),
    "unmark": lambda memory: memory.update_messages_mark(None, "h"),
    "unmark some": lambda memory: memory.update_messages_mark(None, "h", ["m1", "m2"]),
    "no summary": lambda memory: memory.update_compressed_summary(""),
    "import nothing": lambda memory: memory.import_state(
        {"_compressed_summary": "", "content": []}
    ),
}
NEITHER: dict[str, Operation] = {
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory("h", "i"),
    "export": lambda memory: memory.export_state(),
    "add again": lambda memory: fill(memory, 5, ["new"]),
    "delete nothing": lambda memory: memory.delete(["nothing"]),
    "mark again": lambda memory: memory.update_messages_mark("h", None, ["m1"]),
}


@asynccontextmanager
async def _full(client: Redis) -> AsyncIterator[None]:
    """Let the server have less memory than it uses, whatever that is."""
    # Less than an empty one uses: part of what is used now are buffers, which soon go.
    await client.config_set("maxmemory", 100_000)
    yield
    await client.config_set("maxmemory", 0)


async def _prepared(memory: RedisMemory, *, old: bool) -> None:
    await fill(memory, 5, ["h", "i"])
    await memory.update_compressed_summary("the summary")
    if old:
        # As 0.1.0 stored it.
        client, key = memory.get_client(), memory._keys[0].decode()
        await client.hdel(key, "", "\0summary")
        await client.set(key.replace(":messages", ":summary"), "the summary")


@pytest.mark.parametrize("way", ["asks", "tries"])
@pytest.mark.parametrize("key_ttl", [None, 1000])
@pytest.mark.parametrize("old", [False, True])
def test_what_grows_is_refused_whole_and_what_frees_works(
    monkeypatch: pytest.MonkeyPatch, key_ttl: int | None, way: str, old: bool
) -> None:
    async def main(server: Server) -> None:
        async with Redis.from_url(server.url, protocol=2) as client:
            number = 0
            for names in (GROWS, FREES, NEITHER):
                for name, operation in names.items():
                    number += 1
                    ids = {"user_id": f"{number}", "session_id": name}
                    memory = RedisMemory(client=client, key_ttl=key_ttl, **ids)
                    empty = RedisMemory(client=client, key_ttl=key_ttl, user_id="new")
                    await _prepared(memory, old=old)
                    before = await stored(client)
                    async with _full(client):
                        if names is GROWS:
                            with pytest.raises(OutOfMemoryError):
                                await operation(memory)
                            # The first of a space, too.
                            with pytest.raises(OutOfMemoryError):
                                await OPERATIONS["add"](empty)
                        else:
                            await operation(memory)
                        after = await stored(client)
                    assert (after == before) is (names is not FREES), name
                    # Whatever it did, the space is whole.
                    await memory.export_state()

    if way == "tries":
        for script in vars(scripts).values():
            if isinstance(script, scripts.Script):
                text = script.text.replace(b"redis.acl_check_cmd", b"redis.no_such_function")
                monkeypatch.setattr(script, "text", text)
                monkeypatch.setattr(script, "digest", hashlib.sha1(text).hexdigest())
    with redis_process({"maxmemory-policy": "noeviction"}) as server:
        asyncio.run(main(server))


@pytest.mark.parametrize("fresh", [True, False])
def test_memory_stays_near_what_the_server_may_have(fresh: bool) -> None:
    async def main(server: Server) -> None:
        async with Redis.from_url(server.url) as client:
            used = (await client.info("memory"))["used_memory"]
            limit = used + 3_000_000
            await client.config_set("maxmemory", limit)
            refused = 0
            for number in range(100):
                session = str(number) if fresh else "one"
                memory = RedisMemory(client=client, session_id=session)
                try:
                    await memory.add(Msg("a", "b" * 100_000, "user"))
                except OutOfMemoryError:
                    refused += 1
                state = {"_compressed_summary": "s" * 100_000, "content": []}
                other = RedisMemory(client=client, user_id="imported", session_id=str(number))
                try:
                    await other.import_state(state)
                except OutOfMemoryError:
                    refused += 1
            assert refused > 100
            dataset = int((await client.info("memory"))["used_memory_dataset"])
            assert dataset < limit

    with redis_process({"maxmemory-policy": "noeviction"}) as server:
        asyncio.run(main(server))
