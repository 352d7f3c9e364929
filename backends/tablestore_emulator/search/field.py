"""What a schema says of one field."""

from dataclasses import dataclass
from enum import IntEnum

from tablestore_emulator.search.analyzers import Analyzer


class FieldType(IntEnum):
    """The types that a field may have, with the numbers of the protocol."""

    LONG = 1
    DOUBLE = 2
    BOOLEAN = 3
    KEYWORD = 4
    TEXT = 5
    NESTED = 6
    GEO_POINT = 7
    DATE = 8
    VECTOR = 9
    JSON = 12


class VectorMetric(IntEnum):
    """How the likeness of two vectors is measured."""

    EUCLIDEAN = 0
    COSINE = 1
    DOT_PRODUCT = 2


NUMBERS = frozenset({FieldType.LONG, FieldType.DOUBLE, FieldType.DATE})
"""The types that can be summed, averaged and put into ranges."""

PLAIN = NUMBERS | {FieldType.BOOLEAN, FieldType.KEYWORD}
"""The types whose values have an order, and can be grouped by."""


@dataclass(frozen=True)
class Field:
    """One field of an index, or of a nested or JSON field.

    Args:
        name: the full name that queries use: `tags.name` for a field `name` of `tags`.
        source: the column, or the member of the enclosing JSON object, that its value is in.
        type: its type.
        scope: the full name of the nested field that it belongs to, empty for none.
        is_array: whether the column holds a JSON array of values.
        is_index: whether queries may use it.
        is_sortable: whether sorts, aggregations and collapse may use it.
        is_stored: whether its value can be read from the index.
        is_virtual: whether its value comes from a column of another name.
        highlight: whether highlights may be asked for.
        highlights_phrases: whether a phrase that was found is highlighted.
        analyzer: how its text becomes tokens; None unless it is a text.
        date_formats: how its dates are written.
        dimension: the length of its vectors.
        metric: how its vectors are compared.
        fields: the fields of a nested or JSON field.
    """

    name: str
    source: str
    type: FieldType
    scope: str = ""
    is_array: bool = False
    is_index: bool = True
    is_sortable: bool = True
    is_stored: bool = True
    is_virtual: bool = False
    highlight: bool = False
    highlights_phrases: bool = True
    analyzer: Analyzer | None = None
    date_formats: tuple[str, ...] = ()
    dimension: int = 0
    metric: VectorMetric = VectorMetric.EUCLIDEAN
    fields: tuple["Field", ...] = ()

    @property
    def opens_scope(self) -> bool:
        """Whether its value is rows of their own, which a nested query matches one by one."""
        return self.type is FieldType.NESTED
