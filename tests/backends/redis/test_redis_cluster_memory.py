"""RedisMemory on a Redis Cluster: where spaces are, what is sent, slots that move."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from memcert_backends.by_url import open_by_url
from memcert_backends.redis import RedisMemory
from memcert_backends.servers import Server
from memcert_reference import Msg

Sent = Counter[tuple[int, str]]


@asynccontextmanager
async def connected(cluster: Server) -> AsyncIterator[RedisCluster]:
    async with RedisCluster.from_url(cluster.url, retry=Retry(NoBackoff(), 0)) as client:
        yield client


@pytest.fixture
def moving(cluster: Server) -> Iterator[Server]:
    """A cluster whose slots the test may move."""
    assert cluster.fresh is not None
    with cluster.fresh() as server:
        yield server


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Count the scripts that are sent, by the node's port and the command."""
    counts: Sent = Counter()
    execute = ClusterNode.execute_command

    async def counting(node: ClusterNode, *args: Any, **kwargs: Any) -> Any:
        if args[0] in ("EVAL", "EVALSHA"):
            counts[int(node.port), args[0]] += 1
        return await execute(node, *args, **kwargs)

    monkeypatch.setattr(ClusterNode, "execute_command", counting)
    return counts


def memory_of(client: RedisCluster, space: dict[str, Any], session: str = "s") -> RedisMemory:
    return RedisMemory(client=client, user_id=space["user_id"], session_id=session)


async def fill(memory: RedisMemory) -> None:
    """Store something in each of the keys."""
    await memory.add(Msg("name", "text", "user"), marks="mark")
    await memory.update_compressed_summary("summary")


async def contents(memory: RedisMemory) -> list[object]:
    return [message.content for message in await memory.get_memory("mark")]


class Migration:
    """The slot of a full space, on its way from one master to another."""

    def __init__(self, client: RedisCluster, memory: RedisMemory) -> None:
        self._keys = memory._keys
        self._slot = client.keyslot(memory._keys[0].decode())
        self._password = client.get_connection_kwargs()["password"]
        self._addresses = [(node.host, int(node.port)) for node in client.get_primaries()]

    async def __aenter__(self) -> Migration:
        self._stack = AsyncExitStack()
        nodes: list[Any] = [
            await self._stack.enter_async_context(
                Redis(host=host, port=port, password=self._password)
            )
            for host, port in self._addresses
        ]
        counts = [
            await node.execute_command("CLUSTER COUNTKEYSINSLOT", self._slot) for node in nodes
        ]
        here = counts.index(4)
        order = [here, (here + 1) % 3, (here + 2) % 3]
        self._source, self._target, _ = self._nodes = [nodes[turn] for turn in order]
        self._to = self._addresses[order[1]]
        source, self._id = [(await node.cluster("MYID")).decode() for node in self._nodes[:2]]
        await self._target.execute_command("CLUSTER SETSLOT", self._slot, "IMPORTING", source)
        await self._source.execute_command("CLUSTER SETSLOT", self._slot, "MIGRATING", self._id)
        return self

    async def carry(self, first: int = 0, last: int = 4) -> None:
        """Move some of the keys."""
        for key in self._keys[first:last]:
            known = ("AUTH", self._password)
            await self._source.execute_command("MIGRATE", *self._to, key, 0, 5000, *known)

    async def finish(self) -> None:
        """Say that the slot has moved."""
        for node in (self._target, self._source, self._nodes[2]):
            await node.execute_command("CLUSTER SETSLOT", self._slot, "NODE", self._id)

    async def __aexit__(self, *_: object) -> None:
        await self.finish()
        await self._stack.aclose()


