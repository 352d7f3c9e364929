"""Whole stores, and every operation, for tests of what may be wrong with tables."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

DATA = Path(__file__).parent / "data"

OPERATIONS: dict[str, Callable[[AsyncSQLAlchemyMemory], Awaitable[object]]] = {
    "size": lambda memory: memory.size(),
    "get_memory": lambda memory: memory.get_memory(),
    "get_memory mark": lambda memory: memory.get_memory("m"),
    "get_memory both": lambda memory: memory.get_memory("m", "n"),
    "export_state": lambda memory: memory.export_state(),
    "add": lambda memory: memory.add(message("new"), "m"),
    "delete": lambda memory: memory.delete(["a"]),
    "delete_by_mark": lambda memory: memory.delete_by_mark("m"),
    "attach": lambda memory: memory.update_messages_mark("x"),
    "replace by id": lambda memory: memory.update_messages_mark("x", "m", ["a"]),
    "clear": lambda memory: memory.clear(),
    "import_state": lambda memory: memory.import_state({"_compressed_summary": "", "content": []}),
}


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id, timestamp="2026-01-01 00:00:00.000")


async def execute(engine: AsyncEngine, *statements: str) -> None:
    async with engine.begin() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def stored(engine: AsyncEngine, names: list[str]) -> dict[str, list[Any]]:
    """Return the rows of every table."""
    found = {}
    async with engine.connect() as connection:
        for name in names:
            rows = await connection.exec_driver_sql(f"SELECT * FROM {name}")
            found[name] = sorted(tuple(row) for row in rows)
    return found


def without_version(names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith("version")]


async def rebuild(engine: AsyncEngine, release: Path) -> list[dict[str, Any]]:
    """Make the tables and rows that a release made; return what it exported of each space."""
    store = {"sqlite": "sqlite", "postgresql": "postgresql"}.get(engine.dialect.name, "mariadb")
    script = (release / f"{store}.sql").read_text()
    # It is sent as it is, and not on a connection that is used again: it changes its settings.
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if store == "sqlite":
            await driver.executescript(script)
        elif engine.dialect.driver == "asyncpg":
            await driver.execute(script)
        elif engine.dialect.driver == "psycopg":
            await driver.execute(script.encode())
            await driver.commit()
        else:
            async with driver.cursor() as cursor:
                for statement in script.split(";\n"):
                    if statement.strip():
                        await cursor.execute(statement)
            await driver.commit()
        await connection.invalidate()
    expected: list[dict[str, Any]] = json.loads((release / "expected.json").read_text())
    return expected


async def use(memory: AsyncSQLAlchemyMemory, stem: str) -> None:
    """Do every operation, with ids of its own, and see that all of it is there."""
    assert await memory.size() == 0
    assert await memory.get_memory() == []
    await memory.add([message(f"{stem}{number}") for number in range(4)], ["m", "n"])
    assert await memory.update_messages_mark("o", None, [f"{stem}0", f"{stem}1"]) == 2
    assert await memory.update_messages_mark("p", "o") == 2
    assert await memory.update_messages_mark("q", "p", [f"{stem}0"]) == 1
    assert await memory.update_messages_mark("x") == 4
    assert await memory.update_messages_mark(None, "x", [f"{stem}2"]) == 1
    assert await memory.update_messages_mark(None, "x") == 3
    assert await memory.delete([f"{stem}3"]) == 1
    assert await memory.delete_by_mark(["p"]) == 1
    await memory.update_compressed_summary(stem)
    state = await memory.export_state()
    assert [each[0]["id"] for each in state["content"]] == [f"{stem}0", f"{stem}2"]
    await memory.clear()
    await memory.import_state(state)
    assert await memory.export_state() == state
    found = await memory.get_memory("q", "none", prepend_summary=False)
    assert [one.id for one in found] == [f"{stem}0"]
