"""What is asked of a run: which level, which rules, and how long they may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from memcert.engine.contract import Contract
from memcert.engine.rule import Level, Rule
from memcert.engine.running.runner import Runner
from memcert.engine.verdicts.deviation import Deviation
from memcert_backends.backend import Backend
from memcert_backends.servers import can_be_lost, default_way

TOP_LEVEL = Level.RESILIENT
"""The highest level that has rules."""

BUDGETS = {Level.CORE: 25.0, Level.DURABLE: 30.0, Level.RESILIENT: 90.0}
"""How long the programs may take by default, in seconds, by the level that is asked for."""

_WEIGHTS = {Level.RESILIENT: 5.0}
"""How much more time a rule of a level is given than others: its programs take longer."""


@dataclass(frozen=True)
class Plan:
    """What is asked of a run.

    Args:
        level: the level to be reached; None for the highest that can be shown.
        rules: the ids of the only rules to check; none for all.
        budget: how long the programs may take, in seconds, shrinking apart; None for what the
            level has by default. Each rule runs a few programs however long they take.
        seed: what the generated programs depend on, beside the versions of memcert and Hypothesis
            and the constants that Hypothesis finds in modules outside site-packages.
        shrink_seconds: how long each counterexample may be made simpler, in seconds; needless
            parts are left out of it first, even if this is 0.
        deviations: the known deviations.
        today: the day on which they are judged.
    """

    level: Level | None = None
    rules: frozenset[str] = frozenset()
    budget: float | None = None
    seed: int = 0
    shrink_seconds: float = 3.0
    deviations: Sequence[Deviation] = ()
    today: date = field(default_factory=date.today)


def asked_of(runner: Runner, plan: Plan) -> tuple[Level, list[Rule]]:
    """Return the level that a plan asks for, and the rules that are to be checked.

    Args:
        runner: the backend under judgement, its store running.
        plan: what is asked.
    """
    asked = plan.level or highest_level(runner)
    contract = runner.subject.contract
    if plan.rules:
        return asked, [rule for rule in contract.rules if rule.id in plan.rules]
    return asked, rules_up_to(contract, asked)


def rules_up_to(contract: Contract, level: Level) -> list[Rule]:
    """Return the rules that a level takes, and those that belong to none.

    Args:
        contract: whose rules there are.
        level: the level.
    """
    return [rule for rule in contract.rules if rule.level is None or level.includes(rule.level)]


def highest_level(runner: Runner) -> Level:
    """Return the highest level that a backend can show on its store, and that there are rules of.

    Args:
        runner: the backend under judgement, its store running.
    """
    if not runner.subject.backend.durable:
        return Level.CORE
    environment = runner.subject.environment
    shown = TOP_LEVEL if environment.is_file or environment.can_crash else Level.DURABLE
    levels = [rule.level for rule in runner.subject.contract.rules if rule.level is not None]
    return max((level for level in levels if shown.includes(level)), key=lambda level: level.rank)


def why_not_level(backend: Backend, server: str | None, level: Level | None) -> str | None:
    """Return why a backend cannot show a level, and what to do, in one line; None if it may.

    Its store is not asked.

    Args:
        backend: what is to be judged.
        server: how its store is to be started; None for its own way.
        level: the level that is asked for; None for the highest that can be shown.
    """
    if level is None or level is Level.CORE:
        return None
    if not backend.durable:
        return (
            f"{backend.name} is ephemeral by design, so that it cannot show level {level.value}:"
            " core is its highest"
        )
    if not level.includes(Level.RESILIENT):
        return None
    if backend.store is None:
        return (
            f"{backend.name} cannot show level {level.value}, which takes a server that memcert"
            " can start and kill, or a file: its factory names no store=; durable is its"
            " highest"
        )
    if not can_be_lost(backend.store, server or backend.way or default_way(backend.store)):
        return _no_server_to_kill(backend, level)
    return None


def why_not_here(runner: Runner, level: Level | None) -> str | None:
    """Return why a backend cannot show a level on its store, in one line; None if it can.

    Args:
        runner: the backend under judgement, its store running.
        level: the level that is asked for; None for the highest that can be shown.
    """
    if level is None or highest_level(runner).includes(level):
        return None
    return _no_server_to_kill(runner.subject.backend, level)


def budget_of(plan: Plan, asked: Level) -> float:
    """Return how long the programs of a run may take, in seconds.

    Args:
        plan: what is asked.
        asked: the level that is asked for.
    """
    return BUDGETS[asked] if plan.budget is None else plan.budget


def share_of(rule: Rule) -> float:
    """Return a rule's share of the time, compared with other rules.

    Args:
        rule: the rule.
    """
    return rule.share * (1.0 if rule.level is None else _WEIGHTS.get(rule.level, 1.0))


def _no_server_to_kill(backend: Backend, level: Level) -> str:
    return (
        f"this store of {backend.name} cannot show level {level.value}, which takes a server that"
        " memcert can kill: --server process"
    )
