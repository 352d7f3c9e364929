"""``memcert backends``: which backends there are."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from memcert.command_line.errors import in_one_line
from memcert.resolver import UnknownBackend, names, resolve
from memcert.short_term.mutants import MUTANTS


@click.command()
@click.option(
    "--mutants", is_flag=True, help="List the mutants as well: backends broken on purpose."
)
@in_one_line
def backends(mutants: bool) -> None:
    """List the backends that are built in or installed, and what they lack here."""
    table = Table(box=None, pad_edge=False)
    for title in ("backend", "level asked", "store", "ready"):
        table.add_column(title)
    for name in names():
        try:
            backend = resolve(name)
        except UnknownBackend as error:
            table.add_row(name, "?", "?", str(error))
            continue
        level = "durable" if backend.durable else "core (ephemeral by design)"
        table.add_row(name, level, backend.store or "none", "yes")
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    if mutants:
        console.print()
        for mutant in MUTANTS.values():
            console.print(f"mutant:{mutant.name}  {mutant.text}", markup=False, soft_wrap=True)
    console.print(
        "\nA backend of your own: memcert certify package.module:name, or path/to/file.py:name",
        soft_wrap=True,
    )
