"""When a space in Redis expires: all of it at once, and as the memories with an expiry say."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.asyncio import Redis

from memcert_backends.redis import RedisMemory, scripts
from memcert_backends.redis.process import redis_process
from memcert_backends.servers import Server
from memcert_reference import InMemoryMemory, Msg

from .operations import OPERATIONS, address, stored
from .operations import fill as _fill

READS = ("size", "get_memory", "get_memory mark", "get_memory exclude", "export")
CHANGES = [name for name in OPERATIONS if name not in READS]


async def _deadlines(client: Any, space: dict[str, Any]) -> set[int]:
    return {await client.pexpiretime(key) for key in await client.keys(f"*{space['user_id']}*")}


def test_every_operation_refreshes_the_one_expiry(server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, key_ttl=1000, **space)
            await _fill(memory, 5, ["h", "keep"])
            await memory.update_compressed_summary("s")
            for name, operation in OPERATIONS.items():
                if name == "delete_by_mark":
                    await _fill(memory, 9, ["i"])
                for key in await client.keys(f"*{space['user_id']}*"):
                    await client.expire(key, 500)
                await operation(memory)
                (deadline,) = await _deadlines(client, space)
                assert 990_000 < deadline - time.time() * 1000 < 1_001_000, name

    asyncio.run(main())


def test_a_memory_without_an_expiry_leaves_the_one_there_is(
    server: Server, space: dict[str, Any]
) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            mortal = RedisMemory(client=client, key_ttl=1000, **space)
            other = RedisMemory(client=client, **space)
            await mortal.add(Msg("a", "b", "user", id="m"))
            (deadline,) = await _deadlines(client, space)
            everything = ["h", "i", "j", "k"]
            for operation in (
                lambda: other.update_compressed_summary("made"),
                lambda: other.update_compressed_summary("changed"),
                lambda: other.add(Msg("a", "b", "user"), "j"),
                lambda: other.delete_by_mark("j"),
                lambda: other.update_messages_mark("h"),
                lambda: other.update_messages_mark("i", "h"),
                other.get_memory,
                *(lambda do=do: do(other) for do in OPERATIONS.values()),
                lambda: other.import_state(InMemoryMemory().state_dict()),
                # Nothing is left in it; that it expires is not forgotten.
                *(lambda do=do: do(other) for do in OPERATIONS.values()),
                other.clear,
                lambda: other.update_compressed_summary(""),
                lambda: _fill(other, 3, everything),
                lambda: other.delete_by_mark(everything),
                lambda: _fill(other, 3),
            ):
                await operation()
                (left,) = await _deadlines(client, space)
                # fakeredis may take a while between the two times that it looks at.
                assert abs(left - deadline) < 10_000

    asyncio.run(main())


def test_without_an_expiry_nothing_expires(server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, **space)
            for operation in OPERATIONS.values():
                await operation(memory)
                assert await _deadlines(client, space) <= {-1}

    asyncio.run(main())


def test_the_whole_space_expires(server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, key_ttl=1, **space)
            await _fill(memory, 3, ["h"])
            await memory.update_compressed_summary("s")
            await asyncio.sleep(1.05)
            assert await memory.get_memory() == []
            await _fill(memory, 3)
            assert await memory.get_memory("h") == []

    asyncio.run(main())


def test_an_expiry_that_is_set_later_counts_from_then_on(
    server: Server, space: dict[str, Any]
) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, **space)
            await _fill(memory, 3, ["h"])
            for key_ttl, operation in ((1000, memory.size), (2000, memory.clear)):
                memory.key_ttl = key_ttl
                assert memory.key_ttl == key_ttl
                await operation()
                (deadline,) = await _deadlines(client, space)
                assert abs(deadline / 1000 - time.time() - key_ttl) < 10
            memory.key_ttl = None
            await _fill(memory, 3)
            (deadline,) = await _deadlines(client, space)
            assert abs(deadline / 1000 - time.time() - 2000) < 10
            with pytest.raises(ValueError, match="key_ttl"):
                memory.key_ttl = 0

    asyncio.run(main())


def test_writes_do_not_move_the_expiry_little_by_little(
    real_server: Server, space: dict[str, Any]
) -> None:
    async def main() -> None:
        async with Redis.from_url(real_server.url) as client:
            mortal = RedisMemory(client=client, key_ttl=1000, **space)
            other = RedisMemory(client=client, **space)
            await mortal.update_compressed_summary("s")
            (deadline,) = await _deadlines(client, space)
            for number in range(300):
                await other.update_compressed_summary(f"{number}")
            (left,) = await _deadlines(client, space)
            # A script that the machine stalls for long may not take it for the same one.
            assert abs(left - deadline) < 150

    asyncio.run(main())


@pytest.fixture(params=["asks", "tries"])
def rights(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of the test's own; scripts ask it what a user may do, or try, as before 7.0."""
    if request.param == "tries":
        for script in vars(scripts).values():
            if isinstance(script, scripts.Script):
                text = script.text.replace(b"redis.acl_check_cmd", b"redis.no_such_function")
                monkeypatch.setattr(script, "text", text)
                monkeypatch.setattr(script, "digest", hashlib.sha1(text).hexdigest())
    with redis_process() as server:
        yield server


