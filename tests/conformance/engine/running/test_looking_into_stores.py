"""Programs that look into the store itself, past its memories."""

from __future__ import annotations

import asyncio

import pytest

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.store_operation import LookIntoStore
from memcert.engine.running.execution import Execution
from memcert.engine.running.runner import Runner
from memcert.engine.verdicts.script import script
from memcert.memories import open_memories
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Summarise

WORD = "sought-after"


def executed(backend: str, *operations: Operation) -> Execution:
    steps = tuple(map(Step, (*operations, LookIntoStore(WORD))))
    with Runner(CONTRACT, resolve(backend)) as runner:
        return runner.execute(Program(steps, fresh_store=True))


def test_what_a_space_still_holds_may_be_there_in_any_form() -> None:
    assert executed("sqlite", Add((Message("m0", WORD),))).divergence is None
    assert executed("mutant:summaries-versioned", Summarise(WORD)).divergence is None


def test_what_none_holds_any_more_is_looked_for_in_all_of_the_store() -> None:
    add, delete = Add((Message("m0", WORD),)), Delete(("m0",))
    assert executed("sqlite", add, delete).divergence is None
    execution = executed("mutant:deleted-flagged", add, delete)
    found = execution.divergence
    assert found is not None
    assert (found.step, found.expected) == (2, f"'{WORD}' nowhere in the store")
    assert f"'{WORD}' in file " in found.observed
    assert execution.operations == 3


def test_a_backend_without_a_store_has_nothing_to_look_into() -> None:
    assert executed("reference", Add((Message("m0", WORD),)), Clear()).divergence is None


@pytest.mark.parametrize(("backend", "count"), [("reference", 0), ("mutant:deleted-flagged", 1)])
def test_who_pastes_a_script_can_look_as_well(backend: str, count: int) -> None:
    async def places() -> list[str]:
        async with open_memories(backend) as memories:
            memory = await memories.open()
            await memory.add(Message("m0", WORD).build())
            await memory.delete(["m0"])
            return memories.places_of(WORD)

    assert len(asyncio.run(places())) == count


def test_a_script_shows_it() -> None:
    program = Program(
        (Step(Add((Message("m0", WORD),))), Step(Delete(("m0",))), Step(LookIntoStore(WORD))),
        fresh_store=True,
    )
    with Runner(CONTRACT, resolve("mutant:deleted-flagged")) as runner:
        found = runner.execute(program).divergence
    text = script(program, found, CONTRACT, "mutant:deleted-flagged")
    assert f"        print(memories.places_of('{WORD}'))\n        # expected: '{WORD}' now" in text
