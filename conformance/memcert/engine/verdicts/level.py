"""Which level a set of verdicts reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memcert.engine.rule import Consequence, Level


@dataclass(frozen=True)
class Judgement:
    """What is known of one rule, as a certificate says it.

    Args:
        level: the rule's level; None for an extension.
        consequence: what breaking it means.
        passed: whether its verdict is "passed"; every other one counts as not passed.
        judged: whether it is known that it is kept or broken.
        applicable: whether what it is about is there: a file has no server to lose.
        part: what a level is without, if it is about a part that the backend leaves out.
    """

    level: Level | None
    consequence: Consequence
    passed: bool
    judged: bool
    applicable: bool = True
    part: str = ""


@dataclass(frozen=True)
class Standing:
    """What a backend has reached.

    Args:
        level: the highest level all of whose rules passed, and all rules below; None for none.
        strict_failed: how many rules on refusing bad input were judged and not passed.
        strict_unknown: how many of them were not judged.
        without: what the level is without: parts that the backend leaves out.
    """

    level: Level | None
    strict_failed: int
    strict_unknown: int
    without: tuple[str, ...] = ()

    def __str__(self) -> str:
        level = "no level" if self.level is None else f"level {self.level.value}"
        if self.level is not None and self.without:
            level += f" without {', '.join(self.without)}"
        if self.strict_failed:
            plural = "s" if self.strict_failed > 1 else ""
            return f"{level}, {self.strict_failed} strict rule{plural} failed"
        if self.strict_unknown:
            return f"{level}, strictness not checked"
        return f"{level}, strict"


def standing(judgements: Mapping[str, Judgement]) -> Standing:
    """Return what verdicts come to (design, section 7).

    Args:
        judgements: what is known of every rule of the contract, by rule.
    """
    reached = None
    for level in Level:
        # Strict rules are counted apart: who accepts too much may be trusted with good input.
        rules = [
            each
            for each in judgements.values()
            if each.level is level
            and each.consequence is not Consequence.STRICT
            and each.applicable
            and not each.part
        ]
        if not rules or not all(each.passed for each in rules):
            break
        reached = level
    strict = [
        each
        for each in judgements.values()
        if each.consequence is Consequence.STRICT and each.level is not None and not each.part
    ]
    return Standing(
        reached,
        sum(each.judged and not each.passed for each in strict),
        sum(not each.judged for each in strict),
        tuple(dict.fromkeys(each.part for each in judgements.values() if each.part)),
    )
