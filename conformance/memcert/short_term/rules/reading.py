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
from memcert.short_term.sweeps import (
    changes,
    combinations,
    counts,
    sequences,
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
        sweep=lambda: [
            *combinations.reads(lambda mark, exclude, _: mark is not None and exclude is None),
            *counts.reads_with_a_mark(),
        ],
    ),
    Rule(
        "GET-02",
        "get_memory with an excluded mark leaves out the messages that carry it, and no others.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(contents=("x",)), _reads(False, True)),
        sweep=lambda: [
            *combinations.reads(lambda mark, exclude, _: mark is None and exclude is not None),
            *counts.reads_without_a_mark(),
        ],
    ),
    Rule(
        "GET-03",
        "With both, a message must carry the one and not the other; with the same mark twice there"
        " is none.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(contents=("x",)), _reads(True, True)),
        sweep=lambda: combinations.reads(
            lambda mark, exclude, _: mark is not None and exclude is not None
        ),
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
        sweep=changes.read_again,
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
        sweep=lambda: combinations.reads(lambda mark, exclude, _: "none" in (mark, exclude)),
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
        sweep=lambda: combinations.first_uses(sequences.FORMS.values()),
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
        sweep=lambda: [*changes.counted(), *counts.sizes()],
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
        sweep=changes.counted_without_summary,
        needs=frozenset({"update_compressed_summary"}),
    ),
)
