"""The inverted index of one text field: tokens, their places, and how much a match is worth."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from tablestore_emulator.search.analyzers import Analyzer
from tablestore_emulator.search.document import Document

GAP = 100
"""The places between the texts of an array: no phrase reaches from one into the next."""

_SATURATION, _LENGTH_WEIGHT = 1.2, 0.75


class Texts:
    """The tokens of one field.

    Counts of documents are not lowered when documents go, as in Lucene until segments are merged:
    so scores stay as they are while somebody deletes what a page showed, and no hit is skipped.

    Args:
        analyzer: how its texts become tokens.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self.documents: set[Document] = set()
        self._places: dict[str, dict[Document, list[int]]] = {}
        self._tokens: dict[Document, tuple[str, ...]] = {}
        self._lengths: dict[Document, int] = {}
        self._frequencies: dict[str, int] = {}
        self._worths: dict[str, dict[Document, float]] = {}
        self._count = 0
        self._total_length = 0
        self._vocabulary: list[str] | None = []

    def add(self, document: Document, texts: Iterable[str]) -> None:
        """Note a document's texts."""
        places: dict[str, list[int]] = {}
        place = length = 0
        for text in texts:
            words = self.analyzer.words(text)
            for index, word in enumerate(words, start=place):
                places.setdefault(word, []).append(index)
            length += len(words)
            place += len(words) + GAP
        self._worths.clear()
        self.documents.add(document)
        self._tokens[document] = tuple(places)
        self._lengths[document] = length
        self._count += 1
        self._total_length += length
        for token_text, where in places.items():
            having = self._places.get(token_text)
            if having is None:
                having = self._places[token_text] = {}
                self._vocabulary = None
            having[document] = where
            self._frequencies[token_text] = self._frequencies.get(token_text, 0) + 1

    def remove(self, document: Document) -> None:
        """Forget a document's texts."""
        self._worths.clear()
        self.documents.discard(document)
        del self._lengths[document]
        for token in self._tokens.pop(document):
            having = self._places[token]
            del having[document]
            if not having:
                del self._places[token]
                self._vocabulary = None
        if not self.documents:
            self._frequencies.clear()
            self._count = self._total_length = 0

    def vocabulary(self) -> list[str]:
        """Return the tokens that there are, sorted."""
        if self._vocabulary is None:
            self._vocabulary = sorted(self._places)
        return self._vocabulary

    def tokens_with_prefix(self, prefix: str) -> list[str]:
        """Return the tokens that start with a text."""
        vocabulary = self.vocabulary()
        start = bisect_left(vocabulary, prefix)
        end = start
        while end < len(vocabulary) and vocabulary[end].startswith(prefix):
            end += 1
        return vocabulary[start:end]

    def having(self, unit: Sequence[str], slop: int = 0) -> set[Document]:
        """Return the documents that have tokens in a row.

        Args:
            unit: the tokens.
            slop: by how many places in all they may be apart, or out of order.

        Returns:
            The documents; none for no tokens.
        """
        if not unit or any(token not in self._places for token in unit):
            return set()
        rarest = min(unit, key=lambda token: len(self._places[token]))
        found = set(self._places[rarest])
        for token in set(unit):
            found &= self._places[token].keys()
        if len(unit) == 1:
            return found
        return {document for document in found if self._occurrences(unit, document, slop)}

    def scorer(
        self, units: Iterable[Sequence[str]], slop: int = 0, weight: float = 1.0
    ) -> Callable[[Document], float]:
        """Return how relevant a document is to some of these.

        Args:
            units: tokens in a row; each that a document has counts.
            slop: as for `having`.
            weight: what the score is multiplied with.

        Returns:
            A function that gives a document's BM25 score.
        """
        worths: list[dict[Document, float]] = []
        phrases: list[tuple[Sequence[str], float]] = []
        for unit in units:
            if len(unit) == 1:
                worths.append(self._worth(unit[0]))
            else:
                phrases.append((unit, self._rarity(unit)))
        least, by_length = self._damping()
        lengths = self._lengths

        def score(document: Document) -> float:
            total = 0.0
            for worth in worths:
                total += worth.get(document, 0.0)
            for unit, rarity in phrases:
                count = self._occurrences(unit, document, slop)
                if count:
                    total += rarity * count / (count + least + by_length * lengths[document])
            return weight * total

        return score

    def _worth(self, token: str) -> dict[Document, float]:
        """Return a token's worth in each document with it, kept until a text comes or goes."""
        worth = self._worths.get(token)
        if worth is None:
            rarity = self._rarity((token,))
            least, by_length = self._damping()
            lengths = self._lengths
            worth = self._worths[token] = {
                document: rarity * len(where) / (len(where) + least + by_length * lengths[document])
                for document, where in self._places.get(token, {}).items()
            }
        return worth

    def _damping(self) -> tuple[float, float]:
        """Return how much a token's count is damped in an empty text, and by each token more."""
        average = self._total_length / self._count if self._count else 1.0
        return (
            _SATURATION * (1 - _LENGTH_WEIGHT),
            _SATURATION * _LENGTH_WEIGHT / (average or 1.0),
        )

    def _rarity(self, unit: Sequence[str]) -> float:
        total = 0.0
        for token in unit:
            frequency = self._frequencies.get(token, 0)
            total += math.log(1 + (self._count - frequency + 0.5) / (frequency + 0.5))
        return total

    def _occurrences(self, unit: Sequence[str], document: Document, slop: int) -> int:
        lists = []
        for token in unit:
            places = self._places.get(token, {}).get(document)
            if places is None:
                return 0
            lists.append(places)
        if len(lists) == 1:
            return len(lists[0])
        if slop == 0:
            starts = set(lists[0])
            for offset, places in enumerate(lists[1:], start=1):
                starts.intersection_update([place - offset for place in places])
            return len(starts)
        return int(_within(unit, lists, slop))


def _within(unit: Sequence[str], lists: Sequence[list[int]], slop: int) -> bool:
    """Tell whether places of all tokens, moved to where the phrase has them, are in the slop."""
    for token, places in zip(unit, lists, strict=True):
        if len(places) < unit.count(token):
            return False
    moved = sorted(
        (place - offset, offset) for offset, places in enumerate(lists) for place in places
    )
    counts = [0] * len(lists)
    missing = len(lists)
    start = 0
    for place, offset in moved:
        missing -= counts[offset] == 0
        counts[offset] += 1
        while missing == 0:
            if place - moved[start][0] <= slop:
                return True
            counts[moved[start][1]] -= 1
            missing += counts[moved[start][1]] == 0
            start += 1
    return False
