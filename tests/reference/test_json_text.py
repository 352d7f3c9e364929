"""JSON text for integers of any length."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memcert_reference.json_text import dump_json, load_json

LONG = 10**10_000 + 7


@pytest.mark.parametrize(
    "value",
    [
        LONG,
        -LONG,
        10**4299,
        10**4300,
        [LONG, -LONG, 1],
        {"k": {"deep": [LONG, "x", 1.5, None, True]}},
        # Strings that look like what stands for a long integer while the text is put together.
        [LONG, "#long-integer-0#0#long-integer-0#", "#long-integer-1#"],
        [LONG, '"#long-integer-0#0#long-integer-0#"'],
        {"#long-integer-0#0#long-integer-0#": LONG},
        {"plain": "a\0b😀", "n": 12},
    ],
    # An integer of 10,000 digits has no text in Python.
    ids=lambda value: type(value).__name__,
)
def test_a_value_comes_back_from_its_text(value: Any) -> None:
    text = dump_json(value)
    assert load_json(text) == value
    assert load_json(text.encode()) == value


def test_the_digits_are_those_of_the_integer() -> None:
    assert dump_json([10**5000]) == f"[1{'0' * 5000}]"
    assert load_json(f"[-1{'0' * 5000}]") == [-(10**5000)]


def test_types_come_back() -> None:
    text = dump_json([1, 1.0, True, -0.0, "1", None])
    assert text == '[1,1.0,true,-0.0,"1",null]'
    assert repr(load_json(text)) == "[1, 1.0, True, -0.0, '1', None]"


def test_what_is_not_json_is_refused() -> None:
    for text in ("", "{", "[1,]", "'x'"):
        with pytest.raises(json.JSONDecodeError):
            load_json(text)
    for number in (float("nan"), [float("inf"), LONG]):
        with pytest.raises(ValueError, match="not JSON compliant"):
            dump_json(number)  # type: ignore[arg-type]
