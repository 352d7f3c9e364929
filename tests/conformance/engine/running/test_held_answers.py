"""Operations whose answer is held back until another task of the event loop has gone on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcert.engine.programs.fault import HoldAnswer
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.programs.reading import parse_program
from memcert.engine.running import held_answers
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read, Size

MEMORIES = """
from memcert import backend
from memcert.short_term.mutants.networked import Networked, open_pool


class RemembersItsSize(Networked):
    async def size(self):
        return 0


@backend("remembers", store="redis")
async def remembers(space):
    async with open_pool(space.server, 2) as pool, RemembersItsSize(space, pool) as memory:
        yield memory
"""

ADD, HELD = Step(Add((Message("m0"),))), HoldAnswer()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_answers, "SECONDS_TO_GO_ON", 0.5)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    (tmp_path / "memories.py").write_text(MEMORIES)
    with Runner(CONTRACT, resolve(f"{tmp_path / 'memories.py'}:remembers")) as runner:
        yield runner


def test_who_waits_lets_others_go_on(runner: Runner) -> None:
    execution = runner.execute(Program((ADD, Step(Read(), 0, HELD))))
    assert execution.divergence is None
    assert execution.faults == 1


def test_who_asks_for_nothing_is_not_waited_for(runner: Runner) -> None:
    execution = runner.execute(Program((Step(Size(), 0, HELD),)))
    assert execution.divergence is None
    assert execution.faults == 0


def test_who_keeps_the_loop_is_found() -> None:
    with Runner(CONTRACT, resolve("mutant:driver-blocks")) as runner:
        execution = runner.execute(Program((Step(ADD.operation, 0, HELD), Step(Size()))))
        found = execution.divergence
        assert found is not None
        assert (found.step, found.hang) == (0, False)
        assert found.observed == "kept the event loop until the answer came"
        # The run goes on: it was no hang.
        assert not execution.blocked
        assert runner.execute(Program((ADD, Step(Read())))).divergence is None


def test_only_the_loop_of_this_process_is_looked_at() -> None:
    text = Program((Step(Size(), 0, HELD),), clients=(Client(process=True),)).to_text()
    with pytest.raises(MalformedProgram, match="event loop of this process"):
        parse_program(text, CONTRACT.operations)
