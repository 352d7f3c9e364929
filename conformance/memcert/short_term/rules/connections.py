"""Rules on connections that break, and on a server that cannot be reached."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.fault_operation import Accept, CutAll, Refuse
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.rule import Consequence, Faults, Level, Rule
from memcert.short_term.fault_strategies import (
    IDS,
    TWO,
    changes,
    cut_sweeps,
    cuts,
    looks,
    with_faults,
)
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Delete, UpdateMarks
from memcert.short_term.sweeps import broken_connections

NETWORK = frozenset({"durable", "network"})


def _outages(*, judges_errors: bool = False) -> SearchStrategy[Program]:
    """Programs in which the server cannot be reached for a while."""
    operations = st.one_of(changes(), looks())

    def program(
        before: list[Operation], during: list[Operation], after: list[Operation]
    ) -> Program:
        steps = [*before, Refuse(), *during, Accept(), *after]
        return Program(tuple(map(Step, steps)), judges_errors=judges_errors)

    return st.builds(
        program,
        st.lists(operations, max_size=3),
        st.lists(operations, max_size=3),
        st.lists(operations, max_size=3),
    )


RULES = (
    Rule(
        "CUT-01",
        "An operation whose connection breaks, at whatever packet, ends in time, and happened"
        " wholly or not at all.",
        Level.RESILIENT,
        Consequence.LOSS,
        lambda: st.one_of(
            cut_sweeps(),
            with_faults(st.one_of(changes(), changes(), looks()), cuts(everywhere=False)),
        ),
        needs=NETWORK,
        faults=Faults.NEEDED,
        weight=2,
        sweep=broken_connections.cut,
    ),
    Rule(
        "CUT-02",
        "An operation that gives an answer although its connection broke took effect once, and its"
        " answer is right.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: st.one_of(
            cut_sweeps(),
            with_faults(
                st.sampled_from(
                    [
                        Add(tuple(map(Message, IDS)), ("a",)),
                        Delete(IDS),
                        UpdateMarks("b", "a"),
                        UpdateMarks("a", None, IDS),
                    ]
                ),
                cuts(everywhere=False),
            ),
        ),
        needs=NETWORK,
        faults=Faults.NEEDED,
        sweep=broken_connections.cut_and_answered,
    ),
    Rule(
        "CUT-03",
        "After its connection broke, the same memory works again by itself, and so do others.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: with_faults(looks(), cuts(), clients=TWO, pool=2),
        needs=NETWORK,
        better_with=frozenset({"pool"}),
        faults=Faults.NEEDED,
        sweep=broken_connections.cut_and_used_again,
    ),
    Rule(
        "CUT-04",
        "When idle connections broke, one operation of a memory may find that out, and no more.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: with_faults(
            st.one_of(changes(), looks()),
            cuts(),
            clients=TWO,
            between=(CutAll(),),
        ),
        needs=NETWORK,
        faults=Faults.NEEDED,
        sweep=broken_connections.cut_while_idle,
    ),
    Rule(
        "CUT-05",
        "While the server cannot be reached, operations end in time; when it can, the same memory"
        " works again.",
        Level.RESILIENT,
        Consequence.ERROR,
        _outages,
        needs=NETWORK,
        faults=Faults.NEEDED,
        sweep=broken_connections.unreachable,
    ),
    Rule(
        "CUT-06",
        "When its connection breaks, or the server cannot be reached, an operation raises the"
        " driver's own error, or a documented one, that says what is wrong.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: st.one_of(
            with_faults(st.one_of(changes(), looks()), cuts(), judges_errors=True),
            _outages(judges_errors=True),
        ),
        needs=NETWORK,
        faults=Faults.NEEDED,
        sweep=broken_connections.cut_loudly,
    ),
)
