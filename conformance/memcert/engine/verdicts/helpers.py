"""Other processes that help to check the rules of a run, each with a thread that waits for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread

from memcert.engine.running.runner import Runner
from memcert.engine.verdicts.checks import Checks
from memcert.engine.verdicts.rule_process import RuleProcess, RuleProcessEnded, Task
from memcert.engine.verdicts.saved_failures import SavedFailures

MOST_JOBS = 2
"""How many processes check rules where nobody says how many: each has a server of its own."""


def why_alone(runner: Runner) -> str | None:
    """Return why no other process can check rules of a backend, in one line; None if one can.

    Args:
        runner: the backend under judgement, its store running.
    """
    subject = runner.subject
    if not subject.backend.specification:
        return f"another process would not find {subject.backend.name}"
    if subject.server is not None and subject.server.how == "url":
        return "its store was running before, and processes would see in it what others do"
    return None


def usual_jobs(runner: Runner) -> int:
    """Return how many processes check rules where nobody says how many.

    Where the store is not one that memcert starts, nobody knows whether each would have its own.

    Args:
        runner: the backend under judgement, its store running.
    """
    if runner.subject.server is None or why_alone(runner) is not None:
        return 1
    return min(MOST_JOBS, _processors())


def _processors() -> int:
    # Those of this process, which a container or `taskset` may have left fewer of.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def helped(checks: Checks, helpers: int, task: Task, corpus: SavedFailures) -> Iterator[None]:
    """Have other processes take rules, too, as long as the context lasts.

    One that ends, whatever the reason, leaves the rule that it was at to the others: what is wrong
    shows itself there again.

    Args:
        checks: where they take them, and say what they found.
        helpers: how many there are.
        task: what they are for.
        corpus: what is told which programs were kept.
    """
    processes = [RuleProcess(task) for _ in range(helpers)]
    threads = [
        Thread(target=_help, args=(checks, process, corpus), daemon=True) for process in processes
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    except BaseException:
        for process in processes:
            process.interrupt()
        raise
    if checks.is_enough:
        for process in processes:
            process.interrupt()
    for thread in threads:
        thread.join()


def _help(checks: Checks, process: RuleProcess, corpus: SavedFailures) -> None:
    try:
        while (rule := checks.take()) is not None:
            try:
                answer = process.check(rule.id, checks.known, partial(checks.is_at, rule))
            except BaseException:
                checks.put_back(rule)
                raise
            corpus.complaints.extend(answer.complaints)
            checks.add(rule, answer.check)
    except RuleProcessEnded:
        return
    finally:
        process.close()
