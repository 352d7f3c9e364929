"""A schema is the memory's, translated as SQLAlchemy translates those of its own tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Column, Integer, MetaData, Table, event, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.schema import CreateSchema, DropSchema

from memcert_backends.sql import AsyncSQLAlchemyMemory

from .whole_stores import message, use

# MySQL's names of databases are the server's: each process of the tests has its own.
HOSTILE = ["Tenant A", 'a"b`c', "50% :user", "x::y", "a.b", "ü😀"[:1]]


@asynccontextmanager
async def schemas(
    engine: AsyncEngine, folder: Path, names: list[str]
) -> AsyncIterator[dict[str, str]]:
    """Make schemas, and return what each is called; those of MySQL are dropped again."""
    if engine.dialect.name == "sqlite":
        quote = engine.dialect.identifier_preparer.quote_identifier

        @event.listens_for(engine.sync_engine, "connect")
        def attach(connection: Any, _: Any) -> None:
            for number, name in enumerate(names):
                connection.execute(f"ATTACH ? AS {quote(name)}", [f"{folder / str(number)}"])

        yield {name: name for name in names}
        return
    # A schema of MySQL's is a database of the server's.
    own = "" if engine.dialect.name == "postgresql" else f"{engine.url.database}_"
    called = {name: f"{own}{name}" for name in names}

    async with engine.begin() as connection:
        for name in called.values():
            await connection.execute(CreateSchema(name))
    try:
        yield called
    finally:
        async with engine.begin() as connection:
            for name in called.values():
                await connection.execute(DropSchema(name, cascade=not own))


async def tables_in(engine: AsyncEngine, schema: str | None) -> list[str]:
    async with engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: sorted(sqlalchemy.inspect(sync).get_table_names(schema))
        )


TABLES = ["memcert_marks", "memcert_messages", "memcert_schema_version", "memcert_spaces"]


async def ids(memory: AsyncSQLAlchemyMemory) -> list[str]:
    return [one.id for one in await memory.get_memory(prepend_summary=False)]


def test_two_engines_mapped_to_two_schemas_share_nothing(run: Any, tmp_path: Path) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with schemas(engine, tmp_path, ["one", "two"]) as named:
            engines = {
                name: engine.execution_options(schema_translate_map={None: schema})
                for name, schema in named.items()
            }
            for name, each in engines.items():
                await use(AsyncSQLAlchemyMemory(each), name)
            for name, each in engines.items():
                assert await ids(AsyncSQLAlchemyMemory(each)) == [f"{name}0", f"{name}2"]
                assert await tables_in(engine, named[name]) == TABLES
                assert await ids(AsyncSQLAlchemyMemory(engine, schema=named[name])) == [
                    f"{name}0",
                    f"{name}2",
                ]
            assert await tables_in(engine, None) == []
            assert await AsyncSQLAlchemyMemory(engine).size() == 0

    run(check)


def test_schemas_count_as_they_do_for_tables_of_sqlalchemy(run: Any, tmp_path: Path) -> None:
    """A row of a Core table and a message are seen, or not, together."""

    async def check(engine: AsyncEngine) -> None:
        async with schemas(engine, tmp_path, ["one", "two"]) as named:
            places = (None, "one", "two", "other")
            maps: list[Any] = [
                None,
                {},
                {None: named["one"]},
                {None: named["two"], "one": named["two"]},
                {"one": named["two"], "other": named["one"]},
                {"other": named["two"]},
                {"other": None},
            ]
            number = 0
            for translate in maps:
                for place in places:
                    if place == "other" and not (translate and "other" in translate):
                        continue
                    schema = named.get(place, place) if place else None
                    given = {named.get(k, k): v for k, v in (translate or {}).items()}
                    # Not an engine's copy: SQLAlchemy refuses to take None in and out of one.
                    mapped = engine.execution_options(
                        schema_translate_map=given, compiled_cache=None
                    )
                    table = Table("probe", MetaData(), Column("n", Integer), schema=schema)
                    memory = AsyncSQLAlchemyMemory(mapped, schema=schema)
                    number += 1
                    async with mapped.begin() as connection:
                        await connection.run_sync(table.create, checkfirst=True)
                        await connection.execute(insert(table).values(n=number))
                        found = (await connection.scalars(select(table.c.n))).all()
                    await memory.add(message(str(number)))
                    assert await ids(memory) == [str(each) for each in sorted(found)]

    run(check)


@pytest.mark.parametrize("joined", [False, True], ids=["alone", "joined"])
def test_a_sessions_connection_says_the_schema(run: Any, tmp_path: Path, joined: bool) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with schemas(engine, tmp_path, ["one", "two"]) as named:
            for name, schema in named.items():
                mapped = engine.execution_options(schema_translate_map={None: schema})
                async with AsyncSession(mapped) as session:
                    if joined:
                        await session.begin()
                    await use(AsyncSQLAlchemyMemory(session), name)
                    await session.commit()
            memory = None
            async with AsyncSession(engine) as session:
                memory = AsyncSQLAlchemyMemory(session)
                for name, schema in named.items():
                    options = {"schema_translate_map": {None: schema}}
                    await session.connection(execution_options=options)
                    assert await ids(memory) == [f"{name}0", f"{name}2"]
                    await session.rollback()
                assert await memory.size() == 0
            assert await tables_in(engine, None) == []

    run(check)


@pytest.mark.skipif(
    sqlalchemy.__version__.startswith("2.0."), reason="sessions have no options in SQLAlchemy 2.0"
)
@pytest.mark.parametrize("joined", [False, True], ids=["alone", "joined"])
def test_a_sessions_own_options_come_first(run: Any, tmp_path: Path, joined: bool) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with schemas(engine, tmp_path, ["one", "two"]) as named:
            mapped = engine.execution_options(schema_translate_map={None: named["two"]})
            options: Any = {"schema_translate_map": {None: named["one"]}}
            async with AsyncSession(mapped, execution_options=options) as session:
                if joined:
                    await session.begin()
                await use(AsyncSQLAlchemyMemory(session), "one")
                await session.commit()
            assert await tables_in(engine, named["one"]) == TABLES
            assert await tables_in(engine, named["two"]) == []

    run(check)


def test_any_name_of_a_schema_will_do(run: Any, tmp_path: Path) -> None:
    async def check(engine: AsyncEngine) -> None:
        # MySQL takes no dot in a name here: it would be two.
        names = [each for each in HOSTILE if engine.dialect.name == "postgresql" or "." not in each]
        async with schemas(engine, tmp_path, names) as named:
            for number, schema in enumerate(named.values()):
                await use(AsyncSQLAlchemyMemory(engine, schema=schema), f"{number}-")
            assert await tables_in(engine, None) == []

    run(check)


def test_first_users_of_several_schemas_at_once(
    run: Any, tmp_path: Path, patience: dict[str, Any]
) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with schemas(engine, tmp_path, ["one", "two"]) as named:
            # SQLite admits one writer; the rest wait for it.
            await asyncio.gather(
                *(
                    AsyncSQLAlchemyMemory(engine, f"{number}", schema=schema).add(message("a"))
                    for number in range(4)
                    for schema in named.values()
                )
            )
            for number in range(4):
                for schema in named.values():
                    memory = AsyncSQLAlchemyMemory(engine, f"{number}", schema=schema)
                    assert await ids(memory) == ["a"]

    run(check, **patience)


@pytest.mark.parametrize("driver", ["sqlite+aiosqlite"])
@pytest.mark.parametrize(
    ("schema", "error"), [(1, TypeError), ("", ValueError), ("a\0", ValueError), (b"a", TypeError)]
)
def test_what_is_no_schema_is_refused(run: Any, schema: Any, error: type[Exception]) -> None:
    async def check(engine: AsyncEngine) -> None:
        with pytest.raises(error, match="schema"):
            AsyncSQLAlchemyMemory(engine, schema=schema)
        if schema != "":
            mapped = engine.execution_options(schema_translate_map={None: schema})
            with pytest.raises(error, match="schema"):
                await AsyncSQLAlchemyMemory(mapped).size()

    run(check)
