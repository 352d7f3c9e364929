"""What is special about a state, as far as causes ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memcert.short_term.kinds import kinds
from memcert.short_term.values.states import BAD_CONTENTS, entry
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY, read_state

LACKS = "a state that lacks a key is taken, or what it lacks is lost"
MALFORMED = BAD_CONTENTS[0].catches
BARE = "a message without marks is no entry"
MARKS = "marks that are not a sorted set are not read as one"

_USUAL = entry()[0]


def kinds_of_state(state: object) -> Sequence[frozenset[str]]:
    """Return what there is to a state: what is special, then its messages, then its summary.

    Args:
        state: a JSON value.
    """
    if not isinstance(state, Mapping):
        return [frozenset({f"a state of type {type(state).__name__}"})]
    special = set()
    content = state.get(CONTENT_KEY) or []
    if not {SUMMARY_KEY, CONTENT_KEY} <= state.keys():
        special.add(LACKS)
    try:
        read_state(state, strict=False)
    except (TypeError, ValueError):
        special.add(MALFORMED)
    else:
        special |= {kind for item in content for kind in _kinds_of_entry(item)}
    messages = {"messages"} if content else set()
    summary = {"a summary"} if state.get(SUMMARY_KEY) else set()
    return [frozenset(special), frozenset(messages), frozenset(summary)]


def _kinds_of_entry(item: Any) -> Iterator[str]:
    if isinstance(item, Mapping):
        yield BARE
    message, marks = (item, []) if isinstance(item, Mapping) else item
    if sorted(set(marks)) != [*marks]:
        yield MARKS
    for field, value in message.items():
        # Ids and texts differ anyhow.
        if type(value) is not type(_USUAL.get(field)) or (value != _USUAL.get(field) and not value):
            yield f"{field} of type {type(value).__name__}"
        if isinstance(value, str):
            yield from kinds(value)
