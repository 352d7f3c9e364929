"""Rules on ``delete``, ``delete_by_mark`` and ``clear``."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.operations import Clear, Delete, DeleteByMark, Read
from memcert.short_term.strategies import (
    IDS,
    MARKS,
    adds,
    deletes,
    deletes_by_mark,
    id_tuples,
    programs,
    summaries,
    updates,
)
from memcert.short_term.sweeps import (
    changes,
    combinations,
    counts,
    states,
)

RULES = (
    Rule(
        "DEL-01",
        "delete removes the messages with the given ids, and no others.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(
            adds(marks=(), contents=("x",)),
            st.builds(Delete, id_tuples(IDS, 4).map(lambda ids: tuple(dict.fromkeys(ids)))),
        ),
        sweep=lambda: [*combinations.deletions(), *counts.deleted()],
    ),
    Rule(
        "DEL-02",
        "delete returns how many messages went: unknown ids and repeats do not count.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:4], (), ("x",)),
            deletes((*IDS[:4], "unknown")),
            deletes(("unknown",)),
            counts=True,
        ),
        sweep=lambda: [*combinations.deletions(counts=True), *counts.deleted(counted=True)],
    ),
    Rule(
        "DEL-03",
        "An empty list of ids, or of marks, removes nothing.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(
            adds(marks=("a",), contents=("x",)), st.sampled_from([Delete(()), DeleteByMark(())])
        ),
        sweep=changes.empty_lists,
    ),
    Rule(
        "DEL-04",
        "A message that is deleted goes with its marks: no read by a mark, and no count, finds it.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:4], ("a", "b"), ("x",)),
            deletes(IDS[:4]),
            st.sampled_from([Read("a"), Read("b"), DeleteByMark(("b",))]),
            # Of the numbers returned, this is about that of delete_by_mark alone.
        ).map(lambda program: replace(program, blind_to=(Delete.kind,))),
        sweep=changes.deleted_with_marks,
    ),
    Rule(
        "DEL-05",
        "delete_by_mark removes the messages that carry the mark, or any of a list of marks, and no"
        " others.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(
            adds(contents=("x",)),
            adds(contents=("x",)),
            st.sampled_from([DeleteByMark((mark,), alone=True) for mark in (*MARKS, "none")]),
            deletes_by_mark(),
        ),
        sweep=lambda: [
            *combinations.deletions_by_mark(),
            *counts.deleted_by_a_mark(),
            *counts.marks_deleted_by(),
        ],
        needs=frozenset({"delete_by_mark"}),
    ),
    Rule(
        "DEL-06",
        "delete_by_mark returns how many messages went; one that carries two of the marks counts"
        " once.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(contents=("x",)),
            adds(contents=("x",)),
            st.builds(DeleteByMark, st.lists(st.sampled_from(MARKS), max_size=3).map(tuple)),
            counts=True,
        ),
        sweep=lambda: [*combinations.deletions_by_mark(counts=True), *counts.counted(mark=False)],
        needs=frozenset({"delete_by_mark"}),
    ),
    Rule(
        "CLR-01",
        "clear removes all messages and marks of the space.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(contents=("x",)), adds(contents=("x",)), updates(), st.just(Clear())),
        sweep=lambda: [*changes.cleared(), *counts.cleared()],
    ),
    Rule(
        "CLR-02",
        "clear leaves the summary.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(adds(IDS[:3], (), ("x",)), summaries(), st.just(Clear())),
        sweep=changes.cleared_with_summary,
        needs=frozenset({"update_compressed_summary"}),
    ),
    Rule(
        "CLR-03",
        "After clear everything works as before, with the same ids and marks too.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:3], ("a",), ("x", "y")),
            deletes(IDS[:3]),
            deletes_by_mark(("a",)),
            st.just(Clear()),
        ),
        sweep=states.emptied_first,
    ),
)
