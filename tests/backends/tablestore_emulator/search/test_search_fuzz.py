"""Whatever bytes come in, they are answered, or refused with a `SearchError`."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.protocol import search as pb  # noqa: E402
from tablestore_emulator.search.errors import SearchError  # noqa: E402
from tablestore_emulator.search.messages import parsed  # noqa: E402
from tablestore_emulator.search.schema import IndexSchema  # noqa: E402

pytestmark = pytest.mark.thorough

FIELDS = [
    ts.FieldSchema("k", ts.FieldType.KEYWORD),
    ts.FieldSchema("n", ts.FieldType.LONG),
    ts.FieldSchema("d", ts.FieldType.DOUBLE),
    ts.FieldSchema("b", ts.FieldType.BOOLEAN),
    ts.FieldSchema("t", ts.FieldType.TEXT, enable_highlighting=True),
    ts.FieldSchema("g", ts.FieldType.GEOPOINT),
    ts.FieldSchema("w", ts.FieldType.DATE, date_formats=["epoch_millis"]),
    ts.FieldSchema(
        "v",
        ts.FieldType.VECTOR,
        vector_options=ts.VectorOptions(
            ts.VectorDataType.VD_FLOAT_32, ts.VectorMetricType.VM_COSINE, 2
        ),
    ),
    ts.FieldSchema(
        "o", ts.FieldType.NESTED, sub_field_schemas=[ts.FieldSchema("n", ts.FieldType.LONG)]
    ),
]
NAMES = ["k", "n", "d", "b", "t", "g", "w", "v", "o", "o.n", "nothing"]
KINDS = {
    pb.MATCH_QUERY: pb.MatchQuery,
    pb.MATCH_PHRASE_QUERY: pb.MatchPhraseQuery,
    pb.TERM_QUERY: pb.TermQuery,
    pb.RANGE_QUERY: pb.RangeQuery,
    pb.PREFIX_QUERY: pb.PrefixQuery,
    pb.BOOL_QUERY: pb.BoolQuery,
    pb.CONST_SCORE_QUERY: pb.ConstScoreQuery,
    pb.FUNCTION_SCORE_QUERY: pb.FunctionScoreQuery,
    pb.NESTED_QUERY: pb.NestedQuery,
    pb.WILDCARD_QUERY: pb.WildcardQuery,
    pb.MATCH_ALL_QUERY: pb.MatchAllQuery,
    pb.GEO_BOUNDING_BOX_QUERY: pb.GeoBoundingBoxQuery,
    pb.GEO_DISTANCE_QUERY: pb.GeoDistanceQuery,
    pb.GEO_POLYGON_QUERY: pb.GeoPolygonQuery,
    pb.TERMS_QUERY: pb.TermsQuery,
    pb.EXISTS_QUERY: pb.ExistsQuery,
    pb.KNN_VECTOR_QUERY: pb.KnnVectorQuery,
    pb.DIS_MAX_QUERY: pb.DisMaxQuery,
}
AGGREGATIONS = {
    pb.AGG_AVG: pb.AvgAggregation,
    pb.AGG_MAX: pb.MaxAggregation,
    pb.AGG_MIN: pb.MinAggregation,
    pb.AGG_SUM: pb.SumAggregation,
    pb.AGG_COUNT: pb.CountAggregation,
    pb.AGG_DISTINCT_COUNT: pb.DistinctCountAggregation,
    pb.AGG_TOP_ROWS: pb.TopRowsAggregation,
    pb.AGG_PERCENTILES: pb.PercentilesAggregation,
}
GROUP_BYS = {
    pb.GROUP_BY_FIELD: pb.GroupByField,
    pb.GROUP_BY_RANGE: pb.GroupByRange,
    pb.GROUP_BY_FILTER: pb.GroupByFilter,
    pb.GROUP_BY_GEO_DISTANCE: pb.GroupByGeoDistance,
    pb.GROUP_BY_HISTOGRAM: pb.GroupByHistogram,
    pb.GROUP_BY_DATE_HISTOGRAM: pb.GroupByDateHistogram,
    pb.GROUP_BY_GEO_GRID: pb.GroupByGeoGrid,
    pb.GROUP_BY_COMPOSITE: pb.GroupByComposite,
}
NESTED_KINDS = {"Query": KINDS, "Aggregation": AGGREGATIONS, "GroupBy": GROUP_BYS}
NUMBERS = st.one_of(st.integers(-2, 3), st.sampled_from([10, 100, 1001, 2001, 2**31 - 1, -(2**31)]))
LONGS = NUMBERS | st.sampled_from([2**63 - 1, -(2**63)])
REALS = st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-300, 1e300, float("inf"), float("nan")])
STRINGS = st.sampled_from(
    [*NAMES, *NAMES, "", "1,2", "-90,180", "91,0", "o", "50%", "+08:00", "*a?", "x" * 40]
)
BYTES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [
            b"\x00" + (3).to_bytes(8, "little"),
            b"\x00" + (2**63).to_bytes(8, "little"),
            b"\x01" + bytes(8),
            b"\x01\0\0\0\0\0\0\xf8\x7f",
            b"\x02\x01",
            b"\x03\x01\0\0\0a",
            b"\x03\x09\0\0\0a",
            b"\x03\x01\0\0\0\xff",
            b"\x07\x01\0\0\0\xff",
            b"\x09",
            b"",
        ]
    ),
)


@st.composite
def messages(draw: st.DrawFn, kind: Any, depth: int = 4) -> Any:
    """A message of a kind, with anything in it that its fields can hold."""
    message = kind()
    empty = kind()
    if kind.DESCRIPTOR.name in NESTED_KINDS:
        number = draw(st.sampled_from(sorted(NESTED_KINDS[kind.DESCRIPTOR.name])))
        inner = NESTED_KINDS[kind.DESCRIPTOR.name][number]
        message.type = number
        body = draw(messages(inner, depth - 1)).SerializeToString() if depth else b""
        setattr(message, "query" if kind is pb.Query else "body", body)
        return message
    for field in kind.DESCRIPTOR.fields:
        is_repeated = hasattr(getattr(empty, field.name), "__len__") and not isinstance(
            getattr(empty, field.name), str | bytes
        )
        if not draw(st.booleans()) and field.name not in ("field_name", "query", "path"):
            continue
        for _ in range(draw(st.integers(0, 2)) if is_repeated else 1):
            if field.message_type is not None:
                if not depth:
                    continue
                inner = getattr(pb, field.message_type.name)
                value = draw(messages(inner, depth - 1))
                if is_repeated:
                    getattr(message, field.name).append(value)
                else:
                    getattr(message, field.name).CopyFrom(value)
                continue
            value = draw(scalars(field))
            if is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)
    return message


def scalars(field: Any) -> st.SearchStrategy[Any]:
    if field.name in ("field_name", "path"):
        return st.sampled_from(NAMES)
    if field.enum_type is not None:
        return st.sampled_from([value.number for value in field.enum_type.values])
    return {
        field.CPPTYPE_INT32: NUMBERS,
        field.CPPTYPE_INT64: LONGS,
        field.CPPTYPE_DOUBLE: REALS,
        field.CPPTYPE_FLOAT: REALS.filter(lambda one: abs(one) < 1e30 or one == float("inf")),
        field.CPPTYPE_BOOL: st.booleans(),
        field.CPPTYPE_STRING: BYTES if field.type == field.TYPE_BYTES else STRINGS,
    }[field.cpp_type]


@pytest.fixture(scope="module")
def index(searched: Any) -> Any:
    result = searched(FIELDS)
    for key in range(12):
        result.put(
            key,
            k="ab"[key % 2],
            n=key,
            d=key / 2,
            b=key % 2 == 0,
            t="red fox " * key,
            g=f"{key},{-key}",
            w=key * 10**10,
            v=f"[{key}, 1]",
            o=f'[{{"n": {key}}}, {{"n": 1}}]',
        )
    result.put(99)
    return result.index


def answered(ask: Any, data: bytes) -> None:
    """It is answered, or refused as bad; anything else fails the test."""
    try:
        ask(data)
    except SearchError as error:
        status, message = error.status, error.message
    else:
        return
    assert status == 400
    assert message


@settings(deadline=None, max_examples=600)
@given(data=st.binary(max_size=60))
def test_any_bytes(index: Any, data: bytes) -> None:
    answered(index.search, data)
    answered(index.scan, data)


@settings(deadline=None, max_examples=600)
@given(message=messages(pb.SearchQuery))
def test_any_search(index: Any, message: Any) -> None:
    answered(index.search, message.SerializeToString())


@settings(deadline=None, max_examples=400)
@given(query=messages(pb.Query), scan=messages(pb.ScanQuery))
def test_any_query(index: Any, query: Any, scan: Any) -> None:
    answered(index.search, pb.SearchQuery(query=query).SerializeToString())
    answered(index.scan, scan.SerializeToString())


@settings(deadline=None, max_examples=250)
@given(sort=messages(pb.Sort), aggregations=messages(pb.Aggregations), groups=messages(pb.GroupBys))
def test_any_sort_and_aggregation(index: Any, sort: Any, aggregations: Any, groups: Any) -> None:
    everything = pb.Query(type=pb.MATCH_ALL_QUERY, query=b"")
    for message in (
        pb.SearchQuery(query=everything, sort=sort),
        pb.SearchQuery(query=everything, aggs=aggregations),
        pb.SearchQuery(query=everything, group_bys=groups),
    ):
        answered(index.search, message.SerializeToString())


@settings(deadline=None, max_examples=250)
@given(data=st.data(), message=messages(pb.SearchQuery))
def test_a_search_that_is_damaged(index: Any, data: st.DataObject, message: Any) -> None:
    whole = bytearray(message.SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        if whole:
            place = data.draw(st.integers(0, len(whole) - 1))
            whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    answered(index.search, bytes(whole))
    answered(index.search, bytes(whole[:cut]))


@settings(deadline=None, max_examples=250)
@given(data=st.data(), message=messages(pb.IndexSchema))
def test_a_schema_that_is_damaged(data: st.DataObject, message: Any) -> None:
    whole = bytearray(message.SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        if whole:
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    def parse(one: bytes) -> None:
        # The emulator's server reads the message; whatever it can read comes to the index.
        message = pb.IndexSchema()
        try:
            message.ParseFromString(one)
        except DecodeError as error:
            raise SearchError(400, "OTSParameterInvalid", "malformed") from error
        IndexSchema.parse(message)

    answered(parse, bytes(whole))


@settings(deadline=None, max_examples=250)
@given(message=messages(pb.IndexSchema), data=st.binary(max_size=60))
def test_any_schema(message: Any, data: bytes) -> None:
    answered(lambda _: IndexSchema.parse(message), b"")
    answered(lambda one: IndexSchema.parse(parsed(pb.IndexSchema, one)), data)
