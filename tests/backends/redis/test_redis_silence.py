"""A Redis that is silent, drips, or is gone without a word: every operation ends in time."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import pytest
import redis
from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis, RedisCluster

from memcert_backends.redis import RedisMemory
from memcert_backends.redis.process import redis_process
from memcert_backends.servers import Server
from memcert_reference import Msg

from .operations import address, fill

SECONDS = 0.5
"""How long an operation goes on before it is cancelled, or given up."""

GRACE = 1.5
"""How long it may go on after that, besides what the machine keeps this process waiting."""

Operation = Callable[[RedisMemory], Awaitable[Any]]

OPERATIONS: dict[str, Operation] = {
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory(),
    "add": lambda memory: memory.add(Msg("a", "b", "user")),
    "add much": lambda memory: memory.add(Msg("a", "b" * 12_000_000, "user")),
}

Opened = tuple[Callable[[str], RedisMemory], Any]
"""A function that opens memories, and the pool that they share, if any."""


@asynccontextmanager
async def _own(at: dict[str, Any]) -> AsyncIterator[Opened]:
    async with AsyncExitStack() as stack:

        def opened(user_id: str) -> RedisMemory:
            memory = RedisMemory(**at, user_id=user_id)
            stack.push_async_callback(memory.close)
            return memory

        yield opened, None


@asynccontextmanager
async def _pool(at: dict[str, Any]) -> AsyncIterator[Opened]:
    pool = ConnectionPool(**at)
    try:
        yield lambda user_id: RedisMemory(connection_pool=pool, user_id=user_id), pool
    finally:
        await pool.disconnect()


@asynccontextmanager
async def _blocking_pool(at: dict[str, Any]) -> AsyncIterator[Opened]:
    """A pool of five, for more than five memories."""
    pool = BlockingConnectionPool(**at, max_connections=5, timeout=None)
    try:
        yield lambda user_id: RedisMemory(connection_pool=pool, user_id=user_id), pool
    finally:
        await pool.disconnect()


@asynccontextmanager
async def _client(at: dict[str, Any], **options: Any) -> AsyncIterator[Opened]:
    async with Redis(**at, **options) as client:
        pool = None if options else client.connection_pool
        yield lambda user_id: RedisMemory(client=client, user_id=user_id), pool


@asynccontextmanager
async def _cluster(at: dict[str, Any]) -> AsyncIterator[Opened]:
    async with RedisCluster(**at) as client:
        yield lambda user_id: RedisMemory(client=client, user_id=user_id), None


CLIENTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "own": _own,
    "pool": _pool,
    "blocking pool": _blocking_pool,
    "client": _client,
    "single": lambda at: _client(at, single_connection_client=True),
    "cluster": _cluster,
}


@pytest.fixture(params=CLIENTS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def single_server() -> Iterator[Server]:
    with redis_process() as server:
        yield server


@pytest.fixture(scope="module")
def cluster_node() -> Iterator[Server]:
    """A cluster of one."""
    with redis_process({"cluster-enabled": "yes"}) as server:
        with redis.Redis.from_url(server.url) as node:
            node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            while node.cluster("info")["cluster_state"] != "ok":
                time.sleep(0.05)
        yield server


@pytest.fixture
def stoppable(kind: str, request: pytest.FixtureRequest) -> Server:
    server: Server = request.getfixturevalue(
        "cluster_node" if kind == "cluster" else "single_server"
    )
    return server


@contextmanager
def _stopped(server: Server) -> Iterator[None]:
    """Keep the server's process from running: its connections stay, and nothing is answered."""
    with redis.Redis.from_url(server.url) as client:
        process_id = client.info("server")["process_id"]
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


async def _cancelled(memory: RedisMemory, operation: Operation) -> float:
    """Cancel an operation after some time; return how long it went on after that."""
    doing = asyncio.create_task(operation(memory))
    await asyncio.sleep(SECONDS)
    assert doing.cancel()
    started = time.monotonic()
    await asyncio.wait({doing})
    assert doing.cancelled()
    return time.monotonic() - started


async def _given_up(memory: RedisMemory, operation: Operation) -> float:
    memory.operation_timeout = SECONDS
    started = time.monotonic()
    with pytest.raises(TimeoutError, match="operation_timeout"):
        await operation(memory)
    memory.operation_timeout = 30
    return time.monotonic() - started - SECONDS


