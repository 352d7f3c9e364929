"""Queries for texts: some words, or a phrase."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.queries.query import Marker, Query, Scorer
from tablestore_emulator.search.queries.terms import phrase_marker


@dataclass(frozen=True)
class MatchQuery(Query):
    """The documents that have some of a text's words.

    Args:
        field: a text field.
        text: the text.
        least: how many of its words a document needs, of how many there are.
        weight: what the score is multiplied with.
    """

    field: Field
    text: str
    least: "MinimumShouldMatch"
    weight: float = 1.0

    def matches(self, collection: Collection) -> set[Document]:
        texts = collection.texts[self.field.name]
        units = self._units()
        if not units:
            return set()
        least = self.least.of(len(units))
        found = [texts.having(unit) for unit in units]
        if least <= 1:
            return found[0].union(*found[1:]) if len(found) > 1 else found[0]
        if least >= len(found):
            return set.intersection(*found) if least == len(found) else set()
        counts = Counter(document for one in found for document in one)
        return {document for document, count in counts.items() if count >= least}

    def scorer(self, collection: Collection) -> Scorer:
        return collection.texts[self.field.name].scorer(self._units(), weight=self.weight)

    def markers(self, field: str) -> Iterator[Marker]:
        if field == self.field.name:
            for unit in self._units():
                yield phrase_marker(unit)

    def _units(self) -> list[tuple[str, ...]]:
        assert self.field.analyzer is not None
        return list(dict.fromkeys(self.field.analyzer.units(self.text)))


@dataclass(frozen=True)
class MatchPhraseQuery(Query):
    """The documents that have a text's words one after another.

    Args:
        field: a text field.
        text: the text.
        slop: by how many places the words may be apart.
        weight: what the score is multiplied with.
        highlights: whether what it finds can be highlighted.
    """

    field: Field
    text: str
    slop: int = 0
    weight: float = 1.0
    highlights: bool = True

    def matches(self, collection: Collection) -> set[Document]:
        return collection.texts[self.field.name].having(self._unit(), self.slop)

    def scorer(self, collection: Collection) -> Scorer:
        return collection.texts[self.field.name].scorer([self._unit()], self.slop, self.weight)

    def markers(self, field: str) -> Iterator[Marker]:
        unit = self._unit()
        if field != self.field.name or not unit or not self.highlights:
            return
        if self.slop == 0:
            yield phrase_marker(unit)
        else:
            yield lambda tokens: {at for at, token in enumerate(tokens) if token in unit}

    def _unit(self) -> tuple[str, ...]:
        analyzer = self.field.analyzer
        assert analyzer is not None
        unit = tuple(analyzer.words(self.text))
        return unit if len(unit) >= analyzer.shortest else ()


@dataclass(frozen=True)
class MinimumShouldMatch:
    """How many of some conditions must hold.

    Args:
        count: that many; if negative, all but that many.
        percent: that many of a hundred, if given; if negative, all but that many of a hundred.
    """

    count: int = 1
    percent: int | None = None

    def of(self, conditions: int) -> int:
        """Return how many it is of so many conditions: 0 or more, perhaps more than there are."""
        if self.percent is not None:
            share = conditions * abs(self.percent) // 100
            return max(0, share if self.percent >= 0 else conditions - share)
        return max(0, self.count if self.count >= 0 else conditions + self.count)
