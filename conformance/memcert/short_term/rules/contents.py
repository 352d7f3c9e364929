"""Rules on what a message holds: what comes back as it went in, and what is refused."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.messages import Message
from memcert.short_term.misuse import AddLarge, AddWith
from memcert.short_term.operations import Add, Delete
from memcert.short_term.strategies import (
    CONTENTS,
    IDS,
    among_adds,
    id_tuples,
    programs,
)
from memcert.short_term.sweeps import contents, refusals

TEXTS = (
    "x",
    "",
    "\x00",
    "a\x00b",
    "\U0001f600\U0001f468\u200d\U0001f469",
    "\u2028\u2029\ufeff",
    "\\u0000 \\n %s {} ' \"",
    "e\u0301 \u00e9",
    " x ",
    "\r\n\t",
    "null",
    "x" * 5000,
)


NUMBERS: tuple[Any, ...] = (
    1,
    1.0,
    True,
    0,
    0.0,
    -0.0,
    False,
    None,
    2**53 + 1,
    -(2**63),
    2**64,
    10**400,
    -(10**5000) - 7,
    0.1 + 0.2,
    5e-324,
    1.7976931348623157e308,
    1e16,
    123456789012345678.0,
)


NOT_JSON = (
    "bytes",
    "a tuple",
    "a set",
    "a date",
    "a decimal",
    "a complex number",
    "an object",
    "an integer key",
    "a None key",
    "a marker",
)


NOT_IN_JSON = ("NaN", "an infinity", "a list with NaN", "a lone surrogate", "101 levels")


def _nested(levels: int) -> Any:
    value: Any = "x"
    for level in range(levels):
        value = [value] if level % 2 else {"k": value}
    return value


def _adds_of(messages: SearchStrategy[Message]) -> SearchStrategy[Operation]:
    return st.builds(Add, st.tuples(messages))


def _contents() -> SearchStrategy[Program]:
    contents = st.sampled_from(CONTENTS)
    several = st.lists(st.sampled_from(CONTENTS[3:]), max_size=4).map(
        lambda lists: [block for blocks in lists for block in blocks]
    )
    return programs(
        _adds_of(st.builds(Message, st.sampled_from(IDS), st.one_of(contents, several)))
    )


def _texts() -> SearchStrategy[Program]:
    text = st.one_of(st.sampled_from(TEXTS), st.text(max_size=20))
    block = text.map(lambda value: [{"type": "text", "text": value}])
    metadata = st.one_of(st.none(), st.builds(lambda key, value: {key: value}, text, text))
    message = st.builds(
        Message, st.sampled_from(IDS), st.one_of(text, block), name=text, metadata=metadata
    )
    return programs(_adds_of(message))


def _numbers() -> SearchStrategy[Program]:
    number = st.one_of(
        st.sampled_from(NUMBERS), st.floats(allow_nan=False, allow_infinity=False), st.integers()
    )
    metadata = number.map(lambda value: {"k": value})
    content = number.map(
        lambda value: [{"type": "tool_use", "id": "t", "name": "f", "input": {"k": value}}]
    )
    return programs(
        _adds_of(
            st.one_of(
                st.builds(Message, st.sampled_from(IDS), metadata=metadata),
                st.builds(Message, st.sampled_from(IDS), content),
            )
        )
    )


def _depths() -> SearchStrategy[Program]:
    levels = st.sampled_from((1, 2, 50, 98, 99))
    metadata = levels.map(lambda depth: {"k": _nested(depth)})
    content = levels.map(
        lambda depth: [{"type": "tool_use", "id": "t", "name": "f", "input": _nested(depth - 1)}]
    )
    return programs(
        _adds_of(
            st.one_of(
                st.builds(Message, st.sampled_from(IDS), metadata=metadata),
                st.builds(Message, st.sampled_from(IDS), content),
            )
        )
    )


def _fields() -> SearchStrategy[Program]:
    message = st.builds(
        Message,
        st.sampled_from(IDS),
        name=st.sampled_from(("n", "", "other")),
        role=st.sampled_from(("user", "assistant", "system")),
        metadata=st.sampled_from((None, {}, {"k": "v"}, {"k": {"id": "m0"}, "role": "system"})),
        timestamp=st.sampled_from(
            ("2026-01-01 00:00:00.000", "2026-01-01T00:00:00Z", "", "yesterday")
        ),
        invocation_id=st.sampled_from((None, "call-1", "")),
    )
    return programs(_adds_of(message))


RULES = (
    Rule(
        "VAL-07",
        "A role other than user, assistant and system is refused with ValueError, and nothing"
        " changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: among_adds(AddWith("role", "another role"), AddWith("role", "an empty string")),
        sweep=lambda: contents.refused(refusals.roles()),
    ),
    Rule(
        "VAL-08",
        "Content of every block type comes back exactly equal.",
        Level.CORE,
        Consequence.WRONG,
        _contents,
        sweep=contents.contents,
    ),
    Rule(
        "VAL-09",
        "Strings of any valid Unicode, NUL and 4-byte characters included, come back exactly.",
        Level.CORE,
        Consequence.WRONG,
        _texts,
        sweep=contents.texts,
    ),
    Rule(
        "VAL-10",
        "Integers of any size, floats, booleans and null come back equal and of the same type.",
        Level.CORE,
        Consequence.WRONG,
        _numbers,
        sweep=contents.numbers,
    ),
    Rule(
        "VAL-11",
        "Content and metadata may be nested up to 100 deep.",
        Level.CORE,
        Consequence.ERROR,
        _depths,
        sweep=contents.depths,
    ),
    Rule(
        "VAL-12",
        "NaN, infinities, lone surrogates and nesting deeper than 100 are refused with ValueError,"
        " and nothing changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: among_adds(
            *(AddWith("metadata", odd, inside=True) for odd in (*NOT_IN_JSON, "a surrogate key")),
            *(AddWith("content", odd, inside=True) for odd in NOT_IN_JSON),
            *(AddWith(field, "a lone surrogate") for field in ("content", "name", "timestamp")),
            AddWith("invocation_id", "a lone surrogate"),
        ),
        sweep=lambda: contents.refused(refusals.not_in_json()),
    ),
    Rule(
        "VAL-13",
        "What is not a JSON value is refused with TypeError, never converted, and nothing changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: among_adds(
            *(AddWith("metadata", odd, inside=True) for odd in NOT_JSON),
            *(AddWith("content", odd, inside=True) for odd in NOT_JSON),
            *(AddWith("content", odd) for odd in ("None", "an integer", "bytes", "a tuple")),
            *(AddWith("metadata", odd) for odd in ("an integer", "a list of integers", "a string")),
            *(AddWith(field, "an integer") for field in ("name", "timestamp", "invocation_id")),
        ),
        sweep=lambda: contents.refused(refusals.not_json()),
    ),
    Rule(
        "VAL-14",
        "Every field of a message survives: id, name, role, content, metadata, timestamp and"
        " invocation_id.",
        Level.CORE,
        Consequence.LOSS,
        _fields,
        sweep=contents.fields,
    ),
    Rule(
        "VAL-15",
        "A large message is stored whole; one beyond the limit that the backend states is refused"
        " with ValueError.",
        Level.CORE,
        Consequence.ERROR,
        lambda: programs(
            st.builds(
                AddLarge, st.sampled_from(IDS[:2]), st.sampled_from((1_000, 100_000, 1_000_000))
            ),
            st.builds(Delete, id_tuples(IDS[:2])),
            at_most=4,
        ),
        sweep=contents.sizes,
    ),
)
