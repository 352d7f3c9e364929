"""Histograms of dates: units, time zones, offsets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")


Unit = ts.DateTimeUnit
FIELDS = [ts.FieldSchema("w", ts.FieldType.DATE, date_formats=["epoch_millis"])]
ROWS = st.dictionaries(
    st.integers(0, 99),
    st.fixed_dictionaries({}, optional={"w": st.integers(0, 10**12)}),
    max_size=25,
)


def column(rows: dict[int, dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows.values() if name in row]


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("unit", "value", "options", "expected"),
    [
        (Unit.YEAR, 1, {}, [at(2023, 1, 1), at(2024, 1, 1)]),
        (Unit.QUARTER_YEAR, 1, {}, [at(2023, 10, 1), at(2024, 1, 1)]),
        (Unit.MONTH, 1, {}, [at(2023, 12, 1), at(2024, 1, 1), at(2024, 2, 1)]),
        (Unit.MONTH, 2, {}, [at(2023, 11, 1), at(2024, 1, 1)]),
        (Unit.WEEK, 1, {}, [at(2023, 12, 25), at(2024, 2, 26)]),
        (Unit.DAY, 1, {}, [at(2023, 12, 31), at(2024, 2, 29)]),
        (Unit.HOUR, 6, {}, [at(2023, 12, 31, 18), at(2024, 2, 29, 0)]),
        (Unit.MINUTE, 30, {}, [at(2023, 12, 31, 20), at(2024, 2, 29, 0)]),
        (Unit.SECOND, 1, {}, [at(2023, 12, 31, 20, 0, 5), at(2024, 2, 29, 0, 0, 0)]),
        (Unit.DAY, 1, {"time_zone": "+08:00"}, [at(2023, 12, 31, 16), at(2024, 2, 28, 16)]),
        (Unit.YEAR, 1, {"time_zone": "+08:00"}, [at(2023, 12, 31, 16)]),
        (Unit.DAY, 1, {"time_zone": "-09:00"}, [at(2023, 12, 31, 9), at(2024, 2, 28, 9)]),
        (
            Unit.DAY,
            1,
            {"offset": ts.DateTimeValue(6, Unit.HOUR)},
            [at(2023, 12, 31, 6), at(2024, 2, 28, 6)],
        ),
    ],
)
def test_a_histogram_of_dates(
    searched: Any, unit: Any, value: int, options: dict[str, Any], expected: list[int]
) -> None:
    index = searched(FIELDS)
    index.put(1, w=at(2023, 12, 31, 20, 0, 5))
    index.put(2, w=at(2024, 2, 29))
    index.put(3)
    interval = ts.DateTimeValue(value, unit)

    sparse = ts.GroupByDateHistogram("w", interval, min_doc_count=1, **options)
    stamps = [item.timestamp for item in index.grouped(sparse).items]
    if unit in (Unit.MONTH,) and value == 1:
        expected = [expected[0], expected[2]]
    assert stamps == expected


@settings(deadline=None, max_examples=60)
@given(rows=ROWS)
def test_a_histogram_of_dates_has_no_gaps(searched: Any, rows: dict[int, dict[str, Any]]) -> None:
    index = searched(FIELDS)
    index.fill(rows)
    interval = ts.DateTimeValue(1, Unit.MONTH)

    items = index.grouped(ts.GroupByDateHistogram("w", interval)).items
    months = [
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=one.timestamp) for one in items
    ]
    numbers = [month.year * 12 + month.month for month in months]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)) if numbers else True
    assert all(month.day == 1 and month.hour == 0 for month in months)
    assert sum(one.row_count for one in items) == len(column(rows, "w"))
