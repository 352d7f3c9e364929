"""A contract: everything that the engine does not know itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from memcert.engine.capabilities import Capabilities
from memcert.engine.causes.grammar import Grammar
from memcert.engine.corpus.corpus import Corpus
from memcert.engine.judging.pruning import MakePruning, NoPruning
from memcert.engine.mutant import Mutant
from memcert.engine.part import OptionalPart
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Step
from memcert.engine.rule import Rule
from memcert_backends.backend import Backend


def _nothing_more(memory: Any, backend: Backend, known: Capabilities) -> Capabilities:
    if backend.declares:
        name = next(iter(backend.declares))
        raise ValueError(f"declares {name}, which its contract does not know")
    return known


@dataclass(frozen=True)
class Contract:
    """The operations of an API, the model that defines them, and the rules.

    Args:
        id: what a backend names it by (``@backend(..., contract="short-term")``).
        name: what it is the contract of.
        module: where it is ``CONTRACT``, for another process.
        document: where it can be read.
        reference: what defines it in `memcert_reference`.
        titles: the headings of the rules, by what their ids begin with.
        areas: what the ids of the rules on an operation begin with, by its kind.
        version: changed with a release whose rules are others; between releases, `digest` tells.
        methods: what an object must have to be opened at all, but for parts that may be left out.
        operations: the operations by kind.
        model: returns a new model of one space, for a backend with some capabilities; it says
            whether it ``holds`` a text where programs look into the store.
        observations: returns the operations that show the whole visible state, as far as some
            steps can have touched it.
        probe: what preflight does to a new memory, and the operation that shows that it did.
        mutants: returns the mutants by name; imported when they are asked for.
        rules: every rule, in the order in which reports list them.
        corpus: the programs that every certification replays first.
        capabilities: the class of what a backend can do.
        detect: finds out what an opened memory can do, given its backend and what is known of any;
            raises ValueError where the backend declares what is not so.
        parts: what a backend may leave out.
        pruning: returns what is known of some operations that may still take effect, which makes
            the search for an order of them short.
        grammar: what is alike in its operations, for telling causes of failures apart.
        imports: the import that a counterexample's script needs for each name it may use.
    """

    id: str
    name: str
    module: str
    document: str
    reference: str
    titles: Mapping[str, str]
    version: str
    methods: Sequence[str]
    operations: Mapping[str, type[Operation]]
    model: Callable[[Any], Any]
    observations: Callable[[Sequence[Step]], Sequence[Operation]]
    probe: tuple[Operation, Operation]
    mutants: Callable[[], Mapping[str, Mutant]]
    rules: Sequence[Rule]
    corpus: Corpus
    capabilities: type[Capabilities] = Capabilities
    detect: Callable[[Any, Backend, Any], Capabilities] = _nothing_more
    areas: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[OptionalPart] = ()
    pruning: MakePruning = NoPruning
    grammar: Grammar = field(default_factory=Grammar)
    imports: Mapping[str, str] = field(default_factory=dict)

    def lacking(self, capabilities: Capabilities) -> Sequence[OptionalPart]:
        """Return the parts that a backend leaves out.

        Args:
            capabilities: what it can do.
        """
        return [part for part in self.parts if not getattr(capabilities, part.name)]

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """The rules by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the rules' ids, levels, consequences and texts."""
        table = [
            [rule.id, rule.level.value if rule.level else None, rule.consequence.value, rule.text]
            for rule in sorted(self.rules, key=lambda rule: rule.id)
        ]
        return hashlib.sha256(json.dumps(table, ensure_ascii=False).encode()).hexdigest()
