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
