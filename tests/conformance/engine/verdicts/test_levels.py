"""Which level verdicts come to."""

from __future__ import annotations

import pytest

from memcert.engine.rule import Consequence, Level
from memcert.engine.verdicts.level import Judgement, standing

CORE, DURABLE, RESILIENT = Level.CORE, Level.DURABLE, Level.RESILIENT
WRONG, STRICT = Consequence.WRONG, Consequence.STRICT


def judged(
    level: Level | None,
    passed: bool = True,
    consequence: Consequence = WRONG,
    *,
    asked: bool = True,
) -> Judgement:
    return Judgement(level, consequence, passed, asked)


BROKEN, NOT_RUN = False, False


@pytest.mark.parametrize(
    ("rules", "level"),
    [
        ([], None),
        ([judged(CORE)], CORE),
        ([judged(CORE, BROKEN)], None),
        ([judged(CORE), judged(CORE, BROKEN)], None),
        ([judged(CORE), judged(DURABLE)], DURABLE),
        ([judged(CORE), judged(DURABLE, BROKEN)], CORE),
        # A level stands on those below it.
        ([judged(CORE, BROKEN), judged(DURABLE)], None),
        ([judged(DURABLE)], None),
        ([judged(CORE), judged(RESILIENT)], CORE),
        ([judged(CORE), judged(DURABLE, BROKEN), judged(RESILIENT)], CORE),
        # What was not run is not known.
        ([judged(CORE), judged(DURABLE, NOT_RUN, asked=False)], CORE),
        ([judged(CORE, NOT_RUN, asked=False)], None),
        # An extension belongs to no level.
        ([judged(CORE), judged(None, BROKEN)], CORE),
        ([judged(None)], None),
        # Strict rules are counted apart, and make no level by themselves.
        ([judged(CORE), judged(CORE, BROKEN, STRICT)], CORE),
        ([judged(CORE), judged(DURABLE), judged(DURABLE, BROKEN, STRICT)], DURABLE),
        ([judged(CORE, True, STRICT)], None),
        ([judged(CORE), judged(DURABLE, True, STRICT)], CORE),
    ],
)
def test_the_level_reached(rules: list[Judgement], level: Level | None) -> None:
    assert standing({str(number): rule for number, rule in enumerate(rules)}).level is level


@pytest.mark.parametrize(
    ("rules", "failed", "unknown", "text"),
    [
        ([judged(CORE), judged(CORE, True, STRICT)], 0, 0, "level core, strict"),
        (
            [judged(CORE), judged(CORE, BROKEN, STRICT)],
            1,
            0,
            "level core, 1 strict rule failed",
        ),
        (
            [judged(CORE), judged(DURABLE), *[judged(CORE, BROKEN, STRICT)] * 2],
            2,
            0,
            "level durable, 2 strict rules failed",
        ),
        (
            [judged(CORE), judged(CORE, NOT_RUN, STRICT, asked=False)],
            0,
            1,
            "level core, strictness not checked",
        ),
        (
            [judged(CORE, BROKEN), judged(CORE, BROKEN, STRICT)],
            1,
            0,
            "no level, 1 strict rule failed",
        ),
        ([judged(CORE), judged(None, BROKEN, STRICT)], 0, 0, "level core, strict"),
    ],
)
def test_strict_rules_are_counted(
    rules: list[Judgement], failed: int, unknown: int, text: str
) -> None:
    found = standing({str(number): rule for number, rule in enumerate(rules)})
    assert (found.strict_failed, found.strict_unknown, str(found)) == (failed, unknown, text)


def test_a_level_includes_those_below_it() -> None:
    included = [[other for other in Level if level.includes(other)] for level in Level]
    assert [len(each) for each in included] == [1, 2, 3, 4]
    assert [level.value for level in Level] == ["core", "durable", "resilient", "scalable"]


def test_what_hurts_most_comes_first() -> None:
    order = [each.value for each in sorted(Consequence, key=lambda each: each.rank)]
    assert order == ["leak", "loss", "wrong", "error", "strict"]
