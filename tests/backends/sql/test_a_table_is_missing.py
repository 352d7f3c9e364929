"""A store that lost one of its tables is not an empty one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from memcert_backends.sql import AsyncSQLAlchemyMemory

from ..ends.operations import BEFORE, CLOSE, NEW_SPACE, OPERATIONS


def test_every_operation_raises_and_changes_nothing(run: Any, table_names: Any) -> None:
    async def names(engine: AsyncEngine, prefix: str) -> list[str]:
        return [name for name in await table_names(engine) if name.startswith(prefix)]

    async def held(engine: AsyncEngine, prefix: str) -> dict[str, list[Any]]:
        found = await names(engine, prefix)
        async with engine.connect() as connection:
            return {
                name: sorted(map(repr, await connection.execute(text(f"SELECT * FROM {name}"))))
                for name in found
            }

    async def drop(engine: AsyncEngine, name: str) -> None:
        async with engine.begin() as connection:
            if engine.dialect.name in ("mysql", "mariadb"):
                await connection.execute(text("SET foreign_key_checks = 0"))
            cascade = " CASCADE" if engine.dialect.name == "postgresql" else ""
            await connection.execute(text(f"DROP TABLE {name}{cascade}"))

    async def faults_without(engine: AsyncEngine, number: int) -> list[str]:
        """Return what is wrong without one table; nothing if there are not as many."""
        prefix = f"p{number}_"
        given: dict[str, Any] = {"table_prefix": prefix}
        await AsyncSQLAlchemyMemory(engine, **given).import_state(BEFORE)
        gone = (await names(engine, prefix))[number]
        await drop(engine, gone)
        before = await held(engine, prefix)
        faults = []
        for name, operation in OPERATIONS.items():
            if name == CLOSE:
                continue
            user_id = "another" if name == NEW_SPACE else None
            try:
                result = await operation(AsyncSQLAlchemyMemory(engine, user_id=user_id, **given))
            except Exception as error:
                if gone not in str(error):
                    faults.append(f"{gone}: {name}: does not say that it is missing: {error}")
            else:
                faults.append(f"{gone}: {name}: returns {str(result)[:80]}")
            if await held(engine, prefix) != before:
                faults.append(f"{gone}: {name}: changes what is stored")
                before = await held(engine, prefix)
        return faults

    async def check(engine: AsyncEngine) -> None:
        await AsyncSQLAlchemyMemory(engine, table_prefix="p_").import_state(BEFORE)
        faults = []
        for number in range(len(await names(engine, "p_"))):
            faults += await faults_without(engine, number)
        assert not faults, "\n".join([f"{len(faults)} faults:", *faults])

    run(check)
