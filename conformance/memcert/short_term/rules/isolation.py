"""Rules on spaces: whatever their names, they share nothing."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, SpaceName
from memcert.engine.rule import Consequence, Level, Rule
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


RULES = (
    Rule(
        "ISO-01",
        "Two sessions of one user share nothing.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(SAME_USER),
        needs=DURABLE,
        sweep=spaces.of_one_user,
    ),
    Rule(
        "ISO-02",
        "Two users share nothing, even with sessions of the same name.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(SAME_SESSION),
        needs=DURABLE,
        sweep=spaces.of_one_session,
    ),
    Rule(
        "ISO-03",
        "Names that differ in case, blanks, accents or length, or that hold patterns, are names of"
        " different spaces.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(_together(PAIRS), short=True),
        needs=DURABLE,
        sweep=spaces.alike,
    ),
    Rule(
        "ISO-04",
        "Pairs of user and session that look alike once joined are different spaces.",
        Level.DURABLE,
        Consequence.LEAK,
        lambda: _isolated(_together(JOINED), short=True),
        needs=DURABLE,
        sweep=spaces.joined,
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
        sweep=spaces.acted_on,
    ),
)
