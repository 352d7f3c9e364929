"""The version of the tables: who makes them says it, and who uses them looks it up first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from memcert_backends.sql import AsyncSQLAlchemyMemory, MissingTables, NewerSchema
from memcert_backends.sql.ddl import ddl
from memcert_backends.sql.migrations import upgrade

from .whole_stores import DATA, OPERATIONS, execute, message, rebuild, stored

OLD = DATA / "0.1.0"
TABLES = ["memcert_marks", "memcert_messages", "memcert_schema_version", "memcert_spaces"]
NEWER = "UPDATE memcert_schema_version SET version_num = '0999'"


def statements_of(engine: AsyncEngine) -> list[str]:
    """Return a list that every later statement is added to."""
    statements: list[str] = []

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def executes(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    return statements


async def migrate(engine: AsyncEngine, *arguments: Any) -> str | None:
    async with engine.begin() as connection:
        return await connection.run_sync(upgrade, *arguments)


async def version(engine: AsyncEngine) -> list[Any]:
    return (await stored(engine, ["memcert_schema_version"]))["memcert_schema_version"]


@pytest.mark.parametrize("joined", [False, True], ids=["alone", "joined"])
def test_a_newer_version_is_refused_before_anything_else(run: Any, url: str, joined: bool) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).add([message("a"), message("b")], "m")
        await execute(engine, NEWER)
        before = await stored(engine, TABLES)
        for operation in OPERATIONS.values():
            later = create_async_engine(url)
            statements = statements_of(later)
            async with AsyncSession(later) as session:
                if joined:
                    await session.begin()
                memory = AsyncSQLAlchemyMemory(session if joined else later)
                with pytest.raises(NewerSchema, match=r"version 0999 .*memcert_schema_version"):
                    await operation(memory)
                assert not [each for each in statements if "memcert_spaces" in each], statements
                if joined:
                    await session.execute(text("SELECT 1"))
                    await session.commit()
            await later.dispose()
        assert await stored(engine, TABLES) == before

    run(check)


def test_who_makes_the_tables_says_their_version(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).add(message("a"))
        assert await version(engine) == [("0001",)]

    run(check)


@pytest.mark.parametrize("made_by", ["this release", "0.1.0"])
def test_the_version_is_looked_up_once_per_engine(run: Any, url: str, made_by: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        if made_by == "0.1.0":
            await rebuild(engine, OLD)
        else:
            await AsyncSQLAlchemyMemory(engine).add([message("a"), message("b")], "m")
        later = create_async_engine(url)
        statements = statements_of(later)
        copy = later.execution_options(some="option")
        async with AsyncSession(later) as session:
            for operation in OPERATIONS.values():
                for place in (later, copy, session):
                    await operation(AsyncSQLAlchemyMemory(place))
        looked = [each for each in statements if "memcert_schema_version" in each]
        assert len(looked) == 1
        assert not [each for each in statements if "CREATE" in each]
        await later.dispose()

    run(check)


def test_nobody_who_comes_first_in_a_transaction_gets_into_anothers_way(
    run: Any, url: str, patience: dict[str, Any]
) -> None:
    """Nor where SQLite's transactions begin without a lock, and the tables are there already."""

    async def first(number: int, engine: AsyncEngine) -> None:
        if url.startswith("sqlite"):

            @event.listens_for(engine.sync_engine, "begin")
            def begin(connection: Any) -> None:
                connection.exec_driver_sql("BEGIN")

        async with AsyncSession(engine) as session, session.begin():
            await AsyncSQLAlchemyMemory(session).add([message(f"{number}"), message("same")])
            await asyncio.sleep(0.05)
            await AsyncSQLAlchemyMemory(session, "another").add(message(f"{number}"))

    async def check(engine: AsyncEngine) -> None:
        # In MySQL, transactions that make spaces may get into each other's way.
        for each in (None, "another"):
            await AsyncSQLAlchemyMemory(engine, each).update_compressed_summary("s")
        engines = [create_async_engine(url, **patience) for _ in range(5)]
        await asyncio.gather(*(first(number, each) for number, each in enumerate(engines)))
        assert await AsyncSQLAlchemyMemory(engine).size() == 6
        assert await AsyncSQLAlchemyMemory(engine, "another").size() == 5
        for each in engines:
            await each.dispose()

    run(check)


async def described(engine: AsyncEngine) -> Any:
    """Return what the tables are like."""

    def describe(connection: Any) -> Any:
        inspector = inspect(connection)
        return {
            table: (
                [
                    (each["name"], str(each["type"]), each["nullable"])
                    for each in sorted(
                        inspector.get_columns(table), key=lambda column: column["name"]
                    )
                ],
                inspector.get_pk_constraint(table),
                sorted(map(str, inspector.get_unique_constraints(table))),
                sorted(map(str, inspector.get_indexes(table))),
            )
            for table in inspector.get_table_names()
        }

    async with engine.connect() as connection:
        found = await connection.run_sync(describe)
        if engine.dialect.name == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            found["triggers"] = [tuple(row) for row in await connection.exec_driver_sql(query)]
        return found


def test_every_way_makes_the_same_tables(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        tables = []

        async def note() -> None:
            assert await version(engine) == [("0001",)]
            tables.append(await described(engine))
            await execute(engine, *(f"DROP TABLE {table}" for table in TABLES))

        await AsyncSQLAlchemyMemory(engine).add(message("a"))
        await note()
        for _ in range(2):
            for statement in ddl(engine.dialect.name):
                async with engine.begin() as connection:
                    await connection.execute(text(statement))
        await note()
        assert await migrate(engine) is None
        await note()
        await rebuild(engine, OLD)
        assert await migrate(engine) is None
        await note()
        assert tables == [tables[0]] * 4

    run(check)


def test_what_release_0_1_0_stored_is_migrated(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        spaces = await rebuild(engine, OLD)
        assert await migrate(engine) is None
        assert await migrate(engine) == "0001"
        assert await version(engine) == [("0001",)]
        for space in spaces:
            memory = AsyncSQLAlchemyMemory(
                engine, user_id=space["user_id"], session_id=space["session_id"]
            )
            assert await memory.export_state() == space["state"]
            await memory.add(message("after"), "m")
            assert await memory.size() == len(space["state"]["content"]) + 1

    run(check)


def test_what_cannot_be_migrated_is_left_alone(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine).add(message("a"))
        await execute(engine, NEWER)
        before = await stored(engine, TABLES)
        with pytest.raises(NewerSchema):
            await migrate(engine)
        assert await stored(engine, TABLES) == before
        await execute(engine, "DROP TABLE memcert_schema_version", "DROP TABLE memcert_marks")
        before = await stored(engine, ["memcert_messages", "memcert_spaces"])
        with pytest.raises(MissingTables, match="memcert_marks is missing"):
            await migrate(engine)
        async with engine.connect() as connection:
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert sorted(names) == ["memcert_messages", "memcert_spaces"]

    run(check)


def test_a_migration_is_of_one_prefix_and_schema(run: Any, tmp_path: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        await rebuild(engine, OLD)
        await migrate(engine, "other_")
        async with engine.connect() as connection:
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert "memcert_schema_version" not in names
        assert "other_schema_version" in names
        await AsyncSQLAlchemyMemory(engine, table_prefix="other_").add(message("a"))

    run(check)
