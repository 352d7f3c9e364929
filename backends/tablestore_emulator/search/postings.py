"""Which documents have a value: by the value, and in the order of the values."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from tablestore_emulator.search.document import Document, Key
from tablestore_emulator.search.values import Comparable


class Postings:
    """The values of one field that have an order.

    Entries are sorted by value, then key. Their documents are in a list of their own, so that those
    of a range are a slice of it.
    """

    def __init__(self) -> None:
        self.documents: set[Document] = set()
        self.by_value: dict[Comparable, set[Document]] = {}
        self._entries: list[tuple[Comparable, Key]] = []
        self._ordered: list[Document] = []

    def add(self, document: Document, values: Iterable[Comparable]) -> None:
        """Note a document's values."""
        self.documents.add(document)
        for value in set(values):
            having = self.by_value.get(value)
            if having is None:
                having = self.by_value[value] = set()
            having.add(document)
            entry = (value, document.key)
            index = bisect_left(self._entries, entry)
            self._entries.insert(index, entry)
            self._ordered.insert(index, document)

    def remove(self, document: Document, values: Iterable[Comparable]) -> None:
        """Forget a document's values: those that it was added with."""
        self.documents.discard(document)
        for value in set(values):
            having = self.by_value[value]
            having.discard(document)
            if not having:
                del self.by_value[value]
            index = bisect_left(self._entries, (value, document.key))
            del self._entries[index]
            del self._ordered[index]

    def between(
        self, lower: Comparable, upper: Comparable, include_lower: bool, include_upper: bool
    ) -> set[Document]:
        """Return the documents with a value in a range.

        Args:
            lower: the lower end, None for none.
            upper: the upper end, None for none.
            include_lower: whether the lower end is in the range.
            include_upper: whether the upper end is in the range.

        Returns:
            The documents.
        """
        start, end = self._places(lower, upper, include_lower, include_upper)
        return set(self._ordered[start:end])

    def count_between(
        self, lower: Comparable, upper: Comparable, include_lower: bool, include_upper: bool
    ) -> int:
        """Return how many values are in a range: the arguments are those of `between`."""
        start, end = self._places(lower, upper, include_lower, include_upper)
        return max(0, end - start)

    def with_prefix(self, prefix: str) -> set[Document]:
        """Return the documents with a value that starts with a text."""
        start = end = self._left(prefix)
        while end < len(self._entries) and self._entries[end][0].startswith(prefix):
            end += 1
        return set(self._ordered[start:end])

    def groups(self, descending: bool, first: Comparable = None) -> Iterator[list[Document]]:
        """Yield the documents in the order of their values.

        Args:
            descending: whether the greatest value comes first.
            first: the value to start at, None for the first of all.

        Yields:
            The documents of one value after another, each in the order of the keys.
        """
        entries, ordered = self._entries, self._ordered
        if descending:
            end = len(entries) if first is None else self._right(first)
            while end > 0:
                start = end - 1
                value = entries[start][0]
                while start > 0 and entries[start - 1][0] == value:
                    start -= 1
                yield ordered[start:end]
                end = start
            return
        start = 0 if first is None else self._left(first)
        while start < len(entries):
            end = start + 1
            value = entries[start][0]
            while end < len(entries) and entries[end][0] == value:
                end += 1
            yield ordered[start:end]
            start = end

    def _places(
        self, lower: Comparable, upper: Comparable, include_lower: bool, include_upper: bool
    ) -> tuple[int, int]:
        start, end = 0, len(self._entries)
        if lower is not None:
            start = self._left(lower) if include_lower else self._right(lower)
        if upper is not None:
            end = self._right(upper) if include_upper else self._left(upper)
        return start, end

    def _left(self, value: Comparable) -> int:
        return bisect_left(self._entries, (value,))

    def _right(self, value: Comparable) -> int:
        return bisect_right(self._entries, value, key=lambda entry: entry[0])
