"""Facts as a contract for memcert."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from facts.memory import FactMemory
from facts.operations import OPERATIONS, List, Record
from facts.rules import RULES
from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import Corpus
from memcert.engine.mutant import Mutant


def _mutants() -> Mapping[str, Mutant]:
    from facts.mutants import MUTANTS

    return MUTANTS


CONTRACT = Contract(
    id="facts",
    name="memory of facts",
    module="facts.contract",
    document="facts/rules.py",
    reference="FactMemory",
    titles={"RECORD": "Recording", "RETRIEVE": "Retrieving", "KEPT": "Durability"},
    version="1.0",
    methods=("record", "retrieve", "list"),
    operations=OPERATIONS,
    model=lambda _: FactMemory(),
    observations=lambda _: [List()],
    probe=(Record(("tea is green",)), List()),
    mutants=_mutants,
    rules=RULES,
    corpus=Corpus(files("facts") / "corpus", OPERATIONS),
)
