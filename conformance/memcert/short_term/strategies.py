"""What the programs of the rules are made of.

A draw costs Hypothesis about 20 microseconds and a program has dozens of operations, so that a
message is drawn as a few choices from lists. The first choice of each list is the simplest:
Hypothesis makes a counterexample smaller by moving towards it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Reopen, SpaceName, Step
from memcert.short_term.drawn import CONTENTS
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)

IDS = tuple(f"m{number}" for number in range(8))
MARKS = ("a", "b", "c")

LONG_PROGRAM = 20
"""Half of the programs have at least so many operations (design, section 6)."""

FEW_CONTENTS = CONTENTS[:4]
"""Text and blocks, empty and not, for rules that are about something else."""

COUNTING = (Delete.kind, DeleteByMark.kind, UpdateMarks.kind)
"""The operations that return a number. Most rules are not about it, and do not look at it."""


def messages(
    ids: Sequence[str] = IDS, contents: Sequence[Any] = FEW_CONTENTS
) -> SearchStrategy[Message]:
    """Return messages that differ in id and content.

    Args:
        ids: the ids to choose from.
        contents: the contents to choose from.
    """
    # Ordered by content first, so that a smaller message is a simpler one.
    return st.sampled_from([Message(msg_id, content) for content in contents for msg_id in ids])


def mark_sets(marks: Sequence[str] = MARKS) -> SearchStrategy[tuple[str, ...] | None]:
    """Return marks to attach: none, one, or a few, perhaps repeated.

    Args:
        marks: the marks to choose from.
    """
    choices: list[tuple[str, ...] | None] = [None, *((mark,) for mark in marks), ()]
    choices.extend((marks[0], mark) for mark in marks)
    return st.sampled_from(choices)


def adds(
    ids: Sequence[str] = IDS,
    marks: Sequence[str] = MARKS,
    contents: Sequence[Any] = FEW_CONTENTS,
    at_most: int = 3,
) -> SearchStrategy[Operation]:
    """Return additions of a few messages.

    Args:
        ids: the ids to choose from.
        marks: the marks to choose from; none for additions without marks.
        contents: the contents to choose from.
        at_most: how many messages at most.
    """
    return st.builds(
        Add,
        st.lists(messages(ids, contents), min_size=1, max_size=at_most).map(tuple),
        mark_sets(marks) if marks else st.none(),
    )


def deletes(ids: Sequence[str] = (*IDS, "unknown")) -> SearchStrategy[Operation]:
    """Return deletions of a few ids, perhaps repeated or unknown.

    Args:
        ids: the ids to choose from.
    """
    return st.builds(Delete, id_tuples(ids))


def deletes_by_mark(marks: Sequence[str] = MARKS) -> SearchStrategy[Operation]:
    """Return deletions by one mark or a few.

    Args:
        marks: the marks to choose from.
    """
    return st.builds(
        DeleteByMark,
        st.lists(st.sampled_from(marks), min_size=1, max_size=3).map(tuple),
        st.booleans(),
    )


def updates(ids: Sequence[str] = IDS, marks: Sequence[str] = MARKS) -> SearchStrategy[Operation]:
    """Return every kind of change to marks.

    Args:
        ids: the ids to choose from.
        marks: the marks to choose from.
    """
    some_mark = st.sampled_from([None, *marks])
    return st.builds(UpdateMarks, some_mark, some_mark, st.one_of(st.none(), id_tuples(ids)))


def reads(marks: Sequence[str] = MARKS, *, excluded: bool = True) -> SearchStrategy[Operation]:
    """Return reads with and without filters.

    Args:
        marks: the marks to choose from.
        excluded: whether some of them leave a mark out.
    """
    some_mark = st.sampled_from([None, *marks])
    return st.builds(Read, some_mark, some_mark if excluded else st.none(), st.booleans())


def summaries(
    texts: Sequence[str] = ("s", "", "t", "\U0001f600\x00\n"),
) -> SearchStrategy[Operation]:
    """Return changes of the summary.

    Args:
        texts: the summaries to choose from.
    """
    return st.sampled_from([Summarise(text) for text in texts])


def id_tuples(ids: Sequence[str] = IDS, at_most: int = 3) -> SearchStrategy[tuple[str, ...]]:
    """Return a few ids, perhaps repeated.

    Args:
        ids: the ids to choose from.
        at_most: how many at most.
    """
    return st.lists(st.sampled_from(ids), max_size=at_most).map(tuple)


def anything(
    ids: Sequence[str] = IDS, marks: Sequence[str] = MARKS, contents: Sequence[Any] = CONTENTS
) -> SearchStrategy[Operation]:
    """Return any of the operations that every memory has.

    Args:
        ids: the ids to choose from.
        marks: the marks to choose from.
        contents: the contents to choose from.
    """
    return st.one_of(
        adds(ids, marks, contents),
        adds(ids, marks, contents),
        deletes(ids),
        deletes_by_mark(marks),
        updates(ids, marks),
        reads(marks),
        summaries(),
        st.sampled_from([Size(), Clear(), Add(None), Add(())]),
    )


def lists_of(
    item: SearchStrategy[Any], *, at_most: int = 32, at_least: int = 0
) -> SearchStrategy[list[Any]]:
    """Return lists, half of which are long, and which can all be made short.

    Args:
        item: what they hold.
        at_most: the longest length.
        at_least: the shortest length.
    """

    @st.composite
    def drawn(draw: st.DrawFn) -> list[Any]:
        # The long ones come from a minimum that shrinks to nothing while the items stay.
        shortest = draw(st.sampled_from((at_least, LONG_PROGRAM)))
        return draw(st.lists(item, min_size=shortest, max_size=max(at_most, shortest)))

    return drawn()


def programs(
    *operations: SearchStrategy[Operation], at_most: int = 32, counts: bool = False
) -> SearchStrategy[Program]:
    """Return programs of one client that mix some operations.

    Args:
        operations: what they are made of; naming one twice makes it twice as likely.
        at_most: how many there are, at most.
        counts: whether they are about the numbers that deletions and changes of marks return.
    """
    blind_to = () if counts else COUNTING
    mixed = lists_of(st.one_of(*operations), at_most=at_most, at_least=1)
    return mixed.map(lambda drawn: Program(tuple(map(Step, drawn)), blind_to=blind_to))


def listed(given: Iterable[Program]) -> SearchStrategy[Program]:
    """Return programs of a list, the first of which is the simplest.

    Args:
        given: the programs.
    """
    return st.sampled_from(list(given))


def among_adds(*operations: Operation) -> SearchStrategy[Program]:
    """Return programs that do some operations between additions.

    Args:
        operations: the operations to choose from.
    """
    return programs(adds(IDS[:4], ("a",)), st.sampled_from(operations))


def reopened(
    *operations: SearchStrategy[Operation], counts: bool = False
) -> SearchStrategy[Program]:
    """Return programs in which the memory is closed and opened again now and then.

    Args:
        operations: what else they are made of.
        counts: whether they are about the numbers that are returned.
    """
    return programs(*operations, st.just(Reopen()), counts=counts)


def shared(
    *operations: SearchStrategy[Operation],
    spaces: SearchStrategy[tuple[SpaceName, ...]] | None = None,
    clients: Sequence[Client] = (Client(), Client()),
    reopen: bool = False,
    at_most: int = 32,
    counts: bool = False,
) -> SearchStrategy[Program]:
    """Return programs of several clients, who take turns.

    Args:
        operations: what they are made of.
        spaces: the names of the spaces; one space by default.
        clients: who takes part; several spaces have one client each.
        reopen: whether clients close and open their memories now and then.
        at_most: how many operations at most.
        counts: whether they are about the numbers that are returned.
    """
    blind_to = () if counts else COUNTING
    every = st.one_of(*operations, *([st.just(Reopen())] if reopen else []))

    @st.composite
    def drawn(draw: st.DrawFn) -> Program:
        names = (SpaceName(),) if spaces is None else draw(spaces)
        who = clients if spaces is None else [Client(space) for space in range(len(names))]
        steps = draw(
            lists_of(
                st.builds(Step, every, st.sampled_from(range(len(who)))),
                at_most=at_most,
                at_least=1,
            )
        )
        return Program(tuple(steps), names, tuple(who), blind_to=blind_to)

    return drawn()
