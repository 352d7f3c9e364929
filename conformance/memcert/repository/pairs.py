"""Two faults at once: whether both are named, and nothing else, for pairs of mutants.

``python -m memcert.repository.pairs`` puts the classes of two mutants together, certifies what
comes of it with quick effort, and compares its causes with those of each mutant alone.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from itertools import combinations

from rich.console import Console

from memcert.engine.contract import Contract
from memcert.engine.rule import Level
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.attribution import FoundCause
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.short_term import CONTRACT
from memcert.short_term.mutants.mutant import CLASSES, backend_of
from memcert_reference import InMemoryMemory, MemoryBase

Causes = Sequence[FoundCause]

LEAST_NAMED = 0.95
"""Of how many of the pairs both faults must be named."""


def chosen(contract: Contract, count: int, chance: random.Random) -> list[str]:
    """Return the names of mutants of different rules, in memory, that two can be put together of.

    Args:
        contract: whose mutants they are.
        count: how many.
        chance: chooses them.
    """
    core = {rule.id for rule in contract.rules if rule.level is Level.CORE}
    names = [
        name
        for name, each in contract.mutants().items()
        if CLASSES[name].__mro__[1] is InMemoryMemory and core.issuperset(each.kills)
    ]
    chance.shuffle(names)
    taken: list[str] = []
    rules: set[str] = set()
    for name in names:
        kills = contract.mutants()[name].kills
        if len(taken) < count and rules.isdisjoint(kills):
            taken.append(name)
            rules.update(kills)
    return taken


def causes_of(contract: Contract, kind: type[MemoryBase]) -> Causes:
    """Return the causes that a memory class is certified to fail for.

    Args:
        contract: what it is judged by.
        kind: the class.
    """
    kept = SavedFailures(None, "pair", contract)
    with Runner(contract, backend_of("pair", kind)) as runner:
        return certify(runner, Plan(effort=Effort.QUICK), kept, Progress()).causes


class MutantPair:
    """What was found of two mutants at once.

    Args:
        contract: what they are judged by.
        found: the causes of both together.
        alone: the causes of each alone.
    """

    def __init__(self, contract: Contract, found: Causes, alone: tuple[Causes, Causes]) -> None:
        self._contract = contract
        of_each = [
            {number for number, cause in enumerate(found) if self._is_one_of(cause, causes)}
            for causes in alone
        ]
        one, other = of_each
        self.is_named = bool(one and other and len(one | other) > 1)
        """Whether both are named, by an entry each."""
        self.invented = [cause for number, cause in enumerate(found) if number not in one | other]
        """The causes that neither has alone."""

    def _is_one_of(self, cause: FoundCause, causes: Causes) -> bool:
        return any(self._holds(cause, each) or self._holds(each, cause) for each in causes)

    def _holds(self, cause: FoundCause, other: FoundCause) -> bool:
        """Tell whether the smallest program of a cause holds another one."""
        program = cause.cause.counterexample.program
        grammar, observations = self._contract.grammar, self._contract.observations
        return other.cause.form.is_in(program, grammar, observations)


def main(arguments: Sequence[str] | None = None) -> int:
    """Certify pairs of mutants, and return the exit status: 0 if enough of both are named.

    Args:
        arguments: those of the command line.
    """
    parser = argparse.ArgumentParser(prog="nox -s pairs --", description=__doc__)
    parser.add_argument("--mutants", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--pairs", type=int, default=190, help="how many pairs (default: 190)")
    parser.add_argument("--seed", type=int, default=0, help="which mutants, and pairs")
    asked = parser.parse_args(arguments)
    console, chance = Console(soft_wrap=True, highlight=False), random.Random(asked.seed)
    names = chosen(CONTRACT, asked.mutants, chance)
    alone: Mapping[str, Causes] = {name: causes_of(CONTRACT, CLASSES[name]) for name in names}
    hidden = [name for name, causes in alone.items() if not causes]
    console.print(
        f"{len(names)} mutants, {len(hidden)} of them not found by quick effort: left out"
    )
    pairs = [*combinations([name for name in names if alone[name]], 2)]
    chance.shuffle(pairs)
    named = invented = 0
    for one, other in pairs[: asked.pairs]:
        both = type("Both", (CLASSES[one], CLASSES[other]), {"__doc__": "Both of them."})
        pair = MutantPair(CONTRACT, causes_of(CONTRACT, both), (alone[one], alone[other]))
        named += pair.is_named
        invented += len(pair.invented)
        if not pair.is_named:
            console.print(f"{one} and {other}: not both are named", markup=False)
        for cause in pair.invented:
            program = cause.cause.counterexample.program.to_text()
            console.print(f"{one} and {other}: {cause.cause.rule} {program}", markup=False)
    count = len(pairs[: asked.pairs])
    console.print(f"both were named in {named} of {count} pairs; {invented} causes more were found")
    return 0 if named >= LEAST_NAMED * count else 1


if __name__ == "__main__":
    sys.exit(main())
