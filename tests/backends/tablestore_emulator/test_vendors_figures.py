"""What the vendor's own tests of its Python SDK expect of the service, with their rows."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tablestore_emulator import emulator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tablestore as ts

NONE = ts.ColumnsToGet(return_type=ts.ColumnReturnType.NONE)
ALL = ts.ColumnsToGet(return_type=ts.ColumnReturnType.ALL)
ALL_FROM_INDEX = ts.ColumnsToGet(return_type=ts.ColumnReturnType.ALL_FROM_INDEX)
EVERY = ts.TermQuery("d", 0.1)
KEY = ts.TableMeta("t", [("PK1", "INTEGER"), ("PK2", "STRING")])
FREE = ts.ReservedThroughput(ts.CapacityUnit(0, 0))
FIELDS = [
    ts.FieldSchema("k", ts.FieldType.KEYWORD, enable_sort_and_agg=True, store=True),
    ts.FieldSchema("t", ts.FieldType.TEXT, analyzer=ts.AnalyzerType.SINGLEWORD),
    ts.FieldSchema("g", ts.FieldType.GEOPOINT),
    ts.FieldSchema("ka", ts.FieldType.KEYWORD, is_array=True),
    ts.FieldSchema("la", ts.FieldType.LONG, is_array=True),
    ts.FieldSchema("l", ts.FieldType.LONG),
    ts.FieldSchema("b", ts.FieldType.BOOLEAN),
    ts.FieldSchema("d", ts.FieldType.DOUBLE),
]
NESTED = ts.FieldSchema(
    "n",
    ts.FieldType.NESTED,
    sub_field_schemas=[
        ts.FieldSchema("nk", ts.FieldType.KEYWORD),
        ts.FieldSchema("nl", ts.FieldType.LONG),
        ts.FieldSchema("nt", ts.FieldType.TEXT),
    ],
)
# The example of a text: it is of a forum, and of news.
TITLES = {
    "http://a.com/001.html": ("求推荐几款菊花茶店铺", 25),
    "http://b.com/news/001.html": ("秋天最适合饮用的几种花茶", 30),
    "http://a.com/011.html": ("苕溪边上有一大片野生菊花", 100),
    "http://a.com/019.html": ("菊花茶是一款大部分人都适合的经典花茶", 120),
}


def _row(number: int) -> Any:
    key = [("PK1", number), ("PK2", f"pk_{number % 10}")]
    place = f"{30.0 + 0.05 * (number // 100):f},{114.0 + 0.05 * (number % 100):f}"
    inner = {"nk": f"key{number:03}", "nl": number, "nt": f"this is in nested {number}"}
    columns = [("k", f"key{number:03}"), ("t", f"this is {number}"), ("g", place)]
    columns += [("ka", f'["a", "b", "{number}"]'), ("la", f"[-1, {number}]"), ("l", number)]
    columns += [("b", number % 2 == 0), ("d", 0.1), ("n", json.dumps([inner]))]
    return ts.PutRowItem(ts.Row(key, columns), ts.Condition(ts.RowExistenceExpectation.IGNORE))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Tables of 100 and 1,000 rows, each with an index with a nested field and one without."""
    with emulator(lag="0", seed=0) as running:
        made = ts.OTSClient(**running.client_options, retry_policy=ts.NoRetryPolicy())
        for table, count in (("hundred", 100), ("thousand", 1000)):
            KEY.table_name = table
            made.create_table(KEY, ts.TableOptions(), FREE)
            for start in range(0, count, 100):
                request = ts.BatchWriteRowRequest()
                rows = [_row(number) for number in range(start, start + 100)]
                request.add(ts.TableInBatchWriteRowItem(table, rows))
                assert made.batch_write_row(request).is_all_succeed()
            by_key = ts.Sort([ts.PrimaryKeySort(ts.SortOrder.ASC)])
            flat = ts.SearchIndexMeta(FIELDS, index_sort=by_key)
            made.create_search_index(table, "flat", flat)
            made.create_search_index(table, "nested", ts.SearchIndexMeta([*FIELDS, NESTED]))
            made.create_search_index(table, "unsorted", ts.SearchIndexMeta(FIELDS))
        made.create_table(ts.TableMeta("texts", [("url", "STRING")]), ts.TableOptions(), FREE)
        for url, (title, views) in TITLES.items():
            made.put_row("texts", ts.Row([("url", url)], [("title", title), ("pv", views)]))
        fields = [
            ts.FieldSchema(
                "title",
                ts.FieldType.TEXT,
                analyzer=ts.AnalyzerType.MAXWORD,
                enable_highlighting=True,
            ),
            ts.FieldSchema("pv", ts.FieldType.LONG),
        ]
        made.create_search_index("texts", "flat", ts.SearchIndexMeta(fields))
        yield made
        made.connection.pool.clear()


