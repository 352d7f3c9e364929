"""Every rule of the contract, a module per part of it."""

from __future__ import annotations

from memcert.engine.rule import Rule
from memcert.short_term.rules import (
    adding,
    arguments,
    cancellation,
    clocks,
    closing,
    concurrency,
    connections,
    contents,
    crashes,
    deleting,
    durable,
    event_loops,
    expiry,
    gone,
    identifiers,
    isolation,
    marking,
    mixed,
    reading,
    silence,
    state,
    summary,
    waiting,
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
    *closing.RULES,
    *event_loops.RULES,
    *clocks.RULES,
    *gone.RULES,
    *expiry.RULES,
    *isolation.RULES,
    *mixed.RULES,
    *concurrency.RULES,
    *waiting.RULES,
    *cancellation.RULES,
    *connections.RULES,
    *silence.RULES,
    *crashes.RULES,
)
"""The rules in the order in which ``reference/CONTRACT.md`` lists them."""
