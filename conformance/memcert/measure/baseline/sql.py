"""The bare drivers of SQL databases: plain statements on a table, without SQLAlchemy.

SQLAlchemy only connects, since it knows what each driver calls the parts of a URL. Every statement
commits by itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from itertools import count
from typing import Any

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine

_CHUNK = 1_000

_COLUMNS = {
    "sqlite": "number INTEGER PRIMARY KEY, payload TEXT, mark TEXT",
    "postgresql": "number BIGINT PRIMARY KEY, payload TEXT, mark TEXT",
    "mysql": "number BIGINT PRIMARY KEY, payload LONGBLOB, mark VARCHAR(255)",
}


@asynccontextmanager
async def bare_sql(url: URL, table: str, *, shared: bool) -> AsyncIterator[BareSQL]:
    """Open a driver on a table of its own.

    Args:
        url: where, and with which driver.
        table: what the table is called.
        shared: whether it is there already, and stays.
    """
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            bare = BareSQL(raw, engine.dialect.driver, table)
            kind = "mysql" if engine.dialect.name == "mariadb" else engine.dialect.name
            if not shared:
                await bare.run(f"CREATE TABLE {table} ({_COLUMNS[kind]})")
            try:
                yield bare
            finally:
                if not shared:
                    await bare.run(f"DROP TABLE {table}")
    finally:
        await engine.dispose()


class BareSQL:
    """A driver's own connection, and a table.

    Args:
        connection: what the driver calls a connection.
        driver: the driver's name.
        table: what the table is called.
    """

    def __init__(self, connection: Any, driver: str, table: str) -> None:
        self.name = f"{driver} {version(driver)}"
        self._connection = connection
        self._driver = driver
        self._insert = self._written(
            f"INSERT INTO {table} (number, payload, mark) VALUES (?, ?, ?)"  # noqa: S608 - own name
        )
        self._size = self._written(f"SELECT number FROM {table} WHERE number = ?")  # noqa: S608
        self._update = self._written(
            f"UPDATE {table} SET mark = ? WHERE number = ?"  # noqa: S608
        )
        self._delete = self._written(f"DELETE FROM {table} WHERE number = ?")  # noqa: S608
        self._delete_some = f"DELETE FROM {table} WHERE number IN"  # noqa: S608
        self._fetch = f"SELECT payload FROM {table}"  # noqa: S608
        self._read = f"SELECT payload FROM {table} WHERE number IN"  # noqa: S608

    async def fill(self, payloads: Sequence[str], first: int = 0) -> None:
        await self.run("BEGIN")
        for start in range(0, len(payloads), _CHUNK):
            chunk = enumerate(payloads[start : start + _CHUNK], first + start)
            await self._run_many(self._insert, [(number, payload, "") for number, payload in chunk])
        await self.run("COMMIT")

    async def add(self, number: int, payload: str, mark: str) -> None:
        await self.run(self._insert, number, payload, mark)

    async def size(self) -> None:
        await self.run(self._size, 0)

    async def mark(self, number: int, mark: str) -> None:
        await self.run(self._update, mark, number)

    async def delete(self, numbers: Sequence[int]) -> None:
        if len(numbers) == 1:
            await self.run(self._delete, *numbers)
        else:
            await self.run(f"{self._delete_some} ({','.join(map(str, numbers))})")

    async def fetch(self) -> Sequence[str | bytes]:
        return [row[0] for row in await self.run(self._fetch)]

    async def read(self, numbers: Sequence[int]) -> Sequence[str | bytes]:
        return [row[0] for row in await self.run(f"{self._read} ({','.join(map(str, numbers))})")]

    async def run(self, statement: str, *parameters: object) -> Sequence[Any]:
        """Execute a statement, and return its rows.

        Args:
            statement: the statement, written as the driver wants it.
            parameters: its parameters.
        """
        if self._driver == "asyncpg":
            found: Sequence[Any] = await self._connection.fetch(statement, *parameters)
            return found
        async with self._connection.cursor() as cursor:
            await cursor.execute(statement, parameters or None)
            # Where there are no rows, psycopg raises and the others return none.
            return await cursor.fetchall() if cursor.description else []

    async def _run_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        if self._driver == "asyncpg":
            await self._connection.executemany(statement, rows)
            return
        async with self._connection.cursor() as cursor:
            await cursor.executemany(statement, rows)

    def _written(self, statement: str) -> str:
        """Return a statement with its parameters as the driver wants them."""
        if self._driver == "aiosqlite":
            return statement
        if self._driver != "asyncpg":
            return statement.replace("?", "%s")
        first, *others = statement.split("?")
        return first + "".join(
            f"${number}{other}" for number, other in zip(count(1), others, strict=False)
        )
