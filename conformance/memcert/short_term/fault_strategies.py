"""What the programs of level resilient are made of: branches, schedules, faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.fault import (
    Cancel,
    CrashServer,
    CutConnection,
    Fault,
    KillClient,
)
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, SpaceName, Step
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.strategies import (
    adds,
    deletes,
    deletes_by_mark,
    reads,
    summaries,
    updates,
)

IDS = ("m0", "m1", "m2", "m3")
MARKS = ("a", "b")

TWO, THREE = (Client(), Client()), (Client(), Client(), Client())

AWAITS = (0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 12, 20)
"""At which await an operation is cancelled or killed: most have few."""

BRANCH_LENGTHS = {1: 6, 2: 6, 3: 4, 4: 3, 5: 2}
"""How many operations a branch has at most, by the number of branches."""


def some_adds(at_most: int = 3) -> SearchStrategy[Operation]:
    """Return additions of a few messages, with marks or without.

    Args:
        at_most: how many messages at most.
    """
    return adds(IDS, MARKS, ("x",), at_most)


def changes() -> SearchStrategy[Operation]:
    """Return whatever changes a space."""
    return st.one_of(
        some_adds(),
        some_adds(),
        deletes(IDS),
        deletes_by_mark(MARKS),
        updates(IDS, MARKS),
        summaries(("s", "t", "")),
        st.just(Clear()),
    )


def looks() -> SearchStrategy[Operation]:
    """Return whatever looks at a space."""
    return st.one_of(st.just(Read()), reads(MARKS), st.just(Size()))


def split(
    operations: SearchStrategy[Operation],
    *,
    clients: Sequence[Client],
    branches: Sequence[int] = (2, 3),
    prefix: SearchStrategy[Operation] | None = None,
    scheduled: bool = True,
    in_order: bool = False,
    fresh_store: bool = False,
    faults: SearchStrategy[Fault | None] | None = None,
    pool: int = 0,
) -> SearchStrategy[Program]:
    """Return programs whose last part is done by branches that run at the same time.

    Args:
        operations: what the branches are made of.
        clients: whose branches they are, in turn.
        branches: how many branches there may be.
        prefix: what is done before; nothing by default.
        scheduled: whether the interleaving is chosen now and then.
        in_order: whether the order of starts counts.
        fresh_store: whether nothing was ever stored in the store.
        faults: what goes wrong with the operations; nothing by default.
        pool: how many connections the clients share.
    """

    @st.composite
    def drawn(draw: st.DrawFn) -> Program:
        count = draw(st.sampled_from(branches))
        before = draw(st.lists(prefix, max_size=3)) if prefix is not None else []
        fault = st.none() if faults is None else faults
        parts = []
        for number in range(count):
            step = st.builds(Step, operations, st.just(number % len(clients)), fault)
            length = BRANCH_LENGTHS[count]
            parts.append(tuple(draw(st.lists(step, min_size=1, max_size=length))))
        turns = st.lists(st.sampled_from(range(count)), max_size=16)
        schedule = draw(st.one_of(st.just([]), turns, turns)) if scheduled else []
        return Program(
            tuple(Step(operation) for operation in before),
            clients=tuple(clients),
            fresh_store=fresh_store,
            branches=tuple(parts),
            schedule=tuple(schedule),
            in_order=in_order,
            pool=pool,
        )

    return drawn()


def with_faults(
    operations: SearchStrategy[Operation],
    faults: SearchStrategy[Fault],
    *,
    clients: Sequence[Client] = (Client(),),
    between: Sequence[Operation] = (),
    pool: int = 0,
    judges_errors: bool = False,
    at_most: int = 12,
    others: bool = True,
) -> SearchStrategy[Program]:
    """Return programs of operations one after the other, some of which faults happen to.

    Args:
        operations: what they are made of.
        faults: what goes wrong with some of the first client's.
        clients: who takes part.
        between: what happens between operations now and then.
        pool: how many connections the clients share.
        judges_errors: whether the errors that come of it are looked at.
        at_most: how many operations there are at most.
        others: whether operations are also done by the other clients.
    """
    # Hypothesis makes things simpler from the end of a choice towards its beginning.
    struck = st.builds(Step, operations, st.just(0), st.one_of(faults, faults))
    every = st.builds(
        Step, operations, st.sampled_from(range(len(clients))) if others else st.just(0)
    )
    steps = st.one_of(every, struck, struck)
    if between:
        steps = st.one_of(every, struck, st.sampled_from([Step(each) for each in between]))
    lists = st.sampled_from((1, at_most // 2)).flatmap(
        lambda least: st.lists(steps, min_size=least, max_size=at_most)
    )
    return lists.map(
        lambda found: Program(
            tuple(found), clients=tuple(clients), pool=pool, judges_errors=judges_errors
        )
    )


def sweeps(
    faults: SearchStrategy[Callable[[int], Fault]],
    at_most: int,
    *,
    clients: Sequence[Client] = (Client(),),
) -> SearchStrategy[Program]:
    """Return programs in which one kind of change meets a fault at one place after the other.

    A read comes between: whatever is to be done after a fault, such as connecting again, is not
    counted with the next change.

    Args:
        faults: given the step, what goes wrong there.
        at_most: at how many places.
        clients: who looks on; the first one acts.
    """

    def batch(place: int) -> Operation:
        return Add(tuple(Message(f"n{place}{part}") for part in "xyz"), ("a", "b"))

    # A batch has the most parts.
    kinds: list[Callable[[int], Operation]] = [
        batch,
        batch,
        lambda place: Delete((f"m{place}", "m99")),
        lambda place: UpdateMarks(f"u{place}", ids=("m0", "m99")),
        lambda place: Summarise(f"s{place}"),
    ]
    numbers = (*range(at_most), 99)
    filling = Step(Add(tuple(Message(f"m{number}") for number in numbers), ("c",)))

    def program(
        kind: Callable[[int], Operation], count: int, fault: Callable[[int], Fault]
    ) -> Program:
        swept = chain.from_iterable(
            (Step(kind(place), 0, fault(place)), Step(Read())) for place in range(count)
        )
        return Program((filling, *swept), clients=tuple(clients))

    # The first choice is what Hypothesis begins with: all places, of which the needless ones are
    # left out once it has failed.
    counts = st.sampled_from(range(at_most, 0, -1))
    return st.builds(program, st.sampled_from(kinds), counts, faults)


def cut_sweeps() -> SearchStrategy[Program]:
    """Return sweeps of cuts: at each of the first packets in one direction."""

    def fault(to_server: bool, delivered: bool) -> Callable[[int], Fault]:
        return lambda place: CutConnection(place, to_server, delivered)

    return sweeps(st.builds(fault, st.booleans(), st.booleans()), 5)


def crash_sweeps(clients: Sequence[Client]) -> SearchStrategy[Program]:
    """Return sweeps of crashes: at each of the first packets in one direction.

    Args:
        clients: who looks on; the first one acts.
    """

    def fault(to_server: bool, delivered: bool) -> Callable[[int], Fault]:
        return lambda place: CrashServer(place, to_server, delivered)

    return sweeps(st.builds(fault, st.booleans(), st.booleans()), 4, clients=clients)


def kill_sweeps(clients: Sequence[Client]) -> SearchStrategy[Program]:
    """Return sweeps of deaths: at each of the first awaits.

    Args:
        clients: who looks on; the first one acts.
    """
    return sweeps(st.just(KillClient), 4, clients=clients)


def cancellations() -> SearchStrategy[Fault]:
    """Return cancellations, once or twice, at any await."""
    return st.builds(Cancel, st.sampled_from(AWAITS), st.sampled_from((1, 1, 2)))


def cuts(*, everywhere: bool = True) -> SearchStrategy[Fault]:
    """Return cuts of a connection at one of the first packets, in either direction.

    Args:
        everywhere: whether every connection is cut now and then.
    """
    return st.builds(
        CutConnection,
        st.sampled_from((0, 1, 2, 3, 4)),
        st.booleans(),
        st.booleans(),
        st.booleans() if everywhere else st.just(False),
    )


def crashes() -> SearchStrategy[Fault]:
    """Return crashes of the server at one of the first packets, in either direction."""
    return st.builds(CrashServer, st.sampled_from((0, 1, 2, 3, 4)), st.booleans(), st.booleans())


def many_memories(
    operations: SearchStrategy[Operation], memories: int, spaces: int, pool: int
) -> SearchStrategy[Program]:
    """Return programs of many memories that all act at the same time.

    Args:
        operations: what each of them does, twice.
        memories: how many there are.
        spaces: how many spaces they are in.
        pool: how many connections they share.
    """
    names = tuple(SpaceName(f"u{number}") for number in range(spaces))
    clients = tuple(Client(number % spaces) for number in range(memories))
    pairs = st.lists(st.tuples(operations, operations), min_size=memories, max_size=memories)
    return pairs.map(
        lambda drawn: Program(
            (),
            names,
            clients,
            branches=tuple(
                tuple(Step(operation, number) for operation in pair)
                for number, pair in enumerate(drawn)
            ),
            pool=pool,
        )
    )