async def _all_end_in_time(memories: dict[str, RedisMemory]) -> None:
    limited = [
        end(memories[f"{how} {name}"], operation)
        for name, operation in OPERATIONS.items()
        for how, end in (("cancelled", _cancelled), ("given up", _given_up))
    ]
    async with _lateness() as late, asyncio.TaskGroup() as tasks:
        ends = [tasks.create_task(end) for end in limited]
    assert max(end.result() for end in ends) < GRACE + sum(late)


@asynccontextmanager
async def _lateness() -> AsyncIterator[list[float]]:
    """Collect by how much this event loop, or its process, is late."""
    late: list[float] = []

    async def look() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            late.append(time.monotonic() - before - 0.01)

    looking = asyncio.create_task(look())
    try:
        yield late
    finally:
        looking.cancel()


async def _each_gets_its_own_answers(memory: RedisMemory) -> None:
    # What the server had received already, it does first.
    await memory.size()
    await memory.clear()
    await fill(memory, 7)
    assert await memory.size() == 7
    assert [message.id for message in await memory.get_memory()] == [f"m{n}" for n in range(7)]
    assert await memory.delete(["m1"]) == 1
    await memory.clear()


@asynccontextmanager
async def _memories(kind: str, at: dict[str, Any]) -> AsyncIterator[dict[str, RedisMemory]]:
    """Yield a memory for each operation; after them, the pool must be as whole as before."""
    async with CLIENTS[kind](at) as (opened, pool):
        names = [f"{how} {name}" for how in ("cancelled", "given up") for name in OPERATIONS]
        memories = {name: opened(uuid.uuid4().hex) for name in names}
        yield memories
        for memory in memories.values():
            async with asyncio.timeout(10):
                await memory.close()
        assert pool is None or not pool._in_use_connections


@pytest.mark.parametrize("used", [True, False], ids=["used", "fresh"])
def test_operations_on_a_silent_server_end_in_time(
    kind: str, stoppable: Server, used: bool
) -> None:
    async def main() -> None:
        async with _memories(kind, address(stoppable)) as memories:
            if used:
                await asyncio.gather(*(fill(memory, 3) for memory in memories.values()))
            with _stopped(stoppable):
                await _all_end_in_time(memories)
            for name, memory in memories.items():
                # Of a client that is lent, redis-py may still send the rest of a large command.
                if kind not in ("single", "cluster") or not name.endswith("much"):
                    await _each_gets_its_own_answers(memory)

    asyncio.run(main())


class Proxy:
    """A way to a server that lets through what it is told to."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.mode = "open"
        self.there = asyncio.Event()
        self.there.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        async with asyncio.TaskGroup() as tasks:

            def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                serving.append(tasks.create_task(self._serve(reader, writer)))

            serving: list[asyncio.Task[None]] = []
            listener = await asyncio.start_server(serve, "127.0.0.1", 0)
            try:
                yield int(listener.sockets[0].getsockname()[1])
            finally:
                listener.close()
                for task in serving:
                    task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers, tasks = [writer], list[asyncio.Task[None]]()
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._to)
            writers.append(server_writer)
            ways = (
                self._carry(reader, server_writer),
                self._carry(server_reader, writer, drips=True),
            )
            tasks += [asyncio.create_task(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Before anything is waited for, since that may be cancelled.
            for each in writers:
                each.transport.abort()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drips: bool = False
    ) -> None:
        while data := await reader.read(65536):
            await self.there.wait()
            while self.mode == "drips" and drips:
                # The last one is kept: however late this process is, no answer is whole in time.
                if len(data) > 1:
                    writer.write(data[:1])
                    data = data[1:]
                await asyncio.sleep(0.2)
            writer.write(data)
            await writer.drain()


@pytest.mark.parametrize("mode", ["drips", "gone"])
@pytest.mark.parametrize("kind", ["own", "blocking pool", "client"])
def test_operations_whose_answers_drip_or_never_come_end_in_time(
    single_server: Server, kind: str, mode: str
) -> None:
    async def main() -> None:
        at = address(single_server)
        proxy = Proxy(at["port"])
        async with proxy.running() as port, _memories(kind, {**at, "port": port}) as memories:
            await asyncio.gather(*(fill(memory, 3) for memory in memories.values()))
            proxy.mode = mode
            if mode == "gone":
                proxy.there.clear()
            await _all_end_in_time(memories)
            proxy.mode = "open"
            proxy.there.set()
            for memory in memories.values():
                await _each_gets_its_own_answers(memory)

    asyncio.run(main())
