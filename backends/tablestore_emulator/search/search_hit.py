"""The protobuf `SearchHit` of a row: its score, highlights and inner hits."""

import math

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.highlight import Highlight, highlighted
from tablestore_emulator.search.messages import Message, pb
from tablestore_emulator.search.ordering import Ordering
from tablestore_emulator.search.queries.nested import NestedQuery
from tablestore_emulator.search.queries.query import Query, Scorer
from tablestore_emulator.search.sorting import ScoreSort, Sorter


class HitMaker:
    """Makes the hits of one query in one collection.

    Args:
        query: the query.
        collection: the documents that it was asked for.
        sorters: what they are sorted by: only if that is relevance does a hit have a score.
        highlight: what is highlighted in them.
    """

    def __init__(
        self,
        query: Query,
        collection: Collection,
        sorters: tuple[Sorter, ...],
        highlight: Highlight,
    ) -> None:
        self._query = query
        self._highlight = highlight
        is_scored = any(isinstance(one, ScoreSort) for one in sorters)
        self.score: Scorer = query.scorer(collection) if is_scored else _no_score
        """A document's score, NaN if the order is not that of the scores."""
        self._inner = [
            _InnerHitMaker(one, collection.nested[one.path])
            for one in query.with_parts()
            if isinstance(one, NestedQuery) and one.inner_hits is not None
        ]

    def message(self, document: Document) -> Message:
        """Return a document's `SearchHit`."""
        message = pb.SearchHit(score=self.score(document))
        if self._highlight:
            message.highlight_result.CopyFrom(highlighted(self._highlight, self._query, document))
        for inner in self._inner:
            inner.add_to(message, document)
        return message


def _no_score(_: Document) -> float:
    return math.nan


class _InnerHitMaker:
    """Makes the inner hits of one nested query."""

    def __init__(self, nested: NestedQuery, rows: Collection) -> None:
        assert nested.inner_hits is not None
        self._path = nested.path
        self._inner_hits = inner_hits = nested.inner_hits
        self._matches = nested.query.matches(rows)
        self._hits = HitMaker(nested.query, rows, inner_hits.sorters, inner_hits.highlight)
        self._ordering = Ordering(rows, inner_hits.sorters, self._hits.score)

    def add_to(self, message: Message, document: Document) -> None:
        matching = {row for row in document.children.get(self._path, ()) if row in self._matches}
        if not matching:
            return
        wanted = self._inner_hits
        inner = message.search_inner_hits.add(path=self._path)
        rows = self._ordering.first(matching, wanted.offset + wanted.limit)
        for row in rows[wanted.offset :]:
            hit = self._hits.message(row)
            hit.nested_doc_offset = row.offset
            inner.search_hits.append(hit)
