"""Tables: made, listed, described, changed, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import (
    CapacityUnit,
    ReservedThroughput,
    SecondaryIndexMeta,
    TableMeta,
    TableOptions,
)


def test_tables_are_made_listed_and_deleted(store: Any) -> None:
    assert store.client.list_table() == ()
    store.table("u")
    store.table("t")
    assert store.client.list_table() == ("t", "u")
    store.client.delete_table("u")
    assert store.client.list_table() == ("t",)
    with store.refused(404, "OTSObjectNotExist", "Requested table does not exist."):
        store.client.describe_table("u")
    with store.refused(404, "OTSObjectNotExist", "Requested table does not exist."):
        store.client.delete_table("u")


def test_a_name_that_is_taken(store: Any) -> None:
    store.table()
    with store.refused(409, "OTSObjectAlreadyExist", "Requested table already exists."):
        store.table(key=(("other", "STRING"),))
    assert store.client.describe_table("t").table_meta.schema_of_primary_key[0][0] == "a"


def test_a_table_is_described_as_it_was_made(store: Any) -> None:
    key = [("a", "STRING"), ("b", "INTEGER"), ("c", "BINARY")]
    defined = [("d", "DOUBLE"), ("e", "BOOLEAN"), ("f", "BINARY"), ("s", "STRING")]
    index = SecondaryIndexMeta("i", ["s", "a"], ["d"])
    store.client.create_table(
        TableMeta("t", key, defined),
        TableOptions(1_200_000, 1, 86_401),
        ReservedThroughput(CapacityUnit(1, 2)),
        [index],
    )
    found = store.client.describe_table("t")
    assert found.table_meta.table_name == "t"
    assert found.table_meta.schema_of_primary_key == key
    assert found.table_meta.defined_columns == defined
    options = found.table_options
    assert (options.time_to_live, options.max_version) == (1_200_000, 1)
    assert (options.max_time_deviation, options.allow_update) == (86_401, True)
    unit = found.reserved_throughput_details.capacity_unit
    assert (unit.read, unit.write) == (1, 2)
    (described,) = found.secondary_indexes
    assert described.index_name == "i"
    assert described.primary_key_names == ["s", "a"]


def test_throughput_can_be_changed(store: Any) -> None:
    store.table()
    store.client.update_table("t", None, ReservedThroughput(CapacityUnit(3, 4)))
    unit = store.client.describe_table("t").reserved_throughput_details.capacity_unit
    assert (unit.read, unit.write) == (3, 4)
    with store.invalid("Invalid Capacity Unit: -1. Capacity Unit must be nonnegative."):
        store.client.update_table("t", None, ReservedThroughput(CapacityUnit(-1, 4)))


def test_a_change_of_nothing(store: Any) -> None:
    store.table()
    with store.invalid("No parameter is specified in UpdateTable."):
        store.client.update_table("t", TableOptions(None, None, None))


def test_a_new_table_has_no_rows_of_an_old_one(store: Any) -> None:
    store.table()
    store.put()
    store.client.delete_table("t")
    store.table()
    assert store.range() == ([], None)


def test_a_table_can_be_split_beforehand(store: Any) -> None:
    meta = TableMeta("t", [("a", "STRING"), ("b", "INTEGER")])
    throughput = ReservedThroughput(CapacityUnit(0, 0))
    store.client._create_table_ex(meta, TableOptions(), throughput, split_points=["g", "p"])
    for first in "azm":
        store.put(key=store.key(first))
    assert [first for first, _ in store.range()[0]] == ["a", "m", "z"]


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.exe_sql_query("select 1"),
        lambda client: client.list_timeseries_table(),
        lambda client: client.delete_timeseries_table("t"),
    ],
)
def test_operations_that_there_are_not(store: Any, call: Any) -> None:
    with pytest.raises(Exception, match=r"Unsupported operation: '(SQLQuery|.*Timeseries.*)'"):
        call(store.client)


def test_json_operations_are_answered_in_json(store: Any) -> None:
    with store.invalid("Unsupported operation: 'ListKnowledgeBase'."):
        store.client.list_knowledge_base({})
    with store.invalid("Unsupported operation: 'AddMemories'."):
        store.client.add_memories({"memoryStoreName": "m"})