def _asked(
    client: Any, query: Any, columns: Any = NONE, where: str = "hundred", **more: Any
) -> Any:
    table, _, index = where.partition(".")
    asked = ts.SearchQuery(query, **{"limit": 100, "get_total_count": True, **more})
    return client.search(table, index or "nested", asked, columns)


@pytest.mark.parametrize(
    ("query", "rows", "has_token", "total"),
    [
        (ts.MatchAllQuery(), 100, True, 1000),
        (ts.MatchQuery("t", "this"), 100, True, 1000),
        (ts.MatchQuery("t", "not"), 0, False, 0),
        (ts.MatchQuery("t", "this is 0"), 100, True, 1000),
        (ts.MatchQuery("t", "this is 0", minimum_should_match=3), 1, False, 1),
        (ts.MatchQuery("t", "this is 0", operator=ts.QueryOperator.AND), 1, False, 1),
        (
            ts.MatchQuery("t", "is this 0", minimum_should_match=1, operator=ts.QueryOperator.AND),
            1,
            False,
            1,
        ),
        (ts.MatchPhraseQuery("t", "this is"), 100, True, 1000),
        (ts.MatchPhraseQuery("t", "this is 1"), 1, False, 1),
        (ts.MatchPhraseQuery("k", "key999"), 1, False, 1),
        (ts.TermQuery("l", "900"), 1, False, 1),
        (ts.TermQuery("la", "900"), 1, False, 1),
        (ts.TermQuery("b", True), 100, True, 500),
        (ts.RangeQuery("k", "key100", "key200", False, False), 99, False, 99),
        (ts.RangeQuery("la", "100", "300", True, True), 100, True, 201),
        (ts.PrefixQuery("t", "this is"), 0, False, 0),
        (ts.PrefixQuery("t", "this"), 100, True, 1000),
        (ts.WildcardQuery("t", "t*"), 100, True, 1000),
        (ts.TermsQuery("t", ["this", "is"]), 100, True, 1000),
        (ts.GeoDistanceQuery("g", "32.5,116.5", 300000), 100, True, 668),
        # A tenth of the rows is on its lower edge.
        (ts.GeoBoundingBoxQuery("g", "30.9,112.0", "30.2,119.0"), 100, True, 500),
        (
            ts.GeoPolygonQuery("g", ["30.9,112.0", "30.5,115.0", "30.3, 117.0", "30.2,119.0"]),
            90,
            False,
            90,
        ),
        (
            ts.FunctionScoreQuery(ts.RangeQuery("l", 100, 300), ts.FieldValueFactor("l")),
            100,
            True,
            200,
        ),
    ],
    ids=lambda it: type(it).__name__ if isinstance(it, ts.Query) else str(it),
)
def test_how_many_are_found(
    client: Any, query: Any, rows: int, has_token: bool, total: int
) -> None:
    found = _asked(client, query, where="thousand.flat")
    assert (len(found.rows), bool(found.next_token), found.total_count) == (rows, has_token, total)


def test_an_index_with_a_nested_field_has_no_order_and_no_next_page(client: Any) -> None:
    query = ts.NestedQuery("n", ts.RangeQuery("n.nl", 100, 300, True, True))
    found = _asked(client, query, where="thousand")
    assert (len(found.rows), bool(found.next_token), found.total_count) == (100, False, 201)


