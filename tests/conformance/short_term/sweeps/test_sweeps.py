"""The sweeps: the same programs every time, and a name of its own for each cell."""

from __future__ import annotations

import pytest

from memcert.engine.programs.reading import parse_program
from memcert.engine.rule import Rule
from memcert.short_term import CONTRACT
from memcert.short_term.sweeps.sequences import APART, FORMS, pairs

RULES = pytest.mark.parametrize("rule", CONTRACT.rules, ids=lambda rule: rule.id)


@RULES
def test_each_cell_has_a_name_of_its_own(rule: Rule) -> None:
    assert rule.cells
    assert len(set(rule.cells)) == len(rule.cells)
    assert all(rule.cells)


@RULES
def test_its_programs_are_the_same_every_time(rule: Rule) -> None:
    first, second = rule.sweep(), rule.sweep()
    assert [each.program for each in first] == [each.program for each in second]
    assert [each.cells for each in first] == [each.cells for each in second]


@RULES
def test_its_programs_come_back_from_their_text(rule: Rule) -> None:
    swept = rule.sweep()
    # Of the largest one is enough, and there may be hundreds.
    for each in swept[:: max(len(swept) // 5, 1)]:
        text = each.program.to_text()
        assert parse_program(text, CONTRACT.operations).to_text() == text


@RULES
def test_quick_effort_runs_some_of_it_or_says_that_it_cannot(rule: Rule) -> None:
    quick = [each for each in rule.sweep() if not each.long]
    assert quick or rule.level is not None or rule.weight == 0


def test_every_operation_follows_every_operation() -> None:
    (first, *_) = pairs()
    wanted = {f"{one}, then {other}" for one in APART for other in APART}
    assert set(first.cells) == wanted
    assert set(APART) < set(FORMS)


def test_a_series_goes_on_where_it_ended() -> None:
    series = [each for each in CONTRACT.by_id["CAN-01"].sweep() if each.next is not None]
    assert series
    for each in series:
        assert each.next is not None
        begun, following = each.program, each.next(each.places)
        assert len(begun) == len(following)
        places = [
            [step.fault.at for step in program.steps if step.fault is not None]  # type: ignore[union-attr]
            for program in (begun, following)
        ]
        assert places[0] == [*range(each.places)]
        assert places[1] == [*range(each.places, 2 * each.places)]
