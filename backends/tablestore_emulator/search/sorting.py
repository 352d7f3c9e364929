"""What search results can be sorted by."""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document, Key
from tablestore_emulator.search.field import Field, FieldType
from tablestore_emulator.search.geo import Point
from tablestore_emulator.search.queries.query import Query, Scorer
from tablestore_emulator.search.values import Comparable

KeyOf = Callable[[Document], Comparable]
"""What a sorter compares of a document; None if it has nothing to compare: it comes last."""

Mode = Callable[[Sequence[Comparable]], Comparable]
"""Chooses, or makes, one of several values."""


def average(values: Sequence[Comparable]) -> float:
    """Return the mean of numbers."""
    return float(sum(values) / len(values))


class Sorter(ABC):
    """One thing that documents are sorted by."""

    descending: bool

    @abstractmethod
    def key(self, collection: Collection, score: Scorer) -> KeyOf:
        """Return what is compared.

        Args:
            collection: the documents to be sorted are some of these.
            score: how relevant a document is.

        Returns:
            A function of a document.
        """

    def groups(self, collection: Collection, first: Comparable) -> Iterator[list[Document]] | None:
        """Return all documents that have something to compare, sorted, if the index has them so.

        Args:
            collection: the documents.
            first: the value to start at, None for the first of all.

        Returns:
            The documents of one value after another; None if it would have to sort them.
        """
        del collection, first
        return None


@dataclass(frozen=True)
class PrimaryKeySort(Sorter):
    """By the primary key."""

    descending: bool = False

    def key(self, collection: Collection, score: Scorer) -> KeyOf:
        return lambda document: document.key

    def groups(self, collection: Collection, first: Comparable) -> Iterator[list[Document]] | None:
        order = collection.order
        if self.descending:
            end = len(order) if first is None else bisect_right(order, first, key=_first)
            return ([order[index][1]] for index in range(end - 1, -1, -1))
        start = 0 if first is None else bisect_left(order, (first,))
        return ([order[index][1]] for index in range(start, len(order)))


@dataclass(frozen=True)
class ScoreSort(Sorter):
    """By relevance."""

    descending: bool = True

    def key(self, collection: Collection, score: Scorer) -> KeyOf:
        return score


@dataclass(frozen=True)
class DocSort(Sorter):
    """By the order in which the index got the rows: quick in the real service."""

    descending: bool = False

    def key(self, collection: Collection, score: Scorer) -> KeyOf:
        return lambda document: document.sequence


@dataclass(frozen=True)
class FieldSort(Sorter):
    """By a field.

    Args:
        field: the field, of these documents or of a nested field in them.
        descending: whether the greatest comes first.
        mode: which of several values counts.
        nested_filter: which rows of the nested field count, None for all.
    """

    field: Field
    descending: bool
    mode: Mode
    nested_filter: Query | None = None

    def key(self, collection: Collection, score: Scorer) -> KeyOf:
        name, mode = self.field.name, self.mode
        values_of = _values(self.field, collection, self.nested_filter)

        def key(document: Document) -> Comparable:
            values = values_of(document, name)
            return mode(values) if len(values) > 1 else values[0] if values else None

        return key

    def groups(self, collection: Collection, first: Comparable) -> Iterator[list[Document]] | None:
        field = self.field
        # A value in a JSON object may be one of several, as one in an array.
        is_single = not field.is_array and "." not in field.name.removeprefix(field.scope + ".")
        if field.scope != collection.scope or not is_single or field.type is FieldType.GEO_POINT:
            return None
        return collection.postings[field.name].groups(self.descending, first)


@dataclass(frozen=True)
class GeoDistanceSort(Sorter):
    """By the distance to some points.

    Args:
        field: a field of places.
        points: the points.
        descending: whether the farthest comes first.
        mode: which of several distances counts.
        distance: how a distance is measured.
        nested_filter: which rows of the nested field count, None for all.
    """

    field: Field
    points: tuple[Point, ...]
    descending: bool
    mode: Mode
    distance: Callable[[Point, Point], float]
    nested_filter: Query | None = None

    def key(self, collection: Collection, score: Scorer) -> KeyOf:
        name = self.field.name
        values_of = _values(self.field, collection, self.nested_filter)

        def key(document: Document) -> Comparable:
            places = values_of(document, name)
            distances = [self.distance(place, point) for place in places for point in self.points]
            return self.mode(distances) if distances else None

        return key


def _first(entry: tuple[Key, Document]) -> Key:
    return entry[0]


def _values(
    field: Field, collection: Collection, nested_filter: Query | None
) -> Callable[[Document, str], Sequence[Comparable]]:
    if field.scope == collection.scope:
        return lambda document, name: document.values.get(name, ())
    chosen = None
    if nested_filter is not None:
        chosen = nested_filter.matches(collection.within(field.scope))

    def values(document: Document, name: str) -> Sequence[Comparable]:
        return [
            value
            for row in document.rows(field.scope)
            if chosen is None or row in chosen
            for value in row.values.get(name, ())
        ]

    return values
