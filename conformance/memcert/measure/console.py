"""A run on a console."""

from __future__ import annotations

from rich.box import HEAVY_HEAD, MARKDOWN
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from memcert.measure.findings import Held
from memcert.measure.report import about_lines
from memcert.measure.run import Run

_STYLES = {Held.HOLDS: "green", Held.FAILS: "bold red", Held.NOT_MEASURED: "yellow"}


def show(console: Console, run: Run) -> None:
    """Print the tables of every backend, and what must hold.

    Args:
        console: where.
        run: what was found.
    """
    for measured in run.backends:
        console.print()
        store = f": {measured.server.version}, {measured.server.how}" if measured.server else ""
        console.print(f"[bold]{escape(measured.name)}[/]{escape(store)}")
        for part in measured.parts:
            if part.rows:
                # Elsewhere than on a terminal, the table is Markdown's: plain, and never folded.
                box = HEAVY_HEAD if console.is_terminal else MARKDOWN
                console.print(f"[bold]{escape(part.title)}[/]")
                table = Table(*map(escape, part.head), box=box)
                for row in part.rows:
                    table.add_row(*map(escape, row))
                console.print(table)
                for note in part.notes:
                    console.print(f"  {escape(note)}")
        for line in measured.lines:
            style = _STYLES[line.held]
            console.print(
                f"[{style}]{line.held.value}[/]: {escape(line.text)}: {escape(line.found)}"
            )
    console.print()
    for text in about_lines(run):
        console.print(f"  {escape(text)}")
    for held in Held:
        console.print(f"[{_STYLES[held]}]{run.count(held)} {held.value}[/]")
