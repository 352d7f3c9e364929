"""An operation on a database that has fallen silent ends soon once it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory

from .cancelled import LIMIT, cancelled, ids, message, pooled, timed

pytestmark = pytest.mark.parametrize(
    "driver", ["postgresql+asyncpg", "postgresql+psycopg", "mariadb+aiomysql", "mysql+asyncmy"]
)


async def fallen(route: Any, task: asyncio.Task[Any]) -> bool:
    """Wait until a route has fallen silent and the task waits; tell whether it does."""
    while not (route.fell.is_set() or task.done()):  # noqa: ASYNC110 - another thread tells
        await asyncio.sleep(0.01)
    await asyncio.wait([task], timeout=0.1)
    return not task.done()


OPERATIONS: dict[str, Callable[[AsyncSQLAlchemyMemory], Awaitable[object]]] = {
    "add": lambda memory: memory.add([message("a"), message("b")], "m"),
    "get_memory": lambda memory: memory.get_memory(),
}


@pytest.mark.parametrize("warm", [False, True], ids=["connecting", "connected"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_silence_at_every_packet(run: Any, network: Any, name: str, warm: bool) -> None:
    async def at(packet: int) -> bool:
        """Cancel an operation when so many packets have passed; tell whether there were as many."""
        route, url = network.route()
        # With SQLAlchemy 2.0.30 and a later PyMySQL, MySQL's drivers have no ping.
        engine = pooled(url, pool_pre_ping=warm and url.startswith("postgresql"))
        try:
            memory = AsyncSQLAlchemyMemory(engine, f"{packet}")
            if warm:
                await memory.update_compressed_summary("summary")
            route.fall_silent(packets=packet)
            task = asyncio.ensure_future(OPERATIONS[name](memory))
            waits = await fallen(route, task)
            if waits:
                took = await cancelled(task)
                assert took < LIMIT, (packet, took)
                assert task.cancelled()
            pool: Any = engine.pool
            assert pool.checkedout() == 0
            assert pool.checkedin() <= 1
            route.speak()
            assert await ids(memory) in ([], ["a", "b"])
            await memory.add(message("c"))
            assert (await ids(memory))[-1] == "c"
            assert pool.checkedout() == 0
        finally:
            await engine.dispose()
        return waits

    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine, "other").add(message("a"))
        packet, waited = 1, True
        while waited:
            # Several at once, for they do nothing but wait.
            results = await asyncio.gather(*map(at, range(packet, packet + 6)))
            packet, waited = packet + 6, any(results)
        assert packet > 7

    run(check)


@pytest.mark.parametrize("name", OPERATIONS)
def test_five_that_were_cancelled_leave_a_pool_of_five(run: Any, network: Any, name: str) -> None:
    async def check(_: AsyncEngine) -> None:
        route, url = network.route()
        engine = pooled(url, 5)
        memories = [AsyncSQLAlchemyMemory(engine, f"{number}") for number in range(5)]
        for memory in memories:
            await memory.add(message("first"))
        route.fall_silent()
        tasks = [asyncio.ensure_future(OPERATIONS[name](memory)) for memory in memories]
        await asyncio.wait(tasks, timeout=0.1)
        assert max(await asyncio.gather(*map(cancelled, tasks))) < LIMIT
        pool: Any = engine.pool
        assert pool.checkedout() == 0
        route.speak()
        connections = [await engine.connect() for _ in range(5)]
        for connection in connections:
            await connection.exec_driver_sql("SELECT 1")
            await connection.close()
        for memory in memories:
            assert await ids(memory) == ["first"]
        await engine.dispose()

    run(check)


@pytest.mark.parametrize("delivered", [True, False])
def test_a_commit_that_was_given_up_happened_or_did_not(
    run: Any, network: Any, delivered: bool
) -> None:
    async def check(_: AsyncEngine) -> None:
        route, url = network.route()
        engine = pooled(url)
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("first"))
        route.fall_silent(packets=None, text="COMMIT(?!TED)", delivered=delivered)
        task = asyncio.ensure_future(memory.add([message("a"), message("b")]))
        assert await fallen(route, task)
        assert await cancelled(task) < LIMIT
        route.speak()
        await memory.add(message("last"))
        stored = await ids(memory)
        # What was not delivered then may be now: the network holds it, as a router may.
        assert stored == ["first", "a", "b", "last"] or (
            stored == ["first", "last"] and not delivered
        )
        await engine.dispose()

    run(check)


def test_what_was_given_up_before_its_commit_never_happens(run: Any, network: Any) -> None:
    async def check(direct: AsyncEngine) -> None:
        route, url = network.route()
        engine = pooled(url)
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("first"))
        for packets in (1, 2, 3):
            route.fall_silent(packets=packets)
            task = asyncio.ensure_future(memory.add([message("a"), message("b")]))
            assert await fallen(route, task)
            assert await cancelled(task) < LIMIT
            route.speak()
            # It waits for the lock of what was given up, if that still has it.
            await AsyncSQLAlchemyMemory(direct).add(message(f"{packets}"))
        assert await ids(memory) == ["first", "1", "2", "3"]
        await engine.dispose()

    run(check)


def test_a_session_that_lost_its_connection_can_be_rolled_back(run: Any, network: Any) -> None:
    async def check(direct: AsyncEngine) -> None:
        route, url = network.route()
        engine = pooled(url)
        async with AsyncSession(engine) as session:
            memory = AsyncSQLAlchemyMemory(session)
            await memory.add(message("a"))
            await session.commit()
            await session.connection()
            await memory.add(message("b"))
            route.fall_silent()
            task = asyncio.ensure_future(memory.add(message("c")))
            await asyncio.wait([task], timeout=0.1)
            assert await cancelled(task) < LIMIT
            with timed() as seconds:
                await session.rollback()
            assert seconds() < LIMIT
            route.speak()
            await memory.add(message("d"))
            await session.commit()
        assert await ids(AsyncSQLAlchemyMemory(direct)) == ["a", "d"]
        await engine.dispose()

    run(check)


@pytest.mark.parametrize("seconds_per_byte", [None, 0.05], ids=["silent", "dripping"])
def test_it_ends_by_itself_within_its_limit(
    run: Any, network: Any, seconds_per_byte: float | None
) -> None:
    async def check(_: AsyncEngine) -> None:
        route, url = network.route()
        engine = pooled(url)
        memory = AsyncSQLAlchemyMemory(engine, operation_timeout=30)
        await memory.add(message("a" * 200))
        if seconds_per_byte is None:
            route.fall_silent()
        else:
            route.seconds_per_byte = seconds_per_byte
        memory.operation_timeout = 0.3
        with timed() as seconds, pytest.raises(TimeoutError, match=r"took longer than 0\.3 s"):
            await memory.get_memory()
        assert seconds() < 0.3 + LIMIT
        pool: Any = engine.pool
        assert pool.checkedout() == 0
        route.seconds_per_byte = 0
        route.speak()
        memory.operation_timeout = 30
        assert await memory.size() == 1
        await engine.dispose()

    run(check)
