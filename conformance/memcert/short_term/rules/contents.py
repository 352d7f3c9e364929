"""Rules on what a message holds: what comes back as it went in, and what is refused."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.drawn import CONTENTS, NUMBERS, TEXTS, small
from memcert.short_term.messages import Message
from memcert.short_term.misuse import AddLarge
from memcert.short_term.operations import Add, Delete
from memcert.short_term.strategies import (
    IDS,
    among_adds,
    id_tuples,
    programs,
)
from memcert.short_term.sweeps import contents, refusals
from memcert.short_term.values.shapes import DEPTHS, nested


def _adds_of(messages: SearchStrategy[Message]) -> SearchStrategy[Operation]:
    return st.builds(Add, st.tuples(messages))


def _contents() -> SearchStrategy[Program]:
    contents = st.sampled_from(CONTENTS)
    of_blocks = [content for content in CONTENTS if content and isinstance(content, list)]
    several = st.lists(st.sampled_from(of_blocks), max_size=4).map(
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
    levels = st.sampled_from(DEPTHS)
    metadata = levels.map(lambda depth: {"k": nested(depth)})
    content = levels.map(
        lambda depth: [{"type": "tool_use", "id": "t", "name": "f", "input": nested(depth - 1)}]
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
    fields = {name: st.sampled_from(small(values)) for name, values in contents.FIELDS.items()}
    message = st.builds(Message, st.sampled_from(IDS), **fields)
    return programs(_adds_of(message))


RULES = (
    Rule(
        "VAL-07",
        "A role other than user, assistant and system is refused with ValueError, and nothing"
        " changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: among_adds(*refusals.roles()),
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
        lambda: among_adds(*refusals.not_in_json()),
        sweep=lambda: contents.refused(refusals.not_in_json()),
    ),
    Rule(
        "VAL-13",
        "What is not a JSON value is refused with TypeError, never converted, and nothing changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: among_adds(*refusals.not_json()),
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
