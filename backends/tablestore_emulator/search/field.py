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
        name: The full name that queries use: `tags.name` for a field `name` of `tags`.
        source: The column, or the member of the enclosing JSON object, that its value is in.
        type: Its type.
        scope: The full name of the nested field that it belongs to, empty for none.
        is_array: Whether the column holds a JSON array of values.
        is_index: Whether queries may use it.
        is_sortable: Whether sorts, aggregations and collapse may use it.
        is_stored: Whether its value can be read from the index.
        is_virtual: Whether its value comes from a column of another name.
        highlight: Whether highlights may be asked for.
        highlights_phrases: Whether a phrase that was found is highlighted.
        analyzer: How its text becomes tokens; None unless it is a text.
        date_formats: How its dates are written.
        dimension: The length of its vectors.
        metric: How its vectors are compared.
        fields: The fields of a nested or JSON field.
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
