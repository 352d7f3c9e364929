"""Rules on everything together: any program at all."""

from __future__ import annotations

from memcert.engine.programs.program import Client
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.rules.durable import DURABLE
from memcert.short_term.strategies import (
    anything,
    programs,
    reopened,
    shared,
)
from memcert.short_term.sweeps import sequences

RULES = (
    Rule(
        "MIX-01",
        "Any program of operations gives every answer and every state that the reference gives.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(anything(), at_most=48, counts=True),
        weight=6,
        sweep=sequences.pairs,
    ),
    Rule(
        "MIX-02",
        "So does any program in which the memory is closed and opened again now and then.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: reopened(anything(), anything(), anything(), counts=True),
        needs=DURABLE,
        weight=3,
        sweep=sequences.reopened_between,
    ),
    Rule(
        "MIX-03",
        "So does any program of several clients that take turns in one space.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: shared(
            anything(),
            anything(),
            anything(),
            clients=(Client(),) * 3,
            reopen=True,
            at_most=40,
            counts=True,
        ),
        needs=DURABLE,
        weight=3,
        sweep=sequences.pairs_of_clients,
    ),
)
