"""Reads aggregations and group-bys, and refuses what the service would."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tablestore_emulator.search.aggregations import metrics
from tablestore_emulator.search.aggregations.composite import composite
from tablestore_emulator.search.aggregations.date_histogram import date_histogram
from tablestore_emulator.search.aggregations.group_by import GroupBy, Parts
from tablestore_emulator.search.aggregations.groups import (
    by_field,
    by_filter,
    by_geo_distance,
    by_geo_grid,
    by_range,
)
from tablestore_emulator.search.aggregations.histogram import histogram
from tablestore_emulator.search.aggregations.metrics import (
    Aggregation,
    Metric,
    Percentiles,
)
from tablestore_emulator.search.aggregations.request import (
    AggregationRequest,
    value,
    values_of,
)
from tablestore_emulator.search.aggregations.top_rows import TopRows
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import NUMBERS, PLAIN, FieldType
from tablestore_emulator.search.messages import Message, given, parsed, pb
from tablestore_emulator.search.ordering import Ordering
from tablestore_emulator.search.sort_parser import parse_sort

MAX_TOP_ROWS = 100
MAX_DEPTH = 5
_COUNTED = PLAIN | {FieldType.GEO_POINT}
_SUMMED = frozenset({FieldType.LONG, FieldType.DOUBLE})


def parse_parts(request: AggregationRequest, aggregations: Message, group_bys: Message) -> Parts:
    """Read what is computed of documents.

    Args:
        request: the request.
        aggregations: the protobuf message `Aggregations`.
        group_bys: the protobuf message `GroupBys`.

    Returns:
        The aggregations and group-bys.

    Raises:
        SearchError: one is of no known kind, or something in it is wrong.
    """
    if request.depth > MAX_DEPTH:
        raise invalid(f"Group-bys are nested in more than {MAX_DEPTH} levels.")
    return Parts(
        tuple((one.name, one.type, _aggregation(request, one)) for one in aggregations.aggs),
        tuple((one.name, one.type, parse_group_by(request, one)) for one in group_bys.group_bys),
    )


def parse_group_by(request: AggregationRequest, message: Message) -> GroupBy:
    """Read a group-by.

    Args:
        request: the request.
        message: the protobuf message `GroupBy`.

    Returns:
        The group-by.

    Raises:
        SearchError: it is of no known kind, or something in it is wrong.
    """
    if not message.HasField("type"):
        raise invalid(f"group-by [{message.name}] is of no known kind")
    kind, make = _GROUP_BYS[message.type]
    body = parsed(kind, message.body)
    inside = replace(request, depth=request.depth + 1)
    return make(inside, body, parse_parts(inside, body.sub_aggs, body.sub_group_bys))


def _aggregation(request: AggregationRequest, message: Message) -> Aggregation:
    if not message.HasField("type"):
        raise invalid(f"aggregation [{message.name}] is of no known kind")
    if message.type == pb.AGG_TOP_ROWS:
        return _top_rows(request, parsed(pb.TopRowsAggregation, message.body))
    if message.type == pb.AGG_PERCENTILES:
        return _percentiles(request, parsed(pb.PercentilesAggregation, message.body))
    known = _METRICS[message.type]
    body = parsed(known.request, message.body)
    if message.type == pb.AGG_COUNT and body.field_name == "*":
        return Metric(lambda _: (1,), len, known.result)
    field = request.counted(body.field_name, known.types)
    missing = value(field, None if message.type == pb.AGG_COUNT else given(body, "missing"))
    return Metric(values_of(field, missing), known.compute, known.result)


def _percentiles(request: AggregationRequest, message: Message) -> Aggregation:
    field = request.field(message.field_name, NUMBERS)
    percentages = tuple(sorted(message.percentiles))
    if not percentages or not all(0 <= one <= 100 for one in percentages):
        raise invalid("Percentiles must be in [0, 100], at least one.")
    return Percentiles(values_of(field, value(field, given(message, "missing_value"))), percentages)


def _top_rows(request: AggregationRequest, message: Message) -> Aggregation:
    limit = given(message, "limit")
    limit = 1 if limit is None else limit
    if not 1 <= limit <= MAX_TOP_ROWS:
        raise invalid(f"The limit of top rows must be in [1, {MAX_TOP_ROWS}].")
    sorters = parse_sort(request.parser, message.sort)
    score = request.query.scorer(request.collection)
    ordering = Ordering(request.collection, sorters, score)
    return TopRows(limit, ordering, request.primary_key, request.returns)


@dataclass(frozen=True)
class _Known:
    request: Message
    types: frozenset[FieldType]
    compute: Callable[..., int | float]
    result: Message


_METRICS: dict[int, _Known] = {
    pb.AGG_AVG: _Known(pb.AvgAggregation, NUMBERS, metrics.mean, pb.AvgAggregationResult),
    pb.AGG_MAX: _Known(pb.MaxAggregation, NUMBERS, metrics.greatest, pb.MaxAggregationResult),
    pb.AGG_MIN: _Known(pb.MinAggregation, NUMBERS, metrics.least, pb.MinAggregationResult),
    pb.AGG_SUM: _Known(pb.SumAggregation, _SUMMED, metrics.total, pb.SumAggregationResult),
    pb.AGG_COUNT: _Known(pb.CountAggregation, _COUNTED, len, pb.CountAggregationResult),
    pb.AGG_DISTINCT_COUNT: _Known(
        pb.DistinctCountAggregation, _COUNTED, metrics.distinct, pb.DistinctCountAggregationResult
    ),
}

_GROUP_BYS: dict[int, tuple[Message, Callable[[AggregationRequest, Message, Parts], GroupBy]]] = {
    pb.GROUP_BY_FIELD: (pb.GroupByField, by_field),
    pb.GROUP_BY_RANGE: (pb.GroupByRange, by_range),
    pb.GROUP_BY_FILTER: (pb.GroupByFilter, by_filter),
    pb.GROUP_BY_GEO_DISTANCE: (pb.GroupByGeoDistance, by_geo_distance),
    pb.GROUP_BY_HISTOGRAM: (pb.GroupByHistogram, histogram),
    pb.GROUP_BY_DATE_HISTOGRAM: (pb.GroupByDateHistogram, date_histogram),
    pb.GROUP_BY_GEO_GRID: (pb.GroupByGeoGrid, by_geo_grid),
    pb.GROUP_BY_COMPOSITE: (pb.GroupByComposite, composite),
}
