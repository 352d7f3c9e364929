"""Rules on processes that are killed: clients' and servers'."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.fault import KillClient
from memcert.engine.programs.fault_operation import KillServer, ReplaceProcess, RestartServer
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.rule import Consequence, Faults, Level, Rule
from memcert.short_term.fault_strategies import (
    AWAITS,
    TWO,
    changes,
    crash_sweeps,
    crashes,
    kill_sweeps,
    looks,
    some_adds,
    with_faults,
)
from memcert.short_term.operations import Read
from memcert.short_term.sweeps import deaths

ELSEWHERE = frozenset({"durable", "other_process"})
CRASH = frozenset({"durable", "crash"})


def _kills() -> SearchStrategy[KillClient]:
    return st.one_of(
        st.builds(KillClient, st.sampled_from(AWAITS)),
        st.builds(KillClient, st.sampled_from((0, 1, 2, 3, 5, 10, 20)), st.just(True)),
    )


def _downtimes() -> SearchStrategy[Program]:
    """Programs in which the server is down for a while."""

    def program(
        before: list[Operation], during: list[Operation], after: list[Operation]
    ) -> Program:
        steps = [*before, KillServer(), *during, RestartServer(), *after, Read(), Read()]
        return Program(tuple(map(Step, steps)))

    operations = st.one_of(changes(), looks())
    return st.builds(
        program,
        st.lists(changes(), min_size=1, max_size=6),
        st.lists(operations, max_size=2),
        st.lists(operations, max_size=3),
    )


def _kept() -> SearchStrategy[Program]:
    """Programs that store something, lose the server, and look for it."""
    return st.lists(changes(), min_size=1, max_size=8).map(
        lambda drawn: Program(
            tuple(map(Step, [*drawn, KillServer(), RestartServer(), Read(), Read()]))
        )
    )


RULES = (
    Rule(
        "KILL-01",
        "What a client was told is stored is there after its process was killed.",
        Level.RESILIENT,
        Consequence.LOSS,
        lambda: st.lists(
            st.one_of(changes(), some_adds(), st.just(ReplaceProcess())), min_size=1, max_size=8
        ).map(
            lambda drawn: Program(
                tuple(map(Step, [*drawn, ReplaceProcess()])), clients=(Client(process=True),)
            )
        ),
        needs=ELSEWHERE,
        faults=Faults.NEEDED,
        sweep=deaths.replaced,
    ),
    Rule(
        "KILL-02",
        "An operation whose process is killed, at whatever await, happened wholly or not at all.",
        Level.RESILIENT,
        Consequence.LOSS,
        lambda: st.one_of(
            kill_sweeps((Client(process=True), Client())),
            kill_sweeps((Client(process=True), Client())),
            with_faults(changes(), _kills(), clients=(Client(process=True), Client()), at_most=6),
        ),
        needs=ELSEWHERE,
        faults=Faults.NEEDED,
        sweep=deaths.killed,
    ),
    Rule(
        "KILL-03",
        "A process that is killed in the middle of an operation leaves no lock behind: other"
        " clients work at once.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: with_faults(
            st.one_of(some_adds(), changes()),
            _kills(),
            clients=(Client(process=True), Client(), Client()),
            at_most=6,
        ),
        needs=ELSEWHERE,
        faults=Faults.NEEDED,
        sweep=deaths.killed_beside_others,
    ),
    Rule(
        "CRASH-01",
        "What was acknowledged is there after the server was killed and started again.",
        Level.RESILIENT,
        Consequence.LOSS,
        _kept,
        needs=CRASH,
        faults=Faults.NEEDED,
        sweep=deaths.kept_by_the_server,
    ),
    Rule(
        "CRASH-02",
        "An operation during which the server is killed, at whatever packet, ends in time and"
        " happened wholly or not at all.",
        Level.RESILIENT,
        Consequence.LOSS,
        lambda: st.one_of(
            crash_sweeps(TWO),
            crash_sweeps(TWO),
            with_faults(changes(), crashes(), clients=TWO, at_most=6),
        ),
        needs=CRASH,
        faults=Faults.NEEDED,
        sweep=deaths.crashed,
    ),
    Rule(
        "CRASH-03",
        "While the server is down, operations end in time; when it is back, the same memory works"
        " again.",
        Level.RESILIENT,
        Consequence.ERROR,
        _downtimes,
        needs=CRASH,
        faults=Faults.NEEDED,
        sweep=deaths.down,
    ),
)
