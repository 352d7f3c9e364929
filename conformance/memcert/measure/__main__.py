"""``python -m memcert.measure FOLDER``: measure backends, and write what was found."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.engine.output.files import check_writable
from memcert.measure.console import show
from memcert.measure.findings import Held
from memcert.measure.plan import MeasurementPlan
from memcert.measure.report import STEM, write
from memcert.measure.run import MEASUREMENTS, run
from memcert.reports.terminal import Terminal
from memcert.resolver import resolve
from memcert_backends.catalogue import BUILT_IN

_PLAIN_WIDTH = 160
"""How wide tables may be where no terminal says it."""

QUICK = MeasurementPlan(messages=2_000, rounds=20)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--backend",
    "names",
    multiple=True,
    metavar="BACKEND",
    help="Measure only this backend; repeatable. By default all that come with memcert and have a"
    " store.",
)
@click.option(
    "--server",
    "servers",
    multiple=True,
    metavar="BACKEND=HOW",
    help="How a backend's store is started: embedded, process, container, or the URL of a running"
    " one; repeatable. By default MEMCERT_STORE_URL, such as MEMCERT_POSTGRESQL_URL, or a process.",
)
@click.option(
    "--only",
    type=click.Choice(list(MEASUREMENTS)),
    multiple=True,
    help="Measure only this; repeatable.",
)
@click.option(
    "--messages",
    type=click.IntRange(min=200),
    show_default=f"{MeasurementPlan.messages:,}",
    help="How many messages a full space holds.",
)
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    show_default=str(MeasurementPlan.rounds),
    help="How many pairs each ratio is made of; six are the fewest that make an interval.",
)
@click.option(
    "--quick",
    is_flag=True,
    help=f"{QUICK.messages:,} messages and {QUICK.rounds} rounds, to see that it works.",
)
@in_one_line
def main(
    folder: Path,
    names: tuple[str, ...],
    servers: tuple[str, ...],
    only: tuple[str, ...],
    messages: int | None,
    rounds: int | None,
    *,
    quick: bool,
) -> None:
    """Measure what memcert's backends cost, and write measurements.md and .json to FOLDER.

    Exit status: 0 all that was measured holds, 1 something does not, 2 nothing could be measured,
    or the question was wrong.
    """
    standard = QUICK if quick else MeasurementPlan()
    plan = MeasurementPlan(messages=messages or standard.messages, rounds=rounds or standard.rounds)
    chosen = names or tuple(name for name in BUILT_IN if name != "reference")
    ways = _ways(chosen, servers)
    check_writable(folder)
    console = Terminal()
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    found = run(ways, only or tuple(MEASUREMENTS), plan, console)
    show(console, found)
    write(folder, found)
    console.print(f"  report {folder / STEM}.md", markup=False)
    if found.count(Held.FAILS):
        sys.exit(1)
    if not found.count(Held.HOLDS):
        raise WrongQuestion("nothing could be measured; the lines above say why")


def _ways(names: tuple[str, ...], servers: tuple[str, ...]) -> dict[str, str | None]:
    """Return how the store of each backend is started."""
    ways: dict[str, str | None] = dict.fromkeys(names)
    for name in names:
        store = resolve(name).store
        if store is not None:
            ways[name] = os.environ.get(f"MEMCERT_{store.upper().replace('-', '_')}_URL")
    for each in servers:
        name, separator, how = each.partition("=")
        if not separator or name not in ways:
            raise WrongQuestion(
                f"--server {each!r} must be BACKEND=HOW, such as redis=process, with one of the"
                f" backends {', '.join(ways)}"
            )
        ways[name] = how
    return ways


if __name__ == "__main__":
    main()
