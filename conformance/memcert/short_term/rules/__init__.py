"""Every rule of the contract, a module per part of it."""

from __future__ import annotations

from memcert.engine.rule import Rule
from memcert.short_term.rules import (
    adding,
    arguments,
    cancellation,
    concurrency,
    connections,
    contents,
    crashes,
    deleting,
    durable,
    identifiers,
    isolation,
    marking,
    mixed,
    reading,
    state,
    summary,
)

RULES: tuple[Rule, ...] = (
    *identifiers.RULES,
    *contents.RULES,
    *arguments.RULES,
    *adding.RULES,
    *reading.RULES,
    *deleting.RULES,
    *marking.RULES,
    *summary.RULES,
    *state.RULES,
    *durable.RULES,
    *isolation.RULES,
    *mixed.RULES,
    *concurrency.RULES,
    *cancellation.RULES,
    *connections.RULES,
    *crashes.RULES,
)
"""The rules in the order in which ``reference/CONTRACT.md`` lists them."""
