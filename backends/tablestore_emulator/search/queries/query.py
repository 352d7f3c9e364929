"""What every query can be asked."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document

Scorer = Callable[[Document], float]
"""How relevant a document is that a query matches."""

Marker = Callable[[Sequence[str]], set[int]]
"""Which tokens of a text a query found, by their places."""


class Query(ABC):
    """A condition on documents.

    A class attribute, or a field, `weight` is what a match is worth where nothing else decides.
    """

    weight: float = 1.0

    @abstractmethod
    def matches(self, collection: Collection) -> set[Document]:
        """Return the documents that meet the condition.

        Args:
            collection: the documents to choose from.

        Returns:
            The documents. The set may be the index's own: it is not to be changed.
        """

    def among(self, collection: Collection, candidates: set[Document]) -> set[Document]:
        """Return the documents, of some, that meet the condition.

        Args:
            collection: the same as for `matches`.
            candidates: some of its documents; not to be changed.

        Returns:
            The documents.
        """
        return candidates & self.matches(collection)

    def size(self, collection: Collection) -> int:
        """Return about how many documents meet the condition, without looking for them."""
        return len(collection.documents)

    def scorer(self, collection: Collection) -> Scorer:
        """Return how relevant the documents are that it matches.

        Args:
            collection: the same as for `matches`.

        Returns:
            A function of a document that is among the matches.
        """
        del collection
        return lambda _: self.weight

    def markers(self, field: str) -> Iterator[Marker]:
        """Yield what it found in a text field.

        Args:
            field: the field's full name.

        Yields:
            A function for each part of it that looks at this field.
        """
        del field
        yield from ()

    def with_parts(self) -> Iterator["Query"]:
        """Yield this one, and the queries in it that are about the same rows."""
        yield self
