"""A small contract and a way to certify a class of memories by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

import memcert.engine.running.sequential_run
from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import Corpus
from memcert.engine.rule import Consequence, Level, Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search import smallest
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.issuing import write_certificate
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Size
from memcert.short_term.strategies import adds, deletes, programs, reopened, summaries

IDS = ("m0", "m1")


def some_rule(rule: str, level: Level | None, **fields: Any) -> Rule:
    return Rule(
        rule,
        f"The sentence of {rule}.",
        level,
        fields.pop("consequence", Consequence.WRONG),
        fields.pop("programs", lambda: programs(adds(IDS), at_most=4)),
        **fields,
    )


@pytest.fixture
def contract() -> Contract:
    """A contract of five rules that a memory can break one by one."""
    return replace(
        CONTRACT,
        corpus=Corpus(None, CONTRACT.operations),
        rules=(
            some_rule("ADD-01", Level.CORE),
            some_rule(
                "DEL-01",
                Level.CORE,
                programs=lambda: programs(adds(IDS), deletes(IDS), at_most=6, counts=True),
            ),
            some_rule(
                "SIZE-01",
                Level.CORE,
                consequence=Consequence.STRICT,
                programs=lambda: programs(st.just(Size()), at_most=2),
            ),
            some_rule(
                "DUR-01",
                Level.DURABLE,
                consequence=Consequence.LOSS,
                programs=lambda: reopened(adds(IDS)),
                needs=frozenset({"durable"}),
            ),
            some_rule("EXP-01", None, programs=lambda: programs(summaries(), at_most=3)),
        ),
    )


Certify = Callable[..., Certificate]


@pytest.fixture
def certified(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Certify:
    """Return a function that certifies a class or factory of memories by the small contract."""
    # However slow the machine is, programs get as small as they can.
    monkeypatch.setattr(smallest, "SECONDS_TO_SHRINK", 30.0)

    def certified(kind: Any, *, corpus: SavedFailures | None = None, **plan: Any) -> Certificate:
        asked = Plan(**plan)
        with Runner(contract, as_backend(kind, "tiny")) as runner:
            found = certify(
                runner, asked, corpus or SavedFailures(None, "tiny", contract), Progress()
            )
            return write_certificate(runner, asked, found)

    return certified


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every operation, and every program, a fraction of a second."""
    for kind in CONTRACT.operations.values():
        monkeypatch.setattr(kind, "seconds", 0.1)
    monkeypatch.setattr(memcert.engine.running.sequential_run, "GRACE_SECONDS", 0.5)
