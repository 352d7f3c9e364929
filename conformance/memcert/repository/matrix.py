"""The rule x mutant matrix: which rules fail which mutants.

A mutant names the rules that it is meant to fail. Each of these gets a whole search, and needless
parts are left out of its counterexample. Every other rule tries its first few programs on the
mutant; they are drawn once for all mutants, since they do not depend on what they are run against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from multiprocessing import get_context
from time import perf_counter

from memcert.contracts import contract_of
from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import Corpus
from memcert.engine.mutant import Mutant
from memcert.engine.programs.program import Program
from memcert.engine.rule import Level, Rule
from memcert.engine.running.execution import Execution
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan
from memcert.engine.search.search import Search
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.resolver import mutants_of

PROGRAMS = 1
"""How many random programs each rule tries on the mutants that it is not meant for.

A rule that has no random programs tries none.
"""

PLAN = Plan(simpler=False)
"""How a mutant is searched for what breaks the rules that it is meant to fail."""


@dataclass(frozen=True)
class MatrixRow:
    """What was found of one mutant.

    Args:
        mutant: the mutant.
        verdicts: those of the rules that it is meant to fail, in the mutant's order.
        others: the ids of the rules that it fails as well, in the contract's order.
    """

    mutant: Mutant
    verdicts: Sequence[Verdict]
    others: Sequence[str]

    @property
    def survived(self) -> list[str]:
        """The ids of the rules that it is meant to fail and does not."""
        return [each.rule for each in self.verdicts if each.finding is not Finding.FAILED]

    @property
    def operations(self) -> list[int]:
        """How many operations each counterexample has."""
        return [len(each.counterexample.program) for each in self.verdicts if each.counterexample]


@dataclass(frozen=True)
class Matrix:
    """What was found of every mutant.

    Args:
        contract: whose rules they were judged by.
        rows: the mutants, one each.
        seconds: how long it took.
    """

    contract: Contract
    rows: Sequence[MatrixRow]
    seconds: float = field(compare=False)

    def meant(self, rule: str) -> list[str]:
        """Return the names of the mutants that are meant to fail a rule, and do.

        Args:
            rule: the rule's id.
        """
        return [
            row.mutant.name
            for row in self.rows
            if rule in row.mutant.kills and rule not in row.survived
        ]

    def others(self, rule: str) -> list[str]:
        """Return the names of the other mutants that fail a rule.

        Args:
            rule: the rule's id.
        """
        return [row.mutant.name for row in self.rows if rule in row.others]

    @property
    def average_operations(self) -> float:
        """How many operations the counterexamples have on average."""
        numbers = [number for row in self.rows for number in row.operations]
        return sum(numbers) / max(len(numbers), 1)

    @property
    def complaints(self) -> list[str]:
        """What is wrong, a line each: mutants that survived, rules that no mutant fails."""
        return [
            f"mutant:{row.mutant.name} is not failed by {rule}"
            for row in self.rows
            for rule in row.survived
        ] + [
            f"no mutant is meant to fail {rule.id}, and does"
            for rule in self.contract.rules
            if not self.meant(rule.id)
        ]


def judge_mutants(
    contract: Contract,
    mutants: Mapping[str, Mutant],
    plan: Plan = PLAN,
    programs: int = PROGRAMS,
    jobs: int = 1,
) -> Matrix:
    """Judge every mutant by every rule.

    Args:
        contract: the rules.
        mutants: the mutants by name.
        plan: how each is searched for what breaks the rules that it is meant to fail.
        programs: how many programs each of the other rules tries; 0 for none.
        jobs: how many processes judge them; with more than one, the contract and the mutants are
            found there by their names.
    """
    started = perf_counter()
    samples = {
        rule.id: sample_programs(contract, rule, plan.seed, programs)
        for rule in contract.rules
        if rule.weight
    }
    judged = partial(_judged, contract.id, samples, plan)
    if jobs == 1:
        rows = [judge_mutant(contract, mutant, samples, plan) for mutant in mutants.values()]
    else:
        with ProcessPoolExecutor(jobs, get_context("forkserver")) as pool:
            rows = [
                MatrixRow(mutant, *found)
                for mutant, found in zip(mutants.values(), pool.map(judged, mutants), strict=True)
            ]
    return Matrix(contract, rows, perf_counter() - started)


def _judged(
    contract: str, samples: Mapping[str, Sequence[Program]], plan: Plan, name: str
) -> tuple[Sequence[Verdict], Sequence[str]]:
    """Return what is found of one mutant, in a process that is told by name which one."""
    known = contract_of(contract)
    row = judge_mutant(known, mutants_of(known)[name], samples, plan)
    return row.verdicts, row.others


def judge_mutant(
    contract: Contract,
    mutant: Mutant,
    samples: Mapping[str, Sequence[Program]],
    plan: Plan = PLAN,
) -> MatrixRow:
    """Judge one mutant.

    Args:
        contract: the rules.
        mutant: the mutant.
        samples: programs of rules by id, tried if the mutant is not meant for the rule. Trials are
            tried on mutants that are meant to fail some: what a single client finds, whom nothing
            befalls, fails them too, and says nothing of the rule.
        plan: how it is searched for what breaks the rules that it is meant to fail.
    """
    levels = {rule.id: rule.level for rule in contract.rules}
    meant_for_trials = any(levels[rule] is Level.RESILIENT for rule in mutant.kills)
    # The corpus is made of what is found here: the rules' own programs must find it.
    contract = replace(contract, corpus=Corpus(None, contract.operations))
    with Runner(contract, mutant.backend) as runner:
        corpus = SavedFailures(None, mutant.name, contract)
        # One by one: a cause that is known hides it from the rules after.
        found = [
            certify(runner, replace(plan, rules=frozenset({rule})), corpus, Progress())
            for rule in mutant.kills
        ]
        others = [
            rule.id
            for rule in contract.rules
            if rule.id not in mutant.kills
            and not found[0].capabilities.lacking(rule.needs)
            and any(
                runner.execute(program).divergence is not None
                for program in samples.get(rule.id, ())
                if meant_for_trials or not program.is_concurrent
            )
        ]
    verdicts = {
        (verdict.rule, rule): verdict
        for rule, each in zip(mutant.kills, found, strict=True)
        for verdict in each.verdicts
    }
    return MatrixRow(mutant, [verdicts[rule, rule] for rule in mutant.kills], others)


def sample_programs(contract: Contract, rule: Rule, seed: int, count: int) -> Sequence[Program]:
    """Return the first programs that a search would run for a rule, but for the simplest one.

    Args:
        contract: whose rule it is.
        rule: the rule.
        seed: what the programs depend on.
        count: how many.
    """
    drawn: list[Program] = []

    def keep(program: Program) -> Execution:
        drawn.append(program)
        return Execution()

    Search(rule, contract, keep, (), seed, inf, count).run()
    # Hypothesis begins with the simplest program there is, which finds next to nothing.
    return drawn[1 : count + 1]


def markdown(matrix: Matrix) -> str:
    """Return the matrix as Markdown text: what each rule finds, and what finds each mutant.

    Args:
        matrix: what was found.
    """
    rules, rows = matrix.contract.rules, matrix.rows
    numbers = [number for row in rows for number in row.operations]
    example = rows[0].mutant.name if rows else "NAME"
    lines = [
        f"# The rules of {matrix.contract.name} and its mutants",
        "",
        "A mutant is a backend broken on purpose, in one way. Each names the rules that it is meant"
        " to fail; the number after a rule is that of the operations of its smallest"
        " counterexample. Every other rule that applies tried a few programs on it, and may well"
        f" fail it with more. To see one: `memcert certify mutant:{example}`.",
        "",
        f"- {len(rows)} mutants, {len(rules)} rules; {len(numbers)} counterexamples of"
        f" {matrix.average_operations:.2f} operations on average, {max(numbers, default=0)} at"
        " most",
        f"- rules that no mutant fails: {_listed(_unfailed(matrix))}",
        f"- mutants that a rule meant for them lets pass: {_listed(_survivors(matrix))}",
        "",
        "## The rules",
        "",
        "| rule | | mutants | meant for it | found too |",
        "|---|---|--:|---|---|",
    ]
    for rule in rules:
        meant, others = matrix.meant(rule.id), matrix.others(rule.id)
        lines.append(
            f"| {rule.id} | {_cell(rule.text)} | {len(meant) + len(others)} |"
            f" {_listed(meant)} | {_listed(others)} |"
        )
    lines += [
        "",
        "## The mutants",
        "",
        "| mutant | what is wrong with it | meant to fail | fails too |",
        "|---|---|---|---|",
    ]
    for row in rows:
        meant = [_with_operations(verdict) for verdict in row.verdicts]
        lines.append(
            f"| {row.mutant.name} | {_cell(row.mutant.text)} | {', '.join(meant)} |"
            f" {_listed(row.others)} |"
        )
    return "\n".join([*lines, ""])


def _unfailed(matrix: Matrix) -> Iterator[str]:
    for rule in matrix.contract.rules:
        if not matrix.meant(rule.id) and not matrix.others(rule.id):
            yield rule.id


def _survivors(matrix: Matrix) -> Iterator[str]:
    for row in matrix.rows:
        if row.survived:
            yield f"{row.mutant.name} ({', '.join(row.survived)})"


def _with_operations(verdict: Verdict) -> str:
    if verdict.counterexample is None:
        return f"**{verdict.rule} {verdict.finding.value}**"
    return f"{verdict.rule} ({len(verdict.counterexample.program)})"


def _listed(items: Sequence[str] | Iterator[str]) -> str:
    return ", ".join(items) or "none"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
