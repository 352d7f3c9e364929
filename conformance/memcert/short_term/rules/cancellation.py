"""Rules on operations whose task is cancelled."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.fault import Cancel
from memcert.engine.programs.program import Client, Program
from memcert.engine.rule import Consequence, Faults, Level, Rule
from memcert.short_term.fault_strategies import (
    TWO,
    cancellations,
    changes,
    looks,
    some_adds,
    split,
    sweeps,
    with_faults,
)
from memcert.short_term.sweeps import cancelled_operations

DURABLE = frozenset({"durable"})


def _sweeps() -> SearchStrategy[Program]:
    """Programs that cancel one kind of operation at one await after the other."""
    times = st.sampled_from((1, 2))
    return sweeps(times.map(lambda number: lambda place: Cancel(place, number)), 12)


RULES = (
    Rule(
        "CAN-01",
        "An operation that is cancelled, at whatever await, once or twice, happened wholly or not"
        " at all.",
        Level.RESILIENT,
        Consequence.LOSS,
        lambda: st.one_of(_sweeps(), with_faults(st.one_of(changes(), looks()), cancellations())),
        faults=Faults.WANTED,
        weight=2,
        sweep=cancelled_operations.cancelled,
    ),
    Rule(
        "CAN-02",
        "After cancelled operations the same memory works at once, however many there were: no"
        " connection is lost from its pool.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: with_faults(st.one_of(changes(), looks()), cancellations(), pool=1, at_most=20),
        better_with=frozenset({"pool"}),
        faults=Faults.WANTED,
        sweep=cancelled_operations.cancelled_on_a_pool,
    ),
    Rule(
        "CAN-03",
        "After cancelled operations other memories work at once: no lock stays behind.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: with_faults(st.one_of(changes(), looks()), cancellations(), clients=TWO),
        needs=DURABLE,
        faults=Faults.WANTED,
        sweep=cancelled_operations.cancelled_beside_another,
    ),
    Rule(
        "CAN-04",
        "A cancellation reaches the caller: it is not swallowed, and no other error takes its"
        " place.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: with_faults(st.one_of(changes(), looks()), cancellations(), judges_errors=True),
        faults=Faults.WANTED,
        sweep=cancelled_operations.cancelled_loudly,
    ),
    Rule(
        "CAN-05",
        "An operation that is cancelled while others run, or while it waits for them, or for a"
        " connection, leaves those alone.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: split(
            st.one_of(changes(), looks()),
            clients=(Client(),),
            prefix=some_adds(),
            faults=st.one_of(st.none(), cancellations()),
            pool=1,
        ),
        faults=Faults.WANTED,
        sweep=cancelled_operations.cancelled_while_others_run,
    ),
)
