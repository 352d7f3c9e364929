"""Rules on identifiers: user and session ids, message ids and marks."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.program import Program
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.drawn import ALIKE, HOSTILE
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


def _hostile(names: tuple[str, ...]) -> SearchStrategy[Program]:
    return programs(adds(names, names, ("x",)), deletes(names), updates(names, names))


def _alike_ids(names: tuple[str, ...]) -> SearchStrategy[Program]:
    return programs(adds(names, (), ("x",)), deletes(names))


def _alike_marks(names: tuple[str, ...]) -> SearchStrategy[Program]:
    return programs(
        adds(IDS[:3], names, ("x",)),
        updates(IDS[:3], names),
        st.builds(DeleteByMark, st.tuples(st.sampled_from(names))),
    )


RULES = (
    Rule(
        "VAL-01",
        "Ids and marks may hold any character but NUL and lone surrogates, and be 1 to 255"
        " characters long; they come back exactly.",
        Level.CORE,
        Consequence.WRONG,
        lambda: st.sampled_from(HOSTILE).flatmap(_hostile),
        sweep=lambda: [*identifiers.hostile_ids(), *identifiers.hostile_marks()],
    ),
    Rule(
        "VAL-02",
        "Ids compare exactly: case, trailing blanks, accents and look-alikes all matter.",
        Level.CORE,
        Consequence.WRONG,
        lambda: st.sampled_from(ALIKE).flatmap(_alike_ids),
        sweep=identifiers.alike_ids,
    ),
    Rule(
        "VAL-03",
        "Marks compare exactly: case, trailing blanks, accents and look-alikes all matter.",
        Level.CORE,
        Consequence.WRONG,
        lambda: st.sampled_from(ALIKE).flatmap(_alike_marks),
        sweep=identifiers.alike_marks,
    ),
    Rule(
        "VAL-04",
        "A str subclass given as an id, a mark or a role counts as its string value, whatever its"
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
                    AddWith("role", "a marker that is a role"),
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
        lambda: among_adds(*refusals.bad_identifiers()),
        sweep=lambda: contents.refused(refusals.bad_identifiers()),
    ),
    Rule(
        "VAL-06",
        "An id or mark that is not a string is refused with TypeError, and nothing changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: among_adds(*refusals.no_identifiers()),
        sweep=lambda: contents.refused(refusals.no_identifiers()),
    ),
)
