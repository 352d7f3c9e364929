"""``memcert migrate``: bring the tables of the SQL memory to this release's version."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from memcert.command_line.errors import WrongQuestion, drivers_errors, in_one_line
from memcert.reports.terminal import Terminal
from memcert_backends.catalogue import ROWS

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.command()
@click.argument("url")
@click.option("--prefix", metavar="TEXT", default="memcert_", help="The memory's table_prefix.")
@click.option("--schema", metavar="TEXT", help="The memory's schema.")
@in_one_line
def migrate(url: str, prefix: str, schema: str | None) -> None:
    """Migrate the tables of AsyncSQLAlchemyMemory at URL to the version of this release.

    The URL is sqlite:///path, postgresql://…, mysql://…, as SQLAlchemy and libpq take them.
    Repeating it is safe. A database without the tables gets them; a file of SQLite's that is not
    there is not made. Exit status 0: the tables are of this version; 2: nothing was changed, one
    line says why.
    """
    _check_url(url)
    try:
        from memcert_backends.sql.version import VERSION

        console = Terminal()
        with console.status("migrating"), drivers_errors():
            before = asyncio.run(_migrate(url, prefix, schema))
    except ModuleNotFoundError as error:
        raise WrongQuestion(
            f"migrate needs an extra: pip install 'memcert[migrations]', and the database's"
            f" driver ({error})"
        ) from error
    what = {
        VERSION: f"version {VERSION} already, nothing to do",
        None: f"version {VERSION}, made or taken over from release 0.1.0",
    }.get(before, f"version {VERSION}, migrated from {before}")
    console.print(f"{prefix}*: {what}")


def _check_url(url: str) -> None:
    scheme, _, rest = url.partition("://")
    database = scheme.partition("+")[0]
    databases = [each for row in ROWS if row.is_sql for each in row.schemes]
    if not rest.strip() and database not in databases:
        raise WrongQuestion(f"{url!r} is no URL, such as sqlite:///path/to/file")
    if database not in databases:
        known = ", ".join(f"{each}://" for each in databases)
        raise WrongQuestion(f"there are no tables at {database}:// URLs; they are at {known}")


async def _migrate(url: str, prefix: str, schema: str | None) -> str | None:
    from memcert_backends.sql.database_url import UnusableURL, engine_at
    from memcert_backends.sql.databases import dialect_of, with_driver
    from memcert_backends.sql.migrations import upgrade

    def work(connection: Connection) -> str | None:
        dialect = dialect_of(connection.dialect.name)
        with dialect.alone(connection), dialect.transaction(connection):
            return upgrade(connection, prefix, schema)

    try:
        engine = engine_at(with_driver(url), create=False)
    except UnusableURL as error:
        raise WrongQuestion(str(error)) from None
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
