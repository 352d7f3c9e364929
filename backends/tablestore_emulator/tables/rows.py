"""The rows of a table, in the order of their primary keys."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.values import Key, KeyBound


class Rows:
    """A map from primary keys to rows, which is also read in order."""

    def __init__(self) -> None:
        self._rows: dict[Key, StoredRow] = {}
        self._keys: list[Key] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[Key, StoredRow]]:
        return ((key, self._rows[key]) for key in list(self._keys))

    def get(self, key: Key) -> StoredRow | None:
        """Return a row; None if there is none.

        Args:
            key: its primary key.
        """
        return self._rows.get(key)

    def put(self, key: Key, row: StoredRow | None) -> None:
        """Store a row, or remove it.

        Args:
            key: its primary key.
            row: the row; None to remove it.
        """
        if row is None:
            if self._rows.pop(key, None) is not None:
                del self._keys[bisect_left(self._keys, key)]
            return
        if key not in self._rows:
            # Rows that come in order, as messages do, need no search.
            if self._keys and key < self._keys[-1]:
                insort(self._keys, key)
            else:
                self._keys.append(key)
        self._rows[key] = row

    def forward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        """Return the keys from a start, to before an end.

        Args:
            start: the first, if it is there.
            end: what is after the last.
        """
        first = bisect_left(self._keys, start)
        last = bisect_left(self._keys, end)
        return (self._keys[place] for place in range(first, last))

    def backward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        """Return the keys from a start down to after an end, the greatest first.

        Args:
            start: the first, if it is there.
            end: what is before the last.
        """
        first = bisect_right(self._keys, end)
        last = bisect_right(self._keys, start)
        return (self._keys[place] for place in range(last - 1, first - 1, -1))
