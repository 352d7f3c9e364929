"""The names of the tables, and which databases there is SQL for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_backends.sql.databases import dialect_of
from memcert_reference import Msg


def test_every_name_starts_with_the_prefix_and_other_tables_are_left_alone(
    run: Any, table_names: Any
) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            for name in ("users", "messages", "spaces"):
                await connection.exec_driver_sql(f"CREATE TABLE {name} (mine INTEGER)")
        one = AsyncSQLAlchemyMemory(engine, table_prefix="one_")
        two = AsyncSQLAlchemyMemory(engine, table_prefix="Two")
        await one.add(Msg("name", "text", "user", id="a"), "m")
        await two.add(Msg("name", "text", "user", id="b"), "m")
        assert [each.id for each in await one.get_memory("m")] == ["a"]
        assert [each.id for each in await two.get_memory("m")] == ["b"]
        names = set(await table_names(engine)) - {"users", "messages", "spaces"}
        assert all(name.startswith(("one_", "Two")) for name in names), names
        assert len(names) == 8

    run(check)


@pytest.mark.parametrize(
    "prefix", ["", "1a", "a b", "a;", 'a"', "ä", "a-b", "a.b", "a" * 41, "a\n"]
)
def test_a_prefix_is_an_identifier(run: Any, prefix: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        with pytest.raises(ValueError, match="table_prefix"):
            AsyncSQLAlchemyMemory(engine, table_prefix=prefix)

    run(check)


def test_a_prefix_is_a_string(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        wrong: Any = None
        with pytest.raises(TypeError, match="table_prefix"):
            AsyncSQLAlchemyMemory(engine, table_prefix=wrong)

    run(check)


def test_a_database_without_sql_is_named() -> None:
    with pytest.raises(ValueError, match=r"'oracle'.*sqlite"):
        dialect_of("oracle")
