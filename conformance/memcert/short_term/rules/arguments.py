"""Rules on arguments: what each operation takes, and how many."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.messages import IdRange, MessageRange
from memcert.short_term.operations import Add, Delete, Size, UpdateMarks
from memcert.short_term.strategies import IDS, adds, programs
from memcert.short_term.sweeps import contents, counts, refusals


def _calls(calls: Sequence[Operation]) -> SearchStrategy[Program]:
    return programs(adds(IDS[:3], ("a",), ("x",)), st.sampled_from(calls))


def _many() -> SearchStrategy[Program]:
    return st.sampled_from((1_500, 50_000)).map(
        lambda count: Program(
            (
                Step(Add(MessageRange(count))),
                Step(UpdateMarks("a", ids=IdRange(count))),
                Step(Delete(IdRange(count - 1))),
                Step(Size()),
            )
        )
    )


RULES = (
    Rule(
        "ARG-01",
        "An argument of a wrong type is refused with TypeError before anything changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _calls(refusals.wrong_types()),
        sweep=lambda: contents.refused(refusals.wrong_types()),
    ),
    Rule(
        "ARG-02",
        "An unknown keyword argument is refused with TypeError before anything changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _calls(refusals.unknown_keywords()),
        sweep=lambda: contents.refused(refusals.unknown_keywords()),
    ),
    Rule(
        "ARG-03",
        "A bare string where a list of ids is meant is refused with TypeError.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _calls(refusals.bare_strings()),
        sweep=lambda: contents.refused(refusals.bare_strings()),
    ),
    Rule(
        "ARG-04",
        "Ids, marks and messages come as lists; a tuple, a set or a generator is refused with"
        " TypeError.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _calls(refusals.no_lists()),
        sweep=lambda: contents.refused(refusals.no_lists()),
    ),
    Rule(
        "ARG-05",
        "Any number of messages and ids works in one call, 50,000 too.",
        Level.CORE,
        Consequence.ERROR,
        _many,
        weight=0,
        sweep=counts.in_one_call,
    ),
)
