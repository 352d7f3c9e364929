"""Rows with columns of each type, of which some lack some: what is aggregated and grouped."""

from __future__ import annotations

import json
from typing import Any

import tablestore as ts
from hypothesis import strategies as st

FIELDS = [
    ts.FieldSchema("k", ts.FieldType.KEYWORD),
    ts.FieldSchema("n", ts.FieldType.LONG),
    ts.FieldSchema("d", ts.FieldType.DOUBLE),
    ts.FieldSchema("b", ts.FieldType.BOOLEAN),
    ts.FieldSchema("tags", ts.FieldType.KEYWORD, is_array=True),
    ts.FieldSchema("t", ts.FieldType.TEXT),
    ts.FieldSchema("g", ts.FieldType.GEOPOINT),
    ts.FieldSchema("w", ts.FieldType.DATE, date_formats=["epoch_millis"]),
    ts.FieldSchema("loose", ts.FieldType.LONG, enable_sort_and_agg=False),
]
"""A field of each type, one an array, one that is not for sorting."""

ROWS = st.dictionaries(
    st.integers(0, 99),
    st.fixed_dictionaries(
        {},
        optional={
            "k": st.sampled_from(["a", "b", "c", ""]),
            "n": st.integers(-20, 20),
            "d": st.sampled_from([-1.5, 0.25, 2.0, 7.75]),
            "b": st.booleans(),
            "tags": st.lists(st.sampled_from("xyz"), max_size=3).map(json.dumps),
            "g": st.sampled_from(["0,0", "10,10", "-5,170"]),
            "w": st.integers(0, 10**12),
        },
    ),
    max_size=25,
)
"""Rows with any of these fields, by their keys."""


def column(rows: dict[int, dict[str, Any]], name: str) -> list[Any]:
    """The values of a column, of the rows that have it."""
    return [row[name] for row in rows.values() if name in row]
