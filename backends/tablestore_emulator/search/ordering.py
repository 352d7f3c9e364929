"""Puts documents in order, a page at a time, without sorting all of them where that can be."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import islice
from operator import attrgetter

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document, Key
from tablestore_emulator.search.queries.query import Scorer
from tablestore_emulator.search.sorting import KeyOf, PrimaryKeySort, Sorter
from tablestore_emulator.search.values import Comparable

_SORTING_COST = 2
"""How much dearer it is to sort a document than to pass one in the index."""

_FEW = 10
"""Sorting the best of so many times as many documents is quicker than sorting all of them."""


@dataclass(frozen=True)
class Position:
    """A place between documents: right after one that was there, and may be gone.

    Args:
        keys: what each sorter compared of that document.
        key: its key.
    """

    keys: tuple[Comparable, ...]
    key: Key


class Ordering:
    """An order of a collection's documents.

    Args:
        collection: the documents.
        sorters: what they are sorted by, the first counting most. What is equal after all of them
            is in the order of the primary key; what has no value comes last.
        score: how relevant a document is.
    """

    def __init__(self, collection: Collection, sorters: Sequence[Sorter], score: Scorer) -> None:
        self._collection = collection
        self._sorters = list(_decisive(sorters))
        self._keys: list[KeyOf] = [one.key(collection, score) for one in self._sorters]

    def first(
        self, matches: set[Document], count: int | None, after: Position | None = None
    ) -> list[Document]:
        """Return the first documents in this order.

        Args:
            matches: the documents to choose from.
            count: how many at most, None for all.
            after: the place where to start, None for the start.

        Returns:
            The documents, in order.
        """
        wanted = len(matches) if count is None else count
        passed = wanted * len(self._collection.documents)
        if passed < _SORTING_COST * len(matches) * len(matches):
            first = None if after is None else after.keys[0]
            groups = self._sorters[0].groups(self._collection, first)
            if groups is not None:
                return list(islice(self._walk(groups, matches, after), count))
        some = self._likely(matches, wanted, after)
        return self._after(self._sorted(some, 0), after)[:count]

    def place(self, document: Document) -> Position:
        """Return the place right after a document."""
        return Position(tuple(key(document) for key in self._keys), document.key)

    def _walk(
        self, groups: Iterable[list[Document]], matches: set[Document], after: Position | None
    ) -> Iterator[Document]:
        """Yield the matches, of groups of documents that the first sorter says are equal."""
        key = self._keys[0]
        if after is None or after.keys[0] is not None:
            place = after
            for group in groups:
                some = [document for document in group if document in matches]
                if len(some) > 1:
                    some = self._sorted(some, 1)
                # Only the first group can have documents before the place.
                yield from self._after(some, place)
                place = None
        without = [document for document in matches if key(document) is None]
        yield from self._after(self._sorted(without, 1), after)

    def _likely(
        self, matches: set[Document], count: int, after: Position | None
    ) -> Iterable[Document]:
        """Return the matches that can be among the first after a place, by the first sorter."""
        if count * _FEW > len(matches):
            return matches
        key, descending = self._keys[0], self._sorters[0].descending
        # No tuples of both: so many of them have the garbage collector look at the whole index.
        documents = list(matches)
        every = list(map(key, documents))
        values = [value for value in every if value is not None]
        if after is not None:
            place = after.keys[0]
            if place is None:
                return matches
            values = [one for one in values if (one <= place if descending else one >= place)]
            # These may be before the place.
            count += values.count(place)
        if len(values) < count or count == 0:
            return matches
        best = (nlargest if descending else nsmallest)(count, values)
        last = best[-1]
        equal = [
            document for document, value in zip(documents, every, strict=True) if value == last
        ]
        if len(self._sorters) == 1:
            # All may be equal, such as the scores of all that have a word: the keys decide.
            equal = self._first_by_key(equal, best.count(last))
        if best[0] == last and after is None:
            return equal
        better = [
            document
            for document, value in zip(documents, every, strict=True)
            if value is not None and (value > last if descending else value < last)
        ]
        return better + equal

    def _first_by_key(self, documents: list[Document], count: int) -> list[Document]:
        order = self._collection.order
        if count * len(order) > len(documents) * len(documents):
            return nsmallest(count, documents, key=attrgetter("key"))
        some = set(documents)
        return list(islice((document for _, document in order if document in some), count))

    def _sorted(self, documents: Iterable[Document], first: int) -> list[Document]:
        """Documents by the sorters from the one with a number on."""
        result = sorted(documents, key=lambda document: document.key)
        for sorter, key in reversed([*zip(self._sorters, self._keys, strict=True)][first:]):
            if isinstance(sorter, PrimaryKeySort):
                result.sort(key=key, reverse=sorter.descending)
                continue
            keyed = [(key(document), document) for document in result]
            having = [one for one in keyed if one[0] is not None]
            having.sort(key=lambda one: one[0], reverse=sorter.descending)
            result = [one[1] for one in having]
            result += [document for value, document in keyed if value is None]
        return result

    def _after(self, documents: list[Document], place: Position | None) -> list[Document]:
        if place is None:
            return documents
        return documents[bisect_left(documents, True, key=lambda one: self._is_after(one, place)) :]

    def _is_after(self, document: Document, place: Position) -> bool:
        for sorter, key, other in zip(self._sorters, self._keys, place.keys, strict=True):
            own = key(document)
            if own == other:
                continue
            if own is None or other is None:
                return own is None
            return bool(own < other if sorter.descending else own > other)
        return document.key > place.key


def _decisive(sorters: Sequence[Sorter]) -> Iterator[Sorter]:
    """Yield the sorters up to the first that leaves no two documents equal."""
    for sorter in sorters:
        yield sorter
        if isinstance(sorter, PrimaryKeySort):
            return
    if not sorters:
        yield PrimaryKeySort()
