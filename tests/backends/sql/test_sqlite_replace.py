"""The trigger by which SQLite replaces a space, and what happens without it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


@pytest.fixture
def driver() -> str:
    return "sqlite+aiosqlite"


async def filled(engine: AsyncEngine) -> tuple[AsyncSQLAlchemyMemory, Any, Any]:
    """Return a memory, what is in it, and something else that it can import."""
    memory = AsyncSQLAlchemyMemory(engine)
    await memory.add([Msg("name", "text", "user", id=each) for each in ("x", "y")], ["m"])
    other = await memory.export_state()
    await memory.delete(["x"])
    await memory.add([Msg("name", "text", "user", id=each) for each in ("a", "b")], ["m", "n"])
    return memory, await memory.export_state(), other


async def execute(engine: AsyncEngine, *statements: str) -> list[Any]:
    """Execute statements, commit, and return the rows of the last one."""
    async with engine.begin() as connection:
        for statement in statements:
            result = await connection.exec_driver_sql(statement)
        return list(result) if result.returns_rows else []


@pytest.mark.parametrize("joined", [False, True], ids=["engine", "session"])
def test_a_trigger_that_was_dropped_is_put_back(run: Any, joined: bool) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory, _, other = await filled(engine)
        before = await execute(engine, TRIGGERS)
        assert len(before) == 1
        await execute(engine, f"DROP TRIGGER {before[0][0]}")
        if joined:
            async with AsyncSession(engine) as session, session.begin():
                await session.connection()
                await AsyncSQLAlchemyMemory(session).import_state(other)
        else:
            await memory.import_state(other)
        assert await memory.export_state() == other
        assert await memory.size() == 2
        assert await execute(engine, TRIGGERS) == before

    run(check)


def test_a_trigger_that_does_not_fire_is_an_error_and_leaves_nothing_stale(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory, before, other = await filled(engine)
        ((name,),) = await execute(engine, TRIGGERS)
        # As with SQLITE_DBCONFIG_ENABLE_TRIGGER, which Python 3.11 has no way to set.
        await execute(
            engine,
            f"DROP TRIGGER {name}",
            f"CREATE TRIGGER {name} BEFORE INSERT ON memcert_spaces WHEN 0 BEGIN SELECT 1; END",
        )
        for empty in ({**other, "content": []}, other):
            with pytest.raises(IntegrityError, match=r"spaces\.size"):
                await memory.import_state(empty)
            assert await memory.export_state() == before
        fresh = AsyncSQLAlchemyMemory(engine, "fresh")
        with pytest.raises(IntegrityError, match=r"spaces\.size"):
            await fresh.import_state(other)
        assert await fresh.size() == 0

    run(check)


@pytest.mark.parametrize(
    "pragma", ["recursive_triggers = ON", "foreign_keys = ON", "trusted_schema = OFF"]
)
def test_no_setting_of_a_connection_plays_a_part(run: Any, pragma: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        @event.listens_for(engine.sync_engine, "connect")
        def connect(connection: Any, _: Any) -> None:
            connection.execute(f"PRAGMA {pragma}")

        memory, before, other = await filled(engine)
        beside = AsyncSQLAlchemyMemory(engine, "beside")
        await beside.import_state(before)
        await memory.import_state(other)
        assert await memory.export_state() == other
        assert await beside.export_state() == before

    run(check)


def test_who_drops_the_tables_is_rid_of_the_trigger(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        _, _, other = await filled(engine)
        tables = ("spaces", "messages", "marks", "schema_version")
        await execute(engine, *(f"DROP TABLE memcert_{table}" for table in tables))
        assert await execute(engine, "SELECT * FROM sqlite_master") == []
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.import_state(other)
        assert await memory.export_state() == other

    run(check)


def test_a_first_import_that_fails_leaves_neither_tables_nor_trigger(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory, _, other = await filled(engine)
        tables = ("spaces", "messages", "marks", "schema_version")
        await execute(engine, *(f"DROP TABLE memcert_{table}" for table in tables))

        def fail(_: Any, __: Any, statement: str, *___: Any) -> None:
            if statement.startswith("CREATE TRIGGER"):
                raise ConnectionAbortedError

        event.listen(engine.sync_engine, "after_cursor_execute", fail)
        with pytest.raises(ConnectionAbortedError):
            await memory.import_state(other)
        event.remove(engine.sync_engine, "after_cursor_execute", fail)
        assert await execute(engine, "SELECT * FROM sqlite_master") == []

    run(check)
