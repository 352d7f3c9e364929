"""The operations on many rows, each of which succeeds or fails by itself."""

from __future__ import annotations

from tablestore_emulator.apis.rows import consume, do, key_in, read_row
from tablestore_emulator.errors import ServiceError, invalid
from tablestore_emulator.instance import Instance
from tablestore_emulator.limits import check_table_name
from tablestore_emulator.plain_buffer import HEADER
from tablestore_emulator.protocol import Message, tables
from tablestore_emulator.requests import parse
from tablestore_emulator.tables.changes import (
    Change,
    ChangeKind,
    change_of,
    check_repeated,
)
from tablestore_emulator.tables.reads import projection_of
from tablestore_emulator.tables.schema import check_values
from tablestore_emulator.tables.writes import units

_KINDS = {
    tables.PUT: ChangeKind.PUT,
    tables.UPDATE: ChangeKind.UPDATE,
    tables.DELETE: ChangeKind.DELETE,
}


def batch_get_row(instance: Instance, body: bytes) -> Message:
    """Answer BatchGetRow."""
    request = parse(tables.BatchGetRowRequest, body)
    if not request.tables:
        raise invalid("No row specified in the request of BatchGetRow.")
    _check_tables(request)
    limits = instance.limits
    if sum(len(asked.primary_key) for asked in request.tables) > limits.read_rows:
        raise invalid(f"Rows count exceeds the upper limit: {limits.read_rows}.")
    read = []
    for asked in request.tables:
        keys = [key_in(data) for data in asked.primary_key]
        for primary_key in keys:
            limits.check_key(primary_key)
            check_values(primary_key)
        no_versions = "No version condition is specified while querying row."
        read.append((asked, keys, projection_of(asked, limits, no_versions)))
    response = tables.BatchGetRowResponse()
    for asked, keys, projection in read:
        answered = response.tables.add(table_name=asked.table_name)
        for primary_key in keys:
            row = answered.rows.add(is_ok=True)
            try:
                table = instance.table_to_read(asked.table_name)
                data, size = read_row(instance, table, table, primary_key, projection)
            except ServiceError as error:
                _fail(row, error)
                continue
            row.consumed.capacity_unit.read = units(size)
            row.consumed.capacity_unit.write = 0
            row.row = HEADER + data if data else b""
    return response


def batch_write_row(instance: Instance, body: bytes) -> Message:
    """Answer BatchWriteRow."""
    request = parse(tables.BatchWriteRowRequest, body)
    if not request.tables:
        raise invalid("No row is specified in BatchWriteRow.")
    _check_tables(request)
    limits = instance.limits
    if sum(len(it.rows) for it in request.tables) > limits.written_rows:
        raise invalid(f"Rows count exceeds the upper limit: {limits.written_rows}.")
    asked = [(it.table_name, _changes(instance, it)) for it in request.tables]
    size = sum(change.size for _, changes in asked for change in changes)
    if size > limits.batch_bytes:
        raise invalid(
            "The total data size of BatchWriteRow request exceeds the limit, limit size: "
            f"{limits.batch_bytes}, data size: {size}."
        )
    for _, changes in asked:
        check_repeated(changes)
    response = tables.BatchWriteRowResponse()
    for name, changes in asked:
        answered = response.tables.add(table_name=name)
        for change in changes:
            row = answered.rows.add(is_ok=True)
            try:
                table = instance.base_table(name)
                consume(row, do(instance, table, change, request.transaction_id))
            except ServiceError as error:
                _fail(row, error)
    return response


def _check_tables(request: Message) -> None:
    names: set[str] = set()
    for asked in request.tables:
        check_table_name(asked.table_name)
        if asked.table_name in names:
            raise invalid(f"Duplicated table name: '{asked.table_name}'.")
        names.add(asked.table_name)


def _changes(instance: Instance, asked: Message) -> list[Change]:
    if not asked.rows:
        raise invalid(f"No operation is specified for table: '{asked.table_name}'.")
    return [
        change_of(
            _KINDS[row.type], row.row_change, row.condition, row.return_content, instance.limits
        )
        for row in asked.rows
    ]


def _fail(row: Message, error: ServiceError) -> None:
    row.is_ok = False
    row.error.code = error.code
    row.error.message = error.message


APIS = {"BatchGetRow": batch_get_row, "BatchWriteRow": batch_write_row}
"""The operations of this module."""
