"""How PostgreSQL finds the rows, whatever it knows of the tables and whatever plans it keeps."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

Operation = Callable[[AsyncSQLAlchemyMemory], Awaitable[object]]

LOOKUPS: dict[str, Operation] = {
    "get_memory mark": lambda memory: memory.get_memory("m"),
    "get_memory exclude_mark": lambda memory: memory.get_memory(exclude_mark="m"),
    "get_memory both": lambda memory: memory.get_memory("m", "n"),
    "delete": lambda memory: memory.delete(["none"]),
    "delete_by_mark": lambda memory: memory.delete_by_mark(["none"]),
    "attach by id": lambda memory: memory.update_messages_mark("x", None, ["none"]),
    "replace by id": lambda memory: memory.update_messages_mark("x", "m", ["none"]),
    "remove by id": lambda memory: memory.update_messages_mark(None, "m", ["none"]),
}
"""What looks up rows one by one."""

ONE: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}


@pytest.fixture(params=["postgresql+asyncpg", "postgresql+psycopg"])
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def messages(count: int) -> list[Msg]:
    return [Msg("name", "text", "user", id=f"{number}") for number in range(count)]


def test_a_plan_of_nearly_empty_tables_is_not_kept(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(3), "m")
        for _ in range(12):
            for operation in LOOKUPS.values():
                await operation(memory)
        async with engine.connect() as connection:
            kept = await connection.exec_driver_sql(
                "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements"
                " WHERE statement LIKE '%%generate_series%%'"
                " AND statement NOT LIKE '%%pg_prepared_statements%%'"
            )
            prepared = kept.all()
        # One for each operation, since they differ in their statements.
        assert len(prepared) == len(LOOKUPS)
        assert all(generic == 0 and custom >= 6 for _, generic, custom in prepared), prepared

    run(check, **ONE)


@pytest.mark.parametrize("name", ["get_memory mark", "get_memory both", "delete", "delete_by_mark"])
def test_a_lookup_has_one_index(run: Any, name: str) -> None:
    """Without it the table is read from end to end: there is no other for the planner to take."""

    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(messages(2000), ["m", "n"])
        statements: list[tuple[str, Any]] = []

        def record(*arguments: Any) -> None:
            statements.append(arguments[2:4])

        event.listen(engine.sync_engine, "before_cursor_execute", record)
        await LOOKUPS[name](memory)
        event.remove(engine.sync_engine, "before_cursor_execute", record)
        async with engine.connect() as connection:
            await connection.exec_driver_sql("ANALYZE")
            before = await indexes(connection, statements[-1])
            assert "memcert_messages" in {table for table, _ in before}
            for table, index in set(before):
                savepoint = await connection.begin_nested()
                primary = f"ALTER TABLE {table} DROP CONSTRAINT {index}"
                drop = primary if index.endswith("_pkey") else f"DROP INDEX {index}"
                await connection.exec_driver_sql(drop)
                others = [each for each in before if each != (table, index)]
                assert sorted(await indexes(connection, statements[-1])) == sorted(others), index
                await savepoint.rollback()
            await connection.rollback()

    run(check, **ONE)


async def indexes(connection: AsyncConnection, statement: tuple[str, Any]) -> list[tuple[str, str]]:
    """Return the tables whose rows of a space a statement looks up, and by which indexes."""
    explain = f"EXPLAIN (FORMAT JSON) {statement[0]}"
    ((plan,),) = await connection.exec_driver_sql(explain, statement[1])
    nodes = list(walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
    return [
        (node["Relation Name"], node["Index Name"])
        for node in nodes
        if "space_id" in node.get("Index Cond", "")
    ]


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", []):
        yield from walk(each)
