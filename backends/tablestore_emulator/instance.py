"""An instance: its tables, its indexes, its transactions, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tablestore_emulator.clock import Clock
from tablestore_emulator.errors import (
    ServiceError,
    invalid,
    no_table,
    table_exists,
)
from tablestore_emulator.lag import Lag
from tablestore_emulator.limits import Limits, check_table_name
from tablestore_emulator.protocol import Message
from tablestore_emulator.scans import Scans
from tablestore_emulator.search_index import SearchedIndex
from tablestore_emulator.settings import Settings
from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.secondary_index import SecondaryIndex
from tablestore_emulator.tables.table import Table
from tablestore_emulator.tables.transactions import Transactions
from tablestore_emulator.values import Key


class Instance:
    """An instance of the service.

    Args:
        settings: how it is set up.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.reset()

    def reset(self) -> None:
        """Become as it was at the start: without tables, with the lag of the settings."""
        self.clock.reset()
        self.random = Random(self.settings.seed)
        self.lag = self.settings.lag
        self.secondary_lag = self.settings.secondary_lag
        self.are_indexes_frozen = False
        self.tables: dict[str, Table] = {}
        self.secondary: dict[str, SecondaryIndex] = {}
        self.searched: dict[tuple[str, str], SearchedIndex] = {}
        self.transactions = Transactions(self.clock, self.limits, self.random)
        self.scans = Scans(self.clock, self.random)

    @property
    def limits(self) -> Limits:
        """The service's limits."""
        return self.settings.limits

    def add_table(self, table: Table) -> None:
        """Add a table.

        Args:
            table: the table.

        Raises:
            ServiceError: its name is taken, or there are too many.
        """
        self._check_name(table.schema.name)
        self._check_quota(1)
        self.tables[table.schema.name] = table

    def base_table(self, name: str) -> Table:
        """Return a table that is no index.

        Args:
            name: its name.

        Raises:
            ServiceError: there is none, or it is an index.
        """
        check_table_name(name)
        if name in self.secondary:
            raise invalid("Can't write index table directly.")
        if name not in self.tables:
            raise no_table()
        return self.tables[name]

    def table_to_read(self, name: str) -> Table:
        """Return a table or an index, which takes in what is due.

        Args:
            name: its name.

        Raises:
            ServiceError: there is none, or it is an index that is still being built.
        """
        check_table_name(name)
        if name in self.tables:
            return self.tables[name]
        if name not in self.secondary:
            raise no_table()
        index = self.secondary[name]
        if not self.are_indexes_frozen:
            index.catch_up()
        if index.is_building:
            raise invalid("Disallow read index table in building base state")
        return index.table

    def described(self, name: str) -> Table:
        """Return a table or an index, for what it is declared to be.

        Args:
            name: its name.

        Raises:
            ServiceError: there is none.
        """
        check_table_name(name)
        if name in self.secondary:
            return self.secondary[name].table
        if name not in self.tables:
            raise no_table()
        return self.tables[name]

    def remove_table(self, name: str) -> None:
        """Delete a table and its secondary indexes.

        Args:
            name: its name.

        Raises:
            ServiceError: there is none, or it has a search index.
        """
        table = self.base_table(name)
        if any(of == name for of, _ in self.searched):
            raise invalid(f"Table[{name}] who has at least one search index cannot be deleted.")
        self.transactions.drop(table)
        for index in list(self.secondary_of(table)):
            del self.secondary[index.name]
        del self.tables[name]

    def secondary_of(self, table: Table) -> Iterator[SecondaryIndex]:
        """Return the secondary indexes of a table.

        Args:
            table: the table.
        """
        return (index for index in self.secondary.values() if index.base is table)

    def add_secondary(self, table: Table, metas: list[Message], build: bool) -> None:
        """Add secondary indexes to a table: all of them or none.

        Args:
            table: the table.
            metas: the protocol's IndexMeta of each.
            build: whether they take in the rows that are there.

        Raises:
            ServiceError: one cannot be, its name is taken, or there are too many.
        """
        limit = self.limits.secondary_indexes
        if len(list(self.secondary_of(table))) + len(metas) > limit:
            raise invalid(f"Number of index per table exceeds the quota:{limit}.")
        self._check_quota(len(metas))
        made: list[SecondaryIndex] = []
        try:
            for meta in metas:
                index = SecondaryIndex(
                    meta, table, self.limits, self.clock, self.random, lambda: self.secondary_lag
                )
                made.append(index)
                self._check_name(index.name)
                if index.name in (table.schema.name, *(other.name for other in made[:-1])):
                    raise table_exists()
        except ServiceError:
            for index in made:
                index.forget()
            raise
        for index in made:
            self.secondary[index.name] = index
            if build:
                index.build()

    def remove_secondary(self, table: Table, name: str) -> None:
        """Delete a secondary index.

        Args:
            table: its table.
            name: its name.

        Raises:
            ServiceError: the table has none of that name.
        """
        check_table_name(name)
        if name not in self.secondary or self.secondary[name].base is not table:
            raise no_table()
        self.secondary.pop(name).forget()

    def row(self, table: Table, key: Key) -> StoredRow | None:
        """Return a row of a table without what has expired; None if there is none.

        Args:
            table: the table.
            key: the row's primary key.
        """
        stored = table.get(key)
        if stored is None:
            return None
        return stored.without_expired(table.schema.options, self.clock.milliseconds())

    def set_lag(self, lag: Lag | None, secondary_lag: Lag | None) -> None:
        """Set the lag, also of what waits already.

        Args:
            lag: that of search indexes; None to leave it.
            secondary_lag: that of global secondary indexes; None to leave it.
        """
        if lag is not None:
            self.lag = lag
            for searched in self.searched.values():
                searched.draw_again()
        if secondary_lag is not None:
            self.secondary_lag = secondary_lag
            for index in self.secondary.values():
                index.draw_again()

    def catch_up(self, table: str | None = None, index: str | None = None) -> int:
        """Let indexes take in what waits, whether it is due or not.

        Args:
            table: only those of one table.
            index: only those of one name.

        Returns:
            How many changes they took in.
        """
        taken = 0
        for (of, name), searched in self.searched.items():
            if table in (None, of) and index in (None, name):
                taken += searched.catch_up(even_if_not_due=True)
        for name, secondary in self.secondary.items():
            if table in (None, secondary.base.schema.name) and index in (None, name):
                taken += secondary.catch_up(even_if_not_due=True)
        return taken

    def _check_name(self, name: str) -> None:
        if name in self.tables or name in self.secondary:
            raise table_exists()

    def _check_quota(self, more: int) -> None:
        if len(self.tables) + len(self.secondary) + more > self.limits.tables:
            raise ServiceError(403, "OTSQuotaExhausted", "Number of tables exceeded the quota.")
