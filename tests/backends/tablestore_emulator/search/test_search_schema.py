"""Schemas that the service would refuse are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.protocol import search as pb  # noqa: E402
from tablestore_emulator.search.errors import SearchError  # noqa: E402
from tablestore_emulator.search.schema import IndexSchema  # noqa: E402

TYPE = ts.FieldType
Field = ts.FieldSchema


def options(dimension: int = 4, metric: Any = ts.VectorMetricType.VM_COSINE) -> Any:
    return ts.VectorOptions(ts.VectorDataType.VD_FLOAT_32, metric, dimension)


def nested(levels: int) -> Any:
    field = Field("x", TYPE.LONG)
    for _ in range(levels):
        field = Field("x", TYPE.NESTED, sub_field_schemas=[field])
    return field


def vectors(count: int) -> list[Any]:
    return [Field(f"v{one}", TYPE.VECTOR, vector_options=options()) for one in range(count)]


GOOD = [
    [Field("x", kind) for kind in [TYPE.LONG]],
    [nested(5)],
    vectors(5),
    [Field("x", TYPE.VECTOR, vector_options=options(1))],
    [Field("x", TYPE.VECTOR, vector_options=options(4096))],
    [Field(f"x{one}", TYPE.LONG) for one in range(1000)],
    [Field("x", TYPE.DATE, date_formats=["yyyy-MM-dd'T'HH:mm:ss.SSSX", "epoch_nanos"])],
]
BAD = [
    [],
    [Field("", TYPE.LONG)],
    [Field("x", TYPE.LONG), Field("x", TYPE.KEYWORD)],
    [nested(6)],
    [Field("x", TYPE.NESTED)],
    [Field("x", TYPE.LONG, sub_field_schemas=[Field("y", TYPE.LONG)])],
    vectors(6),
    [Field("x", TYPE.VECTOR)],
    [Field("x", TYPE.VECTOR, vector_options=options(-1))],
    [Field("x", TYPE.VECTOR, vector_options=options(4097))],
    [Field("x", TYPE.VECTOR, vector_options=options(4, None))],
    [Field("x", TYPE.VECTOR, is_array=True, vector_options=options())],
    [Field(f"x{one}", TYPE.LONG) for one in range(1001)],
    [Field("x", TYPE.DATE)],
    [Field("x", TYPE.DATE, date_formats=["yesterday"])],
    [Field("x", TYPE.DATE, date_formats=["yyyy yyyy"])],
    [Field("x", TYPE.KEYWORD, analyzer="single_word")],
    [Field("x", TYPE.KEYWORD, enable_highlighting=True)],
    [Field("x", TYPE.TEXT, analyzer="thesaurus")],
    [Field("x", TYPE.TEXT, analyzer="fuzzy", analyzer_parameter=ts.FuzzyAnalyzerParameter(3, 2))],
    [Field("x", TYPE.TEXT, analyzer="fuzzy", analyzer_parameter=ts.FuzzyAnalyzerParameter(0, 2))],
    [Field("x", TYPE.KEYWORD, is_virtual_field=True)],
    [Field("x", TYPE.JSON, sub_field_schemas=[Field("y", TYPE.LONG)])],
]


@pytest.mark.parametrize("fields", GOOD)
def test_a_good_schema_is_taken(parse_schema: Callable[..., IndexSchema], fields: Any) -> None:
    assert parse_schema(fields).fields[0].name == fields[0].field_name


@pytest.mark.parametrize("fields", BAD)
def test_a_bad_schema_is_refused(parse_schema: Callable[..., IndexSchema], fields: Any) -> None:
    with pytest.raises(SearchError) as caught:
        parse_schema(fields)

    error = caught.value
    assert (error.status, error.code, str(error)) == (400, "OTSParameterInvalid", error.message)
    assert "\n" not in error.message


@pytest.mark.parametrize(
    "sorter",
    [
        ts.ScoreSort(),
        ts.FieldSort("nothing"),
        ts.FieldSort("t"),
        ts.FieldSort("many"),
        ts.FieldSort("loose"),
    ],
)
def test_a_bad_index_sort_is_refused(parse_schema: Callable[..., IndexSchema], sorter: Any) -> None:
    fields = [
        Field("t", TYPE.TEXT),
        Field("many", TYPE.LONG, is_array=True),
        Field("loose", TYPE.LONG, enable_sort_and_agg=False),
    ]
    with pytest.raises(SearchError):
        parse_schema(fields, ts.Sort([sorter]))


def test_an_index_with_nested_fields_has_no_sort(
    parse_schema: Callable[..., IndexSchema],
) -> None:
    with pytest.raises(SearchError, match="nested"):
        parse_schema([nested(1)], ts.Sort([ts.PrimaryKeySort()]))


def test_a_field_without_a_type_is_refused() -> None:
    message = pb.IndexSchema()
    message.field_schemas.add(field_name="x")

    with pytest.raises(SearchError, match="type"):
        IndexSchema.parse(message)
