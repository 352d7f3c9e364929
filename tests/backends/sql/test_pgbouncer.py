"""AsyncSQLAlchemyMemory through PgBouncer, in session and in transaction mode."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from memcert_backends.servers.server_process import ServerProgram, running
from memcert_backends.sql import AsyncSQLAlchemyMemory
from memcert_backends.sql.account import account_for
from memcert_reference import Msg

SERVERS = 4
"""How many connections PgBouncer has to the server in transaction mode."""

SETTINGS = """
[databases]
{database} = host={host} port={port} dbname={database} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {{port}}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 100
"""

numbers = itertools.count()

UNNAMED: Any = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": lambda: "",
}
NAMED: Any = {**UNNAMED, "prepared_statement_name_func": lambda: f"memcert_{next(numbers)}"}
UNPREPARED: Any = {"prepare_threshold": None}

on_drivers = pytest.mark.parametrize(
    ("driver", "settings"),
    [
        pytest.param("postgresql+asyncpg", UNNAMED, id="asyncpg"),
        pytest.param("postgresql+asyncpg", NAMED, id="asyncpg, named"),
        pytest.param("postgresql+psycopg", UNPREPARED, id="psycopg"),
    ],
)


@pytest.fixture
def through(url: str, mode: str) -> Iterator[str]:
    """The URL of the database of the test, through a PgBouncer of its own."""
    path = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI expects pgbouncer on PATH or in /usr/sbin")
        pytest.skip("PGBOUNCER IS NOT TESTED: there is no pgbouncer on PATH")
    # It does not run as root.
    account = account_for(["postgres", "nobody"])
    parts = make_url(url)
    settings = SETTINGS.format(
        database=parts.database,
        host=parts.host,
        port=parts.port,
        user=parts.username,
        mode=mode,
        # In session mode a client has a server to itself.
        size=SERVERS if mode == "transaction" else 30,
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.ini"

        def command(port: int) -> list[str]:
            file.write_text(settings.format(port=port))
            account.own(folder)
            account.own(str(file))
            return account.command(path, str(file))

        def ready(_: int, port: int) -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        with running(ServerProgram("pgbouncer", path, folder, command, ready)) as process:
            host, port = process.address
            yield parts.set(host=host, port=port).render_as_string(hide_password=False)


def message(msg_id: str) -> Msg:
    return Msg("name", "text", "user", id=msg_id)


def pooled(run: Callable[..., Any], url: str, test: Any, **settings: Any) -> None:
    run(
        test,
        url=url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=12,
        max_overflow=0,
        connect_args=settings,
    )


@pytest.mark.parametrize("mode", ["session", "transaction"])
@on_drivers
def test_many_memories_at_once(run: Any, through: str, settings: Any) -> None:
    async def work(engine: AsyncEngine, name: str) -> None:
        memory = AsyncSQLAlchemyMemory(engine, name)
        for number in range(4):
            await memory.add(message(f"{number}"), "m")
            assert len(await memory.get_memory("m")) == number + 1
            assert await memory.size() == number + 1
        assert await memory.delete(["0"]) == 1
        assert len((await memory.export_state())["content"]) == 3

    async def check(engine: AsyncEngine) -> None:
        await asyncio.gather(*(work(engine, f"{number}") for number in range(24)))

    pooled(run, through, check, **settings)


@pytest.mark.parametrize("mode", ["transaction"])
@on_drivers
def test_a_cancelled_wait_for_a_lock(run: Any, url: str, through: str, settings: Any) -> None:
    async def check(engine: AsyncEngine) -> None:
        direct = create_async_engine(url)
        memory, other = (AsyncSQLAlchemyMemory(engine, name) for name in ("locked", "other"))
        await memory.add(message("first"))
        async with direct.connect() as connection:
            await connection.exec_driver_sql("SELECT id FROM memcert_spaces FOR UPDATE")
            tasks = [asyncio.create_task(memory.add(message("late"))) for _ in range(SERVERS)]
            await asyncio.sleep(0.2)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            assert all(task.cancelled() for task in tasks)
            # Their connections to the server are free.
            await asyncio.gather(*(other.add(message(f"{number}")) for number in range(SERVERS)))
            await connection.rollback()
        assert [one.id for one in await memory.get_memory()] == ["first"]
        await direct.dispose()

    pooled(run, through, check, **settings)


@pytest.mark.parametrize("mode", ["transaction"])
@pytest.mark.parametrize(
    ("driver", "setting"),
    [
        ("postgresql+asyncpg", "prepared_statement_name_func"),
        ("postgresql+psycopg", "prepare_threshold"),
    ],
)
def test_an_error_names_the_settings_that_are_missing(run: Any, through: str, setting: str) -> None:
    async def work(engine: AsyncEngine, name: str) -> None:
        memory = AsyncSQLAlchemyMemory(engine, name)
        for number in range(10):
            await memory.add(message(f"{number}"))
            await memory.size()

    async def check(engine: AsyncEngine) -> None:
        results = await asyncio.gather(
            *(work(engine, f"{number}") for number in range(24)), return_exceptions=True
        )
        errors = [each for each in results if isinstance(each, BaseException)]
        assert errors
        for error in errors:
            assert any(setting in note for note in error.__notes__), error

    pooled(run, through, check)
    with warnings.catch_warnings():
        # SQLAlchemy 2.0.30 leaves open what failed just after it was opened.
        warnings.simplefilter("ignore")
        gc.collect()
