"""Fragments of texts, with what a query found marked."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from tablestore_emulator.search.analyzers import Token
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.field import Field
from tablestore_emulator.search.messages import Message, pb
from tablestore_emulator.search.queries.query import Query

Span = tuple[int, int]
"""Where something starts and ends in a text."""


@dataclass(frozen=True)
class HighlightParameter:
    """How one field is highlighted.

    Args:
        field: a text field.
        fragments: how many fragments at most.
        size: how many characters a fragment has, the marks not counted.
        before: what is put before what was found.
        after: what is put after it.
        by_score: whether the fragment with most marks comes first.
        escapes: whether the text is escaped for HTML.
    """

    field: Field
    fragments: int
    size: int
    before: str
    after: str
    by_score: bool
    escapes: bool


Highlight = tuple[HighlightParameter, ...]
"""How the fields of a request are highlighted."""


def highlighted(highlight: Highlight, query: Query, document: Document) -> Message:
    """Highlight a document.

    Args:
        highlight: the fields.
        query: the query that matched it.
        document: the document.

    Returns:
        A protobuf `HighlightResult`: the fields in which the query found something.
    """
    result = pb.HighlightResult()
    for parameter in highlight:
        fragments: list[tuple[int, str]] = []
        for text in document.values.get(parameter.field.name, ()):
            fragments += _fragments(parameter, query, text)
        if parameter.by_score:
            fragments.sort(key=lambda fragment: -fragment[0])
        if fragments:
            field = result.highlight_fields.add(field_name=parameter.field.name)
            field.field_fragments.extend(text for _, text in fragments[: parameter.fragments])
    return result


def _fragments(parameter: HighlightParameter, query: Query, text: str) -> list[tuple[int, str]]:
    """Return the fragments with marks, and how many marks each has."""
    analyzer = parameter.field.analyzer
    assert analyzer is not None
    tokens = list(analyzer.tokens(text))
    texts = [token.text for token in tokens]
    places: set[int] = set()
    for marker in query.markers(parameter.field.name):
        places |= marker(texts)
    spans = _spans([tokens[place] for place in sorted(places)], analyzer.keeps_characters)
    result = []
    for start in range(0, len(text), parameter.size):
        end = start + parameter.size
        # A word that a fragment's end cuts in two is not marked, as the documentation says.
        inside = [span for span in spans if start <= span[0] and span[1] <= end]
        if inside:
            result.append((len(inside), _marked(parameter, text, start, end, inside)))
    return result


def _spans(tokens: Sequence[Token], joins: bool) -> list[Span]:
    spans: list[Span] = []
    for token in tokens:
        before = spans[-1] if spans else (0, 0)
        # Words may be inside others, or begin in them.
        if token.start < before[1] or (joins and spans and token.start == before[1]):
            spans[-1] = (before[0], max(before[1], token.end))
        else:
            spans.append((token.start, token.end))
    return spans


def _marked(
    parameter: HighlightParameter, text: str, start: int, end: int, spans: Sequence[Span]
) -> str:
    escape = html.escape if parameter.escapes else str
    parts = []
    at = start
    for first, last in spans:
        parts += [escape(text[at:first]), parameter.before]
        parts += [escape(text[first:last]), parameter.after]
        at = last
    return "".join([*parts, escape(text[at:end])])
