"""Reads sorts, and refuses what the service would."""

from dataclasses import replace

from tablestore_emulator.search import geo
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import NUMBERS, PLAIN, Field, FieldType
from tablestore_emulator.search.messages import Message, given, pb
from tablestore_emulator.search.queries.geo_parser import parse_point
from tablestore_emulator.search.queries.query import Query
from tablestore_emulator.search.queries.query_parser import QueryParser
from tablestore_emulator.search.sorting import (
    DocSort,
    FieldSort,
    GeoDistanceSort,
    Mode,
    PrimaryKeySort,
    ScoreSort,
    Sorter,
    average,
)

MAX_SORTERS = 32


def parse_sort(parser: QueryParser, message: Message) -> tuple[Sorter, ...]:
    """Read a sort.

    Args:
        parser: the parser of queries for the rows that are sorted.
        message: the protobuf message `Sort`.

    Returns:
        What is sorted by, the first counting most.

    Raises:
        SearchError: a sorter is of no known kind, or a field cannot be sorted by.
    """
    if len(message.sorter) > MAX_SORTERS:
        raise invalid(f"The number of sorters exceeds {MAX_SORTERS}.")
    return tuple(_sorter(parser, one) for one in message.sorter)


def _sorter(parser: QueryParser, message: Message) -> Sorter:
    if message.HasField("field_sort"):
        return _field_sort(parser, message.field_sort)
    if message.HasField("geo_distance_sort"):
        return _geo_distance_sort(parser, message.geo_distance_sort)
    if message.HasField("score_sort"):
        return ScoreSort(given(message.score_sort, "order") != pb.SORT_ORDER_ASC)
    if message.HasField("pk_sort"):
        return PrimaryKeySort(message.pk_sort.order == pb.SORT_ORDER_DESC)
    if message.HasField("doc_sort"):
        return DocSort(message.doc_sort.order == pb.SORT_ORDER_DESC)
    raise invalid("A sorter is of no known kind.")


def _field_sort(parser: QueryParser, message: Message) -> Sorter:
    field, nested_filter = _field(parser, message)
    if field.type not in PLAIN:
        raise invalid(f"field [{field.name}] of type {field.type.name} cannot be sorted by")
    descending = message.order == pb.SORT_ORDER_DESC
    mode = _mode(message, descending)
    if mode is average and field.type not in NUMBERS:
        raise invalid(f"field [{field.name}] of type {field.type.name} has no average")
    return FieldSort(field, descending, mode, nested_filter)


def _geo_distance_sort(parser: QueryParser, message: Message) -> Sorter:
    field, nested_filter = _field(parser, message)
    if field.type is not FieldType.GEO_POINT:
        raise invalid(f"field [{field.name}] is not a geo point")
    if not message.points:
        raise invalid("A geo distance sort needs a point.")
    descending = message.order == pb.SORT_ORDER_DESC
    return GeoDistanceSort(
        field,
        tuple(parse_point(point) for point in message.points),
        descending,
        _mode(message, descending),
        geo.plane_distance if message.distance_type == pb.GEO_DISTANCE_PLANE else geo.distance,
        nested_filter,
    )


def _mode(message: Message, descending: bool) -> Mode:
    mode = given(message, "mode")
    if mode is None:
        return max if descending else min
    if mode == pb.SORT_MODE_AVG:
        return average
    return max if mode == pb.SORT_MODE_MAX else min


def _field(parser: QueryParser, message: Message) -> tuple[Field, Query | None]:
    """Return the field to sort by, perhaps of a nested field, and the rows of it that count."""
    field = parser.schema.by_name.get(message.field_name)
    if field is None:
        raise invalid(f"field [{message.field_name}] does not exist in the search index")
    inner = parser.scope + "." if parser.scope else ""
    if field.scope != parser.scope and not (field.scope + ".").startswith(inner):
        raise invalid(f"field [{field.name}] is not a field of [{parser.scope}]")
    if not field.is_sortable:
        raise invalid(f"field [{field.name}] was not created with enable_sort_and_agg")
    if not message.HasField("nested_filter"):
        return field, None
    path = message.nested_filter.path
    if path != field.scope or path == parser.scope:
        raise invalid(
            f"The nested filter is for [{path}], the sort for a field of [{field.scope}]."
        )
    # The path may lead through several nested fields.
    inside = replace(parser, scope=path, depth=parser.depth + 1)
    return field, inside.parse(message.nested_filter.filter)
