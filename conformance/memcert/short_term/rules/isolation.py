"""Rules on spaces: whatever their names, they share nothing."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, SpaceName
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.drawn import SPACES_ALIKE, SPACES_JOINED
from memcert.short_term.operations import Clear, Read
from memcert.short_term.rules.durable import DURABLE
from memcert.short_term.strategies import (
    IDS,
    adds,
    deletes,
    deletes_by_mark,
    shared,
    summaries,
    updates,
)
from memcert.short_term.sweeps import spaces
from memcert.short_term.values.identifiers import PAIRS
from memcert.short_term.values.spaces import SAME_SESSION, SAME_USER, as_sessions, as_users

_ALIKE = {pair.name: pair for pair in PAIRS}

SOME_ALIKE = tuple(
    named(_ALIKE[name])
    for name in ("a number and a longer one", "case")
    for named in (as_sessions, as_users)
)
"""Names that a pattern or a prefix search takes for one another, and so does a collation."""


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


RULES = (
    Rule(
        "ISO-01",
        "Two sessions of one user share nothing.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated((SAME_USER,)),
        needs=DURABLE,
        sweep=spaces.of_one_user,
    ),
    Rule(
        "ISO-02",
        "Two users share nothing, even with sessions of the same name.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated((SAME_SESSION,)),
        needs=DURABLE,
        sweep=spaces.of_one_session,
    ),
    Rule(
        "ISO-03",
        "Names that differ in case, blanks, accents or length, or that hold patterns, are names of"
        " different spaces.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(SPACES_ALIKE, short=True),
        needs=DURABLE,
        sweep=spaces.alike,
    ),
    Rule(
        "ISO-04",
        "Pairs of user and session that look alike once joined are different spaces.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(SPACES_JOINED, short=True),
        needs=DURABLE,
        sweep=spaces.joined,
    ),
    Rule(
        "ISO-05",
        "clear, deletions, marks and the summary of one space leave every other space alone.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(
            (SAME_USER, SAME_SESSION, *SOME_ALIKE),
            adds(IDS[:3], ("a", "b"), ("x",)),
            deletes(IDS[:3]),
            deletes_by_mark(("a", "b")),
            updates(IDS[:3], ("a", "b")),
            summaries(("s", "t", "")),
            st.just(Clear()),
        ),
        needs=DURABLE,
        sweep=spaces.acted_on,
    ),
)
