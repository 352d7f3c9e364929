"""Every sort puts rows where comparing each with each would, and paging changes nothing of it."""

from __future__ import annotations

import json
from functools import cmp_to_key
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search import geo  # noqa: E402  # After importorskip.
from tablestore_emulator.search.errors import SearchError  # noqa: E402

ASC, DESC = ts.SortOrder.ASC, ts.SortOrder.DESC
FIELDS = [
    ts.FieldSchema("k", ts.FieldType.KEYWORD),
    ts.FieldSchema("n", ts.FieldType.LONG),
    ts.FieldSchema("b", ts.FieldType.BOOLEAN),
    ts.FieldSchema("many", ts.FieldType.DOUBLE, is_array=True),
    ts.FieldSchema("g", ts.FieldType.GEOPOINT),
    ts.FieldSchema("t", ts.FieldType.TEXT),
    ts.FieldSchema("unsorted", ts.FieldType.LONG, enable_sort_and_agg=False),
    ts.FieldSchema(
        "items",
        ts.FieldType.NESTED,
        sub_field_schemas=[
            ts.FieldSchema("name", ts.FieldType.KEYWORD),
            ts.FieldSchema("count", ts.FieldType.LONG),
        ],
    ),
]
ROWS = st.dictionaries(
    st.integers(0, 99),
    st.fixed_dictionaries(
        {},
        optional={
            "k": st.text("abé\U0001f600", max_size=2),
            "n": st.integers(-2, 2),
            "b": st.booleans(),
            "many": st.lists(st.sampled_from([-1.5, 0.5, 2.0]), max_size=3).map(json.dumps),
            "g": st.sampled_from(["0,0", "10,10", "-5,170", "80,-20"]),
            "items": st.lists(
                st.fixed_dictionaries({"name": st.sampled_from("xy"), "count": st.integers(0, 3)}),
                max_size=3,
            ).map(json.dumps),
        },
    ),
    max_size=30,
)
ORDERS = st.sampled_from([ASC, DESC])
MODES = st.none() | st.sampled_from(list(ts.SortMode))
SORTERS = st.one_of(
    st.builds(ts.PrimaryKeySort, ORDERS),
    st.builds(ts.FieldSort, st.sampled_from(["k", "n", "b"]), ORDERS),
    st.builds(ts.FieldSort, st.just("many"), ORDERS, MODES),
    st.builds(ts.FieldSort, st.just("items.count"), ORDERS, MODES),
    st.builds(
        ts.FieldSort,
        st.just("items.count"),
        ORDERS,
        MODES,
        st.just(ts.NestedFilter("items", ts.TermQuery("items.name", "x"))),
    ),
    st.builds(
        ts.GeoDistanceSort,
        st.just("g"),
        st.sampled_from([["1,1"], ["1,1", "-4,-170"]]),
        ORDERS,
        MODES,
    ),
)


def compared(sorter: Any, key: int, row: dict[str, Any]) -> Any:
    """What a sorter compares of a row, None for nothing."""
    if isinstance(sorter, ts.PrimaryKeySort):
        return key
    if isinstance(sorter, ts.GeoDistanceSort):
        points = [geo.point(point) for point in sorter.points]
        place = geo.point(row.get("g", ""))
        found = [geo.distance(place, point) for point in points] if place else []
    elif sorter.field_name == "items.count":
        items = json.loads(row.get("items", "[]"))
        found = [it["count"] for it in items if not sorter.nested_filter or it["name"] == "x"]
    elif sorter.field_name == "many":
        found = json.loads(row.get("many", "[]"))
    else:
        return row.get(sorter.field_name)
    if not found:
        return None
    if sorter.sort_mode == ts.SortMode.AVG:
        return sum(found) / len(found)
    if sorter.sort_mode is None:
        return max(found) if sorter.sort_order == DESC else min(found)
    return max(found) if sorter.sort_mode == ts.SortMode.MAX else min(found)


def in_order(rows: dict[int, dict[str, Any]], sorters: list[Any]) -> list[int]:
    def compare(one: int, other: int) -> int:
        for sorter in sorters:
            a, b = compared(sorter, one, rows[one]), compared(sorter, other, rows[other])
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            is_first = a > b if sorter.sort_order == DESC else a < b
            return -1 if is_first else 1
        return one - other

    return sorted(rows, key=cmp_to_key(compare))


@settings(deadline=None, max_examples=300)
@given(
    rows=ROWS,
    sorters=st.lists(SORTERS, min_size=1, max_size=3),
    limit=st.integers(1, 12),
    offset=st.integers(0, 12),
    query=st.sampled_from([ts.MatchAllQuery(), ts.RangeQuery("n", range_from=0)]),
)
def test_rows_come_in_the_order_that_was_asked_for(
    searched: Any,
    rows: dict[int, dict[str, Any]],
    sorters: list[Any],
    limit: int,
    offset: int,
    query: Any,
) -> None:
    index = searched(FIELDS)
    index.fill(rows)
    sort = ts.Sort(sorters)
    if isinstance(query, ts.RangeQuery):
        rows = {key: row for key, row in rows.items() if row.get("n", -1) >= 0}
    expected = in_order(rows, sorters)

    assert index.keys(query, sort=sort) == expected
    assert (
        index.keys(query, sort=sort, limit=limit, offset=offset)
        == (expected[offset : offset + limit])
    )
    pages = index.pages(query, limit, sort=sort)
    assert [key for page in pages for key in page] == expected
    assert all(len(page) == limit for page in pages[:-1])


