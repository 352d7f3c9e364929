"""Rules on ``get_memory`` and ``size``."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.operations import Add, Clear, Read, Size, Summarise
from memcert.short_term.strategies import (
    IDS,
    MARKS,
    adds,
    deletes,
    deletes_by_mark,
    programs,
    reads,
    summaries,
    updates,
)


def _reads(mark: bool, exclude: bool, *, watched: bool = False) -> SearchStrategy[Operation]:
    marks = st.sampled_from(MARKS)
    return st.builds(
        Read,
        marks if mark else st.none(),
        marks if exclude else st.none(),
        watched=st.just(watched),
    )


RULES = (
    Rule(
        "GET-01",
        "get_memory with a mark returns the messages that carry it, and no others.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(contents=("x",)), updates(), _reads(True, False)),
    ),
    Rule(
        "GET-02",
        "get_memory with an excluded mark leaves out the messages that carry it, and no others.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(contents=("x",)), _reads(False, True)),
    ),
    Rule(
        "GET-03",
        "With both, a message must carry the one and not the other; with the same mark twice there"
        " is none.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(contents=("x",)), _reads(True, True)),
    ),
    Rule(
        "GET-04",
        "Reads change nothing, with any filter, however often.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(contents=("x",)),
            summaries(("s", "")),
            _reads(False, False, watched=True),
            _reads(True, False, watched=True),
            _reads(False, True, watched=True),
        ),
    ),
    Rule(
        "GET-05",
        "A mark that no message carries is found on none, and excluding it leaves none out.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(marks=("a",), contents=("x",)),
            st.sampled_from([Read(mark="none"), Read(exclude="none"), Read("a", "none")]),
        ),
    ),
    Rule(
        "GET-06",
        "Every operation works on a space that nothing was ever stored in.",
        Level.CORE,
        Consequence.ERROR,
        lambda: st.one_of(
            programs(
                deletes(), deletes_by_mark(), updates(), reads(), st.sampled_from([Size(), Clear()])
            ),
            programs(
                deletes(),
                deletes_by_mark(),
                updates(),
                summaries(("", "s")),
                st.sampled_from([Size(), Clear(), Add(None), Add(())]),
            ),
        ),
    ),
    Rule(
        "SIZE-01",
        "size counts the messages of the space after any change.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(contents=("x",), marks=("a",)),
            deletes(),
            deletes_by_mark(("a",)),
            st.just(Size()),
            st.just(Size()),
            st.just(Clear()),
        ),
    ),
    Rule(
        "SIZE-02",
        "size does not count the summary.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:3], (), ("x",)),
            st.sampled_from([Summarise("s"), Summarise("")]),
            st.just(Size()),
        ),
    ),
)
