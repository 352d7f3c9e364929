"""Servers that refuse to write, or to tell the time, or have no memory left."""

from __future__ import annotations

import asyncio
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Server
from memcert_backends.servers.redis_process import redis_process
from memcert_reference import Msg

from ..ends.operations import BEFORE, CLOSE, NEW_SPACE, OPERATIONS

READS = ("size", "get_memory", "get_memory mark", "export_state")
CHANGES = [name for name in OPERATIONS if name not in (*READS, CLOSE, NEW_SPACE)]


@pytest.fixture
def own() -> Callable[..., Any]:
    """Return the way to a redis-server that a test may change, with a client."""

    @contextmanager
    def start(**settings: str) -> Iterator[tuple[Server, redis.Redis]]:
        named = {name.replace("_", "-"): value for name, value in settings.items()}
        with redis_process(named) as server, redis.Redis.from_url(server.url) as client:
            yield server, client

    return start


def _memory(server: Server, user_id: str, **options: Any) -> RedisMemory:
    host, port = server.url.removeprefix("redis://").partition("/")[0].split(":")
    return RedisMemory(user_id=user_id, host=host, port=int(port), **options)


def _held(client: redis.Redis) -> dict[bytes, Any]:
    keys: Any = client.keys("*")
    return {key: client.dump(key) for key in keys}


async def _fill(server: Server, **options: Any) -> str:
    user_id = uuid.uuid4().hex
    async with _memory(server, user_id, **options) as memory:
        await memory.import_state(BEFORE)
    return user_id


@pytest.mark.parametrize("name", [*CHANGES, *READS])
def test_nothing_makes_an_expiring_space_permanent(real_server: Server, name: str) -> None:
    async def main() -> None:
        user_id = await _fill(real_server, key_ttl=1000)
        async with _memory(real_server, user_id) as memory:
            await OPERATIONS[name](memory)
        with redis.Redis.from_url(real_server.url) as client:
            keys: Any = client.keys(f"*{user_id}*")
            assert keys
            assert {key: client.ttl(key) for key in keys if not 0 < client.ttl(key) <= 1000} == {}

    asyncio.run(main())


@pytest.mark.parametrize("key_ttl", [None, 500])
@pytest.mark.parametrize("name", [*CHANGES, *READS])
def test_who_may_not_ask_for_the_time_changes_nothing_that_is_refused(
    real_server: Server, name: str, key_ttl: int | None
) -> None:
    async def main() -> None:
        user_id = await _fill(real_server, key_ttl=1000)
        limited = uuid.uuid4().hex
        with redis.Redis.from_url(real_server.url) as client:
            client.acl_setuser(
                limited, enabled=True, nopass=True, keys=["*"], commands=["+@all", "-time"]
            )
            before = _held(client)
            memory = _memory(real_server, user_id, username=limited, password="p", key_ttl=key_ttl)
            async with memory:
                try:
                    await OPERATIONS[name](memory)
                except redis.RedisError:
                    assert name not in READS, "a read never fails for its expiry"
                    assert _held(client) == before, "it was refused after it took effect"
            client.acl_deluser(limited)

    asyncio.run(main())


async def _reads(server: Server, user_id: str) -> None:
    async with _memory(server, user_id, key_ttl=1000) as memory:
        assert await memory.size() == 4
        assert len(await memory.get_memory()) == 5
        assert [one.id for one in await memory.get_memory("m", "n")][1:] == ["a"]
        assert await memory.export_state() == BEFORE


async def _refused(server: Server, client: redis.Redis, user_id: str) -> None:
    before = _held(client)
    async with _memory(server, user_id, key_ttl=1000) as memory:
        for name in CHANGES:
            with pytest.raises(redis.RedisError):
                await OPERATIONS[name](memory)
            assert _held(client) == before, name


def test_reads_work_on_a_replica(own: Any) -> None:
    with own() as (primary, _), own() as (replica, client):
        user_id = asyncio.run(_fill(primary, key_ttl=1000))
        host, port = primary.url.removeprefix("redis://").partition("/")[0].split(":")
        client.execute_command("REPLICAOF", host, port)
        end = time.monotonic() + 30
        while client.info("replication")["master_link_status"] != "up" or not client.dbsize():
            assert time.monotonic() < end
            time.sleep(0.05)
        asyncio.run(_reads(replica, user_id))
        asyncio.run(_refused(replica, client, user_id))


def test_reads_work_where_replicas_are_missing(own: Any) -> None:
    with own() as (server, client):
        user_id = asyncio.run(_fill(server, key_ttl=1000))
        client.config_set("min-replicas-to-write", 1)
        asyncio.run(_reads(server, user_id))
        asyncio.run(_refused(server, client, user_id))


def test_reads_work_where_the_server_cannot_save(own: Any) -> None:
    with own() as (server, client):
        user_id = asyncio.run(_fill(server, key_ttl=1000))
        folder = client.config_get("dir")["dir"] + "/gone"
        Path(folder).mkdir()
        client.config_set("dir", folder)
        client.config_set("save", "3600 1")
        shutil.rmtree(folder)
        client.set("something", "new")
        client.bgsave()
        end = time.monotonic() + 30
        while client.info("persistence")["rdb_last_bgsave_status"] == "ok":
            assert time.monotonic() < end
            time.sleep(0.05)
        asyncio.run(_reads(server, user_id))
        asyncio.run(_refused(server, client, user_id))


def _fill_up(client: redis.Redis) -> None:
    try:
        for number in range(100_000):
            client.set(f"filler {number}", "x" * 1000)
    except redis.ResponseError:
        return
    raise AssertionError


def test_what_grows_is_refused_without_memory_and_what_frees_works(own: Any) -> None:
    async def main(server: Server, client: redis.Redis) -> None:
        user_id = await _fill(server)
        client.config_set("maxmemory", client.info("memory")["used_memory"] + 2**20)
        _fill_up(client)
        used = client.info("memory")["used_memory"]
        before = _held(client)
        message = Msg("name", "x" * 10_000, "user")
        state = {"_compressed_summary": "", "content": [[message.to_dict(), []]]}
        growing: dict[str, Callable[[RedisMemory], Any]] = {
            "add": lambda memory: memory.add(message, "m"),
            "import_state": lambda memory: memory.import_state(state),
            "update_compressed_summary": lambda memory: memory.update_compressed_summary(
                "x" * 10_000
            ),
        }
        accepted = []
        refusals = set()
        for name, operation in growing.items():
            for number in range(30):
                space = user_id if number == 0 else f"{name} {number}"
                async with _memory(server, space) as memory:
                    try:
                        await operation(memory)
                        accepted.append(f"{name} {'there' if number == 0 else 'new'}")
                    except redis.RedisError as error:
                        refusals.add(str(error))
        assert not accepted, f"{len(accepted)} accepted: {sorted(set(accepted))}"
        assert all("OOM" in text for text in refusals), refusals
        assert _held(client) == before
        assert client.info("memory")["used_memory"] < used + 2**20
        async with _memory(server, user_id) as memory:
            assert await memory.export_state() == BEFORE
            assert await memory.delete(["a"]) == 1
            assert await memory.delete_by_mark("n") == 2
            assert await memory.size() == 1
            await memory.update_compressed_summary("")
            await memory.clear()
            assert await memory.size() == 0

    with own(maxmemory_policy="noeviction") as (server, client):
        asyncio.run(main(server, client))
