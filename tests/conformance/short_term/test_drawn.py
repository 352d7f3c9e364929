"""What random programs draw: the dictionary's values, but for large ones, and alikes together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from memcert.short_term.drawn import (
    ALIKE,
    CONTENTS,
    HOSTILE,
    MOST_CHARACTERS,
    NUMBERS,
    SPACES_ALIKE,
    SPACES_JOINED,
    TEXTS,
    small,
)
from memcert.short_term.strategies import FEW_CONTENTS
from memcert.short_term.values import blocks, numbers, texts
from memcert.short_term.values.identifiers import IDENTIFIERS, PAIRS
from memcert.short_term.values.spaces import SEPARATORS, as_sessions, as_users, joined_with
from memcert.short_term.values.value import Value
from memcert_reference.json_text import dump_json


def test_what_is_large_is_left_out() -> None:
    values = [Value("a", "x", "y"), Value("b", "x" * MOST_CHARACTERS, "y"), Value("c", 1, "y")]
    assert small(values) == ("x", 1)


@pytest.mark.parametrize(
    ("drawn", "values"),
    [(CONTENTS, blocks.CONTENTS), (TEXTS, texts.TEXTS), (NUMBERS, numbers.NUMBERS)],
    ids=["contents", "texts", "numbers"],
)
def test_hardly_any_is_left_out(drawn: Sequence[Any], values: Sequence[Value]) -> None:
    left_out = [each.name for each in values if len(dump_json(each.value)) > MOST_CHARACTERS]
    assert len(left_out) <= 3
    assert len(drawn) == len(values) - len(left_out)


def test_every_identifier_is_in_one_group() -> None:
    assert sorted(name for group in HOSTILE for name in group) == sorted(
        each.value for each in IDENTIFIERS
    )


def test_what_is_alike_is_together() -> None:
    for pair in PAIRS:
        assert any({pair.one, pair.other} <= {*group} for group in ALIKE), pair.name
        for named in (as_sessions, as_users):
            assert any({*named(pair)} <= {*group} for group in SPACES_ALIKE), pair.name
    for separator in SEPARATORS:
        assert any({*joined_with(separator)} <= {*group} for group in SPACES_JOINED), separator


def test_the_groups_are_small_enough_to_meet_in_a_program() -> None:
    assert max(map(len, (*HOSTILE, *ALIKE, *SPACES_ALIKE, *SPACES_JOINED))) <= 14


def test_the_contents_of_rules_on_something_else_are_simple() -> None:
    assert FEW_CONTENTS == ("x", "", [], [{"type": "text", "text": "x"}])
