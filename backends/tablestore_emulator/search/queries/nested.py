"""The query for rows that have a matching row in a nested field."""

from collections.abc import Callable
from dataclasses import dataclass

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.inner_hits import InnerHits
from tablestore_emulator.search.queries.query import Query, Scorer

ScoreMode = Callable[[list[float]], float]
"""Makes one score of those of the rows inside a row."""

SCORE_MODES: dict[int, ScoreMode] = {
    1: lambda scores: 0.0,
    2: lambda scores: sum(scores) / len(scores),
    3: max,
    4: sum,
    5: min,
}
"""none, avg, max, total, min, with the numbers of the protocol."""


@dataclass(frozen=True)
class NestedQuery(Query):
    """The documents with a row in a nested field that a query matches.

    Args:
        path: the nested field's full name.
        query: what a row in it must match.
        score_mode: how the rows' scores become one.
        inner_hits: whether and how the rows are returned, None for not at all.
        weight: what the score is multiplied with.
    """

    path: str
    query: Query
    score_mode: ScoreMode
    inner_hits: InnerHits | None = None
    weight: float = 1.0

    def rows(self, collection: Collection) -> set[Document]:
        """Return the rows of the nested field that match."""
        return self.query.matches(collection.nested[self.path])

    def matches(self, collection: Collection) -> set[Document]:
        return {row.parent for row in self.rows(collection) if row.parent is not None}

    def scorer(self, collection: Collection) -> Scorer:
        rows = self.rows(collection)
        inner = self.query.scorer(collection.nested[self.path])

        def score(document: Document) -> float:
            scores = [inner(row) for row in document.children[self.path] if row in rows]
            return self.weight * self.score_mode(scores)

        return score
