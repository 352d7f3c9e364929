"""Ranges of rows: their ends, their pages, both directions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from tablestore import (
    INF_MAX,
    INF_MIN,
    BatchWriteRowRequest,
    CapacityUnit,
    ComparatorType,
    PutRowItem,
    Row,
    SingleColumnCondition,
    TableInBatchWriteRowItem,
)


def _fill(store: Any, count: int, size: int = 1) -> None:
    step = min(200, max(1, 3_000_000 // size))
    for start in range(0, count, step):
        items = [
            PutRowItem(Row(store.key("x", number), [("c", "v" * size)]), None)
            for number in range(start, min(start + step, count))
        ]
        request = BatchWriteRowRequest()
        request.add(TableInBatchWriteRowItem("t", items))
        assert store.client.batch_write_row(request).is_all_succeed()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (("a", INF_MIN), ("b", INF_MAX), ["a1", "a2", "b1", "b2"]),
        (("a", 1), ("a", 2), ["a1"]),
        (("a", 1), ("c", 2), ["a1", "a2", "b1", "b2", "c1"]),
        (("a", 2), ("c", 1), ["a2", "b1", "b2"]),
        (("a", INF_MAX), ("b", INF_MIN), []),
        (("a", INF_MAX), ("c", INF_MIN), ["b1", "b2"]),
        (("a", INF_MIN), ("a", INF_MAX), ["a1", "a2"]),
        ((INF_MIN, 5), (INF_MAX, 5), ["a1", "a2", "b1", "b2", "c1", "c2"]),
        (("b", 0), ("b", 9), ["b1", "b2"]),
    ],
)
def test_ends_of_a_range(store: Any, start: Any, end: Any, expected: list[str]) -> None:
    store.table()
    for first in "abc":
        for second in (1, 2):
            store.put(key=store.key(first, second))
    rows, following = store.range(store.key(*start), store.key(*end))
    assert [f"{first}{second}" for first, second in rows] == expected
    assert following is None


def test_backward_the_start_is_in_it_and_the_end_is_not(store: Any) -> None:
    store.table()
    _fill(store, 6)
    rows, _ = store.range(store.key("x", 4), store.key("x", 1), "BACKWARD")
    assert [number for _, number in rows] == [4, 3, 2]
    rows, following = store.range(direction="BACKWARD", limit=2)
    assert [number for _, number in rows] == [5, 4]
    assert following == store.key("x", 3)


def test_a_range_that_goes_the_wrong_way(store: Any) -> None:
    store.table()
    low, high = store.key("a"), store.key("b")
    for start, end in ((high, low), (low, low)):
        with store.invalid("Begin key must less than end key in FORWARD"):
            store.range(start, end)
    for start, end in ((low, high), (low, low)):
        with store.invalid("Begin key must more than end key in BACKWARD"):
            store.range(start, end, "BACKWARD")


def test_a_limit_below_one(store: Any) -> None:
    store.table()
    for limit in (0, -1):
        with store.invalid("The limit must be greater than 0."):
            store.range(limit=limit)


def test_pages_follow_one_another(store: Any) -> None:
    store.table()
    _fill(store, 10)
    seen, start = [], None
    while True:
        rows, start = store.range(start, limit=3)
        seen.extend(number for _, number in rows)
        if start is None:
            break
        assert start == store.key("x", len(seen))
    assert seen == list(range(10))


def test_the_last_page_has_no_next_one(store: Any) -> None:
    store.table()
    _fill(store, 6)
    assert store.range(limit=6)[1] is None
    assert store.range(limit=5)[1] == store.key("x", 5)


def test_deleting_while_paging_skips_nothing(store: Any) -> None:
    store.table()
    _fill(store, 20)
    seen, start = [], None
    while True:
        rows, start = store.range(start, limit=4)
        for first, second in rows:
            seen.append(second)
            store.delete(key=store.key(first, second))
        if start is None:
            break
        # The row that the next page was to begin with goes as well.
        store.delete(key=start)
    assert seen == [number for number in range(20) if number % 5 != 4]
    assert store.range() == ([], None)


def test_a_page_has_5000_rows(store: Any) -> None:
    store.table()
    _fill(store, 5001)
    rows, following = store.range()
    assert len(rows) == 5000
    assert following == store.key("x", 5000)


def test_a_page_has_4_megabytes(store: Any) -> None:
    store.table()
    _fill(store, 6, size=1_000_000)
    rows, following = store.range()
    assert len(rows) == 5
    assert following == store.key("x", 5)


def test_a_page_that_a_filter_empties_says_where_the_next_begins(store: Any) -> None:
    store.table()
    _fill(store, 5001)
    store.put([("c", "wanted")], key=store.key("x", 5000))
    wanted = SingleColumnCondition("c", "wanted", ComparatorType.EQUAL)
    rows, following = store.range(column_filter=wanted)
    assert rows == []
    assert following == store.key("x", 5000)
    assert store.range(following, column_filter=wanted) == ([["x", 5000]], None)
    # The limit is on what is returned.
    rows, _ = store.range(store.key("x", 4900), column_filter=wanted, limit=1)
    assert rows == [["x", 5000]]


def test_the_iterator_of_the_sdk(store: Any) -> None:
    store.table()
    _fill(store, 25)
    consumed = CapacityUnit(0, 0)
    rows = list(
        store.client.xget_range(
            "t",
            "FORWARD",
            store.key(INF_MIN, INF_MIN),
            store.key(INF_MAX, INF_MAX),
            consumed,
            [],
            20,
        )
    )
    assert len(rows) == 20
    assert all(first.primary_key < second.primary_key for first, second in pairwise(rows))
    assert consumed.read >= 1


def test_only_columns_that_are_asked_for(store: Any) -> None:
    store.table()
    store.put([("c", 1), ("d", 2)])
    store.put([("d", 3)], key=store.key("y"))
    assert store.range(columns_to_get=["c"])[0] == [["x", 1]]
    assert store.range(columns_to_get=["nothing"])[0] == []


@pytest.mark.parametrize("kind", ["STRING", "INTEGER", "BINARY"])
def test_order_of_keys(store: Any, kind: str) -> None:
    values = {
        "STRING": ["", "A", "a", "aa", "b", "é"],
        "INTEGER": [-(2**63), -1, 0, 1, 2**63 - 1],
        "BINARY": [b"", b"\x00", b"\x00\x00", b"\x01", b"\xff"],
    }[kind]
    store.table(key=(("k", kind),))
    sent = [bytearray(it) if isinstance(it, bytes) else it for it in values]
    for value in reversed(sent):
        store.put(key=[("k", value)])
    rows, _ = store.range([("k", INF_MIN)], [("k", INF_MAX)])
    assert [value for (value,) in rows] == sent
