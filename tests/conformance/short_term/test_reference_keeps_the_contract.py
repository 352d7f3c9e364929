"""The reference keeps every rule of level core, whatever the seed."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import pytest

from memcert.engine.rule import Level
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.search import Search
from memcert.resolver import resolve
from memcert.short_term import CONTRACT

# Seeds are of random programs alone: sweeps are run by certification, with every seed the same.
RULES = [
    rule
    for rule in CONTRACT.rules
    if rule.level in (Level.CORE, None) and rule.weight and "durable" not in rule.needs
]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(CONTRACT, resolve("reference")) as opened:
        preflight(opened)
        yield opened


# Three on every Python, and all twenty on the oldest.
SEEDS = [*range(1, 4), *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(4, 21))]


@pytest.mark.parametrize("seed", SEEDS)
def test_over_twenty_seeds(runner: Runner, seed: int) -> None:
    for rule in RULES:
        search = Search(rule, CONTRACT, runner.execute, (), seed, until=inf, drawn_at_most=3)
        assert search.run() is None, rule.id
        assert search.tally.programs > 0
