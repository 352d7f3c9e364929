"""Rules on ``update_messages_mark``."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.operations import UpdateMarks
from memcert.short_term.strategies import IDS, MARKS, adds, id_tuples, programs
from memcert.short_term.sweeps import changes, combinations, counts

KNOWN = IDS[:5]


def _updates(
    new: Sequence[str | None] = MARKS,
    old: Sequence[str | None] = (None,),
    ids: SearchStrategy[tuple[str, ...] | None] | None = None,
) -> SearchStrategy[Operation]:
    return st.builds(
        UpdateMarks,
        st.sampled_from(new),
        st.sampled_from(old),
        st.none() if ids is None else ids,
    )


def _marked(
    *operations: SearchStrategy[Operation], counts: bool = False
) -> SearchStrategy[Program]:
    return programs(adds(KNOWN, MARKS, ("x",)), *operations, counts=counts)


RULES = (
    Rule(
        "MARK-01",
        "With ids, the new mark is attached to the messages with these ids, and to no others.",
        Level.CORE,
        Consequence.LOSS,
        lambda: _marked(_updates(ids=id_tuples(KNOWN))),
        sweep=lambda: [
            *combinations.updates(
                lambda new, old, ids: new and not old and ids not in ("left out", "none")
            ),
            *counts.one_more_mark(),
            *counts.marked_by_ids(),
        ],
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-02",
        "Without ids, the new mark is attached to every message.",
        Level.CORE,
        Consequence.LOSS,
        lambda: _marked(_updates(("a", "d"))),
        sweep=lambda: [
            *combinations.updates(lambda new, old, ids: new and not old and ids == "left out"),
            *counts.marked_by_one_call(),
        ],
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-03",
        "With an old mark, only the messages that carry it are selected; they lose it and get the"
        " new one.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _marked(
            st.sampled_from([UpdateMarks(new, old) for new in MARKS for old in MARKS if new != old])
        ),
        sweep=lambda: [
            *combinations.updates(
                lambda new, old, ids: new and old and new != old and ids == "left out"
            ),
            *counts.mark_replaced_by_one_call(),
        ],
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-04",
        "If old and new mark are the same, or both None, nothing changes.",
        Level.CORE,
        Consequence.LOSS,
        lambda: _marked(
            st.sampled_from(
                [
                    *(UpdateMarks(mark, mark) for mark in MARKS),
                    *(UpdateMarks(mark, mark, (IDS[0],)) for mark in MARKS),
                    UpdateMarks(None, None),
                    UpdateMarks(None, None, (IDS[0],)),
                ]
            )
        ),
        sweep=lambda: combinations.updates(lambda new, old, ids: new == old),
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-05",
        "With an old mark and no new one, the old mark is removed and the messages stay.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _marked(_updates((None,), MARKS), _updates((None,), MARKS, id_tuples(KNOWN))),
        sweep=lambda: [
            *combinations.updates(lambda new, old, ids: new is None and old is not None),
            *counts.mark_removed_by_one_call(),
        ],
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-06",
        "The number returned is that of the messages whose set of marks changed, 0 where old and"
        " new mark are the same.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _marked(
            _updates(("a", "b"), (None, "a", "b"), id_tuples(KNOWN)),
            _updates(("a",), (None, "b")),
            counts=True,
        ),
        sweep=lambda: [
            *combinations.updates(lambda new, old, ids: True, counts=True),
            *counts.counted(),
        ],
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-07",
        "Unknown ids and repeated ids do not count and mark nothing.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _marked(
            _updates(("a", "d"), ids=id_tuples(("unknown", *KNOWN[:2]), 5)), counts=True
        ),
        sweep=lambda: combinations.updates(
            lambda new, old, ids: "unknown" in ids or ids == "repeated", counts=True
        ),
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-08",
        "An empty list of ids selects no message, not every message.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _marked(_updates(("a", "d", None), (None, "a"), st.just(()))),
        sweep=lambda: combinations.updates(lambda new, old, ids: ids == "none"),
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-09",
        "With ids and an old mark, a message must have the id and carry the mark; the other"
        " messages keep it.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _marked(_updates((*MARKS, None), MARKS, id_tuples(KNOWN))),
        sweep=lambda: combinations.updates(
            lambda new, old, ids: old and new != old and ids not in ("left out", "none")
        ),
        needs=frozenset({"update_messages_mark"}),
    ),
    Rule(
        "MARK-10",
        "A mark that an unknown id was to get is not there when a message with that id is added"
        " later.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(KNOWN, (), ("x",), at_most=1), _updates(("a", "b"), ids=id_tuples(KNOWN))
        ),
        sweep=changes.marked_before_it_was_added,
        needs=frozenset({"update_messages_mark"}),
    ),
)
