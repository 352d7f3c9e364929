"""Reads nested queries and their inner hits."""

from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.highlight_parser import parse_highlight
from tablestore_emulator.search.inner_hits import InnerHits
from tablestore_emulator.search.messages import Message, given
from tablestore_emulator.search.queries.nested import SCORE_MODES, NestedQuery
from tablestore_emulator.search.queries.query_parser import QueryParser
from tablestore_emulator.search.sort_parser import parse_sort

DEFAULT_LIMIT = 3
MAX_LIMIT = 100


def parse_nested(parser: QueryParser, message: Message, weight: float) -> NestedQuery:
    """Read a nested query.

    Args:
        parser: the parser of queries for the rows around.
        message: the protobuf message `NestedQuery`.
        weight: what the score is multiplied with.

    Returns:
        The query.

    Raises:
        SearchError: there is no such nested field, or something in it is wrong.
    """
    inside = parser.inside(message.path)
    return NestedQuery(
        message.path,
        inside.parse(message.query),
        SCORE_MODES[message.score_mode],
        _inner_hits(inside, message.inner_hits) if message.HasField("inner_hits") else None,
        weight,
    )


def _inner_hits(parser: QueryParser, message: Message) -> InnerHits:
    limit = given(message, "limit")
    limit = DEFAULT_LIMIT if limit is None else limit
    if not 0 <= limit <= MAX_LIMIT or message.offset < 0:
        raise invalid(f"The limit of inner hits must be in [0, {MAX_LIMIT}], the offset positive.")
    return InnerHits(
        parse_sort(parser, message.sort),
        message.offset,
        limit,
        parse_highlight(parser, message.highlight),
    )
