"""Group-bys for values, ranges, conditions and places."""

from dataclasses import dataclass

from tablestore_emulator.search import geo
from tablestore_emulator.search.aggregations.group_by import (
    BY_COUNT,
    MAX_GROUPS,
    Group,
    GroupBy,
    Parts,
    Sorting,
    grouped,
    ordered,
    parse_sorting,
)
from tablestore_emulator.search.aggregations.request import (
    AggregationRequest,
    Documents,
    Values,
    values_of,
)
from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import NUMBERS, PLAIN, Field, FieldType
from tablestore_emulator.search.messages import Message, given, pb
from tablestore_emulator.search.queries.query import Query
from tablestore_emulator.search.values import Comparable

DEFAULT_SIZE = 10
_PLACES = frozenset({FieldType.GEO_POINT})


def text_of(key: Comparable) -> str:
    """Return a value as the key of a group, such as `true`, `12`, `1.5`, a date's milliseconds.

    Args:
        key: the value.
    """
    return str(key).lower() if isinstance(key, bool) else str(key)


def parse_size(message: Message, default: int) -> int:
    """Read how many groups are asked for.

    Args:
        message: a message with `size`.
        default: what it is if the message does not say.

    Returns:
        The number.

    Raises:
        SearchError: it is out of range.
    """
    size = given(message, "size")
    size = default if size is None else size
    if not 1 <= size <= MAX_GROUPS:
        raise invalid(f"The size of a group-by must be in [1, {MAX_GROUPS}].")
    return int(size)


@dataclass(frozen=True)
class _ByValue(GroupBy):
    field: Field
    size: int
    sorting: Sorting
    parts: Parts

    def result(self, documents: Documents) -> Message:
        message = pb.GroupByFieldResult()
        groups = grouped(documents, values_of(self.field, None))
        for group in ordered(groups, self.sorting)[: self.size]:
            item = message.group_by_field_result_items.add(
                key=text_of(group.key), row_count=len(group.documents)
            )
            self.parts.add_to(item, group.documents)
        return message


def by_field(request: AggregationRequest, message: Message, parts: Parts) -> GroupBy:
    """Read a group-by for the values of a field."""
    field = request.field(message.field_name, PLAIN)
    size = parse_size(message, DEFAULT_SIZE)
    return _ByValue(field, size, parse_sorting(message.sort, parts, BY_COUNT), parts)


@dataclass(frozen=True)
class _ByRange(GroupBy):
    values: Values
    ranges: tuple[tuple[float, float], ...]
    message: Message
    items: str
    parts: Parts

    def result(self, documents: Documents) -> Message:
        message = self.message()
        for lower, upper in self.ranges:
            inside = [
                document
                for document in documents
                if any(lower <= value < upper for value in self.values(document))
            ]
            item = getattr(message, self.items).add(
                range_from=lower, range_to=upper, row_count=len(inside)
            )
            self.parts.add_to(item, inside)
        return message


def by_range(request: AggregationRequest, message: Message, parts: Parts) -> GroupBy:
    """Read a group-by for ranges of numbers, each without its upper end."""
    values = values_of(request.field(message.field_name, NUMBERS), None)
    items = "group_by_range_result_items"
    return _ByRange(values, _ranges(message), pb.GroupByRangeResult, items, parts)


def by_geo_distance(request: AggregationRequest, message: Message, parts: Parts) -> GroupBy:
    """Read a group-by for ranges of metres from a place."""
    places = values_of(request.field(message.field_name, _PLACES), None)
    origin = geo.point(f"{message.origin.lat!r},{message.origin.lon!r}")
    if origin is None:
        raise invalid("The origin of a group-by for distances is not on the globe.")
    items = "group_by_geo_distance_result_items"
    return _ByRange(
        lambda document: [geo.distance(place, origin) for place in places(document)],
        _ranges(message),
        pb.GroupByGeoDistanceResult,
        items,
        parts,
    )


def _ranges(message: Message) -> tuple[tuple[float, float], ...]:
    ranges = []
    for one in message.ranges:
        lower, upper = given(one, "begin"), given(one, "end")
        lower = float("-inf") if lower is None else lower
        upper = float("inf") if upper is None else upper
        if not lower < upper:
            raise invalid("A range of a group-by must begin before it ends.")
        ranges.append((lower, upper))
    if not ranges:
        raise invalid("A group-by for ranges needs one.")
    return tuple(ranges)


@dataclass(frozen=True)
class _ByFilter(GroupBy):
    filters: tuple[Query, ...]
    collection: Collection
    parts: Parts

    def result(self, documents: Documents) -> Message:
        message = pb.GroupByFilterResult()
        for one in self.filters:
            matches = one.matches(self.collection)
            inside = [document for document in documents if document in matches]
            item = message.group_by_filter_result_items.add(row_count=len(inside))
            self.parts.add_to(item, inside)
        return message


def by_filter(request: AggregationRequest, message: Message, parts: Parts) -> GroupBy:
    """Read a group-by for conditions: a group for each, in their order."""
    filters = tuple(request.parser.parse(one) for one in message.filters)
    if not filters:
        raise invalid("A group-by for filters needs one.")
    return _ByFilter(filters, request.collection, parts)


@dataclass(frozen=True)
class _ByCell(GroupBy):
    values: Values
    precision: int
    size: int
    parts: Parts

    def result(self, documents: Documents) -> Message:
        message = pb.GroupByGeoGridResult()
        groups: list[Group] = grouped(
            documents,
            lambda document: [
                geo.geohash(place, self.precision) for place in self.values(document)
            ],
        )
        for group in ordered(groups, BY_COUNT)[: self.size]:
            key, top_left, bottom_right = group.key
            item = message.group_by_geo_grid_result_items.add(
                key=key, row_count=len(group.documents)
            )
            item.geo_grid.top_left.lat, item.geo_grid.top_left.lon = top_left
            item.geo_grid.bottom_right.lat, item.geo_grid.bottom_right.lon = bottom_right
            self.parts.add_to(item, group.documents)
        return message


def by_geo_grid(request: AggregationRequest, message: Message, parts: Parts) -> GroupBy:
    """Read a group-by for the cells of the geohash grid."""
    if not message.HasField("precision"):
        raise invalid("A group-by for a grid needs a precision.")
    values = values_of(request.field(message.field_name, _PLACES), None)
    return _ByCell(values, message.precision, parse_size(message, MAX_GROUPS), parts)
