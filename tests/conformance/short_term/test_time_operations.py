"""Programs in which time passes, and spaces expire."""

from __future__ import annotations

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.running.execution import Execution
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read, Size
from memcert.short_term.time_operations import LetTimePass, UseNowAndThen

ADD = Add((Message("m0"),), ("a",))


def executed(backend: str, *operations: Operation, expiry: int = 1) -> Execution:
    with Runner(CONTRACT, resolve(backend)) as runner:
        return runner.execute(Program(tuple(map(Step, operations)), expiry=expiry))


def test_the_model_expires_and_so_does_the_memory() -> None:
    assert executed("redis", ADD, LetTimePass(1.3), Size(), ADD, Read()).divergence is None


def test_who_does_not_expire_is_found() -> None:
    found = executed("redis", ADD, LetTimePass(0.1), Size()).divergence
    assert found is not None
    assert (found.step, found.operation) == (1, "await memory.get_memory()")
    assert found.expected == "returned []"


def test_a_space_in_use_stays() -> None:
    program = (ADD, UseNowAndThen("size()", 0.4), Read(mark="a"))
    assert executed("redis", *program).divergence is None
    assert executed("mutant:expires-while-used", *program).divergence is not None


def test_a_program_says_whether_spaces_expire() -> None:
    program = (ADD, UseNowAndThen("get_memory()", 0.4), Size())
    assert executed("mutant:expires-while-used", *program, expiry=0).divergence is None


def test_what_a_backend_declares_is_known() -> None:
    for name, expires in (("redis", True), ("sqlite", False)):
        with Runner(CONTRACT, resolve(name)) as runner:
            assert preflight(runner).expiry is expires
