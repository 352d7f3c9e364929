"""``memcert backends``: which backends there are, and how the store of each is to be had here."""

from __future__ import annotations

from dataclasses import dataclass, field

import click
from rich.markup import escape
from rich.table import Table

from memcert.command_line.errors import in_one_line
from memcert.contracts import contracts
from memcert.reports.terminal import Terminal
from memcert.resolver import UnknownBackend, names, resolve
from memcert_backends.backend import Backend
from memcert_backends.servers import WAYS, default_way, url_of, why_not

WAY_NAMES = {"url": "URL"}


@dataclass
class ListedBackend:
    """What is said about a backend.

    Args:
        name: how it is named on the command line.
        level: what it is asked for.
        error: why it cannot be used, if it cannot be.
        ways: the ways in which its store is to be had; none for a backend without a store.
        reasons: for each other way, why not.
    """

    name: str
    level: str = "?"
    error: str = ""
    ways: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


@click.command()
@click.option(
    "--mutants", is_flag=True, help="List the mutants as well: backends broken on purpose."
)
@in_one_line
def backends(mutants: bool) -> None:
    """List the backends that are built in or installed, and how to have their stores here.

    A store is embedded in a process of memcert's, started as a process or in a container, or one
    that runs already, named by its URL: memcert certify BACKEND --server HOW.
    """
    console = Terminal()
    entries = _entries()
    if console.is_terminal:
        _print_table(console, entries)
    else:
        for entry in entries:
            console.print(_line(entry), markup=False)
    if mutants:
        console.print()
        for mutant in (each for contract in contracts() for each in contract.mutants().values()):
            console.print(f"mutant:{mutant.name}  {mutant.text}", markup=False)
    console.print(
        "\nA backend of your own: memcert certify package.module:name, or path/to/file.py:name"
    )


def _entries() -> list[ListedBackend]:
    # Backends share stores, and some answers take their time.
    stores: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    entries = []
    for name in names():
        try:
            backend = resolve(name)
        except UnknownBackend as error:
            entries.append(ListedBackend(name, error=str(error)))
            continue
        entry = ListedBackend(name, _level_of(backend))
        if backend.store is not None:
            if backend.store not in stores:
                stores[backend.store] = _ways_of(backend.store)
            entry.ways, entry.reasons = stores[backend.store]
        entries.append(entry)
    return entries


def _level_of(backend: Backend) -> str:
    if not backend.durable:
        return "core (ephemeral by design)"
    return "core (process-local data)" if backend.process_local else "durable"


def _ways_of(store: str) -> tuple[dict[str, str], dict[str, str]]:
    ways, reasons = {}, {}
    for way in WAYS:
        reason = why_not(store, way)
        if reason is not None:
            reasons[way] = reason
        elif way == "url":
            ways[way] = url_of(store)
        else:
            ways[way] = "default" if way == default_way(store) else "yes"
    return ways, reasons


def _print_table(console: Terminal, entries: list[ListedBackend]) -> None:
    footnotes: list[str] = []

    def cell(entry: ListedBackend, way: str) -> str:
        if way in entry.ways:
            return entry.ways[way].partition("://")[0] + "://" * (way == "url")
        reason = entry.error or entry.reasons.get(way)
        if reason is None:
            return "-"
        if reason not in footnotes:
            footnotes.append(reason)
        return f"no ({footnotes.index(reason) + 1})"

    table = Table(box=None, pad_edge=False)
    for title in ("backend", "level", *WAYS):
        name = WAY_NAMES.get(title, title)
        table.add_column(name, overflow="fold", no_wrap=title in ("backend", *WAYS[:-1]))
    for entry in entries:
        table.add_row(*map(escape, (entry.name, entry.level, *(cell(entry, way) for way in WAYS))))
    console.print(table, soft_wrap=False)
    console.print()
    for number, text in enumerate(footnotes, 1):
        console.print(f"({number}) {text}", markup=False)


def _line(entry: ListedBackend) -> str:
    if entry.error or not entry.ways | entry.reasons:
        return f"{entry.name} {entry.level}: {entry.error or 'needs no store'}"
    there = [
        f"URL {text}" if way == "url" else f"{way} (default)" if text == "default" else way
        for way, text in entry.ways.items()
    ]
    parts = [", ".join(there)] if there else []
    for reason in dict.fromkeys(entry.reasons.values()):
        ways = [WAY_NAMES.get(way, way) for way in WAYS if entry.reasons.get(way) == reason]
        parts.append(f"no {', '.join(ways)}: {reason}")
    return f"{entry.name} {entry.level}: {'; '.join(parts)}"
