"""A parser of queries, which the parsers of what is in them, and has queries in it, are given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.messages import Message, parsed
from tablestore_emulator.search.queries.query import Query
from tablestore_emulator.search.schema import IndexSchema

MAX_DEPTH = 32


@dataclass(frozen=True)
class QueryParser:
    """Reads the queries of one request.

    Args:
        parsers: what reads each type of query, and the message that it comes as.
        schema: the index's schema.
        limit: how many rows the request asks for: a vector query finds no fewer.
        scope: the nested field whose rows are looked at, empty for the rows of the table.
        depth: how many queries are around this one.
    """

    parsers: "Mapping[int, tuple[Message, Parser]]"
    schema: IndexSchema
    limit: int
    scope: str = ""
    depth: int = 0

    def parse(self, message: Message) -> Query:
        """Read a query.

        Args:
            message: the protobuf message `Query`.

        Returns:
            The query.

        Raises:
            SearchError: it is of no known type, or something in it is wrong.
        """
        if self.depth > MAX_DEPTH:
            raise invalid(f"Queries are nested in more than {MAX_DEPTH} levels.")
        if not message.HasField("type"):
            raise invalid("A query has no known type.")
        kind, parse = self.parsers[message.type]
        return parse(replace(self, depth=self.depth + 1), parsed(kind, message.query))

    def inside(self, scope: str) -> "QueryParser":
        """Return a parser of queries for the rows of a nested field.

        Args:
            scope: the nested field's full name.

        Returns:
            The parser.

        Raises:
            SearchError: there is no such nested field.
        """
        if not self.schema.field(scope, self.scope).opens_scope:
            raise invalid(f"field [{scope}] is not nested")
        return replace(self, scope=scope)

    def field(self, name: str) -> Field:
        """Return a field that queries may use.

        Args:
            name: its full name.

        Returns:
            The field.

        Raises:
            SearchError: there is none, or it is not indexed.
        """
        field = self.schema.field(name, self.scope)
        if not field.is_index:
            raise invalid(f"field [{name}] is not indexed")
        return field


Parser = Callable[[QueryParser, Message], Query]
"""Reads one type of query."""
