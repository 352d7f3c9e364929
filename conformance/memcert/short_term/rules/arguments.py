"""Rules on arguments: what each operation takes, and how many."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.program import Program, Step
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.messages import IdRange, MessageRange
from memcert.short_term.misuse import METHODS, CallWith
from memcert.short_term.operations import Add, Delete, Size, UpdateMarks
from memcert.short_term.strategies import IDS, adds, programs
from memcert.short_term.sweeps import contents, counts, refusals

WRONG_TYPES = (
    *(("add", "memories", odd) for odd in ("a string", "an integer", "a dictionary")),
    *(("add", "memories", odd) for odd in ("a list of dictionaries", "a message and None")),
    *(("add", "marks", odd) for odd in ("an integer", "a dictionary")),
    *(("delete", "msg_ids", odd) for odd in ("None", "an integer", "a dictionary")),
    *(("delete_by_mark", "mark", odd) for odd in ("None", "an integer", "a dictionary")),
    *(("get_memory", "prepend_summary", odd) for odd in ("None", "an integer", "a string")),
    *(("update_compressed_summary", "summary", odd) for odd in ("None", "an integer", "bytes")),
    *(("load_state_dict", "state", odd) for odd in ("None", "an integer", "a list of integers")),
    *(("load_state_dict", "strict", odd) for odd in ("None", "a string")),
)

NOT_LISTS = (
    *(("add", "memories", f"a {kind} of messages") for kind in ("tuple", "set", "generator")),
    *(("add", "marks", f"a {kind}") for kind in ("tuple", "set", "generator")),
    *(("delete", "msg_ids", f"a {kind}") for kind in ("tuple", "set", "generator")),
    *(("delete_by_mark", "mark", f"a {kind}") for kind in ("tuple", "set", "generator")),
    *(("update_messages_mark", "msg_ids", f"a {kind}") for kind in ("tuple", "set", "generator")),
)

METHODS_OF_THE_API = [method for method in METHODS if not method.endswith(("port_state",))]


def _calls(calls: tuple[tuple[str, str, str], ...]) -> SearchStrategy[Program]:
    return programs(
        adds(IDS[:3], ("a",), ("x",)), st.sampled_from([CallWith(*call) for call in calls])
    )


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
        lambda: _calls(WRONG_TYPES),
        sweep=lambda: contents.refused(refusals.wrong_types()),
    ),
    Rule(
        "ARG-02",
        "An unknown keyword argument is refused with TypeError before anything changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _calls(tuple((method, "surprise", "None") for method in METHODS_OF_THE_API)),
        sweep=lambda: contents.refused(refusals.unknown_keywords()),
    ),
    Rule(
        "ARG-03",
        "A bare string where a list of ids is meant is refused with TypeError.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _calls(
            (("delete", "msg_ids", "a string"), ("update_messages_mark", "msg_ids", "a string"))
        ),
        sweep=lambda: contents.refused(refusals.bare_strings()),
    ),
    Rule(
        "ARG-04",
        "Ids, marks and messages come as lists; a tuple, a set or a generator is refused with"
        " TypeError.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _calls(NOT_LISTS),
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
