"""Rules on ``add`` and on the order that it gives."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.drawn import CONTENTS
from memcert.short_term.messages import Message, MessageRange
from memcert.short_term.misuse import AddWith
from memcert.short_term.operations import Add, Clear, DeleteByMark, Read, UpdateMarks
from memcert.short_term.sharing_operations import AddThenSpoil, ReadThenSpoil
from memcert.short_term.strategies import (
    IDS,
    adds,
    deletes,
    id_tuples,
    messages,
    programs,
)
from memcert.short_term.sweeps import (
    changes,
    combinations,
    counts,
    order,
    states,
)

MANY_IDS = tuple(f"m{number}" for number in range(150))

TIMESTAMPS = ("2026-01-01 00:00:00.000", "2025-01-01 00:00:00.000", "2027-01-01 00:00:00.000")


def _new_adds(alone: bool = True) -> SearchStrategy[Operation]:
    one = st.builds(
        Add, st.tuples(messages(MANY_IDS, ("x",))), st.sampled_from((None, ("a",))), st.just(alone)
    )
    return st.one_of(one, adds(MANY_IDS, (), ("x",)))


def _timed() -> SearchStrategy[Operation]:
    message = st.builds(Message, st.sampled_from(IDS), timestamp=st.sampled_from(TIMESTAMPS))
    return st.builds(Add, st.lists(message, min_size=1, max_size=3).map(tuple))


def _many_in_one_call() -> SearchStrategy[Operation]:
    several = st.lists(st.sampled_from(MANY_IDS), min_size=1, max_size=120, unique=True)
    return st.builds(Add, several.map(lambda ids: tuple(Message(msg_id) for msg_id in ids)))


def _spoilt() -> SearchStrategy[Message]:
    return st.builds(
        Message,
        st.sampled_from(IDS[:5]),
        st.sampled_from(CONTENTS),
        metadata=st.sampled_from((None, {"k": ["v"]}, {"k": {"k": []}})),
    )


def _bad_batches() -> SearchStrategy[Operation]:
    return st.builds(
        AddWith,
        st.sampled_from(("id", "name", "content", "metadata")),
        st.sampled_from(("an integer", "a lone surrogate", "an object")),
        first=st.sampled_from(IDS[:4]),
    )


RULES = (
    Rule(
        "ADD-01",
        "add appends a message, or a list of messages, and returns nothing.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(_new_adds()),
        sweep=lambda: [
            *combinations.additions(
                lambda messages, marks: "known" not in messages and marks == "left out"
            ),
            *counts.added(),
            *changes.added_beside_a_summary(),
        ],
    ),
    Rule(
        "ADD-02",
        "add of None or of an empty list does nothing, with or without marks.",
        Level.CORE,
        Consequence.ERROR,
        lambda: programs(
            adds(IDS[:3], (), ("x",)),
            st.sampled_from([Add(None), Add(()), Add(None, ("a",)), Add((), ("a",))]),
        ),
        sweep=lambda: combinations.additions(
            lambda messages, _: messages in ("None", "an empty list")
        ),
    ),
    Rule(
        "ADD-03",
        "A message whose id is already in the space is skipped, whatever its content or the marks"
        " given with it.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(IDS[:3], ("a", "b"), ("x", "y"), at_most=2)),
        sweep=lambda: combinations.additions(lambda messages, _: "known" in messages),
    ),
    Rule(
        "ADD-04",
        "Of messages with equal ids in one call the first wins.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            st.builds(
                Add,
                st.lists(messages(MANY_IDS[:12], ("x", "y", "z")), min_size=1, max_size=5).map(
                    lambda drawn: (*drawn, *(Message(each.id, "again") for each in drawn[:1]))
                ),
            )
        ),
        sweep=lambda: combinations.additions(lambda messages, _: "repeated" in messages),
    ),
    Rule(
        "ADD-05",
        "Every message that add appends carries the marks given with it, as one string or a list.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(
            st.builds(
                Add,
                st.lists(messages(MANY_IDS, ("x",)), min_size=1, max_size=3).map(tuple),
                st.sampled_from((("a",), ("a", "b"), ("b", "a", "c"), (), None)),
                st.booleans(),
            )
        ),
        sweep=lambda: [
            *combinations.additions(lambda messages, marks: marks not in ("left out", "repeated")),
            *counts.marks(),
            *counts.added_with_marks(),
            *counts.long_marks(),
        ],
    ),
    Rule(
        "ADD-06",
        "Marks are a set: one that is given twice, or attached again, counts once.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            st.builds(
                Add,
                st.lists(messages(IDS, ("x",)), min_size=1, max_size=2).map(tuple),
                st.sampled_from((("a", "a"), ("a", "b", "a"))),
            ),
            st.builds(UpdateMarks, st.sampled_from(("a", "b")), st.none(), id_tuples()),
            st.builds(UpdateMarks, st.none(), st.sampled_from(("a", "b")), id_tuples()),
        ),
        sweep=lambda: combinations.additions(lambda messages, marks: marks == "repeated"),
    ),
    Rule(
        "ADD-07",
        "A batch is stored whole or not at all: one bad message in it and none is stored.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(IDS[:3], (), ("x",)), _bad_batches()),
        sweep=changes.bad_batches,
    ),
    Rule(
        "ADD-08",
        "The memory takes its own copy before its first await: what the caller does to its message,"
        " list or marks later changes nothing.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            st.builds(AddThenSpoil, _spoilt(), st.sampled_from(((), ("a",), ("a", "b"))))
        ),
        sweep=states.added_and_kept,
    ),
    Rule(
        "ADD-09",
        "What the caller does to a message that a read returned changes nothing.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            st.builds(Add, st.lists(_spoilt(), min_size=1, max_size=3).map(tuple)),
            st.just(ReadThenSpoil()),
        ),
        sweep=states.kept_messages,
    ),
    Rule(
        "ORD-01",
        "Messages are read in the order of insertion, whatever their timestamps and ids.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(_timed(), adds(("m2", "m10", "z", "A", "m1"), (), ("x",))),
        sweep=order.inserted,
    ),
    Rule(
        "ORD-02",
        "Reads with a mark keep the order of insertion, whenever the mark was attached.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS, ("a",), ("x",)),
            st.builds(UpdateMarks, st.just("a"), st.none(), id_tuples()),
            st.builds(Read, st.just("a")),
        ),
        sweep=order.marked,
    ),
    Rule(
        "ORD-03",
        "A message that was deleted and added again is last.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(IDS[:4], (), ("x",)), adds(IDS[:4], (), ("x",)), deletes(IDS[:4])),
        sweep=order.added_again,
    ),
    Rule(
        "ORD-04",
        "A message that was deleted and added again has none of its old marks.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:3], ("a", "b"), ("x",)),
            adds(IDS[:3], (), ("x",)),
            st.one_of(deletes(IDS[:3]), st.sampled_from([DeleteByMark(("a",)), Clear()])),
        ),
        sweep=order.added_again_without_marks,
    ),
    Rule(
        "ORD-05",
        "The order holds for more messages than fit into a page, in one call or in many.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            _many_in_one_call(),
            st.sampled_from([Add(MessageRange(count)) for count in (65, 101)]),
            deletes(MANY_IDS[:40]),
            at_most=24,
        ),
        sweep=lambda: [*counts.reads(), *order.many()],
    ),
)
