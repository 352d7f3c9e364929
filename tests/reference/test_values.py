"""Which identifiers and JSON values the contract admits."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any

import pytest

from memcert_reference.values import identifier, json_copy, plain_text


class Mark(str, Enum):  # noqa: UP042 - AgentScope's own marks are of just this kind
    HINT = "hint"


class Modern(StrEnum):
    HINT = "hint"


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "shouted"

    def __format__(self, spec: str) -> str:
        return "shouted"


class Number(IntEnum):
    ONE = 1


def nested(kind: str, depth: int) -> Any:
    value: Any = "deepest"
    for _ in range(depth):
        value = [value] if kind == "list" else {"k": value}
    return value


@pytest.mark.parametrize(
    "text",
    ["x", "é" * 255, "😀" * 255, " ", "a:b-c*[d]%_'\"{}\n", "\u0301", "S1", "s1 ", "\x7f\x01"],
)
def test_an_identifier_is_kept_exactly(text: str) -> None:
    assert identifier(text, "mark") == text


@pytest.mark.parametrize("given", [Mark.HINT, Modern.HINT, Loud("hint")])
def test_a_string_subclass_counts_as_its_string_value(given: str) -> None:
    text = identifier(given, "mark")
    assert text == "hint"
    assert type(text) is str


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mark must not be empty"),
        ("x" * 256, "mark has 256 characters; the limit is 255"),
        ("😀" * 256, "mark has 256 characters"),
        ("a\0b", "NUL"),
        ("\0", "NUL"),
        ("a\ud800", "lone surrogate at position 1"),
        ("\udfff", "lone surrogate at position 0"),
        ("\udc00\ud800", "lone surrogate"),
    ],
)
def test_a_bad_identifier_is_a_value_error(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        identifier(text, "mark")
    assert type(raised.value) is ValueError


@pytest.mark.parametrize("given", [None, 7, True, b"x", ["x"], ("x",), object()])
def test_what_is_not_a_string_is_a_type_error(given: object) -> None:
    with pytest.raises(TypeError, match="mark must be a string, not"):
        identifier(given, "mark")


def test_plain_text_may_be_empty_and_hold_nul() -> None:
    assert plain_text("", "name") == ""
    assert plain_text("a\0😀", "name") == "a\0😀"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        1,
        -1,
        10**10_000,
        -(10**10_000),
        0.0,
        -0.0,
        1e308,
        5e-324,
        "",
        "a\0b",
        "😀",
        [],
        {},
        {"": [None, {"k": [1, 1.0, True]}]},
    ],
    # An integer of 10,000 digits has no text in Python.
    ids=lambda value: type(value).__name__,
)
def test_a_json_value_is_copied_as_it_is(value: Any) -> None:
    copy = json_copy(value, "metadata")
    assert type(copy) is type(value)
    # repr tells 1, 1.0 and True apart, and -0.0 from 0.0; it has no text for long integers.
    assert copy == value if type(value) is int else repr(copy) == repr(value)


def test_a_copy_shares_nothing() -> None:
    value: Any = {"list": [{"inner": []}]}
    copy: Any = json_copy(value, "metadata")
    value["list"][0]["inner"].append("changed")
    value["list"].append("changed")
    assert copy == {"list": [{"inner": []}]}


@pytest.mark.parametrize("kind", ["list", "object"])
def test_a_hundred_levels_are_the_limit(kind: str) -> None:
    assert json_copy(nested(kind, 100), "metadata") == nested(kind, 100)
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        json_copy(nested(kind, 101), "metadata")


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        float("-inf"),
        "\ud800",
        ["\ud800"],
        {"\ud800": 1},
        {"k": [float("nan")]},
    ],
)
def test_what_json_cannot_say_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"^metadata") as raised:
        json_copy(value, "metadata")
    assert type(raised.value) is ValueError


@pytest.mark.parametrize(
    "value",
    [
        b"x",
        bytearray(b"x"),
        (1, 2),
        {1, 2},
        frozenset(),
        datetime(2026, 1, 1),
        Decimal(1),
        1j,
        object(),
        {1: "x"},
        {None: "x"},
        {True: "x"},
        {("a",): "x"},
        Number.ONE,
        Mark.HINT,
        {Mark.HINT: 1},
        OrderedDict(k=1),
        range(3),
        [[[b"x"]]],
    ],
)
def test_what_would_be_converted_silently_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError, match=r"^metadata"):
        json_copy(value, "metadata")
