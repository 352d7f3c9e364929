"""Only a store without any of memcert's tables is a new one: half of one is not read as nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory, MissingTables

from .whole_stores import OPERATIONS, execute, message, stored, without_version

TABLES = ("spaces", "messages", "marks")


@pytest.mark.parametrize("joined", [False, True], ids=["alone", "joined"])
@pytest.mark.parametrize("missing", TABLES)
def test_a_missing_table_is_an_error_that_names_it(
    run: Any, table_names: Any, missing: str, joined: bool
) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).add([message("a"), message("b")], "m")
        await execute(engine, f"DROP TABLE memcert_{missing}")
        names = await table_names(engine)
        before = await stored(engine, without_version(names))
        for name, operation in OPERATIONS.items():
            if joined:
                async with AsyncSession(engine) as session:
                    await session.begin()
                    await refused(operation, AsyncSQLAlchemyMemory(session), missing, name)
                    # The caller's transaction goes on.
                    assert (await session.connection()).in_transaction()
                    await session.commit()
            else:
                await refused(operation, AsyncSQLAlchemyMemory(engine), missing, name)
            assert await table_names(engine) == names
            assert await stored(engine, without_version(names)) == before
        fresh = AsyncSQLAlchemyMemory(engine, "another session")
        await refused(OPERATIONS["add"], fresh, missing, "add")

    run(check)


async def refused(
    operation: Callable[[AsyncSQLAlchemyMemory], Awaitable[object]],
    memory: AsyncSQLAlchemyMemory,
    missing: str,
    name: str,
) -> None:
    what = rf"^(main\.)?memcert_{missing} is missing, though .* are there: .* backup, or drop .*"
    with pytest.raises(MissingTables, match=what):
        await operation(memory)


@pytest.mark.parametrize("kept", TABLES)
def test_two_missing_tables_are_named(run: Any, kept: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).add(message("a"), "m")
        gone = [table for table in TABLES if table != kept]
        await execute(engine, *(f"DROP TABLE memcert_{table}" for table in gone))
        with pytest.raises(MissingTables, match=r"are missing, though .* is there") as raised:
            await AsyncSQLAlchemyMemory(engine).import_state(
                {"_compressed_summary": "", "content": []}
            )
        assert all(f"memcert_{table}" in str(raised.value) for table in gone)

    run(check)


def test_what_the_error_says_to_do_works(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"), "m")
        await execute(engine, "DROP TABLE memcert_marks")
        with pytest.raises(MissingTables) as raised:
            await memory.export_state()
        said = str(raised.value).partition("or drop ")[2].partition(" to begin")[0]
        for table in said.replace(" and ", ", ").split(", "):
            await execute(engine, f"DROP TABLE {table}")
        assert await memory.size() == 0
        await memory.add(message("b"), "m")
        assert [one.id for one in await memory.get_memory("m")] == ["b"]

    run(check)


@pytest.mark.parametrize("driver", ["mariadb+aiomysql", "mysql+asyncmy"])
@pytest.mark.parametrize("made", range(6))
def test_who_makes_the_tables_may_be_killed_meanwhile(run: Any, made: int) -> None:
    """MySQL makes each table for itself, and does not take back those that it has made."""

    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        dialect = memory._database.dialect
        create = type(dialect).create

        def some(self: Any, connection: Any, statements: Any) -> None:
            create(self, connection, statements[:made])
            raise ConnectionAbortedError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(dialect), "create", some)
            with pytest.raises(ConnectionAbortedError):
                await memory.add(message("a"), "m")
        assert await memory.get_memory() == []
        assert await memory.size() == 0
        other = AsyncSQLAlchemyMemory(engine, "other")
        await other.add(message("b"), "m")
        await memory.add(message("a"), "m")
        assert [one.id for one in await memory.get_memory("m")] == ["a"]

    run(check)


def test_only_an_error_takes_more_statements(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add([message("a"), message("b")], "m")
        statements = []

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def executes(_: Any, __: Any, statement: str, *___: Any) -> None:
            statements.append(statement)

        for session in (None, "another"):
            for operation in OPERATIONS.values():
                statements.clear()
                await operation(AsyncSQLAlchemyMemory(engine, session))
                assert len(statements) <= 3, statements

    run(check)
