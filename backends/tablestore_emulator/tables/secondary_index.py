"""Secondary indexes: tables that are kept from another table, with other primary keys.

A local one has the partition key of its table, and is as new as it. A global one lags behind by
milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tablestore_emulator.clock import Clock
from tablestore_emulator.errors import invalid
from tablestore_emulator.lag import ChangeLog, DelayedChange, Lag
from tablestore_emulator.limits import Limits, check_table_name
from tablestore_emulator.protocol import Message, tables
from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.schema import (
    KeyColumn,
    Schema,
    key_type_of_defined,
)
from tablestore_emulator.tables.table import Table
from tablestore_emulator.values import Key, Value

_AT_ONCE = Lag(0.0, 0.0)


class SecondaryIndex:
    """An index of a table, and the table that it is.

    Args:
        meta: the protocol's IndexMeta.
        base: the table that it is of.
        limits: the service's limits.
        clock: tells when a change is due.
        random: where chance comes from.
        lag: gives the lag of global indexes, as it is set then.

    Raises:
        ServiceError: it is none that the table can have.
    """

    def __init__(
        self,
        meta: Message,
        base: Table,
        limits: Limits,
        clock: Clock,
        random: Random,
        lag: Callable[[], Lag],
    ) -> None:
        self.meta = meta
        self.base = base
        self.table = Table(_schema(meta, base.schema, limits), clock.now())
        self.table.is_index = True
        self.is_local = meta.index_type == tables.IT_LOCAL_INDEX
        self._lag = lag
        self._clock = clock
        self._keys: dict[Key, Key] = {}
        self._to_build = 0
        self._log = ChangeLog(clock, random, self._apply)
        base.listeners.append(self._heard)

    @property
    def name(self) -> str:
        """Its name."""
        return self.table.schema.name

    @property
    def waiting(self) -> int:
        """How many changes it has still to take in."""
        return len(self._log)

    @property
    def is_building(self) -> bool:
        """Whether rows from before it was made are still missing."""
        return self._to_build > 0

    def build(self) -> None:
        """Take in the rows that the table has already."""
        for key, row in self.base.rows:
            self._heard(key, row)
        self._to_build = len(self._log)

    def catch_up(self, even_if_not_due: bool = False) -> int:
        """Take in the changes that are due.

        Args:
            even_if_not_due: whether those that are not, too.

        Returns:
            How many it took in.
        """
        taken = self._log.take_in(even_if_not_due=even_if_not_due)
        self._to_build = max(0, self._to_build - taken)
        return taken

    def draw_again(self) -> None:
        """Give what waits the lag that is set now."""
        self._log.draw_again(self._lag())

    def forget(self) -> None:
        """Hear no more of the table."""
        self.base.listeners.remove(self._heard)

    def _heard(self, key: Key, row: StoredRow | None) -> None:
        self._log.add(key, row, _AT_ONCE if self.is_local else self._lag())
        if self.is_local:
            self.catch_up()

    def _apply(self, change: DelayedChange) -> None:
        before = self._keys.pop(change.key, None)
        after = None if change.row is None else self._key(change.key, change.row.latest())
        if before is not None and before != after:
            self.table.put(before, None)
        if after is not None and change.row is not None:
            self._keys[change.key] = after
            self.table.put(after, change.row.only(self.meta.defined_column))

    def _key(self, key: Key, columns: Mapping[str, Value]) -> Key | None:
        """Return a row's key in the index; None where a column of it is missing."""
        values = {**columns, **dict(zip(self.base.schema.key_names, key, strict=True))}
        for column in self.base.schema.defined:
            if column.name in values and not column.admits(values[column.name]):
                del values[column.name]
        try:
            return tuple(values[name] for name in self.table.schema.key_names)
        except KeyError:
            return None


def _schema(meta: Message, base: Schema, limits: Limits) -> Schema:
    check_table_name(meta.name)
    if not 1 <= len(meta.primary_key) <= limits.index_key_columns:
        raise invalid(
            "The number of primary key columns must be in range: "
            f"[1, {limits.index_key_columns}] in index."
        )
    if len(meta.defined_column) > limits.defined_columns:
        raise invalid(
            "The number of attribute columns must be in range: "
            f"[0, {limits.defined_columns}] in index."
        )
    if base.options.max_versions != 1:
        raise invalid("Max versions of a table with indexes must be 1.")
    defined = {column.name: column for column in base.defined}
    of_base = {column.name: column for column in base.key}
    key: list[KeyColumn] = []
    for name in meta.primary_key:
        if name in (column.name for column in key):
            raise invalid(f"Duplicated primary key name: '{name}'.")
        if name in of_base:
            key.append(KeyColumn(name, of_base[name].kind))
        elif name in defined:
            key.append(KeyColumn(name, key_type_of_defined(defined[name])))
        else:
            raise invalid(f"Column does not exist: '{name}'.")
    if base.auto_increment is not None and key[0].name == base.key[base.auto_increment].name:
        raise invalid(f"First primary key can't be auto increment, table: {meta.name}.")
    if meta.index_type == tables.IT_LOCAL_INDEX and key[0].name != base.key[0].name:
        raise invalid("The first primary key of a local index must be that of its table.")
    for name in meta.defined_column:
        if name not in defined:
            raise invalid(f"Column does not exist: '{name}'.")
    names = {column.name for column in key}
    key.extend(
        KeyColumn(column.name, column.kind) for column in base.key if column.name not in names
    )
    attributes = tuple(defined[name] for name in meta.defined_column)
    return Schema(meta.name, tuple(key), attributes, base.options)
