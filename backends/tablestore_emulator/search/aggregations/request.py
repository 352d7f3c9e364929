"""What an aggregation needs to know of the request that it is in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.dates import NANOSECONDS_PER_MILLISECOND
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field, FieldType
from tablestore_emulator.search.queries.query import Query
from tablestore_emulator.search.queries.query_parser import QueryParser
from tablestore_emulator.search.values import Comparable, coerced
from tablestore_emulator.search.variant import decode

Documents = Sequence[Document]
Values = Callable[[Document], Sequence[Comparable]]
"""A document's values of a field."""


@dataclass(frozen=True)
class AggregationRequest:
    """The request around an aggregation.

    Args:
        parser: the parser of the request's queries.
        collection: the documents that are searched.
        query: the query whose matches are aggregated.
        primary_key: the names of the table's primary key columns.
        returns: whether the rows that are returned have a column of some name.
        depth: how many group-bys are around.
    """

    parser: QueryParser
    collection: Collection
    query: Query
    primary_key: Sequence[str]
    returns: Callable[[str], bool]
    depth: int = 0

    def field(self, name: str, types: frozenset[FieldType]) -> Field:
        """Return a field that can be aggregated.

        Args:
            name: its full name.
            types: the types that it may have.

        Returns:
            The field.

        Raises:
            SearchError: there is none, or it has another type, or cannot be aggregated.
        """
        return self._checked(self.parser.schema.field(name), types)

    def counted(self, name: str, types: frozenset[FieldType]) -> Field:
        """Return a field that can be aggregated to a number: also one of a nested field.

        Args:
            name: its full name.
            types: the types that it may have.

        Returns:
            The field.

        Raises:
            SearchError: there is none, or it has another type, or cannot be aggregated.
        """
        return self._checked(self.parser.schema.any_field(name), types)

    def _checked(self, field: Field, types: frozenset[FieldType]) -> Field:
        name = field.name
        if field.type not in types:
            raise invalid(f"field [{name}] of type {field.type.name} cannot be aggregated so")
        if not field.is_sortable:
            raise invalid(f"field [{name}] was not created with enable_sort_and_agg")
        return field


def value(field: Field, data: bytes | None) -> Comparable:
    """Return a value of a field that a request has, None for none."""
    return None if data is None else coerced(field, decode(data))


def values_of(field: Field, missing: Comparable) -> Values:
    """Return a document's values of a field.

    Args:
        field: the field; if it is nested, its values in all rows of the nested field count.
        missing: the value of documents that have none, None to pass over them.

    Returns:
        A function of a document. Dates are in milliseconds.
    """
    name, scope = field.name, field.scope
    if scope:
        inside = values_of(replace(field, scope=""), None)
        return lambda document: (
            [one for row in document.rows(scope) for one in inside(row)]
            or (() if missing is None else (missing,))
        )
    otherwise = () if missing is None else (missing,)
    if field.type is FieldType.DATE:
        return lambda document: [
            one // NANOSECONDS_PER_MILLISECOND for one in document.values.get(name, otherwise)
        ]
    return lambda document: document.values.get(name, otherwise)
