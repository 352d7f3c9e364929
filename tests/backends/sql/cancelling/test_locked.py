"""An operation that waits for another's lock ends soon once it is cancelled, and leaves no lock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory

from .cancelled import LIMIT, cancelled, ids, message, pooled, timed

SERVERS = ["postgresql+asyncpg", "postgresql+psycopg", "mariadb+aiomysql", "mysql+asyncmy"]
on_servers = pytest.mark.parametrize("driver", SERVERS)

WAITING = (
    "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE NOT granted AND datname = current_database()"
)
SLEEP = {"postgresql": "SELECT pg_sleep(0.05)", "mysql": "SELECT sleep(0.05)"}


@asynccontextmanager
async def locked(engine: AsyncEngine, spaces: str = "id > 0") -> AsyncIterator[Any]:
    """Hold the lock of some spaces, or of the file."""
    lock = (
        "BEGIN IMMEDIATE"
        if engine.dialect.name == "sqlite"
        else f"SELECT id FROM memcert_spaces WHERE {spaces} FOR UPDATE"
    )
    async with engine.connect() as connection:
        await connection.exec_driver_sql(lock)
        yield connection
        await connection.rollback()


async def waiting(engine: AsyncEngine) -> int:
    """Return how many statements of memories wait in this database, which has all locked."""
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            rows = (await connection.exec_driver_sql(WAITING)).all()
        else:
            found = await connection.exec_driver_sql("SHOW PROCESSLIST")
            rows = [
                row
                for row in found
                if row[3] == engine.url.database and "memcert_spaces" in (row[7] or "")
            ]
        await connection.rollback()
        return len(rows)


async def until_waiting(engine: AsyncEngine, count: int) -> None:
    while await waiting(engine) < count:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.02)


@on_servers
def test_five_that_wait_for_a_lock_are_stopped_and_keep_their_connections(
    run: Any, url: str
) -> None:
    async def check(other: AsyncEngine) -> None:
        engine = pooled(url, 5)

        async def connections() -> set[int]:
            """Return the numbers by which the server knows those of the pool."""
            taken = [await engine.connect() for _ in range(5)]
            number = "pg_backend_pid()" if "postgresql" in url else "connection_id()"
            numbers = {
                (await each.exec_driver_sql(f"SELECT {number}")).scalar_one() for each in taken
            }
            for each in taken:
                await each.close()
            return numbers

        memories = [AsyncSQLAlchemyMemory(engine, f"{number}") for number in range(5)]
        for memory in memories:
            await memory.add(message("first"))
        before = await connections()
        async with locked(other):
            tasks = [asyncio.create_task(memory.add(message("a"), "m")) for memory in memories]
            await until_waiting(other, 5)
            assert max(await asyncio.gather(*map(cancelled, tasks))) < LIMIT
            assert all(task.cancelled() for task in tasks)
            assert await waiting(other) == 0
            pool: Any = engine.pool
            assert (pool.checkedout(), pool.checkedin()) == (0, 5)
        assert await connections() == before
        for memory in memories:
            assert await ids(memory) == ["first"]
            await memory.add(message("b"))
            assert await ids(memory) == ["first", "b"]
        await engine.dispose()

    run(check)


@on_servers
def test_the_pending_work_of_a_session_stays(run: Any, url: str) -> None:
    async def check(other: AsyncEngine) -> None:
        engine = pooled(url)
        async with other.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE mine (a integer)")
        for name in ("locked", "free"):
            await AsyncSQLAlchemyMemory(engine, name).add(message("first"))
        async with AsyncSession(engine) as session:
            await session.execute(text("INSERT INTO mine VALUES (1)"))
            await AsyncSQLAlchemyMemory(session, "free").add(message("a"))
            async with locked(other, "id = 1"):
                memory = AsyncSQLAlchemyMemory(session, "locked")
                task = asyncio.create_task(memory.add([message("b"), message("c")]))
                await until_waiting(other, 1)
                assert await cancelled(task) < LIMIT
                await session.execute(text("INSERT INTO mine VALUES (2)"))
            await session.commit()
        assert await ids(AsyncSQLAlchemyMemory(engine, "free")) == ["first", "a"]
        assert await ids(AsyncSQLAlchemyMemory(engine, "locked")) == ["first"]
        async with other.connect() as connection:
            rows = await connection.exec_driver_sql("SELECT a FROM mine ORDER BY a")
            assert rows.scalars().all() == [1, 2]
        await engine.dispose()

    run(check)


@on_servers
@pytest.mark.parametrize("name", ["get_memory", "add"])
@pytest.mark.parametrize("in_session", [False, True], ids=["engine", "session"])
def test_the_look_up_of_the_version_is_stopped(
    run: Any, url: str, name: str, in_session: bool
) -> None:
    """Somebody changes the table with the version meanwhile, and takes long."""
    mysql = not url.startswith("postgresql")
    table = "memcert_schema_version"
    lock = f"LOCK TABLES {table} WRITE" if mysql else f"LOCK TABLE {table}"

    async def until_it_waits(other: AsyncEngine) -> None:
        while True:
            async with other.connect() as connection:
                query = "SHOW PROCESSLIST" if mysql else WAITING
                found = (await connection.exec_driver_sql(query)).all()
            if any(not mysql or (row[3] == database and table in (row[7] or "")) for row in found):
                return
            await asyncio.sleep(0.02)

    async def check(other: AsyncEngine) -> None:
        nonlocal database
        database = other.url.database
        await AsyncSQLAlchemyMemory(other).add(message("first"))
        async with other.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE mine (a integer)")
        engine = pooled(url)
        async with AsyncSession(engine) as session:
            await session.execute(text("INSERT INTO mine VALUES (1)"))
            if not in_session:
                await session.commit()
            memory = AsyncSQLAlchemyMemory(session if in_session else engine)
            async with other.connect() as connection:
                await connection.exec_driver_sql(lock)
                task = asyncio.ensure_future(
                    memory.get_memory() if name == "get_memory" else memory.add(message("a"))
                )
                await until_it_waits(other)
                assert await cancelled(task) < LIMIT
                assert task.cancelled()
                if mysql:
                    await connection.exec_driver_sql("UNLOCK TABLES")
                await connection.rollback()
            assert await ids(memory) == ["first"]
            await session.commit()
        async with other.connect() as connection:
            assert (await connection.exec_driver_sql("SELECT a FROM mine")).scalars().all() == [1]
        pool: Any = engine.pool
        assert (pool.checkedout(), pool.checkedin()) == (0, 1)
        await engine.dispose()

    database: str | None = None
    run(check)


@on_servers
def test_a_session_that_is_kept_open_makes_no_other_memory_hang(run: Any, url: str) -> None:
    async def check(other: AsyncEngine) -> None:
        engine = pooled(url)
        await AsyncSQLAlchemyMemory(engine).add(message("a"))
        async with AsyncSession(other) as session:
            await session.connection()
            await AsyncSQLAlchemyMemory(session).add(message("b"))
            memory = AsyncSQLAlchemyMemory(engine, operation_timeout=0.2)
            for operation in (memory.add(message("c")), memory.delete(["a"]), memory.clear()):
                with timed() as seconds, pytest.raises(TimeoutError, match="operation_timeout"):
                    await operation
                assert seconds() < 0.2 + LIMIT
            # Reading waits for nobody.
            memory.operation_timeout = None
            assert await ids(memory) == ["a"]
            await session.commit()
        assert await ids(memory) == ["a", "b"]
        await engine.dispose()

    run(check)


@on_servers
def test_what_comes_too_late_stops_nobody_else(run: Any, url: str) -> None:
    """The lock is freed at about the time at which the server is asked to stop the waiting."""

    async def check(other: AsyncEngine) -> None:
        engine = pooled(url)
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("first"))
        sleep = SLEEP["postgresql" if url.startswith("postgresql") else "mysql"]
        outcomes = []
        for number in range(8):
            async with locked(other) as connection:
                task = asyncio.create_task(
                    memory.add([message(f"{number}"), message(f"{number}+")])
                )
                await asyncio.sleep(0.1)
                task.cancel()
                await asyncio.sleep(0.19 + 0.003 * number)
                await connection.rollback()
            await asyncio.wait([task])
            async with engine.connect() as mine:
                await mine.exec_driver_sql(sleep)
            stored = await ids(memory)
            outcomes.append((f"{number}" in stored, f"{number}+" in stored))
        assert set(outcomes) <= {(True, True), (False, False)}
        pool: Any = engine.pool
        assert (pool.checkedout(), pool.checkedin()) == (0, 1)
        await engine.dispose()

    run(check)


@pytest.mark.parametrize("driver", ["sqlite+aiosqlite"])
@pytest.mark.parametrize("in_session", [False, True], ids=["engine", "session"])
def test_a_locked_file_is_not_written_later(run: Any, url: str, in_session: bool) -> None:
    async def check(other: AsyncEngine) -> None:
        threads = threading.active_count()
        await AsyncSQLAlchemyMemory(other).add(message("first"))
        engine = pooled(url, 2, connect_args={"timeout": 60})
        session = AsyncSession(engine)
        async with session:
            if in_session:
                await session.connection()
            memory = AsyncSQLAlchemyMemory(session if in_session else engine)
            async with locked(other):
                task = asyncio.create_task(memory.add(message("a")))
                await asyncio.sleep(0.2)
                assert await cancelled(task) < LIMIT
                with timed() as seconds:
                    await session.rollback()
                assert seconds() < LIMIT
                pool: Any = engine.pool
                assert pool.checkedout() == 0
            # Whoever takes the lock next has it at once, or after a moment.
            await AsyncSQLAlchemyMemory(other).add(message("b"))
            await memory.add(message("c"))
            await session.commit()
        assert await ids(AsyncSQLAlchemyMemory(engine)) == ["first", "b", "c"]
        await engine.dispose()
        await other.dispose()
        while threading.active_count() > threads:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)

    run(check)


@pytest.mark.parametrize("driver", ["sqlite+aiosqlite"])
def test_a_database_in_memory_outlives_a_cancellation(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memories = [AsyncSQLAlchemyMemory(engine, f"{number}") for number in range(3)]
        await memories[0].add(message("first"))
        batch = [message(f"{number}") for number in range(2000)]
        tasks = [asyncio.create_task(memory.add(batch)) for memory in memories]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for memory in memories:
            assert await memory.size() in (0, 1, 2000, 2001)
        assert (await ids(memories[0]))[0] == "first"

    run(check, url="sqlite+aiosqlite://")
