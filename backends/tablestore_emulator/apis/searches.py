"""The operations on search indexes: what answers queries is in the package ``search``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tablestore_emulator.apis.table_operations import check_time_to_live
from tablestore_emulator.errors import ServiceError, invalid
from tablestore_emulator.instance import Instance
from tablestore_emulator.limits import check_table_name
from tablestore_emulator.plain_buffer import HEADER, encode_row
from tablestore_emulator.protocol import Message, search
from tablestore_emulator.requests import parse
from tablestore_emulator.search_index import SearchedIndex
from tablestore_emulator.tables.options import FOREVER
from tablestore_emulator.tables.table import Table
from tablestore_emulator.values import Key

_IN_CREATION = 10
_SCAN_SECONDS = 60.0

SPLITS = 1
"""Into how many parts an index can be scanned at once."""


def create_search_index(instance: Instance, body: bytes) -> Message:
    """Answer CreateSearchIndex."""
    request = parse(search.CreateSearchIndexRequest, body)
    table = _table(instance, request.table_name)
    check_table_name(request.index_name)
    name = request.table_name, request.index_name
    if name in instance.searched:
        raise invalid(f"search index [{request.index_name}] already exists")
    if sum(it.is_building for it in instance.searched.values()) >= _IN_CREATION:
        raise invalid(
            f"the number of index in creating has exceed the instance quota, limit: {_IN_CREATION}"
        )
    time_to_live = request.time_to_live if request.HasField("time_to_live") else FOREVER
    _check_time_to_live(table, request.index_name, time_to_live)
    instance.searched[name] = SearchedIndex(
        request.index_name,
        table,
        request.schema,
        time_to_live,
        instance.clock,
        instance.random,
        lambda: instance.lag,
        instance.lag if instance.settings.build is None else instance.settings.build,
    )
    return search.CreateSearchIndexResponse()


def update_search_index(instance: Instance, body: bytes) -> Message:
    """Answer UpdateSearchIndex."""
    request = parse(search.UpdateSearchIndexRequest, body)
    searched = _index(instance, request.table_name, request.index_name)
    if request.HasField("time_to_live"):
        _check_time_to_live(searched.table, request.index_name, request.time_to_live)
        searched.set_time_to_live(request.time_to_live)
    return search.UpdateSearchIndexResponse()


def list_search_index(instance: Instance, body: bytes) -> Message:
    """Answer ListSearchIndex, of one table or of all."""
    request = parse(search.ListSearchIndexRequest, body)
    if request.table_name:
        _table(instance, request.table_name)
    response = search.ListSearchIndexResponse()
    for table, name in sorted(instance.searched):
        if request.table_name in ("", table):
            response.indices.add(table_name=table, index_name=name)
    return response


def describe_search_index(instance: Instance, body: bytes) -> Message:
    """Answer DescribeSearchIndex."""
    request = parse(search.DescribeSearchIndexRequest, body)
    searched = _index(instance, request.table_name, request.index_name)
    response = search.DescribeSearchIndexResponse(
        schema=searched.message,
        create_time=int(searched.created_at * 1_000_000),
        time_to_live=searched.time_to_live,
    )
    sorters = response.schema.index_sort.sorter
    if not sorters and searched.schema.has_order:
        sorters.add().pk_sort.order = search.SORT_ORDER_ASC
    if request.include_sync_stat or not request.HasField("include_sync_stat"):
        response.sync_stat.CopyFrom(searched.sync_stat())
    return response


def delete_search_index(instance: Instance, body: bytes) -> Message:
    """Answer DeleteSearchIndex."""
    request = parse(search.DeleteSearchIndexRequest, body)
    _index(instance, request.table_name, request.index_name).forget()
    del instance.searched[request.table_name, request.index_name]
    return search.DeleteSearchIndexResponse()


def search_rows(instance: Instance, body: bytes) -> Message:
    """Answer Search."""
    request = parse(search.SearchRequest, body)
    searched = _index(instance, request.table_name, request.index_name)
    hits = searched.index.search(
        request.search_query,
        from_index=_is_from_index(searched, request.columns_to_get),
        returns=_wanted(searched, request.columns_to_get),
    )
    return search.SearchResponse(
        total_hits=hits.total,
        rows=_rows(searched, request.columns_to_get, hits.hits),
        is_all_succeed=True,
        search_hits=[search.SearchHit.FromString(hit.message) for hit in hits.hits],
        next_token=hits.next_token or None,
        aggs=hits.aggregations or None,
        group_bys=hits.group_bys or None,
    )


def compute_splits(instance: Instance, body: bytes) -> Message:
    """Answer ComputeSplits: into how many parts an index can be scanned at once."""
    request = parse(search.ComputeSplitsRequest, body)
    if not request.HasField("search_index_splits_options"):
        raise invalid("[search index splits options] must not be null")
    index = request.search_index_splits_options.index_name
    _index(instance, request.table_name, index)
    session = instance.scans.start(request.table_name, index, _SCAN_SECONDS)
    return search.ComputeSplitsResponse(session_id=session.encode(), splits_size=SPLITS)


def parallel_scan(instance: Instance, body: bytes) -> Message:
    """Answer ParallelScan."""
    request = parse(search.ParallelScanRequest, body)
    searched = _index(instance, request.table_name, request.index_name)
    scan = parse(search.ScanQuery, request.scan_query)
    if request.session_id:
        session = request.session_id.decode(errors="replace")
        instance.scans.go_on(
            session, request.table_name, request.index_name, scan.alive_time or _SCAN_SECONDS
        )
    if scan.HasField("max_parallel") and not 0 < scan.max_parallel <= SPLITS:
        raise invalid(
            f"[parallel_scan.max_parallel_id] must in (0 ,{SPLITS}], current max_parallel_id is"
            f" {scan.max_parallel}"
        )
    hits = searched.index.scan(request.scan_query)
    return search.ParallelScanResponse(
        rows=_rows(searched, request.columns_to_get, hits.hits),
        next_token=hits.next_token or None,
    )


def _table(instance: Instance, name: str) -> Table:
    check_table_name(name)
    if name not in instance.tables:
        raise invalid(f"table [{name}] does not exist")
    return instance.tables[name]


def _index(instance: Instance, table: str, name: str) -> SearchedIndex:
    _table(instance, table)
    if (table, name) not in instance.searched:
        raise ServiceError(400, "OTSMetaNotMatch", f"search index [{name}] does not exist")
    searched = instance.searched[table, name]
    if not instance.are_indexes_frozen:
        searched.catch_up()
    return searched


def _check_time_to_live(table: Table, index: str, seconds: int) -> None:
    if seconds == 0 or seconds < FOREVER:
        raise invalid("TimeToLive cannot be 0 or less than -1.")
    check_time_to_live(table.schema.options.time_to_live, index, seconds)


def _is_from_index(searched: SearchedIndex, asked: Message) -> bool:
    if asked.return_type == search.RETURN_ALL:
        return not asked.HasField("return_type")
    if asked.return_type == search.RETURN_SPECIFIED:
        names = set(asked.column_names).difference(searched.table.schema.key_names)
        return all(searched.schema.stores(name) for name in names)
    return True


def _rows(searched: SearchedIndex, asked: Message, hits: Iterable[Any]) -> list[bytes]:
    """Return the rows that were found, as the index knows them."""
    schema = searched.table.schema
    wants = _wanted(searched, asked)
    rows = []
    for hit in hits:
        key: Key = hit.primary_key
        columns = searched.rows[key].columns
        cells = [it[0].encoded(name) for name, it in columns.items() if wants(name)]
        rows.append(HEADER + encode_row(schema.named(key), cells))
    return rows


def _wanted(searched: SearchedIndex, asked: Message) -> Callable[[str], bool]:
    kind = asked.return_type if asked.HasField("return_type") else search.RETURN_NONE
    if kind == search.RETURN_ALL:
        return lambda _: True
    if kind == search.RETURN_SPECIFIED:
        names = frozenset(asked.column_names)
        return lambda name: name in names
    if kind == search.RETURN_ALL_FROM_INDEX:
        stores: Callable[[str], bool] = searched.schema.stores
        return stores
    return lambda _: False


APIS = {
    "CreateSearchIndex": create_search_index,
    "UpdateSearchIndex": update_search_index,
    "ListSearchIndex": list_search_index,
    "DescribeSearchIndex": describe_search_index,
    "DeleteSearchIndex": delete_search_index,
    "Search": search_rows,
    "ComputeSplits": compute_splits,
    "ParallelScan": parallel_scan,
}
"""The operations of this module."""
