"""RedisMemory as its users see it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import fakeredis
import pytest
import redis
from redis.asyncio import ConnectionPool, Redis

from memcert_backends.redis import RedisMemory
from memcert_backends.redis.client import RedisClient
from memcert_backends.servers import Server
from memcert_reference import InMemoryMemory, MemoryBase, Msg

MARKS = ["h", "hi", "0001h", "h:é\n", "*[{%", "\U0001f600" * 255, "h ", "H"]
IDS = ["m", "m:", "{m}", "0001h", "m\n\r\n", "é", "e\u0301", "x" * 255, "-1", "%s", "1e5", "m "]


def _message(msg_id: str, content: str = "text") -> Msg:
    return Msg("alice", content, "user", {"long": 10**50, "nul": "\0"}, "now", id=msg_id)


def _pool(memory: RedisMemory) -> Any:
    client = memory.get_client()
    assert isinstance(client, Redis)
    return client.connection_pool


async def _step(memory: MemoryBase, chance: random.Random) -> Any:
    """Do what chance says: the same on every memory, as long as the chance is the same."""
    ids, marks = chance.sample(IDS, 3), chance.sample(MARKS[: chance.choice([3, 3, 8])], 2)
    match chance.randrange(9):
        case 0 | 1 | 2:
            return await memory.add([_message(i) for i in ids], marks[: chance.randrange(3)])
        case 3:
            return await memory.delete([*ids[:2], ids[0]])
        case 4:
            return await memory.delete_by_mark(marks) if chance.random() < 0.3 else None
        case 5 | 6:
            new, old = (chance.choice([*MARKS[:3], None]) for _ in range(2))
            return await memory.update_messages_mark(new, old, chance.choice([None, ids]))
        case 7:
            return await memory.clear() if chance.random() < 0.1 else None
        case _:
            return await memory.update_compressed_summary(chance.choice(["", "é\r\n\0"]))


async def _visible(memory: MemoryBase) -> Any:
    filters = [(None, None), (None, MARKS[0]), *zip(MARKS, [*MARKS[1:], None], strict=True)]
    reads = [
        # A summary is a message made for this read: its id and time are new ones.
        [
            message.content if message.name == "user" else message.to_dict()
            for message in await memory.get_memory(mark, exclude)
        ]
        for mark, exclude in filters
    ]
    return reads, await memory.size(), await memory.export_state()


@pytest.mark.parametrize("seed", [1, 2])
def test_does_what_the_reference_does(own_memory: Callable[..., RedisMemory], seed: int) -> None:
    async def main() -> None:
        reference = InMemoryMemory()
        async with own_memory() as memory:
            for step in range(80):
                chance = f"{seed}/{step}"
                expected = await _step(reference, random.Random(chance))
                assert await _step(memory, random.Random(chance)) == expected, chance
                assert await _visible(memory) == await _visible(reference), chance

    asyncio.run(main())


def test_imports_what_the_reference_exports(own_memory: Callable[..., RedisMemory]) -> None:
    async def main() -> None:
        reference = InMemoryMemory()
        await reference.add([_message(i) for i in IDS], MARKS)
        await reference.add(_message("plain"))
        await reference.update_compressed_summary("sum")
        async with own_memory() as memory:
            await memory.add(_message("gone"), "h")
            await memory.import_state(await reference.export_state())
            assert await _visible(memory) == await _visible(reference)
            assert await memory.delete_by_mark("h") == len(IDS)
            await memory.import_state(InMemoryMemory().state_dict())
            assert await _visible(memory) == await _visible(InMemoryMemory())

    asyncio.run(main())


def test_takes_fifty_thousand_messages_in_one_call(own_memory: Callable[..., RedisMemory]) -> None:
    async def main() -> None:
        ids = [f"message {number}" for number in range(50_000)]
        async with own_memory() as memory:
            await memory.add([Msg("a", "b", "user", id=msg_id) for msg_id in ids], "h")
            assert await memory.update_messages_mark("even", None, ids[::2]) == 25_000
            assert await memory.delete(ids[::2]) == 25_000
            assert [message.id for message in await memory.get_memory("h")] == ids[1::2]
            assert await memory.get_memory("even") == []
            assert await memory.update_messages_mark("new", "h") == 25_000
            assert await memory.delete_by_mark("new") == 25_000

    asyncio.run(main())


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize(
    "options", [{}, {"decode_responses": True}, {"decode_responses": True, "encoding": "latin-1"}]
)
def test_takes_any_pool(
    server: Server, space: dict[str, Any], options: dict[str, Any], protocol: int
) -> None:
    async def main() -> None:
        pool = ConnectionPool.from_url(server.url, protocol=protocol, **options)
        async with aclosing(pool):
            memory = RedisMemory(connection_pool=pool, key_prefix="é", **space)
            await memory.add(_message("é", "\U0001f600"), "ä")
            await memory.update_compressed_summary("ü")
            summary, message = await memory.get_memory("ä")
            assert (summary.content, message.id, message.content) == ("ü", "é", "\U0001f600")
            state = await memory.export_state()
            assert (state["_compressed_summary"], state["content"][0][1]) == ("ü", ["ä"])

    asyncio.run(main())


def test_takes_a_client_of_fakeredis(space: dict[str, Any]) -> None:
    async def main() -> None:
        async with (
            fakeredis.FakeAsyncRedis() as client,
            RedisMemory(client=client, **space) as memory,
        ):
            await memory.add(_message("é"), "ä")
            assert [message.id for message in await memory.get_memory("ä")] == ["é"]

    asyncio.run(main())


def test_close_leaves_open_what_was_lent(server: Server, space: dict[str, Any]) -> None:
    async def main() -> None:
        async with (
            aclosing(ConnectionPool.from_url(server.url)) as pool,
            Redis.from_url(server.url) as client,
        ):
            for lent in ({"connection_pool": pool}, {"client": client}):
                first, second = RedisMemory(**lent, **space), RedisMemory(**lent, **space)
                await first.add(_message("m"))
                connections = len(_pool(first)._available_connections)
                await first.close()
                await first.close()
                kept = _pool(second)._available_connections
                assert len(kept) == connections == 1
                assert kept[0].is_connected
                assert await second.size() == 1

    asyncio.run(main())


def test_a_lent_client_is_used_without_making_one_for_each_operation(
    server: Server, space: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    class Counted(RedisClient):
        def __init__(self, **options: Any) -> None:
            made.append(options)
            super().__init__(**options)

    monkeypatch.setattr("memcert_backends.redis.memory.RedisClient", Counted)

    async def main() -> None:
        async with (
            Redis.from_url(server.url) as client,
            aclosing(ConnectionPool.from_url(server.url)) as other,
        ):
            memory = RedisMemory(client=client, **space)
            for number in range(5):
                await memory.add(_message(f"m{number}"))
            assert len(made) == 1
            # A client may be given another pool, and its memory goes along.
            own, client.connection_pool = client.connection_pool, other
            assert await memory.size() == 5
            assert len(other._available_connections) == 1
            assert len(made) == 2
            client.connection_pool = own

    asyncio.run(main())


def test_close_closes_the_memorys_own_client(own_memory: Callable[..., RedisMemory]) -> None:
    async def main() -> None:
        memory = own_memory()
        await memory.size()
        (connection,) = _pool(memory)._available_connections
        assert connection.is_connected
        await memory.close()
        assert not connection.is_connected

    asyncio.run(main())


def test_get_client_returns_the_lent_client(space: dict[str, Any]) -> None:
    client = Redis()
    assert RedisMemory(client=client, **space).get_client() is client


def test_its_own_client_never_sends_a_command_twice(space: dict[str, Any]) -> None:
    async def main() -> None:
        scripts = []

        async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while b"EVAL" not in (received := await reader.read(1000)):
                writer.write(b"+OK\r\n" * received.count(b"CLIENT"))
            scripts.append(received)
            writer.close()

        async with await asyncio.start_server(drop, "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            async with RedisMemory(host="127.0.0.1", port=port, protocol=2, **space) as memory:
                with pytest.raises(redis.ConnectionError):
                    await memory.delete(["m"])
        assert len(scripts) == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"key_ttl": 0}, ValueError),
        ({"key_ttl": -1}, ValueError),
        ({"key_ttl": True}, ValueError),
        ({"key_ttl": False}, ValueError),
        ({"key_ttl": 10**11 + 1}, ValueError),
        ({"key_ttl": 1.0}, TypeError),
        ({"key_ttl": "60"}, TypeError),
        ({"key_prefix": None}, TypeError),
        ({"key_prefix": "\ud800"}, ValueError),
        ({"user_id": 1}, TypeError),
        ({"session_id": ""}, ValueError),
        ({"client": Redis(), "connection_pool": ConnectionPool()}, TypeError),
        ({"client": Redis(), "decode_responses": True}, TypeError),
        ({"client": redis.Redis()}, TypeError),
        ({"connection_pool": redis.ConnectionPool()}, TypeError),
        ({"no_such_option": 1}, TypeError),
    ],
    # Clients show their addresses, which differ between the processes of pytest-xdist.
    ids=lambda value: str(value).partition("<")[0],
)
def test_refuses_bad_options(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        RedisMemory(**options)


def test_takes_agentscopes_positional_arguments() -> None:
    pool = ConnectionPool()
    memory = RedisMemory("session", "user", "localhost", 6379, 0, None, pool, "app:", 60)
    assert (memory.session_id, memory.user_id) == ("session", "user")
    assert _pool(memory) is pool


def test_its_prefix_is_an_attribute(own_memory: Callable[..., RedisMemory]) -> None:
    async def main() -> None:
        async with own_memory(key_prefix="a:") as memory:
            await memory.add(_message("m"))
            assert memory.key_prefix == "a:"
            memory.key_prefix = "b:"
            assert await memory.size() == 0
            memory.key_prefix = "a:"
            assert await memory.size() == 1
            with pytest.raises(TypeError, match="key_prefix"):
                memory.key_prefix = None  # type: ignore[assignment]

    asyncio.run(main())
