"""The vectors of one field, and which are the most like another.

Every vector is compared: the real service looks at part of them, and may miss one.
"""

import heapq
import importlib
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tablestore_emulator.search.document import Document
from tablestore_emulator.search.field import VectorMetric


def _numpy() -> Any:
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None


numpy: Any = _numpy()
"""numpy, which comes with the SDK; None where it does not, and everything is 50 times slower."""


class Vectors:
    """The vectors of one field.

    Args:
        dimension: their length.
        metric: how they are compared.
    """

    def __init__(self, dimension: int, metric: VectorMetric) -> None:
        self._metric = metric
        self._dimension = dimension
        self._rows: dict[Document, int] = {}
        self._free: list[int] = []
        self._matrix: Any = _matrix(8, dimension)

    @property
    def documents(self) -> set[Document]:
        """The documents that have a vector."""
        return set(self._rows)

    def add(self, document: Document, vector: Sequence[float]) -> None:
        """Note a document's vector."""
        row = self._free.pop() if self._free else len(self._rows)
        if row == len(self._matrix):
            self._matrix = _grown(self._matrix, self._dimension)
        self._matrix[row] = vector
        self._rows[document] = row

    def remove(self, document: Document) -> None:
        """Forget a document's vector."""
        self._free.append(self._rows.pop(document))

    def nearest(
        self, vector: Sequence[float], count: int, among: Iterable[Document] | None
    ) -> dict[Document, float]:
        """Return the documents whose vectors are the most like a vector.

        Args:
            vector: the vector.
            count: how many at most.
            among: the documents to choose from, None for all.

        Returns:
            The documents with their scores, the best first; of equals, the lowest key first.
        """
        documents = list(
            self._rows if among is None else (one for one in among if one in self._rows)
        )
        if not documents:
            return {}
        rows = [self._rows[document] for document in documents]
        measure = _scores if numpy else _plain_scores
        scores = measure(self._matrix, rows, vector, self._metric)
        best = heapq.nsmallest(
            count, zip(scores, documents, strict=True), key=lambda pair: (-pair[0], pair[1].key)
        )
        return {document: score for score, document in best}


def _matrix(rows: int, dimension: int) -> Any:
    if numpy:
        return numpy.zeros((rows, dimension), dtype=numpy.float32)
    return [[0.0] * dimension for _ in range(rows)]


def _grown(matrix: Any, dimension: int) -> Any:
    more = _matrix(len(matrix), dimension)
    return numpy.concatenate([matrix, more]) if numpy else matrix + more


def _scores(
    matrix: Any, rows: list[int], vector: Sequence[float], metric: VectorMetric
) -> list[float]:
    some = matrix[rows].astype(numpy.float64)
    wanted = numpy.asarray(vector, dtype=numpy.float64)
    if metric is VectorMetric.EUCLIDEAN:
        difference = some - wanted
        likeness = numpy.einsum("ij,ij->i", difference, difference)
    else:
        likeness = some @ wanted
        if metric is VectorMetric.COSINE:
            lengths = numpy.linalg.norm(some, axis=1) * numpy.linalg.norm(wanted)
            likeness = likeness / numpy.where(lengths == 0, 1.0, lengths)
    return [_SCORES[metric](float(one)) for one in likeness]


def _plain_scores(
    matrix: Any, rows: list[int], vector: Sequence[float], metric: VectorMetric
) -> list[float]:
    scores = []
    for row in rows:
        one = matrix[row]
        if metric is VectorMetric.EUCLIDEAN:
            likeness = math.dist(one, vector) ** 2
        else:
            likeness = math.sumprod(one, vector) if hasattr(math, "sumprod") else _dot(one, vector)
            if metric is VectorMetric.COSINE:
                likeness /= (math.hypot(*one) * math.hypot(*vector)) or 1.0
        scores.append(_SCORES[metric](likeness))
    return scores


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


# The service's formulas are pictures in its documentation; these are Lucene's, and give the same
# order.
_SCORES: dict[VectorMetric, Callable[[float], float]] = {
    VectorMetric.EUCLIDEAN: lambda squared: 1 / (1 + squared),
    VectorMetric.COSINE: lambda cosine: max(0.0, (1 + cosine) / 2),
    VectorMetric.DOT_PRODUCT: lambda dot: 1 + dot if dot >= 0 else 1 / (1 - dot),
}
