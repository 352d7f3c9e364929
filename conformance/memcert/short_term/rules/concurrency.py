"""Rules on what several clients do at the same time."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.fault_strategies import (
    IDS,
    MARKS,
    THREE,
    TWO,
    changes,
    looks,
    many_memories,
    some_adds,
    split,
)
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Read, Size, Summarise, UpdateMarks
from memcert.short_term.strategies import deletes, summaries, updates
from memcert.short_term.sweeps import meetings

DURABLE = frozenset({"durable"})
ELSEWHERE = frozenset({"durable", "other_process"})


def _first_uses() -> SearchStrategy[Program]:
    """Programs of clients who are all the first ones in a store."""
    first: list[Operation] = [
        Add((Message("m0"),), ("a",)),
        Add((Message("m1"), Message("m2"))),
        Summarise("s"),
        Read(),
        Size(),
        Clear(),
        Delete(("m0",)),
        UpdateMarks("b"),
    ]
    return split(
        st.sampled_from(first),
        clients=(*THREE, *TWO),
        branches=(2, 3, 5),
        scheduled=False,
        fresh_store=True,
    )


def _additions() -> SearchStrategy[Program]:
    """Programs of clients who add messages that nobody else adds."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Program:
        branches = []
        for client in range(draw(st.sampled_from((2, 3)))):
            sizes = draw(st.lists(st.sampled_from((1, 2)), min_size=1, max_size=4))
            ids = iter(f"c{client}m{number}" for number in range(sum(sizes)))
            branches.append(
                tuple(
                    Step(Add(tuple(Message(next(ids)) for _ in range(size))), client)
                    for size in sizes
                )
            )
        turns = st.lists(st.sampled_from(range(len(branches))), max_size=12)
        return Program((), clients=THREE, branches=tuple(branches), schedule=tuple(draw(turns)))

    return drawn()


RULES = (
    Rule(
        "CON-01",
        "Operations that are started on one memory take effect in the order in which they were"
        " started.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: split(
            st.one_of(changes(), changes(), looks()),
            clients=(Client(),),
            prefix=some_adds(),
            in_order=True,
        ),
        sweep=meetings.on_one_memory,
    ),
    Rule(
        "CON-02",
        "What several clients do at the same time is explained by some order of their operations,"
        " each whole.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: split(st.one_of(changes(), changes(), looks()), clients=THREE, prefix=some_adds()),
        needs=DURABLE,
        weight=2,
        sweep=meetings.of_two_clients,
    ),
    Rule(
        "CON-03",
        "What clients in several processes do at the same time is explained by some order of their"
        " operations, each whole.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: split(
            st.one_of(changes(), changes(), looks()),
            # Two at first that are equally far away, so that they meet.
            clients=(Client(process=True), Client(process=True), Client()),
            prefix=some_adds(),
            scheduled=False,
        ),
        needs=ELSEWHERE,
        weight=2,
        sweep=meetings.of_two_processes,
    ),
    Rule(
        "CON-04",
        "Several clients at once can be the first ones in a space, and in a database, that nothing"
        " was ever stored in.",
        Level.RESILIENT,
        Consequence.ERROR,
        _first_uses,
        needs=DURABLE,
        better_with=frozenset({"fresh_store"}),
        sweep=meetings.first_of_all,
    ),
    Rule(
        "CON-05",
        "A message that several clients add at the same time is stored once.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: split(some_adds(2), clients=THREE),
        needs=DURABLE,
        sweep=meetings.of_one_message,
    ),
    Rule(
        "CON-06",
        "Messages that several clients add at the same time are all there, in one order for all,"
        " each client's in the order in which it added them.",
        Level.RESILIENT,
        Consequence.LOSS,
        _additions,
        needs=DURABLE,
        sweep=meetings.of_other_messages,
    ),
    Rule(
        "CON-07",
        "Who reads while another adds a batch, or deletes one, sees all of it or nothing.",
        Level.RESILIENT,
        Consequence.WRONG,
        lambda: split(
            st.one_of(
                st.just(Add(tuple(map(Message, IDS)), ("a", "b"))),
                st.just(Delete(IDS)),
                st.sampled_from([Read(), Read(mark="a"), Read(exclude="b"), Size()]),
                st.just(Read()),
            ),
            clients=TWO,
            branches=(2,),
        ),
        needs=DURABLE,
        sweep=meetings.looks_at_batches,
    ),
    Rule(
        "CON-08",
        "Changes of marks by several clients at the same time are all kept, and counted as they"
        " took effect.",
        Level.RESILIENT,
        Consequence.LOSS,
        lambda: split(
            st.one_of(updates(IDS[:2], MARKS), updates(IDS[:2], MARKS), deletes(IDS[:2])),
            clients=THREE,
            prefix=st.just(Add((Message("m0"), Message("m1")), ("a",))),
        ),
        needs=DURABLE,
        sweep=meetings.of_marks,
    ),
    Rule(
        "CON-09",
        "Changes of the summary at the same time leave one of them, and lose no message.",
        Level.RESILIENT,
        Consequence.LOSS,
        lambda: split(
            st.one_of(summaries(("s", "t", "")), some_adds(1), st.just(Clear())), clients=THREE
        ),
        needs=DURABLE,
        sweep=meetings.of_summaries,
    ),
    Rule(
        "CON-10",
        "Fifty memories that share five connections all work at once: none holds one between its"
        " operations, and nothing is lost.",
        Level.RESILIENT,
        Consequence.ERROR,
        lambda: many_memories(st.one_of(some_adds(2), some_adds(2), looks()), 50, 25, 5),
        needs=DURABLE,
        better_with=frozenset({"pool"}),
        sweep=meetings.on_a_pool,
    ),
)
