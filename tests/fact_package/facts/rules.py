"""The rules of a memory of facts."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from facts.operations import Record, Retrieve
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Reopen, Step
from memcert.engine.rule import Consequence, Level, Rule

FACTS = ("tea is green", "tea is hot", "rain is wet", "tea")

RECORDS = st.lists(st.sampled_from(FACTS), max_size=4).map(lambda facts: Record(tuple(facts)))
RETRIEVALS = st.builds(Retrieve, st.sampled_from(("tea", "is", "snow")), st.integers(0, 3))


def _programs(*operations: SearchStrategy[Operation]) -> SearchStrategy[Program]:
    steps = st.lists(st.one_of(*operations).map(Step), min_size=1, max_size=30)
    return steps.map(lambda drawn: Program(tuple(drawn)))


RULES = (
    Rule(
        "RECORD-01",
        "`record` appends the facts that are new, once each, and returns how many they are.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _programs(RECORDS),
        weight=15,
    ),
    Rule(
        "RETRIEVE-01",
        "`retrieve` returns the newest facts with the word, the newest first, at most `limit`.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _programs(RECORDS, RETRIEVALS),
        weight=15,
    ),
    Rule(
        "KEPT-01",
        "What was recorded is there after the memory was opened again.",
        Level.DURABLE,
        Consequence.LOSS,
        lambda: _programs(RECORDS, st.just(Reopen())),
        needs=frozenset({"durable"}),
        weight=15,
    ),
)
