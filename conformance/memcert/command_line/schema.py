"""``memcert schema``: the tables of the SQL memory, for those who make them by hand."""

from __future__ import annotations

import click

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert_backends.catalogue import ROWS


@click.command()
@click.argument("database", type=click.Choice([row.name for row in ROWS if row.is_sql]))
@click.option("--prefix", metavar="TEXT", default="memcert_", help="The memory's table_prefix.")
@click.option("--schema", metavar="TEXT", help="The memory's schema.")
@click.option(
    "--role",
    metavar="NAME",
    default="application",
    show_default=True,
    help="Who uses the tables, and need not create any.",
)
@in_one_line
def schema(database: str, prefix: str, schema: str | None, role: str) -> None:
    """Print the tables of AsyncSQLAlchemyMemory as SQL, and the least rights to use them.

    A role that may create tables needs none of it: what is first stored makes them.
    """
    try:
        from memcert_backends.sql.ddl import ddl, rights
    except ModuleNotFoundError as error:
        raise WrongQuestion(
            f"schema needs an extra: pip install 'memcert[sqlalchemy]' ({error})"
        ) from error
    try:
        made = ddl(database, prefix, schema)
        granted = rights(database, role, prefix, schema)
    except ValueError as error:
        raise WrongQuestion(str(error)) from error
    click.echo(f"-- memcert's tables in {database}; they may be there already.")
    click.echo("\n\n".join(f"{statement};" for statement in made))
    if granted:
        click.echo("\n-- The least rights of who uses them.")
        click.echo("\n".join(f"{statement};" for statement in granted))
    else:
        click.echo("\n-- SQLite has no roles: the file and its folder must be writable.")
