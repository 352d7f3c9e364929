"""Medians, their intervals, and paired ratios, on made-up numbers."""

from __future__ import annotations

import math
from random import Random

import pytest

from memcert.measure.findings import Held, at_most
from memcert.measure.timing import (
    interval_rank,
    paired_ratio,
    ratio_text,
    seconds_text,
    spread,
)

# From tables of the sign test, 5 % on both sides together.
RANKS = {0: 0, 1: 0, 5: 0, 6: 1, 7: 1, 8: 1, 9: 2, 12: 3, 20: 6, 50: 18, 100: 40}


@pytest.mark.parametrize(("count", "rank"), RANKS.items())
def test_the_interval_has_the_ranks_of_the_sign_test(count: int, rank: int) -> None:
    assert interval_rank(count) == rank


def test_a_thousand_values_have_an_interval_too() -> None:
    # The normal approximation: half of them, less 1.96 standard deviations.
    assert abs(interval_rank(1000) - (500 - 0.98 * math.sqrt(1000))) < 2


def test_the_spread_of_values() -> None:
    found = spread([3.0, 1.0, 2.0, 7.0, 5.0, 6.0, 4.0])

    assert (found.median, found.low, found.high, found.most, found.rounds) == (4, 1, 7, 7, 7)


def test_five_values_have_no_interval() -> None:
    found = spread([1.0, 2.0, 3.0, 4.0, 5.0])

    assert (found.median, found.low, found.high) == (3, None, None)
    assert ratio_text(found) == "3.00 (5 rounds: no interval)"


def test_the_interval_holds_the_median_as_often_as_it_says() -> None:
    random, held = Random(0), 0
    for _ in range(400):
        found = spread([random.gauss(10, 2) for _ in range(20)])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 10 <= found.high

    assert held >= 0.93 * 400


def test_what_slows_both_of_a_pair_leaves_their_ratio() -> None:
    # Every other round ran on a busy machine.
    slow = [1.0, 50.0] * 10
    bases = [0.2 * factor for factor in slow]
    values = [0.3 * factor for factor in slow]

    ratio = paired_ratio(values, bases)

    assert ratio.median == pytest.approx(1.5)
    assert ratio.low == pytest.approx(1.5)
    assert ratio.high == pytest.approx(1.5)


def test_one_round_that_was_disturbed_changes_nothing() -> None:
    ratio = paired_ratio([1.0] * 19 + [1000.0], [1.0] * 20)

    assert (ratio.median, ratio.high, ratio.most) == (1, 1, 1000)


def test_values_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired_ratio([1.0, 2.0], [1.0])


def test_a_ratio_is_judged_by_its_median() -> None:
    below = at_most("it", spread([1.0, 1.1, 1.2, 1.3, 1.4, 1.2, 1.1]), 1.5)
    above = at_most("it", spread([1.6] * 7), 1.5)

    assert (below.held, below.found) == (Held.HOLDS, "1.20 (1.00 to 1.40)")
    assert above.held is Held.FAILS


def test_a_limit_within_the_interval_is_said() -> None:
    line = at_most("it", spread([1.0, 1.1, 1.2, 1.3, 1.4, 1.6, 1.7]), 1.5)

    assert line.held is Held.HOLDS
    assert "within the interval" in line.found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.000_123_4, "123 µs"), (0.012_345, "12.35 ms"), (0.5, "0.50 s"), (12.0, "12.00 s")],
)
def test_times_are_shown_with_their_unit(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_the_spread_as_json_has_six_digits() -> None:
    assert spread([1 / 3]).to_json() == {
        "median": 0.333333,
        "low": None,
        "high": None,
        "most": 0.333333,
        "rounds": 1,
    }
