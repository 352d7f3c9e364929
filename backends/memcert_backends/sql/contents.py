"""Which tables of a database hold a text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, MetaData, Table, inspect, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from memcert_backends.sql.databases import with_driver

_SECONDS = 30.0


def places_of(url: str, text: str) -> list[str]:
    """Return the tables of a database with a row that holds a text.

    Args:
        url: the database's URL, with its driver or without.
        text: ASCII letters, digits and hyphens.
    """
    # In a thread, since the caller may be in an event loop.
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, _places(with_driver(url), text)).result()


async def _places(url: str, text: str) -> list[str]:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with asyncio.timeout(_SECONDS), engine.connect() as connection:
            return await connection.run_sync(_look, text)
    finally:
        await engine.dispose()


def _look(connection: Connection, text: str) -> list[str]:
    return sorted(
        f"table {table.fullname}"
        for table in _tables(connection)
        if any(_is_in(text, value) for row in connection.execute(select(table)) for value in row)
    )


def _tables(connection: Connection) -> Iterator[Table]:
    """Give every table of the database, as it is there."""
    inspector = inspect(connection)
    schemas: Sequence[str | None] = [None]
    if connection.dialect.name == "postgresql":
        # Where a schema of MySQL is another database, and none of ours.
        schemas = [
            each
            for each in inspector.get_schema_names()
            if each != "information_schema" and not each.startswith("pg_")
        ]
    for schema in schemas:
        for name in inspector.get_table_names(schema=schema):
            yield Table(name, MetaData(), schema=schema, autoload_with=connection)


def _is_in(text: str, value: Any) -> bool:
    """Tell whether a text is in a value of whatever type; JSON may come as objects."""
    return text in (value if isinstance(value, str) else repr(value))