def test_spaces_are_on_all_masters_and_each_is_on_one(
    cluster: Server, space: dict[str, Any]
) -> None:
    async def run() -> None:
        async with connected(cluster) as client:
            memories = [memory_of(client, space, str(number)) for number in range(30)]
            for memory in memories:
                await fill(memory)
            holders: Counter[str] = Counter()
            for memory in memories:
                nodes = [client.get_node_from_key(key.decode()) for key in memory._keys]
                (holder,) = {node and node.name for node in nodes}
                assert holder is not None
                holders[holder] += 1
                assert await contents(memory) == ["summary", "text"]
            assert len(holders) == 3
            for node in client.get_primaries():
                found = await node.execute_command("KEYS", f"*{space['user_id']}*")
                assert len(found) == 4 * holders[node.name]

    asyncio.run(run())


def test_a_script_goes_to_each_node_once(
    cluster: Server, space: dict[str, Any], sent: Sent
) -> None:
    async def run() -> None:
        async with connected(cluster) as client:
            for number in range(30):
                await memory_of(client, space, str(number)).size()
            assert sent.total() == 30
            assert sorted(sent.values())[:3] == [1, 1, 1]
            assert {command for _, command in sent.elements()} == {"EVAL", "EVALSHA"}

            sent.clear()
            await client.script_flush()
            for number in range(30):
                await memory_of(client, space, str(number)).size()
            # Once for each node, it was not known after all.
            assert sorted(sent.values())[:3] == [1, 1, 1]
            assert sent.total() == 30 + 3

    asyncio.run(run())


def test_follows_a_slot_that_moved(moving: Server, space: dict[str, Any]) -> None:
    async def run() -> None:
        async with connected(moving) as client, connected(moving) as mover:
            memory = memory_of(client, space)
            await fill(memory)
            # The client takes the fifth one as a reason to ask for all slots.
            for number in range(7):
                async with Migration(mover, memory) as migration:
                    await migration.carry()
                assert await contents(memory) == ["summary", "text"]
                await memory.add(Msg("name", f"{number}", "user"))
                assert await memory.size() == number + 2

    asyncio.run(run())


def test_asks_where_a_slot_that_moves_goes(moving: Server, space: dict[str, Any]) -> None:
    async def run() -> None:
        async with connected(moving) as client:
            memory = memory_of(client, space)
            await fill(memory)
            async with Migration(client, memory) as migration:
                assert await contents(memory) == ["summary", "text"]
                await migration.carry()
                assert await contents(memory) == ["summary", "text"]
                await memory.add(Msg("name", "more", "user"))
                assert await memory.delete_by_mark("mark") == 1
            assert await memory.size() == 1

    asyncio.run(run())


def test_waits_while_a_space_is_in_two_places(moving: Server, space: dict[str, Any]) -> None:
    async def run() -> None:
        async with connected(moving) as client:
            memory = memory_of(client, space)
            await fill(memory)
            async with Migration(client, memory) as migration:
                await migration.carry(0, 2)
                operation = asyncio.create_task(memory.add(Msg("name", "more", "user")))
                await asyncio.sleep(0.1)
                assert not operation.done()
                await migration.carry(2, 4)
                await operation
            assert await memory.size() == 2

    asyncio.run(run())


def test_waits_for_what_an_older_release_stored_while_it_moves(
    moving: Server, space: dict[str, Any]
) -> None:
    async def run() -> None:
        async with connected(moving) as client:
            memory = memory_of(client, space)
            await memory.add(Msg("name", "text", "user"), marks="mark")
            await client.hdel(memory._keys[0].decode(), "")
            async with Migration(client, memory) as migration:
                reading = asyncio.create_task(contents(memory))
                await asyncio.sleep(0.1)
                assert not reading.done()
                await migration.carry()
                await migration.finish()
                assert await reading == ["text"]

    asyncio.run(run())


def test_is_opened_by_the_url_of_a_node(cluster: Server, space: dict[str, Any]) -> None:
    async def run() -> None:
        for number in range(6):
            ids = (space["user_id"], str(number))
            async with open_by_url(cluster.url, *ids) as memory:
                await memory.add(Msg("name", "text", "user"))
            async with connected(cluster) as client:
                assert await memory_of(client, space, str(number)).size() == 1

    asyncio.run(run())
