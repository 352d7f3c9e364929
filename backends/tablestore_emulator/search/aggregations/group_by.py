"""Groups of documents: what is computed of each, and in which order they come."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tablestore_emulator.search.aggregations.metrics import Aggregation
from tablestore_emulator.search.aggregations.request import Documents
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.messages import Message, pb
from tablestore_emulator.search.values import Comparable

MAX_GROUPS = 2000


class GroupBy(ABC):
    """A way to put documents into groups."""

    @abstractmethod
    def result(self, documents: Documents) -> Message:
        """Group documents.

        Args:
            documents: the documents.

        Returns:
            The protobuf message of the result.
        """


@dataclass(frozen=True)
class Parts:
    """What is computed of documents.

    Args:
        aggregations: the aggregations, each with its name and the number of its type.
        group_bys: the group-bys, likewise.
    """

    aggregations: tuple[tuple[str, int, Aggregation], ...]
    group_bys: tuple[tuple[str, int, GroupBy], ...]

    def aggregated(self, documents: Documents) -> Message:
        """Return the protobuf `AggregationsResult` of documents."""
        message = pb.AggregationsResult()
        for name, kind, aggregation in self.aggregations:
            result = aggregation.result(documents).SerializeToString()
            message.agg_results.add(name=name, type=kind, agg_result=result)
        return message

    def grouped(self, documents: Documents) -> Message:
        """Return the protobuf `GroupBysResult` of documents."""
        message = pb.GroupBysResult()
        for name, kind, group_by in self.group_bys:
            result = group_by.result(documents).SerializeToString()
            message.group_by_results.add(name=name, type=kind, group_by_result=result)
        return message

    def add_to(self, item: Message, documents: Documents) -> None:
        """Put them into the item of a group, if there are any."""
        if self.aggregations:
            item.sub_aggs_result.CopyFrom(self.aggregated(documents))
        if self.group_bys:
            item.sub_group_bys_result.CopyFrom(self.grouped(documents))

    def named(self, name: str) -> Aggregation:
        """Return the aggregation of a name, to sort groups by it.

        Args:
            name: the name.

        Returns:
            The aggregation.

        Raises:
            SearchError: there is none.
        """
        for own, _, aggregation in self.aggregations:
            if own == name:
                return aggregation
        raise invalid(f"There is no sub-aggregation [{name}] to sort groups by.")


@dataclass(frozen=True)
class Group:
    """Documents that belong together, and what they have in common."""

    key: Comparable
    documents: list[Document]


Sorting = tuple[tuple[Callable[[Group], Comparable], bool], ...]
"""What groups are sorted by, the first counting most, and whether the greatest comes first."""

BY_KEY: Sorting = ((lambda group: group.key, False),)
BY_COUNT: Sorting = ((lambda group: len(group.documents), True),)


def parse_sorting(message: Message, parts: Parts, otherwise: Sorting) -> Sorting:
    """Read what groups are sorted by.

    Args:
        message: the protobuf message `GroupBySort`.
        parts: what is computed of each group.
        otherwise: what they are sorted by if the message is empty.

    Returns:
        The sorting.

    Raises:
        SearchError: a sorter is of no known kind, or names no sub-aggregation.
    """
    return tuple(_sorter(one, parts) for one in message.sorters) or otherwise


def grouped(documents: Documents, keys: Callable[[Document], Iterable[Comparable]]) -> list[Group]:
    """Group documents by keys of theirs.

    Args:
        documents: the documents.
        keys: a document's keys: it is once in the group of each.

    Returns:
        The groups, in the order of their keys.
    """
    groups: dict[Comparable, list[Document]] = {}
    for document in documents:
        for key in set(keys(document)):
            groups.setdefault(key, []).append(document)
    return [Group(key, groups[key]) for key in sorted(groups)]


def ordered(groups: Sequence[Group], sorting: Sorting) -> list[Group]:
    """Sort groups.

    Args:
        groups: the groups, in the order that equal ones are to have.
        sorting: what they are sorted by.

    Returns:
        The groups, sorted.
    """
    result = list(groups)
    for key, descending in reversed(sorting):
        result.sort(key=key, reverse=descending)
    return result


def _sorter(message: Message, parts: Parts) -> tuple[Callable[[Group], Comparable], bool]:
    if message.HasField("group_key_sort"):
        return (lambda group: group.key), message.group_key_sort.order == pb.SORT_ORDER_DESC
    if message.HasField("row_count_sort"):
        return BY_COUNT[0][0], message.row_count_sort.order == pb.SORT_ORDER_DESC
    if message.HasField("sub_agg_sort"):
        descending = message.sub_agg_sort.order == pb.SORT_ORDER_DESC
        aggregation = parts.named(message.sub_agg_sort.sub_agg_name)

        def number(group: Group) -> tuple[bool, float]:
            found = aggregation.number(group.documents)
            # What is no number comes last, whichever way the others are sorted.
            return (math.isnan(found) != descending, 0.0 if math.isnan(found) else found)

        return number, descending
    raise invalid("A sorter of groups is of no known kind.")
