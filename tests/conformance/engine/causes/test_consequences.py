"""What a cause means is what its own smallest program shows."""

from __future__ import annotations

from typing import Any

import pytest

from memcert.engine.causes.consequence import consequence_of
from memcert.engine.judging.divergence import Divergence
from memcert.engine.programs.program import Program, SpaceName, Step
from memcert.engine.rule import Consequence
from memcert.engine.verdicts.verdict import Counterexample
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Read

ONE = (SpaceName(),)
TWO = (SpaceName(), SpaceName())


def found(spaces: tuple[SpaceName, ...], said: str, seen: str, **fields: Any) -> Counterexample:
    divergence = Divergence(0, "await memory.get_memory()", said, seen, **fields)
    return Counterexample(Program((Step(Read()),), spaces), divergence)


def test_what_shows_in_two_spaces_is_what_the_rule_says() -> None:
    example = found(TWO, "returned []", "returned ['m0']")
    for rule in CONTRACT.rules:
        assert consequence_of(rule, example) is rule.consequence


@pytest.mark.parametrize(
    ("example", "consequence"),
    [
        (found(ONE, "returned []", "returned ['m0']"), Consequence.WRONG),
        (found(ONE, "returned ['m0']", "returned []", lost=True), Consequence.LOSS),
        (found(ONE, "returned []", "raised OSError: gone"), Consequence.ERROR),
        (found(ONE, "returned []", "longer than 20 s", hang=True), Consequence.ERROR),
        (found(ONE, "raised TypeError", "returned 0"), Consequence.STRICT),
    ],
)
def test_one_space_does_not_leak(example: Counterexample, consequence: Consequence) -> None:
    leaks = [rule for rule in CONTRACT.rules if rule.consequence is Consequence.LEAK]
    assert leaks
    for rule in leaks:
        assert consequence_of(rule, example) is consequence


def test_what_is_no_leak_is_as_the_rule_says_in_one_space_too() -> None:
    example = found(ONE, "returned []", "returned [1]")
    for rule in CONTRACT.rules:
        if rule.consequence is not Consequence.LEAK:
            assert consequence_of(rule, example) is rule.consequence


@pytest.mark.parametrize("observed", ["raised OSError: gone", "did not end: longer than 20 s"])
def test_what_must_work_and_raises_is_an_error_whatever_the_rule_is_about(observed: str) -> None:
    example = found(ONE, "returned []", observed, hang=observed.startswith("did"))
    for rule in CONTRACT.rules:
        assert consequence_of(rule, example) is Consequence.ERROR


def test_what_is_refused_with_another_error_is_as_the_rule_says() -> None:
    example = found(ONE, "raised TypeError: no", "raised ValueError: no")
    for rule in CONTRACT.rules:
        if rule.consequence is not Consequence.LEAK:
            assert consequence_of(rule, example) is rule.consequence
