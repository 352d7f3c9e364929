"""The operations on one row, and on a range of rows."""

from __future__ import annotations

from tablestore_emulator.errors import invalid
from tablestore_emulator.instance import Instance
from tablestore_emulator.plain_buffer import HEADER, decode_row, encode_row
from tablestore_emulator.protocol import Message, tables
from tablestore_emulator.requests import parse
from tablestore_emulator.tables.changes import Change, ChangeKind, change_of
from tablestore_emulator.tables.ranges import RangeRead, read_range
from tablestore_emulator.tables.reads import Projection, ReadRow, projection_of
from tablestore_emulator.tables.table import Table, View
from tablestore_emulator.tables.transactions import Transaction
from tablestore_emulator.tables.writes import Written, key_of, units, write
from tablestore_emulator.values import NamedKey


def get_row(instance: Instance, body: bytes) -> Message:
    """Answer GetRow."""
    request = parse(tables.GetRowRequest, body)
    primary_key = key_in(request.primary_key)
    instance.limits.check_key(primary_key)
    projection = projection_of(request, instance.limits)
    table = instance.table_to_read(request.table_name)
    view = _view(instance, request, table)
    data, size = read_row(instance, table, view, primary_key, projection)
    response = tables.GetRowResponse(row=HEADER + data if data else b"")
    response.consumed.capacity_unit.read = units(size)
    response.consumed.capacity_unit.write = 0
    return response


def put_row(instance: Instance, body: bytes) -> Message:
    """Answer PutRow."""
    request = parse(tables.PutRowRequest, body)
    return _changed(instance, request, ChangeKind.PUT, request.row, tables.PutRowResponse())


def update_row(instance: Instance, body: bytes) -> Message:
    """Answer UpdateRow."""
    request = parse(tables.UpdateRowRequest, body)
    return _changed(
        instance, request, ChangeKind.UPDATE, request.row_change, tables.UpdateRowResponse()
    )


def delete_row(instance: Instance, body: bytes) -> Message:
    """Answer DeleteRow."""
    request = parse(tables.DeleteRowRequest, body)
    return _changed(
        instance, request, ChangeKind.DELETE, request.primary_key, tables.DeleteRowResponse()
    )


def get_range(instance: Instance, body: bytes) -> Message:
    """Answer GetRange."""
    request = parse(tables.GetRangeRequest, body)
    start, end = (
        key_in(it)
        for it in (request.inclusive_start_primary_key, request.exclusive_end_primary_key)
    )
    for primary_key in (start, end):
        instance.limits.check_key(primary_key)
    projection = projection_of(request, instance.limits)
    table = instance.table_to_read(request.table_name)
    asked = RangeRead(
        start=table.schema.bound(start),
        end=table.schema.bound(end),
        is_forward=request.direction == tables.FORWARD,
        limit=request.limit if request.HasField("limit") else None,
        projection=projection,
    )
    asked.check()
    view = _view(instance, request, table)
    if isinstance(view, Transaction):
        view.check_key(asked.start)
    page = read_range(view, table.schema, asked, instance.limits, instance.clock.milliseconds())
    response = tables.GetRangeResponse(rows=HEADER + b"".join(page.rows) if page.rows else b"")
    response.consumed.capacity_unit.read = units(page.size)
    response.consumed.capacity_unit.write = 0
    if page.next_key is not None:
        named = table.schema.named(page.next_key)
        response.next_start_primary_key = HEADER + encode_row(named)
    return response


def key_in(data: bytes) -> NamedKey:
    """Return the primary key that a read names.

    Args:
        data: a row in PlainBuffer.

    Raises:
        ServiceError: it has more than a primary key.
        PlainBufferError: it is malformed.
    """
    row = decode_row(data)
    if row.cells:
        raise invalid("Attribute column cannot be given while reading data.")
    if row.is_deleted:
        raise invalid("Delete marker cannot be given.")
    return row.primary_key


def read_row(
    instance: Instance, table: Table, view: View, primary_key: NamedKey, projection: Projection
) -> ReadRow:
    """Return what is asked for of one row.

    Args:
        instance: the instance.
        table: the table.
        view: the table, or a transaction on it.
        primary_key: names and values.
        projection: what is asked for.

    Raises:
        ServiceError: the primary key is not of the table's form.
    """
    schema = table.schema
    key = schema.key_to_read(primary_key)
    if isinstance(view, Transaction):
        view.check_key(key)
    stored = view.get(key)
    now = instance.clock.milliseconds()
    row = None if stored is None else stored.without_expired(schema.options, now)
    return ReadRow(b"", 0) if row is None else projection.read(schema, key, row)


def do(instance: Instance, table: Table, change: Change, transaction_id: str) -> Written:
    """Do a change, in a transaction or alone.

    Args:
        instance: the instance.
        table: the table.
        change: the change.
        transaction_id: the transaction's name; empty for none.

    Raises:
        ServiceError: it cannot be done.
    """
    key = key_of(table, change, instance.clock)
    now = instance.clock.milliseconds()
    if not transaction_id:
        instance.transactions.check_unlocked(table, key)
        return write(table.schema, table, key, change, now)
    if change.has_increment:
        raise invalid("Auto increment is not supported in a transaction.")
    transaction = instance.transactions.get(transaction_id, table)
    transaction.check_key(key)
    instance.transactions.check_bytes(transaction, change.size)
    return write(table.schema, transaction, key, change, now)


def consume(message: Message, written: Written) -> None:
    """Say what a change consumed and returns.

    Args:
        message: the response, or the row in it.
        written: what the change is answered with.
    """
    message.consumed.capacity_unit.read = written.read_units
    message.consumed.capacity_unit.write = written.write_units
    if written.row:
        message.row = written.row


def _changed(
    instance: Instance, request: Message, kind: ChangeKind, data: bytes, response: Message
) -> Message:
    change = change_of(kind, data, request.condition, request.return_content, instance.limits)
    table = instance.base_table(request.table_name)
    consume(response, do(instance, table, change, request.transaction_id))
    return response


def _view(instance: Instance, request: Message, table: Table) -> View:
    if not request.transaction_id:
        return table
    return instance.transactions.get(request.transaction_id, table)


APIS = {
    "GetRow": get_row,
    "PutRow": put_row,
    "UpdateRow": update_row,
    "DeleteRow": delete_row,
    "GetRange": get_range,
}
"""The operations of this module."""
