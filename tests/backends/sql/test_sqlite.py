"""What AsyncSQLAlchemyMemory does with the engines and errors of SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg


@pytest.fixture
def driver() -> str:
    return "sqlite+aiosqlite"


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id)


async def ids(memory: AsyncSQLAlchemyMemory) -> list[str]:
    return [one.id for one in await memory.get_memory(prepend_summary=False)]


def test_an_error_changes_nothing_and_the_memory_still_works(run: Any, url: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"), "m")
        before = await memory.export_state()
        other = create_async_engine(url)
        async with other.connect() as connection:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="locked"):
                await memory.add(message("b"))
        await other.dispose()
        assert await memory.export_state() == before
        await memory.add(message("b"))
        assert await ids(memory) == ["a", "b"]

    run(check, connect_args={"timeout": 0.05})


# New in Python 3.12: https://docs.python.org/3/library/sqlite3.html#sqlite3.Connection.autocommit
AUTOCOMMIT_OPTIONS: list[dict[str, Any]] = [
    {"connect_args": {"autocommit": value}}
    for value in (True, False)
    if hasattr(sqlite3.Connection, "autocommit")
]


def fail_at(engine: AsyncEngine, statement_number: int) -> None:
    """Make a statement of the next operation fail after it was executed."""
    seen = 0

    def fail(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement_number:
            raise ConnectionAbortedError

    event.listen(engine.sync_engine, "after_cursor_execute", fail)


@pytest.mark.parametrize("statement_number", [1, 2, 3])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"isolation_level": "AUTOCOMMIT"},
        {"connect_args": {"isolation_level": None}},
        *AUTOCOMMIT_OPTIONS,
    ],
    ids=str,
)
def test_an_operation_that_fails_halfway_changes_nothing(
    run: Any, statement_number: int, options: dict[str, Any]
) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add([message("a"), message("b")], "m")
        before = await memory.export_state()
        fail_at(engine, statement_number)
        with pytest.raises(ConnectionAbortedError):
            await memory.add([message("c"), message("d")], "n")
        assert await memory.export_state() == before
        assert await memory.size() == 2

    run(check, **options)


def test_a_first_operation_that_fails_leaves_no_tables(run: Any, table_names: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        # BEGIN, four that create, and the first that inserts.
        fail_at(engine, 6)
        with pytest.raises(ConnectionAbortedError):
            await memory.add(message("a"))
        assert await table_names(engine) == []
        await memory.add(message("b"))
        assert await ids(memory) == ["b"]

    run(check)


def begin_by_listeners(engine: AsyncEngine) -> None:
    """Begin every transaction explicitly, as SQLAlchemy's documentation once advised."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")


@pytest.mark.parametrize(
    "options",
    [
        {"connect_args": {"isolation_level": None}},
        {"connect_args": {"isolation_level": "EXCLUSIVE"}},
        {"url": "sqlite+aiosqlite://"},
        {"url": "sqlite+aiosqlite:///file::memory:?cache=shared&uri=true"},
        {"listeners": True},
    ],
    ids=["no begin", "exclusive", "memory", "shared memory", "listeners"],
)
def test_any_engine_will_do(run: Any, options: dict[str, Any]) -> None:
    listeners = options.pop("listeners", False)

    async def check(engine: AsyncEngine) -> None:
        if listeners:
            begin_by_listeners(engine)
        # A shared database in memory is there as long as it has a connection.
        async with engine.connect():
            memories = [AsyncSQLAlchemyMemory(engine, f"{number % 3}") for number in range(9)]
            for round_ in range(3):
                await asyncio.gather(
                    *(
                        memory.add([message(f"{number}-{round_}"), message(f"{round_}")], "m")
                        for number, memory in enumerate(memories)
                    ),
                    *(memory.get_memory("m") for memory in memories),
                )
            for memory in memories[:3]:
                assert await memory.size() == len(await memory.get_memory("m")) == 12
                assert await memory.delete_by_mark("m") == 12
                assert await memory.size() == 0

    run(check, **options)


def test_a_cancelled_operation_in_memory_happened_wholly_or_not_at_all(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("first"), "m")
        outcomes = set()
        for steps in range(40):
            batch = [message(f"{steps}-{number}") for number in range(3)]
            task = asyncio.create_task(memory.add(batch, "m"))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            stored = {one.id for one in batch} & {*await ids(memory)}
            assert len(stored) in (0, 3)
            assert await memory.size() == len(await memory.get_memory("m"))
            outcomes.add(bool(stored))
        assert outcomes == {True, False}

    run(check, url="sqlite+aiosqlite://")


def test_one_engine_in_one_event_loop_after_another() -> None:
    engine = create_async_engine("sqlite+aiosqlite://")

    async def use(number: int) -> int:
        memories = [AsyncSQLAlchemyMemory(engine) for _ in range(3)]
        await asyncio.gather(*(memory.add(message(f"{number}")) for memory in memories))
        size = await memories[0].size()
        await engine.dispose()
        return size

    assert [asyncio.run(use(number)) for number in range(2)] == [1, 1]
