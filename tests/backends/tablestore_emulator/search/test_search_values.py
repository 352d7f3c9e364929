"""What the index takes of columns: what does not fit a field is left out, and the row stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search.errors import SearchError  # noqa: E402

TYPE = ts.FieldType
VECTOR = ts.VectorOptions(ts.VectorDataType.VD_FLOAT_32, ts.VectorMetricType.VM_EUCLIDEAN, 2)


def field(kind: Any, is_array: bool = False, **options: Any) -> Any:
    if kind == TYPE.DATE:
        options.setdefault("date_formats", ["epoch_millis", "yyyy-MM-dd HH:mm:ss.SSS"])
    if kind == TYPE.VECTOR:
        options["vector_options"] = VECTOR
    return ts.FieldSchema("x", kind, is_array=is_array, **options)


@pytest.mark.parametrize(
    ("kind", "is_array", "value", "is_indexed"),
    [
        (TYPE.LONG, False, 1, True),
        (TYPE.LONG, False, 1.0, False),
        (TYPE.LONG, False, "1", False),
        (TYPE.LONG, False, True, False),
        (TYPE.LONG, True, "[1, 2]", True),
        (TYPE.LONG, True, '[1, "2"]', False),
        (TYPE.LONG, True, "[9223372036854775808]", False),
        (TYPE.LONG, True, 1, False),
        (TYPE.LONG, True, "[]", False),
        (TYPE.LONG, True, "[1, null]", True),
        (TYPE.LONG, True, "1, 2", False),
        (TYPE.LONG, True, json.dumps([1] * 256), True),
        (TYPE.LONG, True, json.dumps([1] * 257), False),
        (TYPE.DOUBLE, False, 1.5, True),
        (TYPE.DOUBLE, False, 1, False),
        (TYPE.DOUBLE, True, "[1, 2.5]", True),
        (TYPE.DOUBLE, True, "[NaN]", False),
        (TYPE.DOUBLE, True, "[Infinity]", False),
        (TYPE.DOUBLE, True, "[" + "9" * 400 + "]", False),
        (TYPE.BOOLEAN, False, False, True),
        (TYPE.BOOLEAN, False, 0, False),
        (TYPE.KEYWORD, False, "x", True),
        (TYPE.KEYWORD, False, "", True),
        (TYPE.KEYWORD, False, b"x", False),
        (TYPE.KEYWORD, False, "x" * 4096, True),
        (TYPE.KEYWORD, False, "x" * 4097, False),
        (TYPE.KEYWORD, False, "é" * 2049, False),
        (TYPE.KEYWORD, True, '["a", "b"]', True),
        (TYPE.KEYWORD, True, '["a", 1]', False),
        (TYPE.KEYWORD, True, '{"a": 1}', False),
        (TYPE.KEYWORD, True, "[" * 100_000, False),
        (TYPE.TEXT, False, "x", True),
        (TYPE.TEXT, False, 5, False),
        (TYPE.TEXT, False, "é" * 2**20, True),
        (TYPE.TEXT, False, "é" * 2**20 + "x", False),
        (TYPE.GEO_POINT if hasattr(TYPE, "GEO_POINT") else TYPE.GEOPOINT, False, "1.5, -3", True),
        (TYPE.GEOPOINT, False, "91,0", False),
        (TYPE.GEOPOINT, False, "0,181", False),
        (TYPE.GEOPOINT, False, "1.5", False),
        (TYPE.GEOPOINT, False, "nan,0", False),
        (TYPE.GEOPOINT, True, '["1,2", "3,4"]', True),
        (TYPE.DATE, False, 1_218_197_720_123, True),
        (TYPE.DATE, False, -1, False),
        (TYPE.DATE, False, 9_223_372_036_855, False),
        (TYPE.DATE, False, "2008-08-08 20:15:20.123", True),
        (TYPE.DATE, False, "2008-13-08 20:15:20.123", False),
        (TYPE.DATE, False, "2008-08-08", False),
        (TYPE.DATE, False, "1969-12-31 23:59:59.999", False),
        (TYPE.DATE, False, "2263-01-01 00:00:00.000", False),
        (TYPE.DATE, False, 1.5, False),
        (TYPE.DATE, False, True, False),
        (TYPE.VECTOR, False, "[1, 2.5]", True),
        (TYPE.VECTOR, False, "[1]", False),
        (TYPE.VECTOR, False, "[1, true]", False),
        (TYPE.VECTOR, False, '[1, "2"]', False),
        (TYPE.VECTOR, False, "[1, NaN]", False),
        (TYPE.VECTOR, False, "[1, " + "9" * 400 + "]", False),
        (TYPE.VECTOR, False, 1, False),
    ],
)
def test_a_value_of_another_type_is_left_out(
    searched: Any, kind: Any, is_array: bool, value: Any, is_indexed: bool
) -> None:
    index = searched([field(kind, is_array), ts.FieldSchema("other", TYPE.LONG)])
    index.put(1, x=value, other=5)

    assert index.keys(ts.ExistsQuery("x")) == ([1] if is_indexed else [])
    assert index.keys(ts.TermQuery("other", 5)) == [1]
    index.put(1, other=6)
    assert index.keys(ts.ExistsQuery("x")) == []
    index.delete(1)
    index.delete(1)
    assert index.keys(ts.MatchAllQuery()) == []


@pytest.mark.parametrize(
    ("pattern", "text", "milliseconds"),
    [
        ("yyyy-MM-dd HH:mm:ss.SSS", "2008-08-08 20:15:20.123", 1_218_226_520_123),
        ("yyyyMMdd HHmmss", "20080808 201520", 1_218_226_520_000),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2008-08-08T20:15:20.123+08", 1_218_197_720_123),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2008-08-08T20:15:20+08:00", 1_218_197_720_000),
        ("yyyy-MM-dd'T'HH:mm:ssXX", "2008-08-08T20:15:20Z", 1_218_226_520_000),
        ("yy/M/d", "08/8/8", 1_218_153_600_000),
        ("yyyy-MM-dd KK:mm a", "2008-08-08 08:15 PM", 1_218_226_500_000),
        ("yyyy", "1970", 0),
    ],
)
def test_formats_of_dates(searched: Any, pattern: str, text: str, milliseconds: int) -> None:
    index = searched([field(TYPE.DATE, date_formats=[pattern, "epoch_millis"])])
    index.put(1, x=text)

    assert index.keys(ts.TermQuery("x", milliseconds)) == [1]
    assert index.keys(ts.TermQuery("x", text)) == [1]
    assert index.keys(ts.RangeQuery("x", range_from=milliseconds + 1)) == []


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("epoch_second", 1_218_197_720),
        ("epoch_millis", 1_218_197_720_000),
        ("epoch_micros", 1_218_197_720_000_000),
        ("epoch_nanos", 1_218_197_720_000_000_000),
    ],
)
def test_units_of_dates(searched: Any, name: str, number: int) -> None:
    index = searched([field(TYPE.DATE, date_formats=[name, "yyyy-MM-dd HH:mm:ss"])])
    index.put(1, x=number)

    assert index.keys(ts.TermQuery("x", "2008-08-08 12:15:20")) == [1]
    assert index.keys(ts.TermQuery("x", str(number))) == [1]


def test_a_virtual_field_is_another_view_of_a_column(searched: Any) -> None:
    index = searched(
        [
            ts.FieldSchema("x", TYPE.KEYWORD),
            ts.FieldSchema("words", TYPE.TEXT, is_virtual_field=True, source_fields=["x"]),
        ]
    )
    index.put(1, x="Hello World", words="ignored")

    assert index.keys(ts.MatchQuery("words", "hello")) == [1]
    assert index.keys(ts.MatchQuery("words", "ignored")) == []
    assert index.keys(ts.TermQuery("x", "Hello World")) == [1]


def test_an_element_of_an_array_is_enough(searched: Any) -> None:
    index = searched([field(TYPE.KEYWORD, is_array=True)])
    index.put(1, x='["red", "green", "red"]')

    assert index.keys(ts.TermQuery("x", "green")) == [1]
    assert index.keys(ts.TermQuery("x", '["red", "green", "red"]')) == []


@pytest.mark.parametrize(
    "query",
    [
        ts.TermQuery("nothing", 1),
        ts.TermQuery("n", "one"),
        ts.TermQuery("b", "yes"),
        ts.TermQuery("b", 2),
        ts.TermQuery("w", "yesterday"),
        ts.TermQuery("g", "1,2"),
        ts.TermsQuery("n", []),
        ts.TermsQuery("n", list(range(1025))),
        ts.RangeQuery("n", range_from="one"),
        ts.PrefixQuery("n", "1"),
        ts.PrefixQuery("k", "x" * 1001),
        ts.WildcardQuery("k", "x" * 33),
        ts.TermQuery("loose", 1),
        ts.TermQuery("k", "x", weight=-1.0),
        ts.TermQuery("k", "x", weight=float("nan")),
        ts.MatchQuery("t", "x", minimum_should_match="many"),
        ts.MatchPhraseQuery("t", "x", slop=-1),
        ts.BoolQuery(),
        ts.DisMaxQuery(),
        ts.DisMaxQuery([ts.MatchAllQuery()], tie_breaker=2.0),
        ts.FunctionScoreQuery(ts.MatchAllQuery(), ts.FieldValueFactor("k")),
        ts.GeoDistanceQuery("g", "here", 1),
        ts.GeoDistanceQuery("g", "1,2", -1),
        ts.GeoDistanceQuery("k", "1,2", 1),
        ts.GeoBoundingBoxQuery("g", "0,0", "1,1"),
        ts.GeoPolygonQuery("g", ["0,0", "1,1"]),
    ],
)
def test_a_bad_query_is_refused(searched: Any, query: Any) -> None:
    index = searched(
        [
            ts.FieldSchema("n", TYPE.LONG),
            ts.FieldSchema("b", TYPE.BOOLEAN),
            ts.FieldSchema("k", TYPE.KEYWORD),
            ts.FieldSchema("t", TYPE.TEXT),
            ts.FieldSchema("g", TYPE.GEOPOINT),
            ts.FieldSchema("w", TYPE.DATE, date_formats=["yyyy-MM-dd"]),
            ts.FieldSchema("loose", TYPE.LONG, index=False),
        ]
    )
    with pytest.raises(SearchError) as caught:
        index.hits(query)

    assert (caught.value.status, caught.value.code) == (400, "OTSParameterInvalid")


def test_queries_are_not_nested_without_end(searched: Any) -> None:
    query = ts.MatchAllQuery()
    for _ in range(32):
        query = ts.BoolQuery([query])
    index = searched([ts.FieldSchema("n", TYPE.LONG)])
    index.hits(query)

    with pytest.raises(SearchError, match="nested"):
        index.hits(ts.BoolQuery([query]))


def test_a_pattern_that_an_expression_would_never_be_done_with(searched: Any) -> None:
    index = searched([ts.FieldSchema("k", TYPE.KEYWORD)])
    index.put(1, k="a" * 4000)

    assert index.keys(ts.WildcardQuery("k", "*a" * 15 + "*b")) == []
    assert index.keys(ts.WildcardQuery("k", "*a" * 15 + "*?")) == [1]
