"""Effort in programs."""

from __future__ import annotations

from dataclasses import replace

from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import TIME_LIMIT, Plan
from memcert.short_term import CONTRACT


def test_more_effort_is_more_programs_and_a_rule_has_a_weight() -> None:
    rule = replace(CONTRACT.by_id["ADD-01"], weight=3)
    numbers = [effort.programs_for(rule) for effort in Effort]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 3
    assert [effort.programs_for(replace(rule, weight=0)) for effort in Effort] == [0, 0, 0]
    assert Effort.STANDARD.programs_for(rule) == 3 * Effort.STANDARD.programs_for(
        replace(rule, weight=1)
    )


def test_only_quick_effort_leaves_out_parts_of_sweeps() -> None:
    assert [effort.whole for effort in Effort] == [False, True, True]


def test_a_time_limit_is_the_efforts_unless_another_is_asked_for() -> None:
    assert Plan(effort=Effort.QUICK).seconds == TIME_LIMIT[Effort.QUICK]
    assert Plan(time_limit=0.0).seconds == 0.0
