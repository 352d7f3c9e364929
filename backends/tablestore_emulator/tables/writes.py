"""How a change of a row is done."""

from __future__ import annotations

from typing import NamedTuple

from tablestore_emulator.clock import Clock
from tablestore_emulator.errors import invalid
from tablestore_emulator.plain_buffer import HEADER, encode_row
from tablestore_emulator.protocol import tables
from tablestore_emulator.tables import row as rows
from tablestore_emulator.tables.changes import Change, ChangeKind
from tablestore_emulator.tables.row import StoredRow
from tablestore_emulator.tables.schema import Schema
from tablestore_emulator.tables.table import Table, View
from tablestore_emulator.values import AUTO_INCREMENT, Key

_UNIT = 4096


class Written(NamedTuple):
    """What a change is answered with.

    Args:
        read_units: capacity units consumed by reading.
        write_units: by writing.
        row: what is returned of the row, in PlainBuffer; empty for nothing.
    """

    read_units: int
    write_units: int
    row: bytes


def units(size: int) -> int:
    """Return how many capacity units some bytes take.

    Args:
        size: the bytes.
    """
    return max(1, -(-size // _UNIT))


def key_of(table: Table, change: Change, clock: Clock) -> Key:
    """Return the primary key that a change is about, made where the service makes it.

    Args:
        table: the table.
        change: the change.
        clock: the time is where such values come from.

    Raises:
        ServiceError: it is not of the table's form, or is none for this kind of change.
    """
    schema = table.schema
    schema.check_form_to_write(change.primary_key)
    if not change.has_increment:
        if schema.auto_increment is not None and (
            change.condition.existence == tables.EXPECT_NOT_EXIST
        ):
            raise invalid(
                "Invalid expect: EXPECT_NOT_EXIST when modify a specific row for table with pk "
                "auto increment."
            )
        return schema.key_to_write(change.primary_key)
    if change.kind is ChangeKind.DELETE:
        raise invalid("Invalid row to delete which with pk auto increment.")
    if change.condition.existence != tables.IGNORE:
        name = tables.RowExistenceExpectation.Name(change.condition.existence)
        raise invalid(f"Invalid expect: {name} when modify row with pk auto increment.")
    if change.condition.columns is not None:
        raise invalid("Can't set condition when modify row with pk auto increment.")
    made = table.next_increment(clock.now())
    return schema.key_to_write(
        [(name, made if value is AUTO_INCREMENT else value) for name, value in change.primary_key]
    )


def write(schema: Schema, view: View, key: Key, change: Change, now: int) -> Written:
    """Do a change.

    Args:
        schema: the table's.
        view: the table, or a transaction on it.
        key: the row's primary key.
        change: the change.
        now: the time, in milliseconds.

    Raises:
        ServiceError: its condition does not hold, or the table does not allow it.
    """
    options = schema.options
    if change.kind is ChangeKind.UPDATE and not options.allow_update:
        raise invalid(f"Update is not allowed for table: '{schema.name}'.")
    rows.check_timestamps(change.cells, options, now)
    stored = view.get(key)
    old = None if stored is None else stored.without_expired(options, now)
    change.condition.check(old)
    new: StoredRow | None = None
    if change.kind is ChangeKind.PUT:
        new = rows.put(change.cells, options, now)
    elif change.kind is ChangeKind.UPDATE:
        new = rows.update(old, change.cells, options, now)
    if new is not None or stored is not None:
        view.put(key, new)
    return Written(
        read_units=0 if change.condition.is_trivial else 1,
        write_units=units(change.size),
        row=_returned(schema, key, new, change),
    )


def _returned(schema: Schema, key: Key, row: StoredRow | None, change: Change) -> bytes:
    kind, names = change.returned
    if kind == tables.RT_PK:
        return HEADER + encode_row(schema.named(key))
    if kind == tables.RT_AFTER_MODIFY and row is not None:
        cells = [row.columns[name][0].encoded(name) for name in names if name in row.columns]
        return HEADER + encode_row(schema.named(key), cells)
    return b""
