"""Queries made of queries."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.queries.query import Marker, Query, Scorer
from tablestore_emulator.search.queries.text import MinimumShouldMatch


class _Compound(Query):
    def parts(self) -> Sequence[Query]:
        """Return the queries that a document may have matched."""
        raise NotImplementedError

    def markers(self, field: str) -> Iterator[Marker]:
        for part in self.parts():
            yield from part.markers(field)

    def with_parts(self) -> Iterator[Query]:
        yield self
        for part in self.parts():
            yield from part.with_parts()


@dataclass(frozen=True)
class BoolQuery(_Compound):
    """What must, must not and should match.

    Args:
        must: all of them must match, and count for the score.
        must_not: none of them may match.
        filters: all of them must match.
        should: so many of them must match as `least` says; all that match count for the score.
        least: how many, None for: one if there is nothing else, else none.
        weight: what the score is multiplied with.
    """

    must: tuple[Query, ...] = ()
    must_not: tuple[Query, ...] = ()
    filters: tuple[Query, ...] = ()
    should: tuple[Query, ...] = ()
    least: MinimumShouldMatch | None = None
    weight: float = 1.0

    def matches(self, collection: Collection) -> set[Document]:
        least = self._least()
        if least > len(self.should):
            return set()
        found = collection.documents
        required = sorted((*self.must, *self.filters), key=lambda one: one.size(collection))
        for index, one in enumerate(required):
            found = one.among(collection, found) if index else one.matches(collection)
        if least > 0:
            enough = _at_least(least, [one.matches(collection) for one in self.should])
            found = found & enough if required else enough
        for one in self.must_not:
            found = found - one.matches(collection)
        return found

    def size(self, collection: Collection) -> int:
        sizes = [one.size(collection) for one in (*self.must, *self.filters)]
        return min(sizes, default=len(collection.documents))

    def scorer(self, collection: Collection) -> Scorer:
        scorers = [one.scorer(collection) for one in self.must]
        optional = [(one.matches(collection), one.scorer(collection)) for one in self.should]

        def score(document: Document) -> float:
            total = sum(one(document) for one in scorers)
            total += sum(one(document) for matches, one in optional if document in matches)
            return self.weight * total

        return score

    def parts(self) -> Sequence[Query]:
        return (*self.must, *self.filters, *self.should)

    def _least(self) -> int:
        if self.least is not None:
            return self.least.of(len(self.should))
        only = not (self.must or self.must_not or self.filters)
        return 1 if self.should and only else 0


@dataclass(frozen=True)
class ConstScoreQuery(_Compound):
    """The same matches as another query, all equally relevant."""

    filter: Query

    def matches(self, collection: Collection) -> set[Document]:
        return self.filter.matches(collection)

    def parts(self) -> Sequence[Query]:
        return (self.filter,)


@dataclass(frozen=True)
class FunctionScoreQuery(_Compound):
    """The same matches as another query, each as relevant as a field's value makes it."""

    query: Query
    factor: Field

    def matches(self, collection: Collection) -> set[Document]:
        return self.query.matches(collection)

    def scorer(self, collection: Collection) -> Scorer:
        score = self.query.scorer(collection)
        name = self.factor.name
        return lambda document: score(document) * float(document.values.get(name, (1,))[0])

    def parts(self) -> Sequence[Query]:
        return (self.query,)


@dataclass(frozen=True)
class DisMaxQuery(_Compound):
    """What any of some queries matches, as relevant as to the best of them.

    Args:
        queries: the queries.
        tie_breaker: which part of the other queries' scores is added.
        weight: what the score is multiplied with.
    """

    queries: tuple[Query, ...]
    tie_breaker: float = 0.0
    weight: float = 1.0

    def matches(self, collection: Collection) -> set[Document]:
        return set().union(*(one.matches(collection) for one in self.queries))

    def scorer(self, collection: Collection) -> Scorer:
        every = [(one.matches(collection), one.scorer(collection)) for one in self.queries]

        def score(document: Document) -> float:
            scores = [one(document) for matches, one in every if document in matches]
            best = max(scores)
            return self.weight * (best + self.tie_breaker * (sum(scores) - best))

        return score

    def parts(self) -> Sequence[Query]:
        return self.queries


def _at_least(least: int, sets: list[set[Document]]) -> set[Document]:
    if least == 1:
        return set().union(*sets)
    counts = Counter(document for one in sets for document in one)
    return {document for document, count in counts.items() if count >= least}
