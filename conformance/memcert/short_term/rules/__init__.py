"""Every rule of the contract, a module per part of it."""

from __future__ import annotations

from memcert.engine.rule import Rule
from memcert.short_term.rules import (
    adding,
    arguments,
    deleting,
    durable,
    marking,
    reading,
    state,
    summary,
    values,
)

RULES: tuple[Rule, ...] = (
    *values.RULES,
    *arguments.RULES,
    *adding.RULES,
    *reading.RULES,
    *deleting.RULES,
    *marking.RULES,
    *summary.RULES,
    *state.RULES,
    *durable.RULES,
)
"""The rules in the order in which ``reference/CONTRACT.md`` lists them."""
