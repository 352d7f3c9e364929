"""Every operation of the SDK that is there, one after the other, through its async client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tablestore import (
    INF_MAX,
    INF_MIN,
    AsyncOTSClient,
    BatchGetRowRequest,
    BatchWriteRowRequest,
    CapacityUnit,
    ColumnReturnType,
    ColumnsToGet,
    Condition,
    FieldSchema,
    FieldType,
    MatchAllQuery,
    PutRowItem,
    ReservedThroughput,
    Row,
    ScanQuery,
    SearchIndexMeta,
    SearchQuery,
    SecondaryIndexMeta,
    TableInBatchGetRowItem,
    TableInBatchWriteRowItem,
    TableMeta,
    TableOptions,
)

from tablestore_emulator.apis import APIS

KEY = [("a", "x"), ("b", 1)]


async def _tables(client: Any) -> None:
    meta = TableMeta("t", [("a", "STRING"), ("b", "INTEGER")], [("n", "INTEGER")])
    throughput = ReservedThroughput(CapacityUnit(0, 0))
    await client.create_table(meta, TableOptions(), throughput)
    assert await client.list_table() == ("t",)
    await client.update_table("t", TableOptions(max_time_deviation=1000))
    assert (await client.describe_table("t")).table_options.max_time_deviation == 1000


async def _rows(client: Any) -> None:
    await client.put_row("t", Row(KEY, [("c", "v"), ("n", 1)]), Condition("EXPECT_NOT_EXIST"))
    await client.update_row("t", Row(KEY, {"PUT": [("d", 2)]}), Condition("EXPECT_EXIST"))
    _, row, _ = await client.get_row("t", KEY)
    assert [it[:2] for it in row.attribute_columns] == [("c", "v"), ("d", 2), ("n", 1)]
    write = BatchWriteRowRequest()
    item = PutRowItem(Row([("a", "x"), ("b", 2)], [("c", "w")]), Condition("IGNORE"))
    write.add(TableInBatchWriteRowItem("t", [item]))
    assert (await client.batch_write_row(write)).is_all_succeed()
    read = BatchGetRowRequest()
    read.add(TableInBatchGetRowItem("t", [KEY, [("a", "nobody"), ("b", 1)]], [], None, 1))
    rows = (await client.batch_get_row(read)).get_result_by_table("t")
    assert [it.row is not None for it in rows] == [True, False]
    start, end = [("a", INF_MIN), ("b", INF_MIN)], [("a", INF_MAX), ("b", INF_MAX)]
    _, following, rows, _ = await client.get_range("t", "FORWARD", start, end, [], 1)
    assert (len(rows), following) == (1, [("a", "x"), ("b", 2)])
    await client.delete_row("t", Row([("a", "x"), ("b", 2)]), Condition("IGNORE"))


async def _indexes(client: Any) -> None:
    await client.create_secondary_index("t", SecondaryIndexMeta("s", ["n"], []), True)
    _, row, _ = await client.get_row("s", [("n", 1), ("a", "x"), ("b", 1)])
    assert row is not None
    await client.delete_secondary_index("t", "s")


async def _transactions(client: Any) -> None:
    for end in (client.commit_transaction, client.abort_transaction):
        started = await client.start_local_transaction("t", [("a", "x")])
        row = Row(KEY, {"PUT": [("c", "inside")]})
        await client.update_row("t", row, Condition("IGNORE"), None, started)
        await end(started)


async def _searches(client: Any) -> None:
    fields = [FieldSchema("c", FieldType.KEYWORD, index=True)]
    await client.create_search_index("t", "i", SearchIndexMeta(fields))
    assert await client.list_search_index("t") == [("t", "i")]
    meta, _ = await client.describe_search_index("t", "i")
    assert [it.field_name for it in meta.fields] == ["c"]
    await client.update_search_index("t", "i", SearchIndexMeta(fields, time_to_live=-1))
    columns = ColumnsToGet(return_type=ColumnReturnType.ALL)
    query = SearchQuery(MatchAllQuery(), get_total_count=True)
    found = await client.search("t", "i", query, columns)
    assert (found.total_count, len(found.rows), found.is_all_succeed) == (1, 1, True)
    splits = await client.compute_splits("t", "i")
    scan = ScanQuery(MatchAllQuery(), 10, None, 0, 1, 30)
    page = await client.parallel_scan("t", "i", scan, splits.session_id, columns)
    assert len(page.rows) == 1
    await client.delete_search_index("t", "i")


def test_every_operation_of_the_async_client(store: Any) -> None:
    store.control.set_lag("0")
    steps: list[Callable[[Any], Awaitable[None]]] = [
        _tables,
        _rows,
        _indexes,
        _transactions,
        _searches,
    ]

    async def run() -> None:
        client = store.new_client(AsyncOTSClient)
        try:
            for step in steps:
                await step(client)
            await client.delete_table("t")
        finally:
            await client.close()

    asyncio.run(run())
    assert {call["api"] for call in store.control.calls()} == set(APIS)
    assert all(call["status"] == 200 for call in store.control.calls())


def test_many_clients_at_once(store: Any) -> None:
    store.table()

    async def run() -> None:
        clients = [store.new_client(AsyncOTSClient) for _ in range(4)]
        try:
            writes = [
                client.put_row("t", Row(store.key("x", 100 * place + number), []))
                for place, client in enumerate(clients)
                for number in range(50)
            ]
            await asyncio.gather(*writes)
        finally:
            for client in clients:
                await client.close()

    asyncio.run(run())
    assert len(store.range()[0]) == 200
