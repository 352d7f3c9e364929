"""The sweeps: the same programs every time, and a name of its own for each cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from memcert.engine.programs.reading import parse_program
from memcert.engine.rule import Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.state_operations import spoil
from memcert.short_term.sweeps.sequences import APART, FORMS, pairs
from memcert_reference import InMemoryMemory, Msg

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
def test_its_programs_are_built_once(rule: Rule) -> None:
    assert rule.swept is rule.swept
    assert [each.program for each in rule.swept] == [each.program for each in rule.sweep()]


class Spoiling(InMemoryMemory):
    """Spoils whatever it is given."""

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        await super().add(memories, marks)
        for message in memories if isinstance(memories, list) else []:
            spoil(message.metadata)
            spoil(message.content)
        spoil(memories)
        spoil(marks)

    async def delete(self, msg_ids: list[str]) -> int:
        gone = await super().delete(msg_ids)
        spoil(msg_ids)
        return gone

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        super().load_state_dict(state_dict, strict)
        spoil(state_dict)


@pytest.mark.parametrize("name", ["VAL-08", "DEL-01", "STATE-03", "STATE-09", "EXP-02"])
def test_running_its_programs_changes_nothing_in_them(name: str) -> None:
    rule = CONTRACT.by_id[name]
    with Runner(CONTRACT, as_backend(Spoiling, "spoiling")) as runner:
        preflight(runner)
        for each in rule.swept:
            runner.execute(each.program)
    assert [each.program.to_text() for each in rule.swept] == [
        each.program.to_text() for each in rule.sweep()
    ]


@RULES
def test_its_programs_come_back_from_their_text(rule: Rule) -> None:
    swept = rule.swept
    # Of the largest one is enough, and there may be hundreds.
    for each in swept[:: max(len(swept) // 5, 1)]:
        text = each.program.to_text()
        assert parse_program(text, CONTRACT.operations).to_text() == text


@RULES
def test_quick_effort_runs_some_of_it_or_says_that_it_cannot(rule: Rule) -> None:
    quick = [each for each in rule.swept if not each.long]
    assert quick or rule.level is not None or rule.weight == 0


def test_every_operation_follows_every_operation() -> None:
    (first, *_) = pairs()
    wanted = {f"{one}, then {other}" for one in APART for other in APART}
    assert set(first.cells) == wanted
    assert set(APART) < set(FORMS)


def test_a_series_goes_on_where_it_ended() -> None:
    series = [each for each in CONTRACT.by_id["CAN-01"].swept if each.next is not None]
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
