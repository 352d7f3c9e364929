"""States as AgentScope's InMemoryMemory writes them, and malformed ones."""

from __future__ import annotations

from typing import Any

from memcert.short_term.messages import TIMESTAMP
from memcert.short_term.values.blocks import CONTENTS
from memcert.short_term.values.value import Value


def entry(msg_id: str = "m0", marks: Any = (), **fields: Any) -> list[Any]:
    """Return an entry of a state.

    Args:
        msg_id: the message's id.
        marks: its marks.
        fields: fields of the message that differ from the usual ones.
    """
    message = {
        "id": msg_id,
        "name": "n",
        "role": "user",
        "content": "x",
        "metadata": {},
        "timestamp": TIMESTAMP,
    }
    return [message | fields, list(marks) if isinstance(marks, tuple) else marks]


def _without(key: str) -> list[Any]:
    message, marks = entry()
    return [{name: value for name, value in message.items() if name != key}, marks]


def _each(catches: str, *values: tuple[str, Any]) -> tuple[Value, ...]:
    return tuple(Value(name, value, catches) for name, value in values)


GOOD_CONTENTS = _each(
    "a state of another form than the usual one is refused, or loaded in part",
    ("nothing", []),
    ("one message", [entry()]),
    ("marks out of order", [entry("m1", ("a",)), entry("m0", ("b", "a"))]),
    ("a repeated mark", [entry("m0", ("a", "a"))]),
    ("many marks", [entry("m0", tuple(f"a{number}" for number in range(40)))]),
    # AgentScope wrote bare messages before it had marks.
    ("a bare message", [entry()[0]]),
    ("bare messages and others", [entry("m0")[0], entry("m1", ("a",)), entry("m2")[0]]),
    ("an invocation_id", [entry(invocation_id="call-1")]),
    ("a null invocation_id", [entry(invocation_id=None)]),
    ("an empty invocation_id", [entry(invocation_id="")]),
    ("metadata", [entry(metadata={"k": ["v", {"l": {}}], "n": None})]),
    ("null metadata", [entry(metadata=None)]),
    ("another timestamp", [entry(timestamp="1999-12-31 23:59:59.999")]),
    ("an empty timestamp", [entry(timestamp="")]),
    ("another role", [entry(role="system")]),
    ("another name", [entry(name="other")]),
    ("many messages", [entry(f"m{number}", ("a",)) for number in range(150)]),
    (
        "every content",
        [entry(f"m{number}", content=each.value) for number, each in enumerate(CONTENTS)],
    ),
)

BAD_CONTENTS = _each(
    "a malformed entry is skipped, mended, or found when half of the others are loaded",
    ("null", None),
    ("text", "x"),
    ("an object", {"m0": entry()}),
    ("a number", 7),
    ("false", False),
    ("a null entry", [None]),
    ("a text entry", ["x"]),
    ("an empty entry", [[]]),
    ("an entry of three", [[*entry(), "x"]]),
    ("an entry of one", [entry()[:1]]),
    ("marks as text", [entry(marks="a")]),
    ("marks null", [entry(marks=None)]),
    ("marks as an object", [entry(marks={"a": 1})]),
    ("a mark that is a number", [entry(marks=[7])]),
    ("a mark that is null", [entry(marks=["a", None])]),
    ("an empty mark", [entry(marks=[""])]),
    ("a long mark", [entry(marks=["a" * 256])]),
    ("a mark with NUL", [entry(marks=["a\x00"])]),
    ("an empty id", [entry("")]),
    ("a long id", [entry("m" * 256)]),
    ("an id with NUL", [entry("m\x00")]),
    ("an id that is a number", [entry(id=7)]),
    ("an unknown role", [entry(role="tool")]),
    ("a null role", [entry(role=None)]),
    ("a content that is a number", [entry(content=7)]),
    ("a null content", [entry(content=None)]),
    ("a content of text in a list", [entry(content=["x"])]),
    ("a content that is an object", [entry(content={"type": "text", "text": "x"})]),
    ("metadata as a list", [entry(metadata=[])]),
    ("metadata as text", [entry(metadata="x")]),
    ("a null name", [entry(name=None)]),
    ("a name that is a number", [entry(name=7)]),
    ("a timestamp that is a number", [entry(timestamp=7)]),
    ("an invocation_id that is a number", [entry(invocation_id=7)]),
    ("a field that is not known", [entry(surprise=7)]),
    ("no id", [_without("id")]),
    ("no role", [_without("role")]),
    ("no name", [_without("name")]),
    ("no content", [_without("content")]),
    ("a repeated id", [entry("m5"), entry("m6"), entry("m5")]),
    ("the last of many malformed", [*(entry(f"m{n}") for n in range(5, 40)), [{}, []]]),
    ("the second malformed", [entry("m5"), [{}, []]]),
)
