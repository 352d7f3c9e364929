"""When two outcomes are the same, and how they are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from memcert.engine.programs.outcome import (
    ANYTHING,
    BEFORE,
    HangError,
    Outcome,
    RemoteError,
    contrast,
    same_outcome,
    same_value,
    shortened,
)


class OwnError(ValueError):
    pass


@pytest.mark.parametrize(
    "value",
    [None, True, 0, 10**5000, 1.5, float("nan"), "", [1, [2]], {"k": [None]}],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same_value(value, value)


@pytest.mark.parametrize(
    ("expected", "observed"),
    [
        (1, True),
        (1, 1.0),
        (0, False),
        (0.0, -0.0),
        (None, 0),
        (None, False),
        ("", None),
        ("a", "A"),
        ("1", 1),
        ([], ()),
        ([1], [1, 2]),
        ([1, 2], [2, 1]),
        ([[1]], [[True]]),
        ({}, []),
        ({"k": 1}, {"k": 1, "l": 2}),
        ({"k": 1, "l": 2}, {"k": 1}),
        ({"k": 1}, {"l": 1}),
        ({"k": 1}, {"k": 1.0}),
        ({"k": [{"l": 0.0}]}, {"k": [{"l": -0.0}]}),
        (10**5000, 10**5000 + 1),
    ],
    ids=range(20),
)
def test_values_that_are_not_the_same(expected: Any, observed: Any) -> None:
    assert not same_value(expected, observed)
    assert not same_value(observed, expected)


def test_the_order_of_keys_plays_no_part() -> None:
    assert same_value({"a": 1, "b": 2}, {"b": 2, "a": 1})


def test_what_the_contract_leaves_open_matches_anything() -> None:
    assert same_value([{"id": ANYTHING}], [{"id": object()}])
    # On the model's side only: a backend cannot say that it does not matter.
    assert not same_value([{"id": "m1"}], [{"id": ANYTHING}])


@pytest.mark.parametrize(
    ("expected", "observed", "same"),
    [
        (Outcome(1), Outcome(1), True),
        (Outcome(1), Outcome(2), False),
        (Outcome(None), Outcome(None), True),
        (Outcome(None), Outcome(error=ValueError()), False),
        (Outcome(error=ValueError()), Outcome(None), False),
        (Outcome(error=ValueError("a")), Outcome(error=ValueError("b")), True),
        (Outcome(error=ValueError()), Outcome(error=OwnError()), True),
        (Outcome(error=OwnError()), Outcome(error=ValueError()), False),
        (Outcome(error=ValueError()), Outcome(error=TypeError()), False),
        (Outcome(error=ValueError()), Outcome(error=HangError()), False),
        (Outcome(error=ValueError()), Outcome(error=RemoteError("ValueError", [], "")), True),
        (
            Outcome(error=ValueError()),
            Outcome(error=RemoteError("OwnError", ["ValueError", "Exception"], "")),
            True,
        ),
        (Outcome(error=ValueError()), Outcome(error=RemoteError("KeyError", [], "")), False),
        # Any exception at all is not what the contract means by one of its errors.
        (Outcome(error=KeyError()), Outcome(error=LookupError()), False),
    ],
)
def test_outcomes(expected: Outcome, observed: Outcome, same: bool) -> None:
    assert same_outcome(expected, observed) is same


@pytest.mark.parametrize(
    ("expected", "observed", "said", "seen"),
    [
        (0, 1, "returned 0", "returned 1"),
        (1, 1.0, "returned 1", "returned 1.0"),
        ([1, 2, 3], [1, 5, 3], "returned with [1] == 2", "returned with [1] == 5"),
        (
            [{"id": "a", "metadata": {"k": [1]}}],
            [{"id": "a", "metadata": {"k": [True]}}],
            "returned with [0]['metadata']['k'][0] == 1",
            "returned with [0]['metadata']['k'][0] == True",
        ),
        (
            [{"id": "a"}, {"id": "b"}],
            [{"id": "a"}],
            "returned 2 items: 'a', 'b'",
            "returned 1 item: 'a'",
        ),
        ({"k": 1}, {"l": 1}, "returned {'k': 1}", "returned {'l': 1}"),
    ],
)
def test_only_what_differs_is_said(expected: Any, observed: Any, said: str, seen: str) -> None:
    assert contrast(Outcome(expected), Outcome(observed)) == (said, seen)


def test_errors_are_said_with_their_names() -> None:
    raised = Outcome(error=OwnError("too\nlong"))
    assert contrast(Outcome(3), raised) == ("returned 3", "raised OwnError: too\nlong")
    assert str(Outcome(error=HangError("longer than 1 s"))) == "did not end: longer than 1 s"
    assert str(Outcome(error=RemoteError("KeyError", [], "x"))) == "raised KeyError: x"


def test_a_text_is_short_whatever_it_is_of() -> None:
    assert len(shortened("x" * 1000)) == 300
    assert shortened("x" * 1000).endswith("...")
    assert len(shortened([10**5000] * 3)) <= 300


def test_a_text_can_be_written_as_utf_8() -> None:
    said = str(Outcome(error=RuntimeError("cannot store \ud800")))
    assert said.encode()


@pytest.mark.parametrize(
    ("expected", "observed", "said", "seen"),
    [
        ("\u00e9", "e\u0301", "'\\xe9'", "'e\\u0301'"),
        ("m", "m\u200b", "'m'", "'m\\u200b'"),
        ("a", "\u0430", "'a'", "'\\u0430'"),
        ("m\ud800", "m?", "'m\\ud800'", "'m?'"),
        # Where all of it is ASCII, it is seen as it is.
        ("m", "M ", "'m'", "'M '"),
        ("it's", "its", '"it\'s"', "'its'"),
    ],
)
def test_texts_that_look_alike_are_told_apart(
    expected: str, observed: str, said: str, seen: str
) -> None:
    assert contrast(Outcome(expected), Outcome(observed)) == (
        f"returned {said}",
        f"returned {seen}",
    )
    inside = contrast(Outcome([{"id": expected}]), Outcome([{"id": observed}]))
    assert inside == (f"returned with [0]['id'] == {said}", f"returned with [0]['id'] == {seen}")


@pytest.mark.parametrize("place", [0, 5, 500, 9_999])
def test_long_texts_are_shown_around_their_first_difference(place: int) -> None:
    text = "0123456789" * 1_000
    other = f"{text[:place]}\u00e9{text[place + 1 :]}"
    said, seen = contrast(Outcome(text), Outcome(other))
    start = max(place - BEFORE, 0)
    for shown, whole in ((said, text), (seen, other)):
        around = ascii(whole[start : place + BEFORE])
        assert shown == f"returned 10,000 characters, from {start:,}: {around}"
    assert "\\xe9" in seen


def test_a_text_that_was_cut_says_where() -> None:
    text = "m" * 70_000
    said, seen = contrast(Outcome(text), Outcome(text[:65_535]))
    start = f"from {65_535 - BEFORE:,}: "
    assert said.startswith(f"returned 70,000 characters, {start}")
    assert seen == f"returned 65,535 characters, {start}{'m' * BEFORE!r}"
