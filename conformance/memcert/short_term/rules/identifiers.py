"""Rules on identifiers: user and session ids, message ids and marks."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.program import Program
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.misuse import AddWith, CallWith
from memcert.short_term.operations import DeleteByMark, Read, UpdateMarks
from memcert.short_term.strategies import (
    IDS,
    adds,
    among_adds,
    deletes,
    id_tuples,
    programs,
    updates,
)
from memcert.short_term.sweeps import (
    changes,
    contents,
    identifiers,
    refusals,
)

HOSTILE = (
    "m",
    "m:n",
    "m-n",
    "*",
    "[m]",
    "m%",
    "m_",
    "'m'",
    '"m"',
    "{m}",
    "m\nn",
    "\\m",
    "m\r\n",
    " m",
    "?",
    "m/n",
    "m;--",
    "\U0001f600",
    "m" * 255,
    "\u00e9" * 255,
    "\U0001f600" * 255,
    "\u202em",
    "0",
    "None",
    "m\x1f",
)
"""Identifiers that some separator, pattern or encoding gets wrong."""


ALIKE = ("m", "M", "m ", " m", "m\t", "\u043c", "\uff4d", "m\u0301", "\u1e3f", "\u1e3e", "mm")
"""Identifiers that some collation takes for one another: case, blanks, accents, look-alikes."""


BAD_IDENTIFIERS = ("an empty string", "256 characters", "a NUL", "a lone surrogate")


NOT_STRINGS = ("an integer", "bytes", "an object")


MARK_ARGUMENTS = (
    ("add", "marks"),
    ("delete_by_mark", "mark"),
    ("get_memory", "mark"),
    ("get_memory", "exclude_mark"),
    ("update_messages_mark", "new_mark"),
    ("update_messages_mark", "old_mark"),
)


def _bad_identifiers() -> SearchStrategy[Program]:
    lists = (
        "a list with an empty string",
        *(f"a list with {name}" for name in BAD_IDENTIFIERS[1:]),
    )
    calls = [
        CallWith(method, argument, odd)
        for method, argument in MARK_ARGUMENTS
        for odd in BAD_IDENTIFIERS
    ]
    calls += [
        CallWith(method, "msg_ids", odd)
        for method in ("delete", "update_messages_mark")
        for odd in lists
    ]
    calls += [CallWith("add", "marks", odd) for odd in lists]
    return among_adds(*calls, *(AddWith("id", odd) for odd in BAD_IDENTIFIERS))


def _not_strings() -> SearchStrategy[Program]:
    calls = [
        CallWith(method, argument, odd)
        for method, argument in MARK_ARGUMENTS
        for odd in NOT_STRINGS
    ]
    calls += [
        CallWith(method, "msg_ids", odd)
        for method in ("delete", "update_messages_mark")
        for odd in ("a list of integers", "a list with None")
    ]
    calls += [CallWith(method, "mark", "a list of integers") for method in ("delete_by_mark",)]
    calls += [CallWith("add", "marks", "a list with None")]
    return among_adds(*calls, *(AddWith("id", odd) for odd in (*NOT_STRINGS, "None")))


RULES = (
    Rule(
        "VAL-01",
        "Ids and marks may hold any character but NUL and lone surrogates, and be 1 to 255"
        " characters long; they come back exactly.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(HOSTILE, HOSTILE, ("x",)), deletes(HOSTILE), updates(HOSTILE, HOSTILE)
        ),
        sweep=lambda: [*identifiers.hostile_ids(), *identifiers.hostile_marks()],
    ),
    Rule(
        "VAL-02",
        "Ids compare exactly: case, trailing blanks, accents and look-alikes all matter.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(adds(ALIKE, (), ("x",)), deletes(ALIKE)),
        sweep=identifiers.alike_ids,
    ),
    Rule(
        "VAL-03",
        "Marks compare exactly: case, trailing blanks, accents and look-alikes all matter.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:3], ALIKE, ("x",)),
            updates(IDS[:3], ALIKE),
            st.builds(
                DeleteByMark, st.lists(st.sampled_from(ALIKE), min_size=1, max_size=1).map(tuple)
            ),
        ),
        sweep=identifiers.alike_marks,
    ),
    Rule(
        "VAL-04",
        "A str subclass given as an id or a mark counts as its string value, whatever its"
        " format() says.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:3], ("hint",), ("x",)),
            st.builds(UpdateMarks, st.none(), st.just("hint"), id_tuples(IDS[:3])),
            st.sampled_from(
                [
                    CallWith("add", "marks", "a marker"),
                    CallWith("add", "marks", "a list of markers"),
                    AddWith("id", "a marker that is an id"),
                    CallWith("delete", "msg_ids", "a list of marker ids"),
                    CallWith("delete_by_mark", "mark", "a marker"),
                    CallWith("update_messages_mark", "new_mark", "a marker"),
                    CallWith("update_messages_mark", "msg_ids", "a list of marker ids"),
                    Read(mark="hint"),
                ]
            ),
        ),
        sweep=changes.markers,
    ),
    Rule(
        "VAL-05",
        "An id or mark that is empty, longer than 255 characters, or holds NUL or a lone"
        " surrogate is refused with ValueError, and nothing changes.",
        Level.CORE,
        Consequence.STRICT,
        _bad_identifiers,
        sweep=lambda: contents.refused(refusals.bad_identifiers()),
    ),
    Rule(
        "VAL-06",
        "An id or mark that is not a string is refused with TypeError, and nothing changes.",
        Level.CORE,
        Consequence.STRICT,
        _not_strings,
        sweep=lambda: contents.refused(refusals.no_identifiers()),
    ),
)
