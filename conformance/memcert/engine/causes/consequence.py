"""What a cause means for who uses the backend: judged by its own smallest program."""

from __future__ import annotations

from memcert.engine.rule import Consequence, Rule
from memcert.engine.verdicts.verdict import Counterexample


def consequence_of(rule: Rule, counterexample: Counterexample) -> Consequence:
    """Return what a cause means.

    That of the rule which it breaks, but for a leak: one space alone cannot leak into another.

    Args:
        rule: the rule whose program showed it.
        counterexample: the smallest program that shows it.
    """
    if rule.consequence is not Consequence.LEAK or len(counterexample.program.spaces) > 1:
        return rule.consequence
    divergence = counterexample.divergence
    if divergence.expected.startswith("raised"):
        return Consequence.STRICT
    if divergence.hang or divergence.observed.startswith("raised"):
        return Consequence.ERROR
    return Consequence.LOSS if divergence.lost else Consequence.WRONG