@pytest.mark.parametrize("key_ttl", [None, 1000])
@pytest.mark.parametrize(
    "lacking", ["time", "pexpireat", "pttl", "hset", "zadd", "hdel", "zrem", "unlink"]
)
def test_what_a_user_may_not_do_is_refused_before_anything_changes(
    rights: Server, space: dict[str, Any], lacking: str, key_ttl: int | None
) -> None:
    refused = set()

    async def main() -> None:
        async with Redis.from_url(rights.url, protocol=2) as client:
            await client.execute_command("ACL SETUSER limited on >pw ~* +@all", f"-{lacking}")
            limited = Redis(**{**address(rights), "username": "limited", "password": "pw"})
            mortal = RedisMemory(client=client, key_ttl=1000, **space)
            async with limited, RedisMemory(client=limited, key_ttl=key_ttl, **space) as memory:
                state = await _prepared(mortal)
                for name in READS:
                    await OPERATIONS[name](memory)
                for name in [*CHANGES, "no summary", "unmark"]:
                    await mortal.import_state(state)
                    before = await stored(client)
                    operation = OTHERS.get(name) or OPERATIONS[name]
                    try:
                        await operation(memory)
                    except redis.exceptions.NoPermissionError:
                        refused.add(name)
                        assert await stored(client) == before, name
                    else:
                        assert await stored(client) != before, name
                    assert len(await _deadlines(client, space)) == 1

    asyncio.run(main())
    assert len(refused) >= 1 or (lacking == "pttl" and key_ttl)
    if lacking in ("time", "pexpireat", "hset"):
        assert refused == {*CHANGES, "no summary", "unmark"}


OTHERS = {
    "no summary": lambda memory: memory.update_compressed_summary(""),
    "unmark": lambda memory: memory.update_messages_mark(None, "h"),
}


async def _prepared(memory: RedisMemory) -> dict[str, Any]:
    await _fill(memory, 5, ["h", "j"])
    await memory.add(Msg("a", "b", "user"), "i")
    await memory.update_compressed_summary("the summary")
    return await memory.export_state()


async def _reads(memory: RedisMemory) -> Any:
    summary, *messages = await memory.get_memory()
    return (
        summary.content,
        [message.id for message in messages],
        len(await memory.get_memory("h", "i")),
        await memory.size(),
        await memory.export_state(),
    )


@pytest.mark.parametrize(
    "rules", ["~* +@read +eval +evalsha", "~* +@read +@scripting +time", "%R~* +@read +@scripting"]
)
def test_who_may_only_read_reads(space: dict[str, Any], rules: str) -> None:
    async def main(server: Server) -> None:
        async with Redis.from_url(server.url, protocol=2) as client:
            await client.execute_command("ACL SETUSER reader on >pw", *rules.split())
            reader = Redis(**{**address(server), "username": "reader", "password": "pw"})
            mortal = RedisMemory(client=client, key_ttl=1000, **space)
            state = await _prepared(mortal)
            async with reader, RedisMemory(client=reader, key_ttl=5000, **space) as memory:
                for _ in range(2):
                    assert await _reads(memory) == await _reads(mortal)
                before = await stored(client)
                for name in CHANGES:
                    with pytest.raises(redis.exceptions.NoPermissionError):
                        await OPERATIONS[name](memory)
                    assert await stored(client) == before, name
            assert await mortal.export_state() == state

    with redis_process() as server:
        asyncio.run(main(server))


def test_a_replica_is_read_whatever_the_expiry(space: dict[str, Any]) -> None:
    async def main(master: Server, replica: Server) -> None:
        at = address(master)
        async with Redis.from_url(master.url) as client, Redis.from_url(replica.url) as other:
            mortal = RedisMemory(client=client, key_ttl=1000, **space)
            await _prepared(mortal)
            expected = await _reads(mortal)
            await other.config_set("masterauth", at["password"] or "")
            await other.replicaof(at["host"], at["port"])
            await _until(other, "replication", "master_link_status", "up")
            memory = RedisMemory(client=other, key_ttl=5000, **space)
            assert await _reads(memory) == expected
            before = await stored(other)
            for name in CHANGES:
                with pytest.raises(redis.exceptions.ReadOnlyError):
                    await OPERATIONS[name](memory)
            assert await stored(other) == before

    at_once = {"repl-diskless-sync-delay": "0"}
    with redis_process(at_once) as master, redis_process() as replica:
        asyncio.run(main(master, replica))


async def _until(client: Redis, section: str, name: str, value: str) -> None:
    async with asyncio.timeout(30):
        while True:
            if (await client.info(section))[name] == value:
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("trouble", ["NOREPLICAS", "MISCONF"])
def test_a_server_that_takes_no_writes_is_read_and_refuses_changes_whole(
    space: dict[str, Any], trouble: str
) -> None:
    async def main(server: Server) -> None:
        async with Redis.from_url(server.url) as client:
            memory = RedisMemory(client=client, key_ttl=1000, **space)
            await _prepared(memory)
            expected = await _reads(memory)
            if trouble == "NOREPLICAS":
                await client.config_set("min-replicas-to-write", 1)
            else:
                folder = (await client.config_get("dir"))["dir"]
                # Where it saves to is a folder.
                await asyncio.to_thread(Path(folder, "dump.rdb").mkdir)
                await client.config_set("save", "3600 1000000")
                await client.bgsave()
                await _until(client, "persistence", "rdb_last_bgsave_status", "err")
            assert await _reads(memory) == expected
            before = await stored(client)
            for name in CHANGES:
                with pytest.raises(redis.exceptions.ResponseError, match=trouble):
                    await OPERATIONS[name](memory)
                assert await stored(client) == before, name

    with redis_process() as server:
        asyncio.run(main(server))
