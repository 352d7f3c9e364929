"""Rules on the compressed summary."""

from __future__ import annotations

from hypothesis import strategies as st

from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.misuse import CallWith
from memcert.short_term.operations import Clear, Delete, Read
from memcert.short_term.strategies import (
    IDS,
    adds,
    deletes,
    deletes_by_mark,
    programs,
    summaries,
    updates,
)
from memcert.short_term.sweeps import contents, ways
from memcert.short_term.sweeps import summaries as summary_sweeps

RULES = (
    Rule(
        "SUM-01",
        "update_compressed_summary replaces the summary, which comes back exactly.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(
            summaries(("s", "t", "u" * 5000, "\x00", "\U0001f600", " s ", "{}")),
            adds(IDS[:2], (), ("x",)),
        ),
        sweep=ways.summaries,
        needs=frozenset({"update_compressed_summary"}),
    ),
    Rule(
        "SUM-02",
        'The summary "" removes it: nothing comes first then.',
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(summaries(("s", "", "")), adds(IDS[:2], (), ("x",))),
        sweep=summary_sweeps.removed,
        needs=frozenset({"update_compressed_summary"}),
    ),
    Rule(
        "SUM-03",
        "A summary comes first, as a whole message with name and role user, with and without"
        " filters.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            summaries(("s", "t")),
            adds(contents=("x",)),
            st.builds(Read, st.sampled_from((None, "a")), st.sampled_from((None, "b"))),
        ),
        sweep=summary_sweeps.first,
        needs=frozenset({"update_compressed_summary"}),
    ),
    Rule(
        "SUM-04",
        "With prepend_summary=False the summary does not come, and is not lost.",
        Level.CORE,
        Consequence.WRONG,
        lambda: programs(
            summaries(("s", "t")),
            adds(IDS[:2], ("a",), ("x",)),
            st.builds(Read, st.sampled_from((None, "a")), summary=st.just(False)),
        ),
        sweep=summary_sweeps.left_out,
        needs=frozenset({"update_compressed_summary"}),
    ),
    Rule(
        "SUM-05",
        "The summary is no message: it cannot be deleted or marked, and no filter touches it.",
        Level.CORE,
        Consequence.LOSS,
        lambda: programs(
            summaries(("s", "t")),
            adds(IDS[:3], ("a",), ("x",)),
            updates(IDS[:3]),
            deletes((*IDS[:3], "user", "s")),
            deletes_by_mark(),
            st.sampled_from([Clear(), Delete(("_compressed_summary", "summary"))]),
        ),
        sweep=summary_sweeps.is_no_message,
        needs=frozenset({"update_compressed_summary"}),
    ),
    Rule(
        "SUM-06",
        "A summary that holds a lone surrogate is refused with ValueError, and the old one stays.",
        Level.CORE,
        Consequence.STRICT,
        lambda: programs(
            summaries(("s",)),
            st.just(CallWith("update_compressed_summary", "summary", "a lone surrogate")),
        ),
        sweep=lambda: contents.refused(
            [CallWith("update_compressed_summary", "summary", "a lone surrogate")]
        ),
        needs=frozenset({"update_compressed_summary"}),
    ),
)
