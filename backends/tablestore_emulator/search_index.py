"""A search index of a table: what it has taken in, and how far it is behind."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Any

from tablestore_emulator.clock import Clock
from tablestore_emulator.lag import ChangeLog, DelayedChange, Lag
from tablestore_emulator.protocol import Message, search
from tablestore_emulator.tables.options import FOREVER
from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.table import Table
from tablestore_emulator.values import Key

_AT_ONCE = Lag(0.0, 0.0)


class SearchedIndex:
    """An index that queries are asked of, behind a log of changes.

    Args:
        name: its name.
        table: the table that it is of.
        message: the protocol's IndexSchema.
        time_to_live: seconds after which a row leaves it; -1 for never.
        clock: tells when a change is due.
        random: where chance comes from.
        lag: gives the lag, as it is set then.
        build: how long it takes to be there.

    Raises:
        SearchError: the schema is none.
    """

    def __init__(
        self,
        name: str,
        table: Table,
        message: Message,
        time_to_live: int,
        clock: Clock,
        random: Random,
        lag: Callable[[], Lag],
        build: Lag,
    ) -> None:
        # The index is a package of its own; it is needed once somebody has one.
        from tablestore_emulator.search.index import SearchIndex
        from tablestore_emulator.search.schema import IndexSchema

        self.name = name
        self.table = table
        self.message = message
        self.time_to_live = time_to_live
        self.created_at = clock.now()
        self.schema: Any = IndexSchema.parse(message)
        self.index: Any = SearchIndex(self.schema, table.schema.key_names)
        self.rows: dict[Key, StoredRow] = {}
        self._clock = clock
        self._lag = lag
        self._built_at = clock.now() + build.draw(random)
        self._expiring: list[tuple[float, Key]] = []
        self._log = ChangeLog(clock, random, self._apply)
        for key, row in table.rows:
            self._log.add(key, row, _AT_ONCE, self._built_at)
        table.listeners.append(self._heard)

    @property
    def waiting(self) -> int:
        """How many changes it has still to take in."""
        return len(self._log)

    @property
    def is_building(self) -> bool:
        """Whether it is still taking in what was there before it."""
        return self._clock.now() < self._built_at

    def catch_up(self, even_if_not_due: bool = False) -> int:
        """Take in the changes that are due, and let go of rows that have expired.

        Args:
            even_if_not_due: whether those that are not due are taken in, too.

        Returns:
            How many it took in.
        """
        if even_if_not_due:
            self._built_at = min(self._built_at, self._clock.now())
        taken = self._log.take_in(even_if_not_due=even_if_not_due)
        self._expire()
        return taken

    def draw_again(self) -> None:
        """Give what waits the lag that is set now."""
        lag = self._lag()
        if self.is_building:
            self._built_at = self._clock.now() + lag.shortest
        self._log.draw_again(lag)

    def synchronised_until(self) -> int:
        """Return the time up to which it has the table's changes, in nanoseconds since 1970."""
        oldest = self._log.oldest
        return int((self._clock.now() if oldest is None else oldest.written_at) * 1_000_000_000)

    def forget(self) -> None:
        """Hear no more of the table."""
        self.table.listeners.remove(self._heard)

    def set_time_to_live(self, seconds: int) -> None:
        """Set after how long a row leaves the index.

        Args:
            seconds: how long; -1 for never.
        """
        self.time_to_live = seconds
        self._expiring = []
        for key, row in self.rows.items():
            self._schedule(key, row)

    def sync_stat(self) -> Message:
        """Return how far it is, in the protocol's form."""
        if self.is_building:
            return search.SyncStat(sync_phase=search.FULL, current_sync_timestamp=0)
        return search.SyncStat(
            sync_phase=search.INCR, current_sync_timestamp=self.synchronised_until()
        )

    def _heard(self, key: Key, row: StoredRow | None) -> None:
        self._log.add(key, row, self._lag(), self._built_at)

    def _apply(self, change: DelayedChange) -> None:
        if change.row is None:
            self._remove(change.key)
            return
        self.rows[change.key] = change.row
        self.index.put(change.key, change.row.latest(), change.written_at)
        self._schedule(change.key, change.row)

    def _remove(self, key: Key) -> None:
        if self.rows.pop(key, None) is not None:
            self.index.delete(key)

    def _schedule(self, key: Key, row: StoredRow) -> None:
        due = self._expires_at(row)
        if due is not None:
            heappush(self._expiring, (due, key))

    def _expires_at(self, row: StoredRow) -> float | None:
        lives = [self.time_to_live, self.table.schema.options.time_to_live]
        finite = [seconds for seconds in lives if seconds != FOREVER]
        return row.written_at / 1000 + min(finite) if finite else None

    def _expire(self) -> None:
        now = self._clock.now()
        while self._expiring and self._expiring[0][0] <= now:
            due, key = heappop(self._expiring)
            row = self.rows.get(key)
            # It may have been written again since.
            if row is not None and self._expires_at(row) == due:
                self._remove(key)
