"""The aggregation that returns rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tablestore_emulator.plain_buffer import HEADER, encode_cell, encode_row
from tablestore_emulator.search.aggregations.metrics import Aggregation
from tablestore_emulator.search.aggregations.request import Documents
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.messages import Message, pb
from tablestore_emulator.search.ordering import Ordering


@dataclass(frozen=True)
class TopRows(Aggregation):
    """The first rows of a group.

    Args:
        limit: how many.
        ordering: in which order.
        primary_key: the names of the primary key columns.
        returns: whether they have a column of some name.
    """

    limit: int
    ordering: Ordering
    primary_key: Sequence[str]
    returns: Callable[[str], bool]

    def result(self, documents: Documents) -> Message:
        rows = self.ordering.first(set(documents), self.limit)
        return pb.TopRowsAggregationResult(rows=[self._encoded(row) for row in rows])

    def _encoded(self, document: Document) -> bytes:
        key = list(zip(self.primary_key, document.key, strict=True))
        written_at = document.written_at
        stamp = None if written_at is None else int(written_at * 1000)
        cells = [
            encode_cell(name, value, stamp)
            for name, value in sorted(document.columns.items())
            if self.returns(name)
        ]
        return HEADER + encode_row(key, cells)
