"""Reads which fields are highlighted, and how."""

import re

from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.highlight import Highlight, HighlightParameter
from tablestore_emulator.search.messages import Message, given, pb
from tablestore_emulator.search.queries.query_parser import QueryParser

DEFAULT_FRAGMENTS = 5
DEFAULT_SIZE = 100
_TAG = re.compile(r"[<>\"' /a-zA-Z0-9]*")


def parse_highlight(parser: QueryParser, message: Message) -> Highlight:
    """Read a highlight.

    Args:
        parser: the parser of queries for the rows that are highlighted.
        message: the protobuf message `Highlight`; empty for none.

    Returns:
        How each field is highlighted.

    Raises:
        SearchError: a field cannot be highlighted, or a number or tag is wrong.
    """
    escapes = message.highlight_encoder == pb.HTML_MODE
    return tuple(_parameter(parser, one, escapes) for one in message.highlight_parameters)


def _parameter(parser: QueryParser, message: Message, escapes: bool) -> HighlightParameter:
    field = parser.field(message.field_name)
    if not field.highlight:
        raise invalid(f"field [{field.name}] was not created with enable_highlighting")
    fragments = given(message, "number_of_fragments")
    size = given(message, "fragment_size")
    fragments = DEFAULT_FRAGMENTS if fragments is None else fragments
    size = DEFAULT_SIZE if size is None else size
    if fragments < 1 or size < 1:
        raise invalid("The number and the size of fragments must be at least 1.")
    before, after = given(message, "pre_tag"), given(message, "post_tag")
    for tag in (before, after):
        if tag is not None and not _TAG.fullmatch(tag):
            raise invalid(f"A tag of a highlight has characters that are not allowed: {tag}")
    return HighlightParameter(
        field,
        fragments,
        size,
        "<em>" if before is None else before,
        "</em>" if after is None else after,
        message.fragments_order == pb.SCORE,
        escapes,
    )
