"""Telling a bad question to `memcert certify` from one that can be answered, before any work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from memcert.command_line.errors import WrongQuestion
from memcert.engine.capabilities import Capabilities
from memcert.engine.contract import Contract
from memcert.engine.rule import Level, Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan, why_no_server, why_not_here, why_not_level
from memcert.engine.verdicts.check import why_not
from memcert.engine.verdicts.helpers import why_alone
from memcert_backends.backend import Backend
from memcert_backends.url_secrets import without_secrets


def check_rules(contract: Contract, rules: Sequence[str], level: str | None) -> None:
    """Refuse rules that there are not, and a level that would be ignored.

    Args:
        contract: what the backend is judged by.
        rules: the ids of the only rules to check; none for all.
        level: the level that is asked for by name, if one is.

    Raises:
        WrongQuestion: one line says what is wrong.
    """
    unknown = sorted(set(rules) - set(contract.by_id))
    if unknown:
        raise WrongQuestion(f"there is no rule {unknown[0]!r}; {contract.document} lists them")
    if rules and level:
        rule = contract.by_id[rules[0]]
        of = "no level" if rule.level is None else f"level {rule.level.value}"
        raise WrongQuestion(
            f"--rule checks only the rules that it names, so that no level is reached: leave out"
            f" --level {level}, or --rule ({rule.id} is of {of})"
        )


def check_server(backend: Backend, server: str | None) -> None:
    """Refuse the URL of a server that a backend would never be told of.

    Args:
        backend: what is to be run.
        server: how its store is to be started; None for its own way.

    Raises:
        WrongQuestion: one line says why, and what to do.
    """
    reason = why_no_server(backend, server)
    if reason is not None:
        assert server is not None
        raise WrongQuestion(f"{reason}: leave out --server {without_secrets(server)}")


def check_expected(backend: Backend, server: str | None, expected: Level, plan: Plan) -> None:
    """Refuse to expect a level that cannot be shown, as far as that is known without a store.

    Args:
        backend: what is to be judged.
        server: how its store is to be started; None for its own way.
        expected: the level that nothing but known deviations may keep it from.
        plan: what is asked.

    Raises:
        WrongQuestion: one line says why, and what to do.
    """
    expect = f"--expect {expected.value}"
    if not plan.deviations:
        raise WrongQuestion("--expect takes --deviations: without any, ask for the --level")
    if not plan.effort.whole:
        effort = f"--effort {plan.effort.value}"
        raise WrongQuestion(f"{effort} shows no level: leave out {expect}, or {effort}")
    if plan.level is not None and not plan.level.includes(expected):
        level = f"--level {plan.level.value}"
        raise WrongQuestion(f"{level} does not show level {expected.value}: leave out {level}")
    check_level(backend, server, expected)


def check_level(backend: Backend, server: str | None, level: Level | None) -> None:
    """Refuse a level that a backend cannot show, as far as that is known without its store.

    Args:
        backend: what is to be judged.
        server: how its store is to be started; None for its own way.
        level: the level that is asked for; None for the highest that can be shown.

    Raises:
        WrongQuestion: one line says why, and what to do.
    """
    reason = why_not_level(backend, server, level)
    if reason is not None:
        raise WrongQuestion(reason)


def check_runner(runner: Runner, level: Level | None) -> None:
    """Refuse a level that a backend cannot show on the store that was started for it.

    Args:
        runner: the backend under judgement, its store running.
        level: the level that is asked for; None for the highest that can be shown.

    Raises:
        WrongQuestion: one line says why, and what to do.
    """
    reason = why_not_here(runner, level)
    if reason is not None:
        raise WrongQuestion(reason)


def check_jobs(runner: Runner, jobs: int | None) -> None:
    """Refuse to have several processes check rules where they would be in each other's way.

    Args:
        runner: the backend under judgement, its store running.
        jobs: how many are asked for; None if that is nobody's concern.

    Raises:
        WrongQuestion: one line says why.
    """
    reason = why_alone(runner)
    if jobs is not None and jobs > 1 and reason is not None:
        raise WrongQuestion(f"--jobs {jobs}: {reason}")


def check_capabilities(plan: Plan, chosen: Sequence[Rule], capabilities: Capabilities) -> None:
    """Refuse a rule that is asked for by its id, and that the backend does not have.

    Args:
        plan: what is asked.
        chosen: the rules that are to be checked.
        capabilities: what the backend can do.

    Raises:
        WrongQuestion: one line says why.
    """
    for rule in chosen if plan.rules else ():
        reason = why_not(rule, capabilities)
        if reason is not None:
            raise WrongQuestion(f"{rule.id} cannot be checked here: {reason}")


def check_counterexamples(folder: Path) -> None:
    """Refuse a folder of counterexamples that cannot ever be one.

    One that may not be written to is no bad question: the default is one that nobody named.

    Args:
        folder: the folder; it need not be there.

    Raises:
        WrongQuestion: it is something else, or below something else.
    """
    for part in (folder, *folder.parents):
        try:
            if part.exists():
                if not part.is_dir():
                    raise WrongQuestion(
                        f"--counterexamples {folder} cannot be written to: {part} is no folder"
                    )
                return
        except OSError:
            # What cannot be looked at is tried when there is something to keep.
            return
