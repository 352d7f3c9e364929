"""What a certification of a mutant is: everything that is asked of the engine, in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from memcert.contracts import contract_of
from memcert.engine.corpus.corpus import Corpus
from memcert.engine.judging.divergence import Divergence
from memcert.engine.output.foreign_text import one_line
from memcert.engine.rule import Rule, no_sweep
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.repository.mutation.sources import Source
from memcert_backends.backend import Backend

EFFORT = Effort.STANDARD
"""With how much effort a mutant is certified: what a user's backend gets by default."""

_LONGEST = 300
"""The most characters of what is shown of a failure."""


@dataclass(frozen=True)
class FirstFailure:
    """The first rule that a backend failed.

    Args:
        rule: the rule's id.
        shown: what was seen, in one line.
    """

    rule: str
    shown: str


def first_failure(
    source: Source,
    backend: Backend,
    unsupported: frozenset[str] | None,
    only: frozenset[str] = frozenset(),
) -> FirstFailure | frozenset[str]:
    """Return the first rule that a backend fails, or the rules that it does not support.

    What is found does not depend on the order of the rules, but how soon it is does. So the corpus
    comes first, all of it: programs that have shown a bug before, most of them of few operations.

    Args:
        source: what the backend has a mutant of.
        backend: the backend.
        unsupported: the rules that it need not support; None for whichever it does not. A rule that
            the mutant no longer supports tells it from what it was, as a failed one does.
        only: the ids of the only rules that are checked; none for all of the level.

    Raises:
        BadFactory: it cannot be certified at all.
    """
    contract = contract_of(backend.contract)
    # Those without random programs take longest: their turn comes last.
    rules = sorted(contract.rules, key=lambda rule: rule.weight == 0)
    corpus_alone = replace(
        contract, rules=[replace(rule, sweep=no_sweep, weight=0) for rule in rules]
    )
    all_else = replace(contract, rules=rules, corpus=Corpus(None, contract.operations))
    lacking: frozenset[str] = frozenset()
    for part in (corpus_alone, all_else):
        plan = Plan(level=source.level, rules=only, effort=EFFORT, simpler=False)
        watch = _UntilFirst(unsupported)
        with Runner(part, backend, source.server) as runner:
            try:
                certify(runner, plan, SavedFailures(None, backend.name, part), watch)
            except _Found as found:
                return found.failure
        lacking |= watch.lacking
    return lacking


class _Found(BaseException):
    """Leaves a certification at once."""

    def __init__(self, failure: FirstFailure) -> None:
        super().__init__()
        self.failure = failure


class _UntilFirst(Progress):
    """Follows a certification up to the first rule that fails.

    Args:
        unsupported: the rules that need not be supported; None for any.
    """

    def __init__(self, unsupported: frozenset[str] | None) -> None:
        self.lacking: set[str] = set()
        self._unsupported = unsupported

    def ends(self, rule: Rule, verdict: Verdict) -> None:
        if verdict.finding is Finding.UNSUPPORTED:
            self.lacking.add(rule.id)
            if self._unsupported is not None and rule.id not in self._unsupported:
                raise _Found(FirstFailure(rule.id, f"not supported: {verdict.reason}"))
        if verdict.finding is Finding.FAILED:
            found = verdict.counterexample
            shown = "" if found is None else _shown(found.divergence)
            raise _Found(FirstFailure(rule.id, shown))


def _shown(divergence: Divergence) -> str:
    return one_line(
        f"{divergence.operation}: expected {divergence.expected}, observed {divergence.observed}"
    )[:_LONGEST]
