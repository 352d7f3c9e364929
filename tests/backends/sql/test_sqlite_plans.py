"""How SQLite finds the rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

OPERATIONS: dict[str, Callable[[AsyncSQLAlchemyMemory], Awaitable[object]]] = {
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory(),
    "get_memory mark": lambda memory: memory.get_memory("m"),
    "get_memory exclude_mark": lambda memory: memory.get_memory(exclude_mark="m"),
    "get_memory both": lambda memory: memory.get_memory("m", "n"),
    "export_state": lambda memory: memory.export_state(),
    "add": lambda memory: memory.add(Msg("name", "text", "user", id="new"), ["x", "y"]),
    "delete": lambda memory: memory.delete(["1", "2"]),
    "delete_by_mark": lambda memory: memory.delete_by_mark(["m", "n"]),
    "attach": lambda memory: memory.update_messages_mark("x"),
    "attach by id": lambda memory: memory.update_messages_mark("x", None, ["1", "2"]),
    "replace": lambda memory: memory.update_messages_mark("x", "m"),
    "replace by id": lambda memory: memory.update_messages_mark("x", "m", ["1", "2"]),
    "clear": lambda memory: memory.clear(),
    "summary": lambda memory: memory.update_compressed_summary("summary"),
    "import_state": lambda memory: memory.import_state(STATE),
}
STATE: Any = {
    "_compressed_summary": "summary",
    "content": [[Msg("name", "text", "user", id="new").to_dict(), ["x"]]],
}


@pytest.fixture
def driver() -> str:
    return "sqlite+aiosqlite"


async def plan(engine: AsyncEngine, name: str) -> list[str]:
    """Return the steps of the plans of an operation's statements."""
    memory = AsyncSQLAlchemyMemory(engine)
    await memory.add([Msg("name", "text", "user", id=f"{number}") for number in range(3)], ["m"])
    statements: list[tuple[str, Any]] = []

    def record(*arguments: Any) -> None:
        statements.append(arguments[2:4])

    event.listen(engine.sync_engine, "before_cursor_execute", record)
    await OPERATIONS[name](memory)
    event.remove(engine.sync_engine, "before_cursor_execute", record)
    async with engine.connect() as connection:
        results = [
            await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for statement, parameters in statements
        ]
        return [row.detail for result in results for row in result]


@pytest.mark.parametrize("name", OPERATIONS)
def test_rows_are_found_by_index(run: Any, name: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        for step in await plan(engine, name):
            # Scanned are lists from parameters, and what was found for this statement.
            assert not step.startswith("SCAN") or "VIRTUAL TABLE" in step, step
            # What is sorted is at most the mark of one message, never the space.
            assert "USE TEMP B-TREE FOR ORDER BY" not in step, step

    run(check)


def test_a_read_by_mark_starts_from_the_mark(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        searches = [step for step in await plan(engine, "get_memory mark") if "memcert_m" in step]
        assert "memcert_marks USING PRIMARY KEY (space_id=? AND mark=?)" in searches[0]
        assert "(space_id=? AND number=?)" in searches[1]

    run(check)