@pytest.mark.parametrize(
    ("aggregation", "fields"),
    [
        (ts.Max, {"l": 99, "d": 0.1, "n.nl": 99, "la": 99}),
        (ts.Min, {"l": 0, "d": 0.1, "n.nl": 0, "la": -1}),
        (ts.Sum, {"l": 4950, "d": 10, "n.nl": 4950, "la": 4850}),
        (ts.Avg, {"l": 49.5, "d": 0.1, "n.nl": 49.5, "la": 24.25}),
        (
            ts.Count,
            {
                "l": 100,
                "k": 100,
                "b": 100,
                "g": 100,
                "n.nl": 100,
                "n.nk": 100,
                "la": 200,
                "ka": 300,
            },
        ),
        (
            ts.DistinctCount,
            {"l": 100, "d": 1, "b": 2, "g": 100, "n.nl": 100, "n.nk": 100, "la": 101, "ka": 102},
        ),
    ],
)
def test_aggregations_also_of_nested_fields(
    client: Any, aggregation: Any, fields: dict[str, float]
) -> None:
    aggregations = [aggregation(name, name=name) for name in fields]
    found = _asked(client, EVERY, aggs=aggregations).agg_results
    assert {it.name: it.value for it in found} == pytest.approx(fields)


@pytest.mark.parametrize(
    "aggregation",
    [ts.Max("n.nk"), ts.Sum("n.nt"), ts.Avg("k"), ts.Min("b"), ts.Count("n.nt"), ts.Count("n")],
)
def test_aggregations_of_other_types_are_refused(client: Any, aggregation: Any) -> None:
    with pytest.raises(ts.OTSServiceError) as caught:
        _asked(client, EVERY, aggs=[aggregation])
    assert (caught.value.http_status, caught.value.code) == (400, "OTSParameterInvalid")


def test_a_group_has_aggregations_of_nested_fields_and_a_missing_value(client: Any) -> None:
    inside = [ts.Max("n.nl"), ts.TopRows(1, ts.Sort([ts.PrimaryKeySort(ts.SortOrder.DESC)]))]
    group_by = ts.GroupByField("b", sub_aggs=inside)
    (found,) = _asked(client, EVERY, group_bys=[group_by]).group_by_results
    assert [
        (item.row_count, item.sub_aggs[0].value, item.sub_aggs[1].value) for item in found.items
    ] == [
        (50, 99, [([("PK1", 99), ("PK2", "pk_9")], [])]),
        (50, 98, [([("PK1", 98), ("PK2", "pk_8")], [])]),
    ]


def test_percentiles_come_ascending(client: Any) -> None:
    (found,) = _asked(client, EVERY, aggs=[ts.Percentiles("l", [100, 0, 50])]).agg_results
    assert [(item.key, item.value) for item in found.value] == [(0, 0), (50, 49.5), (100, 99)]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (NONE, []),
        (None, []),
        (ts.ColumnsToGet(["k", "l"], ts.ColumnReturnType.SPECIFIED), ["k", "l"]),
        (ALL, ["b", "d", "g", "k", "ka", "l", "la", "n", "t"]),
    ],
)
def test_top_rows_have_the_columns_that_are_asked_for(
    client: Any, columns: Any, names: list[str]
) -> None:
    top = ts.TopRows(2, ts.Sort([ts.PrimaryKeySort()]))
    (found,) = _asked(client, EVERY, columns, aggs=[top]).agg_results
    assert [key for key, _ in found.value] == [
        [("PK1", 0), ("PK2", "pk_0")],
        [("PK1", 1), ("PK2", "pk_1")],
    ]
    assert [[it[0] for it in values] for _, values in found.value] == [names, names]


@pytest.mark.parametrize("end", [99, 100, 105, 1000])
def test_a_histogram_has_no_empty_group_at_its_end(client: Any, end: int) -> None:
    group_by = ts.GroupByHistogram("l", 10, ts.FieldRange(0, end))
    (found,) = _asked(client, EVERY, group_bys=[group_by]).group_by_results
    assert [(item.key, item.value) for item in found.items] == [
        (start, 10) for start in range(0, 100, 10)
    ]


