"""JSON values of hostile shapes."""

from __future__ import annotations

from typing import Any

from memcert.short_term.values.value import Value, named

DEPTHS = (1, 2, 31, 32, 33, 63, 64, 65, 97, 98, 99)
"""How deep a value may be nested, with what may stand around it: up to 100 in all."""


def nested(levels: int, deepest: Any = "x") -> Any:
    """Return a value of so many lists and objects inside one another.

    Args:
        levels: how many.
        deepest: what is innermost.
    """
    value = deepest
    for level in range(levels):
        value = [value] if level % 2 else {"k": value}
    return value


def _each(catches: str, *values: tuple[str, Any]) -> tuple[Value, ...]:
    return tuple(Value(name, value, catches) for name, value in values)


SHAPES = named(
    _each(
        "what is empty is dropped, or taken for something else that is",
        ("empty object", {}),
        ("empty list", []),
        ("empty text", ""),
        ("object of an empty object", {"k": {}}),
        ("object of an empty list", {"k": []}),
        ("object of null", {"k": None}),
        ("object of empty text", {"k": ""}),
        ("object of false", {"k": False}),
        ("object of zero", {"k": 0}),
        ("list of an empty object", [{}]),
        ("list of an empty list", [[]]),
        ("list of null", [None]),
        ("list of empty text", [""]),
        ("list of false", [False]),
        ("list of zero", [0]),
        ("lists of nothing", [[], [[]], [[], []]]),
        ("empty far inside", nested(7, {})),
        ("an empty list far inside", nested(8, [])),
        ("null far inside", nested(6, None)),
    ),
    _each(
        "equal parts are kept once, or put in order",
        ("repeated text", ["x", "x", "x"]),
        ("repeated objects", [{"k": 1}, {"k": 1}]),
        ("repeated null", [None, None]),
        ("out of order", [3, 1, 2, "b", "a"]),
        ("equal in Python", [1, True, 1.0, 0, False, 0.0]),
        ("equal numbers of keys", {"a": 1, "b": True, "c": 1.0, "d": 0, "e": False, "f": 0.0}),
        ("floats alone", [0.1, 1 / 3, 1e16]),
        ("whole floats alone", [1.0, 2.0]),
        ("truth values alone", [True, False]),
        ("integers and floats", [1, 0.1, 2]),
        ("equal values of two keys", {"a": [1], "b": [1]}),
        ("keys out of order", {"b": 1, "a": 2, "c": 3}),
    ),
    _each(
        "lists and objects are taken for one another, or for what is alone in them",
        ("list of one", ["x"]),
        ("list of one list", [["x"]]),
        ("object with number keys", {"0": "x", "1": "y"}),
        ("list of one object", [{"k": "x"}]),
        ("mixed", [None, True, 1, 1.5, "x", [], {}]),
        ("a text that is JSON", {"k": "[1]"}),
    ),
    _each(
        "a key is dropped, renamed or taken for a field of its own",
        ("an empty key", {"": "x"}),
        ("a blank key", {" ": "x", "  ": "y"}),
        ("keys with dots", {"a.b": 1, "a": {"b": 2}}),
        ("keys with dollars", {"$k": 1, "$oid": 2}),
        ("keys that differ in case", {"k": 1, "K": 2}),
        ("keys that differ in form", {"\u00e9": 1, "e\u0301": 2}),
        ("keys of messages", {"id": "m0", "role": "system", "content": [], "marks": ["a"]}),
        (
            "other keys of messages",
            {"name": "y", "timestamp": "t", "invocation_id": "i", "metadata": {}, "summary": "s"},
        ),
        ("keys of Python", {"__class__": "x", "__proto__": "y", "self": 1}),
        ("keys of types", {"type": "text", "py/object": "x", "$ref": "#"}),
        ("a long key", {"k" * 300: "x"}),
        ("keys with separators", {"a:b": 1, "a/b": 2, "a,b": 3, "a\nb": 4, "a\x00b": 5}),
        ("many keys", {f"k{number}": number for number in range(300)}),
    ),
    _each(
        "what is nested deep, or long, is cut",
        *((f"{levels} deep", nested(levels)) for levels in (3, 16, 31, 32, 33, 63, 64, 65)),
        ("300 items", [*range(300)]),
        ("1,025 items", ["x"] * 1025),
    ),
)
"""Every hostile shape."""
