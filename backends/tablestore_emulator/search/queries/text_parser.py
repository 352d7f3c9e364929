"""Reads queries for texts."""

import re

from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.messages import Message, given, pb
from tablestore_emulator.search.queries.text import (
    MatchPhraseQuery,
    MatchQuery,
    MinimumShouldMatch,
)

_LEAST = re.compile(r"(-?\d{1,9})(%?)", re.ASCII)


def parse_match(field: Field, message: Message, weight: float) -> MatchQuery:
    """Read a `MatchQuery` for a text field.

    Args:
        field: the field.
        message: the protobuf message.
        weight: what the score is multiplied with.

    Returns:
        The query.

    Raises:
        SearchError: the minimum that should match is wrong.
    """
    if given(message, "operator") == pb.AND:
        return MatchQuery(field, message.text, MinimumShouldMatch(percent=100), weight)
    return MatchQuery(field, message.text, parse_least(message), weight)


def parse_phrase(field: Field, message: Message, weight: float) -> MatchPhraseQuery:
    """Read a `MatchPhraseQuery` for a text field.

    Args:
        field: the field.
        message: the protobuf message.
        weight: what the score is multiplied with.

    Returns:
        The query.

    Raises:
        SearchError: the slop is negative.
    """
    if message.slop < 0:
        raise invalid("The slop of a match phrase query must be at least 0.")
    return MatchPhraseQuery(field, message.text, message.slop, weight, field.highlights_phrases)


def parse_least(message: Message) -> MinimumShouldMatch:
    """Read how many conditions must hold.

    Args:
        message: a `MatchQuery` or a `BoolQuery`: the newer field is a text such as `75%`, the
            older one a number.

    Returns:
        How many; one, if the message does not say.

    Raises:
        SearchError: the text is neither a number nor a percentage.
    """
    text = message.new_minimum_should_match
    if text:
        found = _LEAST.fullmatch(text.strip())
        if not found:
            raise invalid(f"minimum_should_match is neither a number nor a percentage: '{text}'")
        number = int(found[1])
        return MinimumShouldMatch(percent=number) if found[2] else MinimumShouldMatch(number)
    least = given(message, "minimum_should_match")
    return MinimumShouldMatch() if least is None else MinimumShouldMatch(least)
