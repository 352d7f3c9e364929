"""Local transactions: changes of rows with one partition key, which happen together or not at all.

One is open per partition key. Others' writes there are refused meanwhile, and others' reads see
what was before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from tablestore_emulator.clock import Clock
from tablestore_emulator.errors import conflict, invalid, no_session
from tablestore_emulator.limits import Limits
from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.table import Table
from tablestore_emulator.values import Key, KeyBound, Value

_ID = re.compile(r"[0-9a-f]{32}")


class Transaction:
    """A view of a table with the changes that are not committed.

    Args:
        table: the table.
        partition: the partition key.
        ends_at: when it is aborted, in seconds since 1970.
    """

    def __init__(self, table: Table, partition: Value, ends_at: float) -> None:
        self.table = table
        self.partition = partition
        self.ends_at = ends_at
        self.written_bytes = 0
        self._changed: dict[Key, StoredRow | None] = {}

    def get(self, key: Key) -> StoredRow | None:
        return self._changed[key] if key in self._changed else self.table.get(key)

    def put(self, key: Key, row: StoredRow | None) -> None:
        self._changed[key] = row

    def forward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        keys = set(self.table.forward(start, end))
        keys.update(key for key in self._changed if start <= key < end)
        return iter(sorted(keys))

    def backward(self, start: KeyBound, end: KeyBound) -> Iterator[Key]:
        keys = set(self.table.backward(start, end))
        keys.update(key for key in self._changed if end < key <= start)
        return iter(sorted(keys, reverse=True))

    def check_key(self, key: KeyBound) -> None:
        """Check that a row is one of this transaction's.

        Args:
            key: its primary key.

        Raises:
            ServiceError: its partition key is another.
        """
        if key[0] != self.partition:
            raise invalid("The partition key of the row differs from that of the transaction.")

    def commit(self) -> None:
        """Do the changes."""
        for key, row in self._changed.items():
            if row is not None or self.table.get(key) is not None:
                self.table.put(key, row)


class Transactions:
    """The open transactions of an instance.

    Args:
        clock: tells when one has lived too long.
        limits: the service's limits.
        random: where their names come from.
    """

    def __init__(self, clock: Clock, limits: Limits, random: Random) -> None:
        self._clock = clock
        self._limits = limits
        self._random = random
        self._open: dict[str, Transaction] = {}

    def start(self, table: Table, partition: Value) -> str:
        """Start a transaction.

        Args:
            table: the table.
            partition: the partition key.

        Returns:
            Its name.

        Raises:
            ServiceError: one is open there.
        """
        self.check_unlocked(table, (partition,))
        name = f"{self._random.getrandbits(128):032x}"
        ends_at = self._clock.now() + self._limits.transaction_seconds
        self._open[name] = Transaction(table, partition, ends_at)
        return name

    def get(self, name: str, table: Table) -> Transaction:
        """Return an open transaction.

        Args:
            name: its name.
            table: the table that it is to be of.

        Raises:
            ServiceError: there is none of that name.
        """
        transaction = self._find(name)
        if transaction.table is not table:
            raise invalid("TransactionID is invalid.")
        return transaction

    def commit(self, name: str) -> None:
        """Do the changes of a transaction, and end it.

        Args:
            name: its name.

        Raises:
            ServiceError: there is none of that name.
        """
        self._find(name).commit()
        del self._open[name]

    def abort(self, name: str) -> None:
        """End a transaction without its changes.

        Args:
            name: its name.

        Raises:
            ServiceError: there is none of that name.
        """
        self._find(name)
        del self._open[name]

    def check_unlocked(self, table: Table, key: KeyBound) -> None:
        """Check that no transaction is open where something else is to be written.

        Args:
            table: the table.
            key: the row's primary key, or its partition key.

        Raises:
            ServiceError: one is.
        """
        if not self._open:
            return
        self._forget_old()
        for transaction in self._open.values():
            if transaction.table is table and transaction.partition == key[0]:
                raise conflict()

    def drop(self, table: Table) -> None:
        """End the transactions of a table that is deleted.

        Args:
            table: the table.
        """
        self._open = {name: it for name, it in self._open.items() if it.table is not table}

    def check_bytes(self, transaction: Transaction, size: int) -> None:
        """Count what a transaction writes.

        Args:
            transaction: the transaction.
            size: how many bytes more.

        Raises:
            ServiceError: it is too much.
        """
        if transaction.written_bytes + size > self._limits.transaction_bytes:
            raise invalid(
                "The total data size of the transaction exceeds the limit, limit size: "
                f"{self._limits.transaction_bytes}, data size: {transaction.written_bytes + size}."
            )
        transaction.written_bytes += size

    def _find(self, name: str) -> Transaction:
        if not _ID.fullmatch(name):
            raise invalid("TransactionID is invalid.")
        self._forget_old()
        if name not in self._open:
            raise no_session()
        return self._open[name]

    def _forget_old(self) -> None:
        now = self._clock.now()
        self._open = {name: it for name, it in self._open.items() if it.ends_at > now}
