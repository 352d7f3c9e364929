"""Effort in programs."""

from __future__ import annotations

from dataclasses import replace

from memcert.engine.search.effort import QUICK_OPERATIONS, Effort
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


def test_only_quick_effort_does_a_part_of_a_sweep_and_from_all_over_it() -> None:
    rule = CONTRACT.by_id["CON-02"]
    assert Effort.STANDARD.part_of(rule.swept) == rule.swept
    assert Effort.THOROUGH.part_of(rule.swept) == rule.swept
    part = Effort.QUICK.part_of(rule.swept)
    assert 0 < sum(len(swept.program) for swept in part) < 3 * QUICK_OPERATIONS
    assert rule.swept.index(part[-1]) >= len(rule.swept) // 2


def test_quick_effort_runs_no_long_program_and_waits_for_nothing_to_expire() -> None:
    for rule in CONTRACT.rules:
        assert not any(swept.long for swept in Effort.QUICK.part_of(rule.swept))
    expiring = CONTRACT.by_id["TTL-01"].swept[0].program
    assert [effort.has_time_for(expiring) for effort in Effort] == [False, False, True]


def test_a_time_limit_is_the_efforts_unless_another_is_asked_for() -> None:
    assert Plan(effort=Effort.QUICK).seconds == TIME_LIMIT[Effort.QUICK]
    assert Plan(time_limit=0.0).seconds == 0.0
