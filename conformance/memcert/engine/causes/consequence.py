"""What a cause means for who uses the backend: judged by its own smallest program."""

from __future__ import annotations

from memcert.engine.rule import Consequence, Rule
from memcert.engine.verdicts.verdict import Counterexample


def consequence_of(rule: Rule, counterexample: Counterexample) -> Consequence:
    """Return what a cause means.

    That of the rule which it breaks; but what raises, or hangs, where it must work is an error, and
    one space alone cannot leak into another.

    Args:
        rule: the rule whose program showed it.
        counterexample: the smallest program that shows it.
    """
    divergence = counterexample.divergence
    refused = divergence.expected.startswith("raised")
    if divergence.hang or (divergence.observed.startswith("raised") and not refused):
        return Consequence.ERROR
    if rule.consequence is not Consequence.LEAK or len(counterexample.program.spaces) > 1:
        return rule.consequence
    if refused:
        return Consequence.STRICT
    return Consequence.LOSS if divergence.lost else Consequence.WRONG
