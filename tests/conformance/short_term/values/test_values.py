"""The dictionary of values: each has a name of its own, and is what it is to be."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from memcert.short_term.values.blocks import CONTENTS
from memcert.short_term.values.counts import COUNTS, FEW, MANY, MARKS, VARIABLES, VERY_MANY
from memcert.short_term.values.identifiers import IDENTIFIERS, PAIRS, is_identifier
from memcert.short_term.values.numbers import NUMBERS
from memcert.short_term.values.shapes import SHAPES
from memcert.short_term.values.states import BAD_CONTENTS, GOOD_CONTENTS
from memcert.short_term.values.texts import MAIN_TEXTS, SIZES, TEXTS
from memcert.short_term.values.value import Value, named
from memcert_reference.json_text import dump_json
from memcert_reference.values import json_copy

GROUPS = {
    "texts": TEXTS,
    "sizes": SIZES,
    "identifiers": IDENTIFIERS,
    "numbers": NUMBERS,
    "shapes": SHAPES,
    "contents": CONTENTS,
    "good states": GOOD_CONTENTS,
    "bad states": BAD_CONTENTS,
}


@pytest.mark.parametrize("values", GROUPS.values(), ids=GROUPS)
def test_each_has_a_name_of_its_own_and_says_what_it_catches(values: Sequence[Value]) -> None:
    names = [value.name for value in values]
    assert len(set(names)) == len(names)
    assert all(value.name and value.catches for value in values)
    # What stands before ": " in the name of a cell is the position.
    assert not [name for name in names if name.endswith(":")]


@pytest.mark.parametrize("values", [TEXTS, SIZES, NUMBERS, SHAPES, CONTENTS])
def test_each_is_a_value_that_the_contract_admits(values: Sequence[Value]) -> None:
    for value in values:
        json_copy(value.value, value.name)
    # By their texts: as Python compares them, 1 is True.
    assert len({dump_json(value.value) for value in values}) == len(values)


def test_identifiers_are_identifiers() -> None:
    assert all(is_identifier(value.value) for value in IDENTIFIERS)
    assert not is_identifier("")
    assert not is_identifier("m" * 256)
    assert not is_identifier("m\x00")


def test_pairs_are_of_two_identifiers_that_differ() -> None:
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
    for pair in PAIRS:
        assert pair.one != pair.other, pair.name
        assert is_identifier(pair.one), pair.name
        assert is_identifier(pair.other), pair.name
    assert len({frozenset((pair.one, pair.other)) for pair in PAIRS}) == len(PAIRS)


def test_counts_grow() -> None:
    for counts in (COUNTS, FEW, MARKS, (*COUNTS, *MANY, *VERY_MANY, *VARIABLES)):
        assert list(counts) == sorted(set(counts))
    assert set(FEW) <= set(COUNTS)


def test_the_main_texts_are_some_of_the_texts() -> None:
    assert set(map(id, MAIN_TEXTS)) < set(map(id, TEXTS))


def test_two_values_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two values are called 'x'"):
        named([Value("x", 1, "y")], [Value("x", 2, "y")])


def test_numbers_are_shown_as_json_shows_them() -> None:
    for value in NUMBERS:
        if isinstance(value.value, float):
            assert json.loads(json.dumps(value.value)) == value.value
