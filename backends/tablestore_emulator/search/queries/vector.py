"""The query for the vectors nearest to one."""

import dataclasses

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.queries.query import Query, Scorer


@dataclasses.dataclass(eq=False)
class KnnVectorQuery(Query):
    """The documents whose vectors are the most like one.

    A query is made for one request, and keeps what it found: scoring does not search again.

    Args:
        field: a field of vectors.
        vector: the vector.
        count: how many documents.
        filter: which documents to choose from, None for all.
        least_score: only documents with a higher score, None for any.
        weight: what the score is multiplied with.
    """

    field: Field
    vector: tuple[float, ...]
    count: int
    filter: Query | None = None
    least_score: float | None = None
    weight: float = 1.0
    _found: dict[Document, float] | None = dataclasses.field(default=None, init=False)

    def matches(self, collection: Collection) -> set[Document]:
        if self._found is None:
            among = None if self.filter is None else self.filter.matches(collection)
            vectors = collection.vectors[self.field.name]
            found = vectors.nearest(self.vector, self.count, among)
            least = self.least_score
            self._found = {
                document: score
                for document, score in found.items()
                if least is None or score > least
            }
        return set(self._found)

    def scorer(self, collection: Collection) -> Scorer:
        self.matches(collection)
        found = self._found or {}
        return lambda document: self.weight * found[document]
