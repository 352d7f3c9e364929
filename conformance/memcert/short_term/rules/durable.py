"""Rules on what outlives a memory: closing, reopening, other clients, other processes."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Reopen, SpaceName, Step
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Read, Size, Summarise, UpdateMarks
from memcert.short_term.state_operations import Close, LoadState
from memcert.short_term.strategies import (
    COUNTING,
    IDS,
    adds,
    deletes,
    deletes_by_mark,
    lists_of,
    programs,
    reads,
    reopened,
    shared,
    summaries,
    updates,
)
from memcert.short_term.sweeps import changes, life, ways
from memcert_reference.state import SUMMARY_KEY

DURABLE = frozenset({"durable"})


def _first_uses() -> SearchStrategy[Program]:
    first: list[Operation] = [
        Add((Message("m0"),), ("a",)),
        Delete(("m0",)),
        Size(),
        Clear(),
        Read(),
        Read(mark="a"),
        UpdateMarks("a"),
        Summarise("s"),
        Summarise(""),
    ]
    operation = st.sampled_from([Step(each) for each in first])
    return operation.map(
        lambda step: Program((step, Step(first[0]), Step(Size())), fresh_store=True)
    )


def _processes() -> SearchStrategy[Program]:
    """Programs of two clients, one of them in another process."""
    operations = st.one_of(
        adds(IDS[:4], contents=("x",)), summaries(), deletes(IDS[:4]), updates(IDS[:4]), reads()
    )
    steps = lists_of(st.builds(Step, operations, st.sampled_from((0, 1))), at_least=1)
    clients = (Client(), Client(process=True))
    return steps.map(lambda drawn: Program(tuple(drawn), clients=clients, blind_to=COUNTING))


def _closed() -> SearchStrategy[Program]:
    """Programs that close a memory, twice, and go on with another one, there or elsewhere."""
    pairs = lists_of(
        st.tuples(
            adds(IDS[:3], ("a",), ("x",)), st.sampled_from((0, 1, 2)), st.booleans(), st.booleans()
        ),
        at_most=8,
        at_least=1,
    )

    def program(drawn: list[tuple[Operation, int, bool, bool]]) -> Program:
        steps: list[Step] = []
        for operation, client, close, block in drawn:
            steps.append(Step(operation, client))
            if close:
                steps += [Step(Close(block), client), Step(Reopen(), client)]
        spaces = (SpaceName(), SpaceName("u", "s"))
        return Program(tuple(steps), spaces, (Client(0), Client(1), Client(0)))

    return pairs.map(program)


def _loaded() -> SearchStrategy[Program]:
    """Programs that load a summary and close the memory at once."""
    operations = st.one_of(
        adds(IDS[:2], (), ("x",)),
        st.builds(
            lambda text: LoadState({SUMMARY_KEY: text}, strict=False, watched=False),
            st.sampled_from(("s", "t", "")),
        ),
    )

    def program(drawn: list[Operation]) -> Program:
        steps: list[Step] = []
        for operation in drawn:
            steps.append(Step(operation))
            if isinstance(operation, LoadState):
                steps.append(Step(Reopen()))
        return Program(tuple(steps))

    return lists_of(operations, at_least=1).map(program)


RULES = (
    Rule(
        "LIFE-01",
        "A memory is an async context manager that gives itself, and close may be called twice.",
        Level.CORE,
        Consequence.ERROR,
        lambda: programs(adds(IDS[:3], (), ("x",)), at_most=4).flatmap(
            lambda program: st.booleans().map(
                lambda block: Program((*program.steps, Step(Close(block))))
            )
        ),
        sweep=life.closed_alone,
    ),
    Rule(
        "LIFE-02",
        "Closing a memory leaves every other memory usable, in its own space and in others.",
        Level.DURABLE,
        Consequence.ERROR,
        _closed,
        needs=DURABLE,
        sweep=life.closed_beside_others,
    ),
    Rule(
        "DUR-01",
        "Messages, their order and their marks are there after the memory was closed and opened"
        " again.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: reopened(adds(contents=("x", "y")), updates(), deletes()),
        needs=DURABLE,
        sweep=ways.reopened,
    ),
    Rule(
        "DUR-02",
        "The summary is there after the memory was closed and opened again.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: reopened(summaries(), summaries(), adds(IDS[:2], (), ("x",)), st.just(Clear())),
        needs=DURABLE | {"update_compressed_summary"},
        sweep=ways.summaries_reopened,
    ),
    Rule(
        "DUR-03",
        "A second client sees at once what the first one stored, changed and deleted.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: shared(adds(contents=("x",)), updates(), deletes(), reads()),
        needs=DURABLE,
        sweep=lambda: [*ways.seen_by_another(), *changes.seen_by_another()],
    ),
    Rule(
        "DUR-04",
        "A second client sees the summary that the first one wrote or removed.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: shared(summaries(), summaries(), adds(IDS[:2], (), ("x",))),
        needs=DURABLE | {"update_compressed_summary"},
        sweep=ways.summaries_seen_by_another,
    ),
    Rule(
        "DUR-05",
        "Another process sees what this one stored, and the other way round.",
        Level.DURABLE,
        Consequence.LOSS,
        _processes,
        needs=frozenset({"durable", "other_process"}),
        sweep=ways.seen_by_another_process,
    ),
    Rule(
        "DUR-06",
        "Deleting, clearing and marking act on what other clients stored, and are counted so.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: shared(
            adds(IDS[:4], contents=("x",)),
            deletes(IDS[:4]),
            deletes_by_mark(),
            updates(IDS[:4]),
            st.sampled_from([Size(), Clear()]),
            counts=True,
        ),
        needs=DURABLE,
        sweep=changes.acting_on_others,
    ),
    Rule(
        "DUR-07",
        "Every operation works as the first one in a space, and on a database, that nothing was"
        " ever stored in.",
        Level.DURABLE,
        Consequence.ERROR,
        _first_uses,
        needs=DURABLE,
        # Where the kit did not start the store there are only new spaces to be had.
        better_with=frozenset({"fresh_store"}),
        sweep=life.first_on_a_database,
    ),
    Rule(
        "DUR-08",
        "What load_state_dict loaded is there after the memory was closed and opened again.",
        Level.DURABLE,
        Consequence.LOSS,
        _loaded,
        needs=DURABLE | {"states"},
        sweep=ways.summaries_loaded_and_reopened,
    ),
)
