"""What random programs draw from the dictionary of hostile values.

What is large is left to the sweeps, which have it once each. Names come some at a time: among
hundreds, a program of dozens of operations would hardly meet one twice, or two that are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from memcert.engine.programs.program import SpaceName
from memcert.short_term.values import blocks, numbers, texts
from memcert.short_term.values.identifiers import IDENTIFIERS, PAIRS
from memcert.short_term.values.spaces import (
    ESCAPED_SEPARATORS,
    SEPARATORS,
    as_sessions,
    as_users,
    escaped,
    joined_with,
)
from memcert.short_term.values.value import Value
from memcert_reference.json_text import dump_json

_Name = TypeVar("_Name", str, SpaceName)

MOST_CHARACTERS = 2_000
"""How long the JSON text of a value is at most."""

_PAIRS_TOGETHER = 7

_NAMES_TOGETHER = 12


def small(values: Iterable[Value]) -> tuple[Any, ...]:
    """Return what some values are, in their order, but for those that are large.

    Args:
        values: the values.
    """
    return tuple(each.value for each in values if len(dump_json(each.value)) <= MOST_CHARACTERS)


def _together(pairs: Sequence[Sequence[_Name]]) -> tuple[tuple[_Name, ...], ...]:
    """Return the names of some neighbouring pairs at a time: they are alike in one respect."""
    parts = (pairs[n : n + _PAIRS_TOGETHER] for n in range(0, len(pairs), _PAIRS_TOGETHER))
    return tuple(tuple(dict.fromkeys(name for pair in part for name in pair)) for part in parts)


CONTENTS = small(blocks.CONTENTS)
"""A content of every kind; the first ones are the simplest."""

TEXTS: tuple[str, ...] = small(texts.TEXTS)

NUMBERS = small(numbers.NUMBERS)

_GROUPS = len(IDENTIFIERS) // _NAMES_TOGETHER

# Neighbours are of one kind: those of a group stand far apart.
HOSTILE: tuple[tuple[str, ...], ...] = tuple(
    tuple(each.value for each in IDENTIFIERS[start::_GROUPS]) for start in range(_GROUPS)
)
"""Hostile identifiers of every kind, some at a time."""

ALIKE = _together([(pair.one, pair.other) for pair in PAIRS])
"""Identifiers that some comparison takes for one another, some pairs at a time."""

SPACES_ALIKE = _together([named(pair) for named in (as_sessions, as_users) for pair in PAIRS])
"""Spaces whose names some comparison takes for one another, some pairs at a time."""

SPACES_JOINED = (*_together([*map(joined_with, SEPARATORS)]), *map(escaped, ESCAPED_SEPARATORS))
"""Spaces whose users and sessions are the same once they are joined, some at a time."""
