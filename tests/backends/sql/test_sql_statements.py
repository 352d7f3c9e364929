"""How many statements an operation takes, and how the database finds the rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg


class Recorder:
    """The statements that an engine executes, and how often it commits."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.statements: list[tuple[str, Any]] = []
        self.commits = 0
        event.listen(engine.sync_engine, "before_cursor_execute", self._statement)
        event.listen(engine.sync_engine, "commit", self._commit)

    def _statement(self, *arguments: Any) -> None:
        _, _, statement, parameters, _, _ = arguments
        self.statements.append((statement, parameters))

    def _commit(self, _: Any) -> None:
        self.commits += 1


def messages(count: int, stem: str = "") -> list[Msg]:
    return [Msg("name", "text", "user", id=f"{stem}{number}") for number in range(count)]


Operation = Callable[[AsyncSQLAlchemyMemory], Awaitable[object]]

READS: dict[str, Operation] = {
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory(),
    "get_memory mark": lambda memory: memory.get_memory("m"),
    "get_memory exclude_mark": lambda memory: memory.get_memory(exclude_mark="m"),
    "get_memory both": lambda memory: memory.get_memory("m", "n"),
    "export_state": lambda memory: memory.export_state(),
}
WRITES: dict[str, Operation] = {
    "add": lambda memory: memory.add(messages(200, "new"), ["x", "y"]),
    "add one": lambda memory: memory.add(messages(1, "new"), "x"),
    "delete": lambda memory: memory.delete([str(number) for number in range(50)]),
    "delete_by_mark": lambda memory: memory.delete_by_mark(["m", "n"]),
    "attach": lambda memory: memory.update_messages_mark("x"),
    "attach by id": lambda memory: memory.update_messages_mark("x", None, ["1", "2"]),
    "replace": lambda memory: memory.update_messages_mark("x", "m"),
    "replace by id": lambda memory: memory.update_messages_mark("x", "m", ["1", "2"]),
    "remove": lambda memory: memory.update_messages_mark(None, "m"),
    "remove by id": lambda memory: memory.update_messages_mark(None, "m", ["1", "2"]),
    "clear": lambda memory: memory.clear(),
    "summary": lambda memory: memory.update_compressed_summary("summary"),
}


@pytest.mark.parametrize("name", READS)
def test_a_read_is_one_statement_and_no_commit(run: Any, name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(300), ["m"])
        recorder = Recorder(engine)
        await READS[name](memory)
        assert (len(recorder.statements), recorder.commits) == (1, 0)

    run(check)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_at_most_three_statements_and_one_commit(run: Any, name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(300), ["m"])
        recorder = Recorder(engine)
        await WRITES[name](memory)
        assert len(recorder.statements) <= 3, recorder.statements
        assert recorder.commits == 1

    run(check)


def test_import_is_five_statements_and_one_commit(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(300), ["m"])
        state = await memory.export_state()
        recorder = Recorder(engine)
        await memory.import_state(state)
        assert (len(recorder.statements), recorder.commits) == (5, 1)

    run(check)


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_rows_are_found_by_index(run: Any, name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(3), ["m"])
        recorder = Recorder(engine)
        await (READS | WRITES)[name](memory)
        statements, recorder.statements = recorder.statements, []
        async with engine.connect() as connection:
            for statement, parameters in statements:
                result = await connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", parameters
                )
                for row in result:
                    # Scanned are lists from parameters, and what was found for this statement.
                    assert not row.detail.startswith("SCAN") or "VIRTUAL TABLE" in row.detail, (
                        row.detail
                    )
                    # What is sorted is at most the mark of one message, never the space.
                    assert "USE TEMP B-TREE FOR ORDER BY" not in row.detail, row.detail

    run(check)


def test_a_read_by_mark_starts_from_the_mark(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(3), ["m"])
        recorder = Recorder(engine)
        await memory.get_memory("m")
        ((statement, parameters),) = recorder.statements
        async with engine.connect() as connection:
            result = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            searches = [row.detail for row in result if "SEARCH memcert_m" in row.detail]
        assert "memcert_marks USING PRIMARY KEY (space_id=? AND mark=?)" in searches[0]
        assert "(space_id=? AND number=?)" in searches[1]

    run(check)


async def count_steps(engine: AsyncEngine) -> list[int]:
    """Return the running count of SQLite's steps, by twenties, on the engine's one connection."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.set_progress_handler(count, 20)
    return steps


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_work_does_not_grow_with_other_spaces(run: Any, name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        steps = await count_steps(engine)

        async def measured(session: str) -> int:
            memory = AsyncSQLAlchemyMemory(engine, session)
            await memory.add(messages(20), ["m"])
            steps[0] = 0
            await (READS | WRITES)[name](memory)
            return steps[0]

        first = await measured("first")
        other = AsyncSQLAlchemyMemory(engine, "other")
        await other.add(messages(5000), ["m", "n"])
        assert await measured("second") <= first * 1.2 + 5

    run(check, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)


@pytest.mark.parametrize(
    "operation",
    [
        lambda memory: memory.add(messages(1, "new"), "x"),
        lambda memory: memory.size(),
        lambda memory: memory.delete(["7"]),
        lambda memory: memory.update_messages_mark("x", None, ["7"]),
        lambda memory: memory.update_messages_mark("x", "m", ["7"]),
        lambda memory: memory.get_memory("none"),
    ],
    ids=["add", "size", "delete", "attach", "replace", "get_memory"],
)
def test_work_does_not_grow_with_the_space(run: Any, operation: Operation) -> None:
    async def check(engine: AsyncEngine) -> None:
        steps = await count_steps(engine)

        async def measured(session: str, stored: int) -> int:
            memory = AsyncSQLAlchemyMemory(engine, session)
            await memory.add(messages(stored), ["m"])
            steps[0] = 0
            await operation(memory)
            return steps[0]

        assert await measured("large", 5000) <= await measured("small", 20) * 1.2 + 5

    run(check, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)
