"""``memcert migrate``: bring the tables of the SQL memory to this release's version."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from rich.console import Console

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert_backends.by_url import DRIVERS

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection


@click.command()
@click.argument("url")
@click.option("--prefix", metavar="TEXT", default="memcert_", help="The memory's table_prefix.")
@click.option("--schema", metavar="TEXT", help="The memory's schema.")
@in_one_line
def migrate(url: str, prefix: str, schema: str | None) -> None:
    """Migrate the tables of AsyncSQLAlchemyMemory at URL to the version of this release.

    The URL is sqlite:///path, postgresql://…, mysql://…, as SQLAlchemy takes them. Repeating it is
    safe. A database without the tables gets them; a file of SQLite's that is not there is not made.
    Exit status 0: the tables are of this version; 2: nothing was changed, one line says why.
    """
    try:
        from sqlalchemy.exc import ArgumentError, SQLAlchemyError

        from memcert_backends.sql.version import VERSION, WrongTables

        place = _place(url)
        console = Console(highlight=False, soft_wrap=True)
        with console.status("migrating"):
            before = asyncio.run(_migrate(place, prefix, schema))
    except ModuleNotFoundError as error:
        raise WrongQuestion(
            f"migrate needs an extra: pip install 'memcert[migrations]', and the database's"
            f" driver ({error})"
        ) from error
    except (ArgumentError, WrongTables) as error:
        raise WrongQuestion(str(error)) from error
    except (OSError, TypeError, ValueError, SQLAlchemyError) as error:
        raise WrongQuestion(f"{type(error).__name__}: {error}") from error
    except Exception as error:
        # SQLAlchemy before 2.1 hands on what asyncpg raises when it connects.
        if not type(error).__module__.startswith("asyncpg"):
            raise
        raise WrongQuestion(f"{type(error).__name__}: {error}") from error
    what = {
        VERSION: f"version {VERSION} already, nothing to do",
        None: f"version {VERSION}, made or taken over from release 0.1.0",
    }.get(before, f"version {VERSION}, migrated from {before}")
    console.print(f"{prefix}*: {what}")


def _place(url: str) -> URL:
    """Return the URL with its driver."""
    from sqlalchemy import make_url

    database, _, driver = urlsplit(url).scheme.partition("+")
    if database not in DRIVERS:
        known = ", ".join(f"{each}://" for each in DRIVERS)
        raise WrongQuestion(
            f"there are no tables at {database or 'no'}:// URLs; they are at {known}"
        )
    place = make_url(url).set(drivername=f"{database}+{driver or DRIVERS[database]}")
    file = place.database
    if database == "sqlite" and not (file and (file.startswith("file:") or Path(file).exists())):
        raise WrongQuestion(f"there is no file {file or ':memory:'}: there is nothing to migrate")
    return place


async def _migrate(place: URL, prefix: str, schema: str | None) -> str | None:
    from sqlalchemy.ext.asyncio import create_async_engine

    from memcert_backends.sql.dialect import dialect_of
    from memcert_backends.sql.migrations import upgrade

    def work(connection: Connection) -> str | None:
        dialect = dialect_of(connection.dialect.name)
        with dialect.alone(connection), dialect.transaction(connection):
            return upgrade(connection, prefix, schema)

    engine = create_async_engine(place)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
