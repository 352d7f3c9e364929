"""The operations on tables and secondary indexes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from tablestore_emulator.errors import invalid
from tablestore_emulator.instance import Instance
from tablestore_emulator.plain_buffer import decode_value, encode_value
from tablestore_emulator.protocol import Message, tables
from tablestore_emulator.requests import parse
from tablestore_emulator.tables.options import FOREVER
from tablestore_emulator.tables.schema import schema_of
from tablestore_emulator.tables.table import Table
from tablestore_emulator.values import INF_MAX, INF_MIN, KeyPart


def create_table(instance: Instance, body: bytes) -> Message:
    """Answer CreateTable."""
    request = parse(tables.CreateTableRequest, body)
    schema = schema_of(request, instance.limits)
    throughput = _throughput(request.reserved_throughput, (0, 0))
    splits = _split_points(request)
    table = Table(schema, instance.clock.now(), throughput, splits)
    instance.add_table(table)
    try:
        instance.add_secondary(table, list(request.index_metas), build=False)
    except Exception:
        # A table is made with its indexes or not at all.
        del instance.tables[schema.name]
        raise
    return tables.CreateTableResponse()


def list_table(instance: Instance, body: bytes) -> Message:
    """Answer ListTable: the names of data tables, not those of indexes."""
    parse(tables.ListTableRequest, body)
    return tables.ListTableResponse(table_names=sorted(instance.tables))


def delete_table(instance: Instance, body: bytes) -> Message:
    """Answer DeleteTable."""
    instance.remove_table(parse(tables.DeleteTableRequest, body).table_name)
    return tables.DeleteTableResponse()


def update_table(instance: Instance, body: bytes) -> Message:
    """Answer UpdateTable."""
    request = parse(tables.UpdateTableRequest, body)
    table = instance.base_table(request.table_name)
    has_options = request.HasField("table_options")
    if not has_options and not request.HasField("reserved_throughput"):
        raise invalid("No parameter is specified in UpdateTable.")
    if has_options:
        if not request.table_options.ListFields():
            raise invalid("No parameter is specified in table options.")
        options = table.schema.options.changed(request.table_options)
        _check_search_indexes(instance, request.table_name, options.time_to_live)
        table.schema = replace(table.schema, options=options)
        for index in instance.secondary_of(table):
            index.table.schema = replace(index.table.schema, options=options)
    if request.HasField("reserved_throughput"):
        table.throughput = _throughput(request.reserved_throughput, table.throughput)
    response = tables.UpdateTableResponse(table_options=table.schema.options.message())
    _add_throughput(response.reserved_throughput_details, table)
    return response


def describe_table(instance: Instance, body: bytes) -> Message:
    """Answer DescribeTable, also for an index."""
    request = parse(tables.DescribeTableRequest, body)
    table = instance.described(request.table_name)
    response = tables.DescribeTableResponse(
        table_meta=table.schema.message(),
        table_options=table.schema.options.message(),
        index_metas=[index.meta for index in instance.secondary_of(table)],
        shard_splits=[encode_value(point) for point in table.split_points],
    )
    _add_throughput(response.reserved_throughput_details, table)
    return response


def create_index(instance: Instance, body: bytes) -> Message:
    """Answer CreateIndex."""
    request = parse(tables.CreateIndexRequest, body)
    table = instance.base_table(request.main_table_name)
    instance.add_secondary(table, [request.index_meta], build=request.include_base_data)
    return tables.CreateIndexResponse()


def drop_index(instance: Instance, body: bytes) -> Message:
    """Answer DropIndex."""
    request = parse(tables.DropIndexRequest, body)
    table = instance.base_table(request.main_table_name)
    instance.remove_secondary(table, request.index_name)
    return tables.DropIndexResponse()


def _check_search_indexes(instance: Instance, name: str, time_to_live: int) -> None:
    for (of, index), searched in instance.searched.items():
        if of == name:
            check_time_to_live(time_to_live, index, searched.time_to_live)


def check_time_to_live(of_table: int, index: str, of_index: int) -> None:
    """Check that a search index does not keep rows for longer than its table.

    Args:
        of_table: the table's time to live, in seconds.
        index: the index's name.
        of_index: its time to live.

    Raises:
        ServiceError: it does.
    """
    if of_table == FOREVER or (of_index != FOREVER and of_index <= of_table):
        return
    raise invalid(
        "[table ttl] must be bigger than or equal search index ttl, but table ttl is "
        f"{of_table} and search index ttl is [{index}:{of_index}]"
    )


def _throughput(message: Message, before: tuple[int, int]) -> tuple[int, int]:
    unit = message.capacity_unit
    read = unit.read if unit.HasField("read") else before[0]
    write = unit.write if unit.HasField("write") else before[1]
    for value in (read, write):
        if value < 0:
            raise invalid(f"Invalid Capacity Unit: {value}. Capacity Unit must be nonnegative.")
    return read, write


def _add_throughput(details: Message, table: Table) -> None:
    details.capacity_unit.read, details.capacity_unit.write = table.throughput
    details.last_increase_time = int(table.created_at)


def _split_points(request: Message) -> tuple[KeyPart, ...]:
    points: list[KeyPart] = []
    ends = [(decode_value(it.begin), decode_value(it.end)) for it in request.partitions]
    for place, (begin, end) in enumerate(ends):
        before = INF_MIN if place == 0 else ends[place - 1][1]
        if begin != before or (place == len(ends) - 1) != (end is INF_MAX):
            raise invalid("Invalid partitions: they must follow one another without gaps.")
        if end is not INF_MAX:
            points.append(end)
    if len({type(point) for point in points}) > 1 or any(
        # They are of one type, so they compare.
        not first < second  # type: ignore[operator]
        for first, second in pairwise(points)
    ):
        raise invalid("Invalid partitions: split points must be of one type, and grow.")
    return tuple(points)


APIS = {
    "CreateTable": create_table,
    "ListTable": list_table,
    "DeleteTable": delete_table,
    "UpdateTable": update_table,
    "DescribeTable": describe_table,
    "CreateIndex": create_index,
    "DropIndex": drop_index,
}
"""The operations of this module."""
