"""What other releases of memcert stored in Redis: older ones are read and changed."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from memcert_backends import IncompleteSpace, NewerFormat
from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Server
from memcert_reference import InMemoryMemory, MemoryBase, Msg

from .operations import OPERATIONS, stored

FILES = sorted((Path(__file__).parent / "data").glob("*/*.json"))
SUMMARY = FILES[0].with_name("summary.json")
MARKS = FILES[0].with_name("marks.json")


def _id(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def _file(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("ascii"))
    return content


@asynccontextmanager
async def _replayed(server: Server, path: Path) -> AsyncIterator[tuple[Any, RedisMemory, Any]]:
    """Yield a client of a Redis with a file's keys, a memory on them, and what it must export."""
    file = _file(path)
    options = {name: value for name, value in file["memory"].items() if name != "key_ttl"}
    async with Redis.from_url(server.url) as client:
        await client.flushdb()
        deadline = int(time.time() + 1000) * 1000
        for command, key, *rest in file["commands"]:
            if command == "EXPIRE":
                await client.pexpireat(key, deadline)
            else:
                await client.execute_command(command, key, *rest)
        yield client, RedisMemory(client=client, **options), file["state"]
        await client.flushdb()


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_what_an_older_release_stored_is_read_and_left_as_it_is(server: Server, path: Path) -> None:
    async def main(own: Server) -> None:
        async with _replayed(own, path) as (client, memory, state):
            before = await stored(client)
            assert before
            reference = InMemoryMemory()
            await reference.import_state(state)
            assert await memory.export_state() == state
            assert await memory.size() == await reference.size()
            for wanted, excluded in itertools.product([None, "h", "old", "0001h"], repeat=2):
                found, expected = [
                    [each.content if each.name == "user" else each.to_dict() for each in messages]
                    for messages in (
                        await memory.get_memory(wanted, excluded),
                        await reference.get_memory(wanted, excluded),
                    )
                ]
                assert found == expected
            await memory.delete(["no such message"])
            assert await stored(client) == before

    assert server.fresh is not None
    with server.fresh() as own:
        asyncio.run(main(own))


async def _change(memory: MemoryBase, name: str) -> Any:
    match name:
        case "add":
            return await memory.add(
                [Msg("a", "b", "user", {}, "now", id=i) for i in ("m1", "new")], ["h"]
            )
        case "delete":
            return await memory.delete(["m1", "m", "nothing"])
        case "delete all":
            messages = await memory.get_memory(prepend_summary=False)
            return await memory.delete([message.id for message in messages])
        case "delete_by_mark":
            return await memory.delete_by_mark(["h", "new"])
        case "mark":
            return await memory.update_messages_mark("fresh")
        case "replace mark":
            return await memory.update_messages_mark("fresh", "h")
        case "unmark":
            return await memory.update_messages_mark(None, "old")
        case "summary":
            return await memory.update_compressed_summary("another")
        case "no summary":
            return await memory.update_compressed_summary("")
        case "clear":
            return await memory.clear()
        case "import":
            return await memory.import_state({"_compressed_summary": "", "content": []})
    raise AssertionError(name)


CHANGES = [
    "add", "delete", "delete all", "delete_by_mark", "mark", "replace mark", "unmark", "summary",
    "no summary", "clear", "import",
]  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_what_an_older_release_stored_is_changed_by_every_operation_in_any_order(
    server: Server, path: Path
) -> None:
    async def main(own: Server) -> None:
        for names in orders:
            async with _replayed(own, path) as (client, memory, state):
                reference = InMemoryMemory()
                await reference.import_state(state)
                expiring = await client.pttl(memory._keys[0].decode()) > 0
                for name in names:
                    returned = await _change(memory, name)
                    assert returned == await _change(reference, name), names
                    exported = await memory.export_state()
                    assert exported == await reference.export_state(), (names, name)
                if expiring:
                    assert len({await client.pexpiretime(key) for key in memory._keys} - {-2}) == 1
                # The summary of the old format has moved, or nothing was changed.
                if await client.hexists(memory._keys[0].decode(), ""):
                    assert not await client.keys("*summary")

    orders = [[*CHANGES[start:], *CHANGES[:start]] for start in range(len(CHANGES))]
    # The embedded server takes its time: there, the space with the most in it.
    if path == MARKS and server.how == "process":
        orders += [list(pair) for pair in itertools.permutations(CHANGES, 2)]
    if path == MARKS or server.how == "process":
        assert server.fresh is not None
        with server.fresh() as own:
            asyncio.run(main(own))


@pytest.mark.parametrize("path", [path for path in FILES if path != SUMMARY], ids=_id)
def test_half_of_what_an_older_release_stored_is_refused(real_server: Server, path: Path) -> None:
    async def main(own: Server) -> None:
        async with _replayed(own, path) as (client, memory, state):
            keys = [key for key in await client.keys("*") if not key.endswith(b"summary")]
            for key in keys:
                kept = await client.dump(key)
                await client.delete(key)
                with pytest.raises(IncompleteSpace, match="import_state"):
                    await memory.get_memory()
                with pytest.raises(IncompleteSpace, match="import_state"):
                    await memory.add(Msg("a", "b", "user"))
                await client.restore(key, 0, kept)
            assert await memory.export_state() == state
            await client.delete(*keys[:1])
            await memory.import_state(state)
            assert await memory.export_state() == state

    assert real_server.fresh is not None
    with real_server.fresh() as own:
        asyncio.run(main(own))


def test_what_a_newer_release_stored_is_refused_and_left_as_it_is(
    server: Server, space: dict[str, Any]
) -> None:
    async def main() -> None:
        async with Redis.from_url(server.url, protocol=2) as client:
            memory = RedisMemory(client=client, key_ttl=60, **space)
            await memory.add(Msg("a", "b", "user"))
            for header in ("3 1 0 0 0 0", "3", "3 {json}", "20 1 0 0 0 0", ""):
                await client.hset(memory._keys[0].decode(), "", header)
                before = await stored(client, f"*{space['user_id']}*")
                for name, operation in OPERATIONS.items():
                    with pytest.raises(NewerFormat, match="nothing was changed"):
                        await operation(memory)
                    assert await stored(client, f"*{space['user_id']}*") == before, name

    asyncio.run(main())
