"""An emulator of Tablestore for the whole run, and memories on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from memcert_backends.tablestore import TablestoreMemory
from memcert_backends.tablestore.row import Item, columns_of, key_of
from memcert_backends.tablestore.sdk import ots
from tablestore_emulator import Control, RunningEmulator, emulator


class Place:
    """An empty emulator, and what tests do with it.

    Args:
        running: the emulator.
    """

    def __init__(self, running: RunningEmulator) -> None:
        self.running = running
        self.control: Control = running.control

    @property
    def options(self) -> dict[str, Any]:
        """What makes a client, or a memory."""
        return self.running.client_options

    def memory(self, **options: Any) -> TablestoreMemory:
        """Return a memory with a client of its own, and patience on a slow machine."""
        return TablestoreMemory(**{**self.options, "seconds_to_answer": 60, **options})

    def calls(self) -> Counter[str]:
        """Return how often each operation was called since this was asked last."""
        made = Counter(call["api"] for call in self.control.calls())
        self.control.clear_calls()
        return made

    def rows(self, table: str = "memcert_memory") -> list[Item]:
        """Return every row of the table, the sealed ones too."""
        names = ("space", "version", "part", "writer")
        found: list[Item] = []
        start: Any = [(name, ots.INF_MIN) for name in names]
        end = [(name, ots.INF_MAX) for name in names]
        client = ots.OTSClient(**self.options)
        while start:
            _, start, rows, _ = client.get_range(
                table, ots.Direction.FORWARD, start, end, max_version=1
            )
            found += [Item(key_of(it.primary_key), columns_of(it)) for it in rows]
        client.connection.pool.clear()
        return found

    def kinds(self) -> Counter[str]:
        """Return how many rows of each kind there are."""
        return Counter(item.columns["kind"] for item in self.rows())


@pytest.fixture(scope="session")
def one_emulator() -> Iterator[RunningEmulator]:
    """One for several tests, whose search indexes never catch up: nothing here needs them."""
    with emulator(lag="manual", seed=0) as running:
        yield running


@pytest.fixture
def place(one_emulator: RunningEmulator) -> Place:
    """An empty one."""
    one_emulator.control.reset()
    return Place(one_emulator)
