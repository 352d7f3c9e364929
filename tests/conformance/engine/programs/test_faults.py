"""Faults, troubles, branches and schedules as JSON and back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcert.engine.programs.fault import (
    FAULTS,
    Cancel,
    CrashServer,
    CutConnection,
    Fault,
    HoldAnswer,
    KillClient,
    needs_network,
)
from memcert.engine.programs.fault_operation import (
    FAULT_OPERATIONS,
    CutAll,
    FaultOperation,
    KillServer,
    ReplaceProcess,
)
from memcert.engine.programs.operation import MalformedProgram, Operation
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.programs.reading import parse_program, read_program
from memcert.short_term import CONTRACT
from memcert.short_term.fault_strategies import (
    TWO,
    cancellations,
    changes,
    crashes,
    cuts,
    looks,
    many_memories,
    split,
    with_faults,
)
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Read, Size

DURING: list[Fault] = [
    Cancel(),
    Cancel(20, 2),
    CutConnection(),
    CutConnection(4, to_server=False, delivered=True, everywhere=True),
    CrashServer(),
    CrashServer(3, to_server=False, delivered=True),
    KillClient(),
    KillClient(12),
    KillClient(3, timed=True),
    HoldAnswer(),
]


def assert_comes_back(program: Program) -> None:
    text = program.to_text()
    again = parse_program(text, CONTRACT.operations)
    assert again == program
    # Equal in Python is not enough: True == 1 == 1.0.
    assert again.to_text() == text


@pytest.mark.parametrize("fault", DURING, ids=str)
def test_a_fault_comes_back(fault: Fault) -> None:
    clients = (Client(process=isinstance(fault, KillClient)),)
    assert_comes_back(Program((Step(Size(), 0, fault),), clients=clients))
    branch = (Step(Size()), Step(Clear(), 0, fault))
    assert_comes_back(Program((), clients=clients, branches=(branch,)))


def test_every_fault_is_among_them() -> None:
    assert {fault.kind for fault in DURING} == set(FAULTS)


@pytest.mark.parametrize("trouble", FAULT_OPERATIONS.values(), ids=FAULT_OPERATIONS)
def test_a_trouble_comes_back(trouble: type[FaultOperation]) -> None:
    clients = (Client(), Client(process=True, clock=600.0))
    assert_comes_back(Program((Step(trouble(), 1),), clients=clients))


def test_branches_and_what_is_said_of_them_come_back() -> None:
    first, second = Step(Add((Message("m0"),))), Step(Read(), 1)
    program = Program(
        (first,),
        clients=(Client(), Client(process=True)),
        branches=((first, second), (second,)),
        schedule=(1, 0, 0, 1),
        pool=5,
        in_order=True,
        judges_errors=True,
    )
    assert_comes_back(program)
    assert len(program) == 4
    assert program.all_steps == (first, first, second, second)


def test_what_is_not_said_is_not_written() -> None:
    data = Program((Step(Size()),)).to_json()
    assert data == {"format": 1, "steps": [{"operation": "size"}]}


def operations() -> st.SearchStrategy[Operation]:
    return st.one_of(changes(), looks())


@settings(max_examples=100, database=None, derandomize=True, deadline=None)
@given(
    st.one_of(
        split(operations(), clients=TWO, prefix=changes(), faults=cancellations(), in_order=True),
        with_faults(operations(), cuts(), clients=TWO, between=(CutAll(), KillServer()), pool=2),
        with_faults(operations(), crashes(), clients=TWO, judges_errors=True),
        with_faults(
            operations(),
            st.builds(KillClient, st.integers(0, 9)),
            clients=(Client(process=True),),
            between=[ReplaceProcess()],
        ),
        many_memories(operations(), 4, 2, 1),
    )
)
def test_whatever_is_drawn_comes_back(program: Program) -> None:
    assert_comes_back(program)


def step(fault: str) -> str:
    return f'{{"format": 1, "steps": [{{"operation": "size", "fault": {fault}}}]}}'


def program(rest: str) -> str:
    return f'{{"format": 1, "steps": [], {rest}}}'


MALFORMED: list[tuple[str, str]] = [
    (step('{"kind": "kill"}'), "step 0: only a client in another process can be killed"),
    (
        '{"format": 1, "steps": [{"operation": "size", "fault": {"kind": "cancel"}}],'
        ' "clients": [{"process": true}]}',
        "step 0: only a client in this process can be cancelled",
    ),
    (step("7"), "step 0: a fault is an object with a 'kind' of cancel, cut, crash, kill"),
    (step("{}"), "a fault is an object"),
    (step("[]"), "a fault is an object"),
    (step('{"kind": "flood"}'), "a fault is an object"),
    (step('{"kind": []}'), "a fault is an object"),
    (step('{"kind": {}}'), "a fault is an object"),
    (step(f'{{"kind": {10**4000}0000}}'), "a fault is an object"),
    (step("1" * 5000), "a fault is an object"),
    (step('{"kind": "cancel", "when": 1}'), "the fault 'cancel' has a malformed field 'when'"),
    (step('{"kind": "cancel", "at": true}'), "the fault 'cancel' has a malformed field 'at'"),
    (step('{"kind": "cancel", "at": 1.0}'), "the fault 'cancel' has a malformed field 'at'"),
    (step('{"kind": "cancel", "at": null}'), "the fault 'cancel' has a malformed field 'at'"),
    (step('{"kind": "cancel", "at": -1}'), "the field 'at' of a fault counts from 0"),
    (step('{"kind": "cut", "delivered": 1}'), "malformed field 'delivered'"),
    (step('{"kind": "cut", "__class__": 1}'), "malformed field '__class__'"),
    (step('{"kind": "crash", "everywhere": true}'), "malformed field 'everywhere'"),
    (program('"branches": {}'), "'branches' must be a list of lists"),
    (program('"branches": [{}]'), "'branches' must be a list of lists"),
    (program('"branches": [[], [7]]'), "branch 1, step 0: a step is a JSON object"),
    (program('"branches": [[{"operation": "size", "client": 1}]]'), "there is no client 1"),
    (program('"branches": [[{"operation": "cut_all", "x": 1}]]'), "'cut_all' has no field 'x'"),
    (program('"schedule": 7'), "'schedule' must be a list of numbers of branches"),
    (program('"schedule": [0]'), "'schedule' must be a list of numbers of branches"),
    (program('"branches": [[]], "schedule": [1]'), "'schedule' must be a list"),
    (program('"branches": [[]], "schedule": [-1]'), "'schedule' must be a list"),
    (program('"branches": [[]], "schedule": [false]'), "'schedule' must be a list"),
    (program('"pool": -1'), "'pool' must be a number of connections"),
    (program('"pool": true'), "'pool' must be a number of connections"),
    (program('"in_order": 1'), "'in_order' must be true or false"),
    (program('"judges_errors": null'), "'judges_errors' must be true or false"),
]


@pytest.mark.parametrize(("text", "said"), MALFORMED, ids=[text[24:90] for text, _ in MALFORMED])
def test_a_malformed_one_says_where_in_one_line(text: str, said: str) -> None:
    with pytest.raises(MalformedProgram) as raised:
        parse_program(text, CONTRACT.operations)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


NAMES = ["branches", "schedule", "pool", "operation", "fault", "kind", "at", "client", "in_order"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["size", "cut", "kill"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
            | st.builds(lambda fault: {"operation": "size", "fault": fault}, inner)
        ),
        max_leaves=12,
    )
)
@settings(max_examples=200, database=None, derandomize=True, deadline=None)
def test_whatever_is_read_is_a_program_or_malformed(data: object) -> None:
    fields = data if isinstance(data, dict) else {"branches": [[data]]}
    # Any other exception would reach the user as a traceback.
    with suppress(MalformedProgram):
        assert isinstance(
            read_program({"format": 1, "steps": [data]} | fields, CONTRACT.operations), Program
        )
    with suppress(MalformedProgram):
        assert isinstance(read_program({"format": 1, "steps": []} | fields, {}), Program)


def test_a_program_knows_what_it_takes() -> None:
    def one(*steps: Step) -> Program:
        return Program(steps, branches=(steps,))

    def in_a_branch(*steps: Step) -> Program:
        return Program((), branches=(steps,))

    for make in (one, in_a_branch):
        assert make(Step(Size(), 0, CutConnection())).networked
        assert make(Step(CutAll())).networked
        assert not make(Step(Size(), 0, Cancel())).networked
        assert make(Step(Size(), 0, CrashServer())).crashes
        assert make(Step(KillServer())).crashes
        assert not make(Step(Size(), 0, CutConnection())).crashes
        assert make(Step(Size())).is_concurrent
    assert not Program((Step(Size()),)).is_concurrent
    assert Program((Step(Size()),), pool=1).is_concurrent
    assert Program((Step(Size(), 0, KillClient()),)).is_concurrent
    assert Program((Step(ReplaceProcess()),)).is_concurrent
    struck = {fault.kind for fault in DURING if needs_network(fault)}
    assert struck == {"cut", "crash", "hold_answer"}
    assert not needs_network(None)