def test_an_index_made_without_a_sort_says_that_it_is_sorted_by_the_key(client: Any) -> None:
    sorts = {}
    for name in ("unsorted", "flat", "nested"):
        described, _ = client.describe_search_index("hundred", name)
        sorts[name] = [(type(it), it.sort_order) for it in described.index_sort.sorters]
    by_key = [(ts.PrimaryKeySort, ts.SortOrder.ASC)]
    assert sorts == {"unsorted": by_key, "flat": by_key, "nested": []}


def test_splits_of_no_index_are_refused(client: Any) -> None:
    with pytest.raises(ts.OTSServiceError) as caught:
        client.compute_splits("hundred", None)
    assert (caught.value.code, caught.value.message) == (
        "OTSParameterInvalid",
        "[search index splits options] must not be null",
    )


@pytest.mark.parametrize(
    ("part", "parts", "message"),
    [
        (
            101,
            1,
            "[parallel_scan.current_parallel_id] must in [0, max_parallel), current max_parallel"
            " is 1, current_parallel_id is 101",
        ),
        (
            0,
            2,
            "[parallel_scan.max_parallel_id] must in (0 ,1], current max_parallel_id is 2",
        ),
    ],
)
def test_parts_of_a_scan_that_there_are_not(
    client: Any, part: int, parts: int, message: str
) -> None:
    session = client.compute_splits("hundred", "flat").session_id
    scan = ts.ScanQuery(EVERY, 70, None, part, parts, 30)
    with pytest.raises(ts.OTSServiceError) as caught:
        client.parallel_scan("hundred", "flat", scan, session, ALL_FROM_INDEX)
    assert (caught.value.code, caught.value.message) == ("OTSParameterInvalid", message)


def test_a_scan_ends_with_an_empty_page(client: Any) -> None:
    session = client.compute_splits("hundred", "flat").session_id
    found = []
    token = None
    while token or not found:
        scan = ts.ScanQuery(EVERY, 70, token, 0, 1, 30)
        page = client.parallel_scan("hundred", "flat", scan, session, ALL_FROM_INDEX)
        token = page.next_token
        found.append((len(page.rows), bool(token)))
    assert found == [(70, True), (30, True), (0, False)]


AND, OR = ts.QueryOperator.AND, ts.QueryOperator.OR


@pytest.mark.parametrize(
    ("query", "total"),
    [
        (ts.MatchQuery("title", "菊花茶"), 4),
        (ts.MatchQuery("title", "梨花茶"), 3),
        (ts.MatchQuery("title", "花茶"), 3),
        (ts.MatchQuery("title", "菊花"), 3),
        (ts.MatchQuery("title", "饮用花茶", operator=AND), 1),
        (ts.MatchQuery("title", "饮用花茶", operator=OR), 3),
        (ts.MatchQuery("title", "饮用花茶", operator=OR, minimum_should_match=2), 1),
        (ts.MatchPhraseQuery("title", "野生菊花"), 1),
        (ts.MatchPhraseQuery("title", "秋天菊花"), 0),
    ],
    ids=lambda it: it.text if isinstance(it, ts.Query) else str(it),
)
def test_words_of_a_chinese_text(client: Any, query: Any, total: int) -> None:
    assert _asked(client, query, where="texts.flat").total_count == total


def test_what_is_found_in_a_chinese_text_is_marked(client: Any) -> None:
    query = ts.FunctionScoreQuery(ts.MatchQuery("title", "花茶"), ts.FieldValueFactor("pv"))
    order = ts.HighlightFragmentOrder.TEXT_SEQUENCE
    parameter = ts.HighlightParameter("title", 1, 18, "<b>", "</b>", order)
    found = _asked(
        client,
        query,
        where="texts.flat",
        sort=ts.Sort([ts.ScoreSort(ts.SortOrder.DESC)]),
        highlight=ts.Highlight([parameter], ts.HighlightEncoder.PLAIN_MODE),
    )
    marked = [hit.highlight_result.highlight_fields[0].field_fragments for hit in found.search_hits]
    assert marked == [
        ["菊<b>花茶</b>是一款大部分人都适合的经典<b>花茶</b>"],
        ["秋天最适合饮用的几种<b>花茶</b>"],
        ["求推荐几款菊<b>花茶</b>店铺"],
    ]
