"""Files that are attached to each other's connections: whoever holds them all can commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from memcert_backends.sql import AsyncSQLAlchemyMemory

from .whole_stores import OPERATIONS, message

WRITES = {
    name: OPERATIONS[name] for name in OPERATIONS if not name.startswith(("size", "get", "exp"))
}


@pytest.fixture
def driver() -> str:
    return "sqlite+aiosqlite"


@asynccontextmanager
async def owner(engine: AsyncEngine, folder: Path) -> AsyncIterator[sqlite3.Connection]:
    """Return a connection that has locked the main file and the attached one for writing."""
    with closing(_connected(engine)) as connection:
        connection.execute("ATTACH ? AS other", [str(folder / "other")])
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@pytest.mark.parametrize("joined", [False, True], ids=["engine", "session"])
@pytest.mark.parametrize("name", WRITES)
def test_who_has_locked_both_can_commit(run: Any, tmp_path: Path, name: str, joined: bool) -> None:
    async def check(engine: AsyncEngine) -> None:
        @event.listens_for(engine.sync_engine, "connect")
        def attach(connection: Any, _: Any) -> None:
            connection.execute("ATTACH ? AS other", [str(tmp_path / "other")])

        if joined:
            # As SQLAlchemy's documentation says: else the driver commits what comes before a write.
            @event.listens_for(engine.sync_engine, "begin")
            def begin(connection: Any) -> None:
                connection.exec_driver_sql("BEGIN")

        await AsyncSQLAlchemyMemory(engine, schema="other").add([message("a"), message("b")], "m")
        waiting = asyncio.Event()

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def executes(*_: Any) -> None:
            waiting.set()

        async def write() -> None:
            if not joined:
                await WRITES[name](AsyncSQLAlchemyMemory(engine, schema="other"))
                return
            async with AsyncSession(engine) as session, session.begin():
                await WRITES[name](AsyncSQLAlchemyMemory(session, schema="other"))

        async with owner(engine, tmp_path) as connection:
            task = asyncio.create_task(write())
            await waiting.wait()
            # It has begun, and waits for the lock.
            await asyncio.sleep(0.2)
            await asyncio.to_thread(_commit, connection)
            await asyncio.wait_for(task, 60)

    run(check, connect_args={"timeout": 60})


def _connected(engine: AsyncEngine) -> sqlite3.Connection:
    # Its commit is in another thread.
    return sqlite3.connect(
        str(engine.url.database), isolation_level=None, timeout=2, check_same_thread=False
    )


def _commit(connection: sqlite3.Connection) -> None:
    connection.execute("COMMIT")
