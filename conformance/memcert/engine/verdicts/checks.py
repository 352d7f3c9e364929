"""The checks of one run: which rules are to come, and what was found of those that were checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from time import perf_counter

from memcert.engine.causes.cause import Cause, KnownCauses
from memcert.engine.rule import Rule
from memcert.engine.search.plan import Plan
from memcert.engine.search.tally import Tally
from memcert.engine.verdicts.check import Check
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.rule_queue import RuleQueue
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict

MOST_BLOCKS = 3
"""How often the event loop may be blocked before the run ends: each time takes up to a minute."""


class Checks:
    """The checks of one run, which threads share.

    Args:
        rules: the rules to be checked, in order.
        plan: what is asked.
        until: when the run must end, as of `time.perf_counter`.
        progress: who is told how far it is.
        known: the causes that are known before.
        corpus: where programs that fail are kept.

    Attributes:
        tally: what was run.
        known: the causes that were found.
        checked: what came of each rule that was checked, by its id.
        blocked: what ended the run before its time, if something did, in one line.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        plan: Plan,
        until: float,
        progress: Progress,
        known: KnownCauses,
        corpus: SavedFailures,
    ) -> None:
        self.tally = Tally()
        self.known = known
        self._corpus = corpus
        self.checked: dict[str, Check] = {}
        self.blocked = ""
        self._blocks = 0
        self._queue = RuleQueue(rules)
        self._found: dict[str, Verdict] = {}
        self._plan = plan
        self._until = until
        self._progress = progress
        self._lock = Lock()

    @property
    def found(self) -> Mapping[str, Verdict]:
        """What was found, by the rule's id."""
        return self._found

    @property
    def is_enough(self) -> bool:
        """Whether what was found is all that is asked for."""
        return self._plan.fail_fast and any(self.known)

    def take(self) -> Rule | None:
        """Return the next rule that is to be checked; None if there is none any more."""
        rule = self._queue.take()
        while rule is not None and perf_counter() > self._until:
            self._not_run(rule, f"the time was used up: {self._plan.seconds:g} s")
            rule = self._queue.take()
        if rule is not None:
            with self._lock:
                self._progress.starts(rule)
        return rule

    def is_at(self, rule: Rule, phase: str) -> None:
        """Note what is done for a rule that was taken.

        Args:
            rule: the rule.
            phase: what is done.
        """
        with self._lock:
            self._progress.is_at(rule, phase)

    def put_back(self, rule: Rule) -> None:
        """Leave a rule that was taken to somebody else.

        Args:
            rule: the rule.
        """
        self._queue.put_back(rule)

    def add(self, rule: Rule, check: Check) -> None:
        """Note what came of checking a rule that was taken.

        Args:
            rule: the rule.
            check: what came of it.
        """
        with self._lock:
            self.tally.add(check.tally)
            self._found[rule.id] = check.verdict
            self.checked[rule.id] = check
            for cause in check.causes:
                if self.known.add(cause):
                    file = self._corpus.keep(cause.rule, cause.counterexample.program)
                    if not self._is_declared(cause):
                        self._progress.found(cause, file)
            self._blocks += bool(check.blocked)
            if self._blocks >= MOST_BLOCKS and not self.blocked:
                self.blocked = (
                    f"{rule.id}: {check.blocked} blocked the event loop, where nothing else can"
                    f" go on, as {MOST_BLOCKS - 1} operations did before: the run ended there"
                )
            self._progress.ends(rule, check.verdict)
        stopped = (
            "the run ended with the first cause" if self._plan.fail_fast and any(self.known) else ""
        )
        if self.blocked or stopped:
            for left in self._queue.end():
                self._not_run(left, stopped or "the run ended before")
        self._queue.done(rule)

    def _is_declared(self, cause: Cause) -> bool:
        """Tell whether a cause is a known deviation, which is no news."""
        return any(self.known.shows(each.program, cause) for each in self._plan.deviations)

    def _not_run(self, rule: Rule, reason: str) -> None:
        with self._lock:
            self._found[rule.id] = Verdict(rule.id, Finding.NOT_RUN, reason=reason)
        self._queue.done(rule)
