"""Processes that help to check rules: real ones, on stores of their own."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Timer

import pytest

from memcert.engine.causes.cause import Cause
from memcert.engine.rule import Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts import helpers
from memcert.engine.verdicts.certification import Certification, certify
from memcert.engine.verdicts.helpers import usual_jobs, why_alone
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.rule_process import RuleProcess, Task
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert_backends.backend import Backend

RULES = frozenset({"ADD-01", "DEL-01", "DEL-02", "DUR-01", "GET-01", "MARK-01", "SIZE-01"})


class Watched(Progress):
    """Nobody who is shown anything; what ended is noted.

    Args:
        each: what is called at each end.
    """

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.files: list[tuple[str, Path]] = []

    def found(self, cause: Cause, file: Path | None) -> None:
        """Be told of a cause."""
        assert file is not None
        self.files.append((cause.rule, file))

    def ends(self, rule: Rule, verdict: Verdict) -> None:
        """Be told of an end."""
        self.ended.append(rule.id)


def certified(name: str, jobs: int, folder: Path) -> Certification:
    backend = resolve(name)
    plan = Plan(rules=RULES, effort=Effort.QUICK)
    with Runner(CONTRACT, backend) as runner:
        corpus = SavedFailures(folder, backend.name, CONTRACT)
        watched = Watched()
        found = certify(runner, plan, corpus, watched, jobs=jobs)
    assert sorted(watched.ended) == sorted(RULES)
    # Each cause is told once, and its program is kept for the rule that is about it.
    assert len(watched.files) == len(found.causes)
    assert [*corpus.kept.values()] == [path for _, path in watched.files]
    texts = {each.cause.counterexample.program.to_text() for each in found.causes}
    assert set(corpus.kept) == texts
    assert all(path.exists() for path in corpus.kept.values())
    return found


@pytest.mark.parametrize("name", ["sqlite", "mutant:counts-requests"])
def test_several_find_what_one_does(name: str, tmp_path: Path) -> None:
    alone = certified(name, 1, tmp_path / "alone")
    helped = certified(name, 2, tmp_path / "helped")

    def said(found: Certification) -> list[tuple[object, ...]]:
        return [
            (
                verdict.rule,
                verdict.finding,
                verdict.reason,
                verdict.counterexample and verdict.counterexample.program,
                *_what_was_run(verdict),
            )
            for verdict in found.verdicts
        ]

    assert said(helped) == said(alone)
    assert [(each.cause.form, each.fails, each.hides) for each in helped.causes] == [
        (each.cause.form, each.fails, each.hides) for each in alone.causes
    ]


def _what_was_run(verdict: Verdict) -> tuple[int, ...]:
    """Return how much was run for a rule; whoever fails goes on if the cause is known already."""
    if verdict.finding in (Finding.FAILED, Finding.HIDDEN):
        return ()
    return verdict.programs, verdict.cells, verdict.operations


def test_what_a_process_that_ends_was_at_is_done_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(RuleProcess):
        def __init__(self, task: Task) -> None:
            super().__init__(task)
            Timer(1.0, os.kill, (self._process.pid, signal.SIGKILL)).start()

    monkeypatch.setattr(helpers, "RuleProcess", Killed)
    found = certified("sqlite", 2, tmp_path)
    checked = [each for each in found.verdicts if each.rule in RULES]
    assert {each.finding for each in checked} <= {Finding.PASSED, Finding.KEPT_SO_FAR}


def test_two_share_the_work_only_where_each_has_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers, "_processors", lambda: 8)
    usual = {}
    for name in ("sqlite", "reference"):
        with Runner(CONTRACT, resolve(name)) as runner:
            assert why_alone(runner) is None
            usual[name] = usual_jobs(runner)
    assert usual == {"sqlite": 2, "reference": 1}
    monkeypatch.setattr(helpers, "_processors", lambda: 1)
    with Runner(CONTRACT, resolve("sqlite")) as runner:
        assert usual_jobs(runner) == 1


def test_what_no_other_process_would_find_is_checked_by_one() -> None:
    nameless = Backend(name="nameless", open=resolve("reference").open)
    with Runner(CONTRACT, nameless) as runner:
        preflight(runner)
        assert usual_jobs(runner) == 1
        assert why_alone(runner) == "another process would not find nameless"
