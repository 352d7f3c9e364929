"""Rules on what outlives a memory: reopening, other clients, other processes, other spaces."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.operation import Operation
from memcert.engine.program import Client, Program, Reopen, SpaceName, Step
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Read, Size, Summarise, UpdateMarks
from memcert.short_term.state_operations import Close, LoadState
from memcert.short_term.strategies import (
    COUNTING,
    IDS,
    adds,
    anything,
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
from memcert_reference.state import SUMMARY_KEY

DURABLE = frozenset({"durable"})

PAIRS: tuple[tuple[SpaceName, SpaceName], ...] = (
    (SpaceName("u", "s1"), SpaceName("u", "s10")),
    (SpaceName("u1", "s"), SpaceName("u10", "s")),
    (SpaceName("u", "s"), SpaceName("u", "S")),
    (SpaceName("u", "s"), SpaceName("U", "s")),
    (SpaceName("u", "s"), SpaceName("u", "s ")),
    (SpaceName("u", "s"), SpaceName("u ", "s")),
    (SpaceName("u", "e"), SpaceName("u", "\u00e9")),
    (SpaceName("u", "\u00e9"), SpaceName("u", "e\u0301")),
    (SpaceName("u", "*"), SpaceName("u", "s")),
    (SpaceName("*", "s"), SpaceName("u", "s")),
    (SpaceName("u", "s_"), SpaceName("u", "sx")),
    (SpaceName("u", "%"), SpaceName("u", "s")),
    (SpaceName("u", "[st]"), SpaceName("u", "s")),
    (SpaceName("u", "s?"), SpaceName("u", "sx")),
    (SpaceName("u", "{s}"), SpaceName("u", "s")),
    (SpaceName("u", "%3A"), SpaceName("u", ":")),
    (SpaceName("u", "s/../t"), SpaceName("u", "t")),
    (SpaceName("u", "s' OR '1'='1"), SpaceName("u", "t")),
    (SpaceName("u", "\U0001f600" * 240), SpaceName("u", "\U0001f600" * 239)),
)
"""Names that a pattern, a prefix search or a collation takes for one another."""

JOINED: tuple[tuple[SpaceName, SpaceName], ...] = tuple(
    (
        SpaceName(f"a{separator}b", "c", shared_session=True),
        SpaceName("a", f"b{separator}c", shared_session=True),
    )
    for separator in ("-", ":", "_", "/", "|", ".", "", "::", "%3A", ":session:", "\n", ",", "#")
)
"""Pairs of user and session that are the same once they are joined."""

SAME_SESSION = (
    (SpaceName("u", "s", shared_session=True), SpaceName("v", "s", shared_session=True)),
)
SAME_USER = ((SpaceName("u", "s"), SpaceName("u", "t")),)


def _together(
    pairs: tuple[tuple[SpaceName, SpaceName], ...],
) -> tuple[tuple[SpaceName, ...], ...]:
    """Return the names of seven pairs at a time, so that a few programs see every pair.

    Hypothesis goes on with a choice for a while, and would come to some pairs late.
    """
    return tuple(
        tuple(dict.fromkeys(name for pair in pairs[start : start + 7] for name in pair))
        for start in range(0, len(pairs), 7)
    )


def _isolated(
    names: tuple[tuple[SpaceName, ...], ...],
    *operations: SearchStrategy[Operation],
    short: bool = False,
) -> SearchStrategy[Program]:
    """Programs of spaces whose names are alike, each with a client of its own."""
    mixed = operations or (
        adds(IDS[:3], ("a",), ("x",)),
        adds(IDS[:3], ("a",), ("y",)),
        deletes(IDS[:3]),
        st.just(Read()),
    )
    return shared(*mixed, spaces=st.sampled_from(names), at_most=12 if short else 32)


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
    ),
    Rule(
        "LIFE-02",
        "Closing a memory leaves every other memory usable, in its own space and in others.",
        Level.DURABLE,
        Consequence.ERROR,
        _closed,
        needs=DURABLE,
    ),
    Rule(
        "DUR-01",
        "Messages, their order and their marks are there after the memory was closed and opened"
        " again.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: reopened(adds(contents=("x", "y")), updates(), deletes()),
        needs=DURABLE,
    ),
    Rule(
        "DUR-02",
        "The summary is there after the memory was closed and opened again.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: reopened(summaries(), summaries(), adds(IDS[:2], (), ("x",)), st.just(Clear())),
        needs=DURABLE,
    ),
    Rule(
        "DUR-03",
        "A second client sees at once what the first one stored, changed and deleted.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: shared(adds(contents=("x",)), updates(), deletes(), reads()),
        needs=DURABLE,
    ),
    Rule(
        "DUR-04",
        "A second client sees the summary that the first one wrote or removed.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: shared(summaries(), summaries(), adds(IDS[:2], (), ("x",))),
        needs=DURABLE,
    ),
    Rule(
        "DUR-05",
        "Another process sees what this one stored, and the other way round.",
        Level.DURABLE,
        Consequence.LOSS,
        _processes,
        needs=frozenset({"durable", "other_process"}),
        programs_at_least=4,
        share=0.5,
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
    ),
    Rule(
        "DUR-07",
        "Every operation works as the first one in a space, and on a database, that nothing was ever"
        " stored in.",
        Level.DURABLE,
        Consequence.ERROR,
        _first_uses,
        needs=DURABLE,
        # Where the kit did not start the store there are only new spaces to be had.
        better_with=frozenset({"fresh_store"}),
        programs_at_least=9,
        share=0.5,
    ),
    Rule(
        "DUR-08",
        "What load_state_dict loaded is there after the memory was closed and opened again.",
        Level.DURABLE,
        Consequence.LOSS,
        _loaded,
        needs=DURABLE,
    ),
    Rule(
        "ISO-01",
        "Two sessions of one user share nothing.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(SAME_USER),
        needs=DURABLE,
    ),
    Rule(
        "ISO-02",
        "Two users share nothing, even with sessions of the same name.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(SAME_SESSION),
        needs=DURABLE,
    ),
    Rule(
        "ISO-03",
        "Names that differ in case, blanks, accents or length, or that hold patterns, are names of"
        " different spaces.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(_together(PAIRS), short=True),
        needs=DURABLE,
        programs_at_least=24,
        share=2,
    ),
    Rule(
        "ISO-04",
        "Pairs of user and session that look alike once joined are different spaces.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(_together(JOINED), short=True),
        needs=DURABLE,
        programs_at_least=20,
        share=2,
    ),
    Rule(
        "ISO-05",
        "clear, deletions, marks and the summary of one space leave every other space alone.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(
            (*SAME_USER, *SAME_SESSION, *PAIRS[:4]),
            adds(IDS[:3], ("a", "b"), ("x",)),
            deletes(IDS[:3]),
            deletes_by_mark(("a", "b")),
            updates(IDS[:3], ("a", "b")),
            summaries(("s", "t", "")),
            st.just(Clear()),
        ),
        needs=DURABLE,
    ),
    Rule(
        "MIX-01",
        "Any program of operations gives every answer and every state that the reference gives.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(anything(), at_most=48, counts=True),
        share=6,
        programs_at_least=16,
    ),
    Rule(
        "MIX-02",
        "So does any program in which the memory is closed and opened again now and then.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: reopened(anything(), anything(), anything(), counts=True),
        needs=DURABLE,
        share=3,
    ),
    Rule(
        "MIX-03",
        "So does any program of several clients that take turns in one space.",
        Level.DURABLE,
        Consequence.WRONG,
        lambda: shared(
            anything(),
            anything(),
            anything(),
            clients=(Client(),) * 3,
            reopen=True,
            at_most=40,
            counts=True,
        ),
        needs=DURABLE,
        share=3,
    ),
)
