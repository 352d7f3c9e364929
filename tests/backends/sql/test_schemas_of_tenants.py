"""Tenants whose tables are in schemas of their own, by SQLAlchemy's own means or by an argument."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

# Databases of a server that others use, too.
TENANTS = [f"tenant_{uuid.uuid4().hex}_{number}" for number in range(2)]

Opened = Callable[[AsyncEngine, str], Any]


@asynccontextmanager
async def _by_engine(engine: AsyncEngine, tenant: str) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    yield AsyncSQLAlchemyMemory(engine.execution_options(schema_translate_map={None: tenant}))


@asynccontextmanager
async def _by_engine_of_a_session(
    engine: AsyncEngine, tenant: str
) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    mapped = engine.execution_options(schema_translate_map={None: tenant})
    async with AsyncSession(mapped) as session:
        yield AsyncSQLAlchemyMemory(session)


@asynccontextmanager
async def _by_connection_of_a_session(
    engine: AsyncEngine, tenant: str
) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    async with AsyncSession(engine) as session, session.begin():
        await session.connection(execution_options={"schema_translate_map": {None: tenant}})
        yield AsyncSQLAlchemyMemory(session)


@asynccontextmanager
async def _by_argument(engine: AsyncEngine, tenant: str) -> AsyncIterator[AsyncSQLAlchemyMemory]:
    given: Any = {"schema": tenant}
    yield AsyncSQLAlchemyMemory(engine, **given)


@asynccontextmanager
async def _schemas(engine: AsyncEngine, folder: Path) -> AsyncIterator[None]:
    """Make a schema for each tenant: another file, another schema, another database."""
    if engine.dialect.name == "sqlite":

        def attach(connection: Any, _: object) -> None:
            for tenant in TENANTS:
                connection.execute(f"ATTACH '{folder / tenant}' AS {tenant}")

        event.listen(engine.sync_engine, "connect", attach)
        yield
        return
    kind = "DATABASE" if engine.dialect.name in ("mysql", "mariadb") else "SCHEMA"
    cascade = "" if kind == "DATABASE" else " CASCADE"
    drop = [f"DROP {kind} IF EXISTS {tenant}{cascade}" for tenant in TENANTS]
    create = [f"CREATE {kind} {tenant}" for tenant in TENANTS]
    for statements in ([*drop, *create], drop):
        async with engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        if statements is not drop:
            yield


@pytest.mark.parametrize(
    "opened", [_by_engine, _by_engine_of_a_session, _by_connection_of_a_session, _by_argument]
)
def test_no_tenant_reads_what_another_stored(
    run: Any, table_names: Any, tmp_path: Path, opened: Opened
) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with _schemas(engine, tmp_path):
            for tenant in TENANTS:
                async with opened(engine, tenant) as memory:
                    await memory.add(Msg("name", tenant, "user", id=tenant), "m")
                    await memory.update_compressed_summary(tenant)
            for tenant in TENANTS:
                async with opened(engine, tenant) as memory:
                    found = [one.content for one in await memory.get_memory("m")]
                    assert found == [tenant, tenant]
                    state = await memory.export_state()
                    await memory.import_state(state)
                    assert await memory.update_messages_mark("n", "m") == 1
                    assert await memory.delete_by_mark("n") == 1
                    await memory.clear()
            assert await table_names(engine) == []

    run(check)
