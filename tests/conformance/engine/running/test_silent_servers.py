"""Programs in which the server falls silent while its connections stay open, or is slow."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcert.engine.programs.fault_operation import Drip, FallSilent, Speak
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.running import time_limits
from memcert.engine.running.execution import Execution
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read, Size

MEMORIES = """
from memcert import backend
from memcert.short_term.mutants.networked import Networked, open_pool


async def opened(space, seconds):
    async with open_pool(space.server, 2) as pool, Networked(space, pool) as memory:
        memory.operation_timeout = seconds
        yield memory


@backend("untold", store="redis")
async def untold(space):
    assert space.time_limit is None
    async for memory in opened(space, 0.3):
        yield memory


@backend("told", store="redis", time_limit=True)
async def told(space):
    async for memory in opened(space, space.time_limit):
        yield memory
"""

ADD = Add((Message("m0"),))
MORE = Add((Message("m1"),))


def executed(backend: str, *operations: Operation) -> Execution:
    with Runner(CONTRACT, resolve(backend)) as runner:
        execution = runner.execute(Program(tuple(map(Step, operations))))
        # The next program finds a server, on the same network, that speaks at once.
        after = Program((Step(Speak()), Step(ADD), Step(Read())))
        assert runner.execute(after).divergence is None
        return execution


@pytest.fixture
def memories(tmp_path: Path) -> str:
    (tmp_path / "memories.py").write_text(MEMORIES)
    return str(tmp_path / "memories.py")


@pytest.mark.parametrize("hears", [False, True])
def test_who_gives_up_in_time_may_have_done_it_or_not(memories: str, hears: bool) -> None:
    for name in ("told", "untold"):
        execution = executed(
            f"{memories}:{name}", ADD, FallSilent(hears), MORE, Speak(), Size(), Read()
        )
        assert execution.divergence is None
        assert execution.faults == 2


def test_who_waits_for_ever_is_found_in_time(
    memories: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "SOON_SECONDS", 0.8)
    found = executed("mutant:waits-for-ever", ADD, FallSilent(), Size()).divergence
    assert found is not None
    assert (found.step, found.hang, found.expected) == (2, True, "an end within 0.8 s")


def test_who_cannot_be_told_is_given_half_a_minute(
    memories: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 30 < time_limits.UNTOLD_SECONDS < 60
    monkeypatch.setattr(time_limits, "UNTOLD_SECONDS", 0.1)
    found = executed(f"{memories}:untold", ADD, FallSilent(), Size()).divergence
    assert found is not None
    assert (found.step, found.expected) == (2, "an end within 0.1 s")


def test_nobody_has_reason_to_complain_of_what_drips() -> None:
    assert executed("redis", ADD, Drip(), MORE, Read(), Size()).divergence is None
    found = executed("mutant:first-piece-only", ADD, Drip(), Read()).divergence
    assert found is not None
    assert found.observed == "returned []"
