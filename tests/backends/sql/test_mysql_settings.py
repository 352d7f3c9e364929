"""What a server, a database or a connection of MySQL's says has no part in what is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import InMemoryMemory

from .test_sql_memory import step
from .whole_stores import DATA, message, use


@pytest.fixture(params=["mariadb+aiomysql", "mysql+asyncmy"])
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def use_all(engine: AsyncEngine) -> None:
    """Do everything: with a few messages, with none, with many, and at random."""
    await use(AsyncSQLAlchemyMemory(engine), "alone")
    async with AsyncSession(engine) as session, session.begin():
        await use(AsyncSQLAlchemyMemory(session, "joined"), "joined")
    many = AsyncSQLAlchemyMemory(engine, "many")
    await many.add([message(f"{number}") for number in range(1500)], ["m", "n"])
    await use(AsyncSQLAlchemyMemory(engine, "beside many"), "beside")
    assert await many.update_messages_mark("o", "m") == 1500
    assert await many.update_messages_mark("x", "n", [f"{number}" for number in range(900)]) == 900
    assert await many.delete([f"{number}" for number in range(1000)]) == 1000
    assert await many.delete_by_mark(["n", "o"]) == 500
    await many.add([message(f"{number}") for number in range(1500)], ["m", "n"])
    await many.clear()
    assert await many.size() == 0
    memory, reference = AsyncSQLAlchemyMemory(engine, "random"), InMemoryMemory()
    for seed in range(60):
        assert await step(memory, seed) == await step(reference, seed), seed
        assert await memory.export_state() == await reference.export_state(), seed
    for number, space in enumerate(json.loads((DATA / "0.1.0" / "expected.json").read_text())):
        other = AsyncSQLAlchemyMemory(engine, f"{number}")
        await other.import_state(space["state"])
        assert await other.export_state() == space["state"]


@pytest.mark.parametrize("character_set", ["ucs2", "utf32"])
def test_a_database_may_have_any_character_set(run: Any, character_set: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            name = engine.url.database
            await connection.execute(text(f"ALTER DATABASE {name} CHARACTER SET {character_set}"))
        await engine.dispose()
        await use_all(engine)

    run(check)


@pytest.mark.parametrize(
    "settings",
    [
        "sql_safe_updates = 1",
        "sql_mode = 'TRADITIONAL,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'",
    ],
)
def test_a_connection_may_have_any_settings(run: Any, settings: str) -> None:
    options = {"init_command": f"SET SESSION {settings}"}
    run(use_all, connect_args=options)
