"""What AsyncSQLAlchemyMemory does with the caller's engine, and with others on the database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

# SQLAlchemy 2.0.38 made this the default for files.
QUEUE: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "max_overflow": 0}


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id)


async def ids(memory: AsyncSQLAlchemyMemory) -> list[str]:
    return [one.id for one in await memory.get_memory(prepend_summary=False)]


def test_nothing_is_created_until_something_is_stored(run: Any, table_names: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        assert await memory.get_memory() == []
        assert await memory.get_memory("m", "n") == []
        assert await memory.size() == 0
        assert await memory.delete(["a"]) == 0
        assert await memory.delete_by_mark("m") == 0
        assert await memory.update_messages_mark("m", "n") == 0
        assert await memory.export_state() == {"_compressed_summary": "", "content": []}
        await memory.clear()
        assert await table_names(engine) == []
        await memory.update_compressed_summary("summary")
        names = ["memcert_marks", "memcert_messages", "memcert_schema_version", "memcert_spaces"]
        assert await table_names(engine) == names
        assert (await memory.export_state())["_compressed_summary"] == "summary"

    run(check)


def test_what_stores_nothing_makes_no_space(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).add(message("a"))
        other = AsyncSQLAlchemyMemory(engine, "other")
        assert await other.get_memory() == []
        assert await other.delete(["a"]) == 0
        assert await other.update_messages_mark("m") == 0
        await other.clear()
        async with engine.connect() as connection:
            rows = await connection.exec_driver_sql("SELECT count(*) FROM memcert_spaces")
            assert rows.all() == [(1,)]

    run(check)


def test_tables_that_went_are_made_again(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"))
        async with engine.begin() as connection:
            for name in ("spaces", "messages", "marks"):
                await connection.exec_driver_sql(f"DROP TABLE memcert_{name}")
        assert await memory.get_memory() == []
        await memory.add(message("b"))
        assert await ids(memory) == ["b"]

    run(check)


def test_several_first_users_at_once(run: Any, url: str) -> None:
    async def first(number: int) -> None:
        engine = create_async_engine(url)
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add([message("shared"), message(f"{number}")], "m")
        await memory.update_compressed_summary(f"{number}")
        await engine.dispose()

    async def check(engine: AsyncEngine) -> None:
        await asyncio.gather(*map(first, range(8)))
        memory = AsyncSQLAlchemyMemory(engine)
        stored = await ids(memory)
        assert sorted(stored) == [*map(str, range(8)), "shared"]
        assert stored[0] == "shared"
        assert await memory.size() == 9

    run(check)


def test_fifty_memories_on_a_pool_of_five(run: Any, patience: dict[str, Any]) -> None:
    async def work(memory: AsyncSQLAlchemyMemory) -> None:
        for number in range(4):
            await memory.add(message(f"{number}"), "m")
            assert await memory.size() == number + 1
        assert await memory.update_messages_mark("n", "m", ["1"]) == 1
        assert await memory.delete(["0"]) == 1
        assert [one.id for one in await memory.get_memory("m")] == ["2", "3"]

    async def check(engine: AsyncEngine) -> None:
        memories = [AsyncSQLAlchemyMemory(engine, f"{number}") for number in range(50)]
        await asyncio.gather(*map(work, memories))

    run(check, **QUEUE, **patience, pool_size=5, pool_timeout=60)


def test_clients_of_one_space_lose_nothing(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memories = [AsyncSQLAlchemyMemory(engine) for _ in range(6)]
        await asyncio.gather(
            *(
                memory.add([message(f"{client}-{number}"), message("same")], f"{client}")
                for client, memory in enumerate(memories)
                for number in range(5)
            )
        )
        stored = await ids(memories[0])
        assert len(stored) == len(set(stored)) == await memories[1].size() == 31
        for client in range(6):
            mine = [one for one in stored if one.startswith(f"{client}-")]
            assert mine == [f"{client}-{number}" for number in range(5)]

    run(check)


def test_no_connection_is_held_between_operations(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        pool: Any = engine.pool
        for operation in (
            memory.add(message("a")),
            memory.get_memory(),
            memory.size(),
            memory.delete(["a"]),
            memory.update_compressed_summary("summary"),
        ):
            await operation
            assert pool.checkedout() == 0

    run(check, **QUEUE)


def test_closing_leaves_the_engine_and_other_memories_usable(run: Any, table_names: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        other = AsyncSQLAlchemyMemory(engine)
        async with AsyncSQLAlchemyMemory(engine) as memory:
            await memory.add(message("a"))
        await memory.close()
        with pytest.raises(RuntimeError, match="closed"):
            await memory.size()
        assert await ids(other) == ["a"]
        assert "memcert_spaces" in await table_names(engine)

    run(check)


def test_a_writer_waits_for_another(run: Any, url: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"))
        other = create_async_engine(url)
        lock = (
            "BEGIN IMMEDIATE"
            if url.startswith("sqlite")
            else "SELECT id FROM memcert_spaces FOR UPDATE"
        )
        for operation in (memory.add(message("b")), memory.update_messages_mark("m")):
            async with other.connect() as connection:
                await connection.exec_driver_sql(lock)
                waiting = asyncio.create_task(operation)
                await asyncio.sleep(0.1)
                assert not waiting.done()
                await connection.rollback()
                await waiting
        await other.dispose()
        assert await ids(memory) == ["a", "b"]

    run(check)


def fail_at(engine: AsyncEngine, statement_number: int) -> None:
    """Make a statement of the next operation fail after it was executed."""
    seen = 0

    def fail(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement_number:
            raise ConnectionAbortedError

    event.listen(engine.sync_engine, "after_cursor_execute", fail)


@pytest.mark.parametrize("statement_number", [1, 2])
@pytest.mark.parametrize("options", [{}, {"isolation_level": "AUTOCOMMIT"}], ids=str)
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


@pytest.mark.parametrize(
    "options",
    [
        {"isolation_level": "AUTOCOMMIT"},
        {"isolation_level": "SERIALIZABLE"},
        {"poolclass": NullPool},
    ],
    ids=["autocommit", "serializable", "no pool"],
)
def test_any_engine_will_do(run: Any, options: dict[str, Any]) -> None:
    async def check(engine: AsyncEngine) -> None:
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


def test_a_cancelled_operation_happened_wholly_or_not_at_all(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("first"), "m")
        outcomes = set()
        for steps in range(0, 60, 2):
            batch = [message(f"{steps}-{number}") for number in range(3)]
            task = asyncio.create_task(memory.add(batch, "m"))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            cancelled = (await asyncio.gather(task, return_exceptions=True))[0] is not None
            marked = {one.id for one in await memory.get_memory("m")}
            stored = {one.id for one in batch} & marked
            assert len(stored) in (0, 3)
            assert cancelled or stored
            assert await memory.size() == len(marked) == len(await memory.get_memory())
            outcomes.add(bool(stored))
        assert outcomes == {True, False}
        pool: Any = engine.pool
        assert pool.checkedout() == 0

    run(check, **QUEUE, pool_size=2)


def test_cancelling_does_not_wait_for_a_connection(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"))
        async with engine.connect():
            waiting = asyncio.create_task(memory.add(message("b")))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.wait([waiting], timeout=20)
            assert waiting.cancelled()
        assert await ids(memory) == ["a"]

    run(check, **QUEUE, pool_size=1, pool_timeout=30)


@pytest.mark.parametrize("wrong", ["sqlite+aiosqlite://", None, object()])
def test_neither_an_engine_nor_a_session_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="AsyncEngine or an AsyncSession"):
        AsyncSQLAlchemyMemory(wrong)
