"""The group-by for intervals of numbers."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tablestore_emulator.plain_buffer import encode_value
from tablestore_emulator.search.aggregations.group_by import (
    BY_KEY,
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
    value,
    values_of,
)
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import FieldType
from tablestore_emulator.search.messages import Message, given, pb

_KINDS = frozenset({FieldType.LONG, FieldType.DOUBLE})


@dataclass(frozen=True)
class Buckets:
    """Intervals that follow one another without gaps.

    Args:
        values: the values of a document.
        start: the start of the interval that a value is in.
        following: the start of the next interval.
        least: the least value that counts, None for any.
        greatest: the greatest value that counts, None for any.
    """

    values: Values
    start: Callable[[float], float]
    following: Callable[[float], float]
    least: float | None = None
    greatest: float | None = None

    def keys(self, document: Document) -> Iterable[float]:
        """Return the starts of the intervals that a document's values are in."""
        return [
            self.start(one)
            for one in self.values(document)
            if (self.least is None or one >= self.least)
            and (self.greatest is None or one <= self.greatest)
        ]

    def filled(self, groups: list[Group]) -> list[Group]:
        """Return groups with empty ones where an interval has no documents.

        Args:
            groups: the groups, in the order of their keys.

        Returns:
            A group for each interval from the start of the range, or the first group, to the last
            group: there are no empty ones at the end, also with a range.

        Raises:
            SearchError: there would be too many.
        """
        if not groups:
            return []
        key = groups[0].key if self.least is None else self.start(self.least)
        last = groups[-1].key
        there = {group.key: group for group in groups}
        result = []
        while key <= last:
            result.append(there.get(key) or Group(key, []))
            if len(result) > MAX_GROUPS:
                raise invalid(f"The number of groups of a histogram exceeds {MAX_GROUPS}.")
            key = self.following(key)
        return result


@dataclass(frozen=True)
class Histogram(GroupBy):
    """Groups of intervals.

    Args:
        buckets: the intervals.
        least_count: groups with fewer documents are left out.
        sorting: what groups are sorted by.
        write: puts a group into the result, and returns its item.
        message: the class of the result.
        parts: what is computed of each group.
    """

    buckets: Buckets
    least_count: int
    sorting: Sorting
    write: Callable[[Message, Group], Message]
    message: Message
    parts: Parts

    def result(self, documents: Documents) -> Message:
        message = self.message()
        groups = grouped(documents, self.buckets.keys)
        if self.least_count <= 0:
            groups = self.buckets.filled(groups)
        for group in ordered(groups, self.sorting):
            if len(group.documents) >= self.least_count:
                item = self.write(message, group)
                self.parts.add_to(item, group.documents)
        return message


def histogram(request: AggregationRequest, message: Message, parts: Parts) -> Histogram:
    """Read a group-by for intervals of numbers."""
    return Histogram(
        number_buckets(request, message),
        message.min_doc_count,
        parse_sorting(message.sort, parts, BY_KEY),
        lambda result, group: result.group_by_histogra_items.add(
            key=encode_value(group.key), value=len(group.documents)
        ),
        pb.GroupByHistogramResult,
        parts,
    )


def number_buckets(request: AggregationRequest, message: Message) -> Buckets:
    """Read the intervals of a `GroupByHistogram`.

    Args:
        request: the request.
        message: the protobuf message.

    Returns:
        The intervals.

    Raises:
        SearchError: the field, the interval or the range is wrong.
    """
    field = request.field(message.field_name, _KINDS)
    interval = value(field, given(message, "interval"))
    if interval is None or not interval > 0:
        raise invalid("The interval of a histogram must be a positive number.")
    if field.type is FieldType.LONG and interval != int(interval):
        raise invalid("The interval of a histogram of integers must be one.")
    least = value(field, given(message.field_range, "min"))
    greatest = value(field, given(message.field_range, "max"))
    if least is not None and greatest is not None:
        if least > greatest:
            raise invalid("The range of a histogram must begin before it ends.")
        if (greatest - least) / interval > MAX_GROUPS:
            raise invalid(f"The number of groups of a histogram exceeds {MAX_GROUPS}.")
    values = values_of(field, value(field, given(message, "missing_value")))
    if field.type is FieldType.LONG:
        width = int(interval)
        return Buckets(
            values, lambda one: one // width * width, lambda key: key + width, least, greatest
        )
    # Starts are multiples of the interval: sums of it would drift from them.
    return Buckets(
        values,
        lambda one: math.floor(one / interval) * interval,
        lambda key: (round(key / interval) + 1) * interval,
        least,
        greatest,
    )
