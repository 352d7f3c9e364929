"""What is special about a value: the faults that it catches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import chain

from memcert.engine.causes.demands import EVERYTHING
from memcert.short_term.values.blocks import CONTENTS
from memcert.short_term.values.identifiers import IDENTIFIERS, PAIRS
from memcert.short_term.values.numbers import NUMBERS
from memcert.short_term.values.shapes import SHAPES
from memcert.short_term.values.texts import TEXTS
from memcert_reference.json_text import dump_json

_PLAIN = re.compile(r"[a-z][0-9]{0,5}|none|unknown")
"""Texts that nothing is special about."""


def is_plain(text: str) -> bool:
    """Tell whether nothing is special about a text.

    Args:
        text: the text.
    """
    return _PLAIN.fullmatch(text) is not None


@cache
def _catching() -> Mapping[str, frozenset[str]]:
    """Return the faults that each value catches, by its JSON text."""
    values = chain(TEXTS, IDENTIFIERS, NUMBERS, SHAPES, CONTENTS)
    found: dict[str, set[str]] = {}
    named = [(each.value, each.catches) for each in values]
    named += [(text, pair.catches) for pair in PAIRS for text in (pair.one, pair.other)]
    for value, catches in named:
        found.setdefault(dump_json(value), set()).add(catches)
    return {text: frozenset(catches) for text, catches in found.items()}


def kinds(value: object) -> frozenset[str]:
    """Return what is special about a value: the faults that it catches.

    Args:
        value: a JSON value.
    """
    if value is EVERYTHING:
        return frozenset()
    if isinstance(value, str) and (is_plain(value) or len(value) > 1_000):
        return frozenset()
    found = _catching().get(dump_json(value), frozenset())  # type: ignore[arg-type]
    return found | _kinds_of_others(value) if isinstance(value, str) else found


def _kinds_of_others(text: str) -> frozenset[str]:
    """Return what is special about a text, whether or not the dictionary has it."""
    like = []
    if text.casefold() != text:
        like.append("M")
    if unicodedata.normalize("NFKC", text) != text or unicodedata.normalize("NFD", text) != text:
        like.append("\u00e9")
    if text.strip() != text:
        like.append("m ")
    return frozenset().union(*(_catching()[dump_json(each)] for each in like))