def test_doc_sort_is_the_order_in_which_rows_came(searched: Any) -> None:
    index = searched(FIELDS)
    for key in (3, 1, 2):
        index.put(key)
    sort = ts.Sort([ts.DocSort()])

    assert index.keys(ts.MatchAllQuery(), sort=sort) == [3, 1, 2]
    assert index.keys(ts.MatchAllQuery(), sort=ts.Sort([ts.DocSort(DESC)])) == [2, 1, 3]
    assert index.hits(ts.MatchAllQuery(), sort=sort, limit=2).next_token == b""


def test_an_index_has_a_default_order(searched: Any) -> None:
    index = searched(FIELDS[:2], ts.Sort([ts.FieldSort("n", DESC)]))
    index.fill({1: {"n": 1}, 2: {"n": 3}, 3: {"n": 2}, 4: {}})

    assert index.keys(ts.MatchAllQuery()) == [2, 3, 1, 4]
    assert index.pages(ts.MatchAllQuery(), 3) == [[2, 3, 1], [4]]
    assert index.keys(ts.MatchAllQuery(), sort=ts.Sort([ts.PrimaryKeySort()])) == [1, 2, 3, 4]


@pytest.mark.parametrize("values", [["a", "B", "b", "é", "\U0001f600", "\uffff"], [b"a", b"\xff"]])
def test_the_primary_key_is_compared_by_its_bytes(searched: Any, values: list[Any]) -> None:
    index = searched(FIELDS)
    for value in values:
        index.put(value)

    expected = sorted(values, key=lambda one: one.encode() if isinstance(one, str) else one)
    assert index.keys(ts.MatchAllQuery()) == expected
    by_key = ts.Sort([ts.PrimaryKeySort()])
    pages = index.pages(ts.MatchAllQuery(), 1, sort=by_key)
    assert [key for page in pages for key in page] == expected
    # With a nested field, the index has no order of its own, and so no next page.
    assert len(index.pages(ts.MatchAllQuery(), 1)) == 1


def test_scores_are_there_only_if_they_are_sorted_by(searched: Any) -> None:
    index = searched(FIELDS)
    index.fill({1: {"t": "red blue"}, 2: {"t": "red red"}, 3: {"t": "green"}})
    query = ts.MatchQuery("t", "red")

    scored = index.answer(query, sort=ts.Sort([ts.ScoreSort(), ts.PrimaryKeySort()]))
    assert [hit.row[0][0][1] for hit in scored.search_hits] == [2, 1]
    assert scored.search_hits[0].score > scored.search_hits[1].score > 0
    unscored = index.answer(query, sort=ts.Sort([ts.FieldSort("n")]))
    assert [hit.score != hit.score for hit in unscored.search_hits] == [True, True]
    worst_first = index.keys(query, sort=ts.Sort([ts.ScoreSort(ASC)]))
    assert worst_first == [1, 2]


@pytest.mark.parametrize(
    "sorter",
    [
        ts.FieldSort("nothing"),
        ts.FieldSort("t"),
        ts.FieldSort("g"),
        ts.FieldSort("unsorted"),
        ts.FieldSort("k", sort_mode=ts.SortMode.AVG),
        ts.FieldSort("n", nested_filter=ts.NestedFilter("items", ts.MatchAllQuery())),
        ts.GeoDistanceSort("n", ["0,0"]),
        ts.GeoDistanceSort("g", []),
        ts.GeoDistanceSort("g", ["north"]),
        ts.GeoDistanceSort("g", ["0,200"]),
    ],
)
def test_what_cannot_be_sorted_by_is_refused(searched: Any, sorter: Any) -> None:
    with pytest.raises(SearchError) as caught:
        searched(FIELDS).hits(ts.MatchAllQuery(), sort=ts.Sort([sorter]))

    assert (caught.value.status, caught.value.code) == (400, "OTSParameterInvalid")


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    sorters=st.lists(SORTERS, min_size=1, max_size=2),
    share=st.sampled_from([1, 20]),
)
def test_pages_of_many_rows_are_those_of_the_whole(
    searched: Any, seed: int, sorters: list[Any], share: int
) -> None:
    """With many rows, they are not all sorted: the index is read in order, or most are left out."""
    index = searched(FIELDS)
    random = Random(seed)
    rows = {
        key: {
            "n": key % share,
            "k": random.choice("abcdefgh"),
            "many": json.dumps([random.random(), random.random()]),
            "g": f"{random.randint(-80, 80)},{random.randint(-180, 180)}",
        }
        for key in range(300)
        if random.random() < 0.9
    }
    index.fill(rows)
    query = ts.TermQuery("n", 0)
    expected = in_order({key: row for key, row in rows.items() if row["n"] == 0}, sorters)

    pages = index.pages(query, 3, sort=ts.Sort(sorters))
    assert [key for page in pages for key in page] == expected
    assert index.keys(query, sort=ts.Sort(sorters), limit=5, offset=7) == expected[7:12]
