"""Aggregations compute what going through the rows would, and the SDK reads them."""

from __future__ import annotations

import json
import math
import statistics
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search.errors import SearchError  # noqa: E402

from .mixed_rows import FIELDS, ROWS, column  # noqa: E402

ALL = ts.MatchAllQuery()
DESC = ts.SortOrder.DESC


@settings(deadline=None, max_examples=150)
@given(rows=ROWS)
def test_numbers_made_of_all_values(searched: Any, rows: dict[int, dict[str, Any]]) -> None:
    index = searched(FIELDS)
    index.fill(rows)
    numbers = column(rows, "n")

    found = index.aggregated(
        ts.Max("n"),
        ts.Min("n"),
        ts.Sum("n"),
        ts.Avg("n"),
        ts.Count("n"),
        ts.DistinctCount("n"),
        ts.Count("tags", name="tags"),
        ts.Max("n", missing_value=100, name="missing"),
        ts.Max("w", name="date"),
        ts.Count("*", name="rows"),
    )

    assert found["max"] == max(numbers, default=-math.inf)
    assert found["min"] == min(numbers, default=math.inf)
    assert found["sum"] == sum(numbers)
    assert found["avg"] == pytest.approx(statistics.mean(numbers)) if numbers else True
    assert math.isnan(found["avg"]) or numbers
    assert (found["count"], found["distinct_count"]) == (len(numbers), len(set(numbers)))
    assert found["tags"] == sum(len(json.loads(tags)) for tags in column(rows, "tags"))
    missing = any("n" not in row for row in rows.values())
    assert found["missing"] == (100 if missing else max(numbers, default=-math.inf))
    assert found["date"] == max(column(rows, "w"), default=-math.inf)
    assert found["rows"] == len(rows)


def test_only_what_matches_is_aggregated(searched: Any) -> None:
    index = searched(FIELDS)
    index.fill({1: {"n": 1, "k": "a"}, 2: {"n": 5, "k": "b"}, 3: {"n": 7, "k": "a"}})

    assert index.aggregated(ts.Sum("n"), query=ts.TermQuery("k", "a")) == {"sum": 8.0}
    answer = index.answer(ALL, limit=1, aggs=[ts.Sum("n")], collapse_field=ts.Collapse("k"))
    assert (len(answer.rows), answer.agg_results[0].value) == (1, 13.0)


@settings(deadline=None, max_examples=100)
@given(values=st.lists(st.integers(-50, 50), min_size=2, max_size=20))
def test_percentiles_are_between_values(searched: Any, values: list[int]) -> None:
    index = searched(FIELDS)
    index.fill({number: {"n": value} for number, value in enumerate(values)})

    items = index.aggregated(ts.Percentiles("n", [0, 25.0, 50.0, 75.0, 100]))["percentiles"]
    quartiles = statistics.quantiles(values, n=4, method="inclusive")
    expected = [min(values), *quartiles, max(values)]
    assert [item.value for item in items] == pytest.approx(expected)
    assert [item.key for item in items] == [0, 25, 50, 75, 100]


def test_percentiles_of_nothing_are_none(searched: Any) -> None:
    assert searched(FIELDS).aggregated(ts.Percentiles("n", [50])) == {"percentiles": []}


def test_top_rows_are_whole_rows(searched: Any) -> None:
    index = searched(FIELDS)
    index.fill({1: {"n": 1, "k": "a", "other": "é"}, 2: {"n": 2, "k": "a"}, 3: {"n": 3, "k": "b"}})
    index.index.put((4,), {"n": 4, "k": "b"}, 12.5)
    top = ts.TopRows(1, ts.Sort([ts.FieldSort("n", DESC)]))

    result = index.grouped(ts.GroupByField("k", sub_aggs=[top]))
    rows = [(item.key, item.sub_aggs[0].value) for item in result.items]
    assert [(key, [row[0] for row in some]) for key, some in rows] == [
        ("a", [[("id", 2)]]),
        ("b", [[("id", 4)]]),
    ]
    assert [row[:2] for row in rows[0][1][0][1]] == [("k", "a"), ("n", 2)]
    assert rows[1][1][0][1] == [("k", "b", 12_500), ("n", 4, 12_500)]


@pytest.mark.parametrize(
    "aggregation",
    [
        ts.Max("k"),
        ts.Sum("w"),
        ts.Avg("t"),
        ts.Max("loose"),
        ts.Max("nothing"),
        ts.Max("n", missing_value="many"),
        ts.DistinctCount("t"),
        ts.Percentiles("n", []),
        ts.Percentiles("n", [101]),
        ts.TopRows(0, None),
        ts.TopRows(101, None),
    ],
)
def test_a_bad_aggregation_is_refused(searched: Any, aggregation: Any) -> None:
    with pytest.raises(SearchError):
        searched(FIELDS).aggregated(aggregation)
