"""The reference keeps every rule of level core, whatever the seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from memcert.engine.rule import Level, Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.search import Search
from memcert.resolver import resolve
from memcert.short_term import CONTRACT

# One program with 50,000 messages is enough for all seeds, and certification runs it.
RULES = [
    rule
    for rule in CONTRACT.rules
    if rule.level in (Level.CORE, None) and rule.id not in ("ARG-05", "EXP-02")
]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(CONTRACT, resolve("reference")) as opened:
        preflight(opened)
        yield opened


def few(rule: Rule) -> Rule:
    return replace(rule, programs_at_least=3)


# Three on every Python, and all twenty on the oldest.
SEEDS = [*range(1, 4), *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(4, 21))]


@pytest.mark.parametrize("seed", SEEDS)
def test_over_twenty_seeds(runner: Runner, seed: int) -> None:
    for rule in RULES:
        search = Search(few(rule), runner.execute, seed, until=0.0, shrink_seconds=1.0)
        assert search.run() is None, rule.id
        assert search.tally.programs >= 3
