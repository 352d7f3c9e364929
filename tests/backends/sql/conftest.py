"""An empty database for each test, of every kind, and a way to run a test with an engine on it.

PostgreSQL and MariaDB are those that run on this machine, or that ``MEMCERT_POSTGRESQL_URL`` and
``MEMCERT_MARIADB_URL`` say; the tests work in databases of their own there.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import inspect, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from memcert_backends.servers import Server, ServerUnavailable, start

T = TypeVar("T")

DRIVERS = (
    "sqlite+aiosqlite",
    "postgresql+asyncpg",
    "postgresql+psycopg",
    "mariadb+aiomysql",
    "mysql+asyncmy",
)

_RUNNING = {
    "postgresql": ("MEMCERT_POSTGRESQL_URL", "postgresql://root@127.0.0.1:5432/postgres"),
    "mariadb": ("MEMCERT_MARIADB_URL", "mariadb://root@127.0.0.1:3306"),
}


class Servers:
    """The running servers, with a database of this process's own on each."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self._found: dict[str, Server] = {}

    def database(self, store: str) -> Server:
        """Return the database of a store; skip the test if there is none, but fail in CI."""
        if store not in self._found:
            variable, default = _RUNNING[store]
            try:
                server = self.stack.enter_context(start(store, os.environ.get(variable, default)))
            except ServerUnavailable as error:
                if os.environ.get("CI") or variable in os.environ:
                    raise
                pytest.skip(f"{error}; set {variable}")
            self._found[store] = server
        return self._found[store]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The running servers."""
    found = Servers()
    with found.stack:
        yield found


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    """A kind of database, and the driver; a module may have fewer."""
    return str(request.param)


@pytest.fixture
def url(driver: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database with nothing in it."""
    kind = driver.partition("+")[0]
    if kind == "sqlite":
        return f"{driver}:///{tmp_path / 'memory.sqlite'}"
    servers: Servers = request.getfixturevalue("servers")
    server = servers.database("postgresql" if kind == "postgresql" else "mariadb")
    url = make_url(server.url).set(drivername=driver).render_as_string(hide_password=False)
    asyncio.run(_empty(url))
    return url


@pytest.fixture
def run(url: str) -> Callable[..., Any]:
    """Run an async function with a new engine, made with the keyword arguments given."""

    def run(test: Callable[[AsyncEngine], Awaitable[T]], **options: Any) -> T:
        async def with_engine() -> T:
            engine = create_async_engine(options.pop("url", url), **options)
            try:
                return await test(engine)
            finally:
                await engine.dispose()

        return asyncio.run(with_engine())

    return run


@pytest.fixture
def patience(url: str) -> dict[str, Any]:
    """Let SQLite wait for a slow disk: who asks again now and then may be late for a minute."""
    return {"connect_args": {"timeout": 60}} if url.startswith("sqlite") else {}


@pytest.fixture
def table_names() -> Callable[[AsyncEngine], Awaitable[list[str]]]:
    """Return a function that returns the names of an engine's tables."""

    async def names(engine: AsyncEngine) -> list[str]:
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        return sorted(found)

    return names


async def _empty(url: str) -> None:
    """Drop everything in the tests' own database."""
    parts = make_url(url)
    statements = (
        ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"]
        if parts.get_backend_name() == "postgresql"
        else [f"DROP DATABASE {parts.database}", f"CREATE DATABASE {parts.database}"]
    )
    engine = create_async_engine(parts, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await engine.dispose()
