"""A table: its schema, its rows, and who hears of their changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.rows import Rows
from tablestore_emulator.tables.schema import Schema
from tablestore_emulator.values import Key, KeyBound, KeyPart

Listener: TypeAlias = Callable[[Key, StoredRow | None], None]
"""What hears of a row as it has become; None if it is gone."""


class View(Protocol):
    """What reads and writes act on: a table, or a transaction on one."""

    def get(self, key: Key) -> StoredRow | None:
        """Return a row; None if there is none.

        Args:
            key: its primary key.
        """

    def put(self, key: Key, row: StoredRow | None) -> None:
        """Store a row, or remove it.

        Args:
            key: its primary key.
            row: the row; None to remove it.
        """

    def forward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        """Return the keys from a start, to before an end.

        Args:
            start: the first, if it is there.
            end: what is after the last.
        """

    def backward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        """Return the keys from a start down to after an end.

        Args:
            start: the first, if it is there.
            end: what is before the last.
        """


class Table:
    """A table, which is a view of itself.

    Args:
        schema: what it is declared to be.
        created_at: when it was made, in seconds since 1970.
        throughput: the read and write capacity units that are reserved for it.
        split_points: the values of the partition key that it is split at.
    """

    def __init__(
        self,
        schema: Schema,
        created_at: float,
        throughput: tuple[int, int] = (0, 0),
        split_points: tuple[KeyPart, ...] = (),
    ) -> None:
        self.schema = schema
        self.created_at = created_at
        self.throughput = throughput
        self.split_points = split_points
        self.rows = Rows()
        self.listeners: list[Listener] = []
        self.last_increment = 0
        self.is_index = False

    def get(self, key: Key) -> StoredRow | None:
        return self.rows.get(key)

    def put(self, key: Key, row: StoredRow | None) -> None:
        self.rows.put(key, row)
        for listener in self.listeners:
            listener(key, row)

    def forward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        return self.rows.forward(start, end)

    def backward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        return self.rows.backward(start, end)

    def next_increment(self, now: float) -> int:
        """Return the next value of the column that the service makes: greater than all before.

        Args:
            now: the time, in seconds since 1970.
        """
        self.last_increment = max(self.last_increment + 1, int(now * 1_000_000))
        return self.last_increment
