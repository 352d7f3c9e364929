"""What the error says when a connection is lost, late, busy, or another event loop's."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

ONE: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
SERVERS = ["postgresql+asyncpg", "postgresql+psycopg", "mariadb+aiomysql", "mysql+asyncmy"]
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id)


async def cut_others(connection: AsyncConnection) -> None:
    """Have the server close every connection to this database but one."""
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(CUT)
        return
    mine = (await connection.exec_driver_sql("SELECT connection_id()")).scalar_one()
    for row in (await connection.exec_driver_sql("SHOW PROCESSLIST")).all():
        if row[3] == connection.engine.url.database and row[0] != mine:
            await connection.exec_driver_sql(f"KILL {row[0]}")


@pytest.mark.parametrize("driver", SERVERS)
def test_a_lost_connection(run: Any, url: str) -> None:
    async def check(engine: AsyncEngine) -> None:
        other = create_async_engine(url, poolclass=NullPool)
        memory = AsyncSQLAlchemyMemory(engine)
        await memory.add(message("a"))
        async with other.connect() as connection:
            await connection.exec_driver_sql("SELECT id FROM memcert_spaces FOR UPDATE")
            task = asyncio.create_task(memory.add(message("b")))
            await asyncio.sleep(0.2)
            await cut_others(connection)
            with pytest.raises(DBAPIError) as raised:
                await task
        assert str(raised.value)
        assert any("connection was lost" in note for note in raised.value.__notes__)
        assert await memory.size() == 1
        await other.dispose()

    run(check, **ONE)


@pytest.mark.parametrize("driver", ["postgresql+asyncpg"])
def test_a_limit_of_the_driver(run: Any) -> None:
    """A listening socket that accepts nobody: connected, and no answer."""

    async def check(_: AsyncEngine) -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            port = listening.getsockname()[1]
            engine = create_async_engine(
                f"postgresql+asyncpg://me@127.0.0.1:{port}/d", connect_args={"timeout": 0.1}
            )
            with pytest.raises(TimeoutError, match="did not answer within the driver's own limit"):
                await AsyncSQLAlchemyMemory(engine).size()
            await engine.dispose()

    run(check)


@pytest.mark.parametrize("driver", ["postgresql+asyncpg"])
def test_a_connection_that_is_busy(run: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            busy = asyncio.create_task(driver.execute("SELECT pg_sleep(0.5)"))
            await asyncio.sleep(0.1)
            session = AsyncSession(bind=connection)
            with pytest.raises(DBAPIError, match="another operation") as raised:
                await AsyncSQLAlchemyMemory(session).size()
            assert any("one thing at a time" in note for note in raised.value.__notes__)
            await busy

    run(check, **ONE)


PROGRAM = """
import asyncio, logging, sys
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool
from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_reference import Msg

logging.disable()
url, way = sys.argv[1:]
engine = create_async_engine(url, poolclass=NullPool if way == "none" else AsyncAdaptedQueuePool)

async def use(number):
    memory = AsyncSQLAlchemyMemory(engine, operation_timeout=10)
    try:
        await memory.add(Msg("name", "text", "user", id=f"{number}"))
        await memory.size()
        return "works"
    except Exception as error:
        return " ".join([str(error), *error.__notes__]).replace("\\n", " ")
    finally:
        if way == "disposed":
            await engine.dispose()

for number in range(3):
    print(asyncio.run(use(number)), flush=True)
"""


@pytest.mark.parametrize("way", ["pooled", "disposed", "none"])
def test_an_engine_in_another_event_loop(url: str, way: str) -> None:
    """It works, or the error says what to do; and that works."""
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, url, way]
    said = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=True).stdout.decode()
    outcomes = said.splitlines()
    assert len(outcomes) == 3
    for outcome in outcomes:
        assert outcome == "works" or (way == "pooled" and "an engine per event loop" in outcome)
