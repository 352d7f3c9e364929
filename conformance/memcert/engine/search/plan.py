"""What is asked of a run: which level, which rules, and with how much effort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from memcert.engine.contract import Contract
from memcert.engine.rule import Level, Rule
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.verdicts.deviation import Deviation
from memcert_backends.backend import Backend
from memcert_backends.servers import can_be_lost, default_way

TOP_LEVEL = Level.RESILIENT
"""The highest level that has rules."""

TIME_LIMIT = {Effort.QUICK: 600.0, Effort.STANDARD: 3600.0, Effort.THOROUGH: 28800.0}
"""How long a run may take by default, in seconds: many times what it takes where nothing hangs."""


@dataclass(frozen=True)
class Plan:
    """What is asked of a run.

    Args:
        level: the level to be reached; None for the highest that can be shown.
        rules: the ids of the only rules to check; none for all.
        effort: how many random programs each rule gets.
        time_limit: when the run ends at the latest, in seconds after its beginning; None for what
            the effort has by default. What it cuts off is not run.
        seed: what the random programs depend on, beside the versions of memcert and Hypothesis.
        simpler: whether counterexamples are made simpler once needless parts are left out.
        fail_fast: whether the run ends with the first cause.
        deviations: the known deviations.
        today: the day on which they are judged.
    """

    level: Level | None = None
    rules: frozenset[str] = frozenset()
    effort: Effort = Effort.STANDARD
    time_limit: float | None = None
    seed: int = 0
    simpler: bool = True
    fail_fast: bool = False
    deviations: Sequence[Deviation] = ()
    today: date = field(default_factory=date.today)

    @property
    def seconds(self) -> float:
        """How long the run may take, in seconds."""
        return TIME_LIMIT[self.effort] if self.time_limit is None else self.time_limit


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
    levels = _levels_on_store(runner)
    if runner.subject.backend.process_local:
        contract = runner.subject.contract
        levels = [level for level in levels if not _takes_another_process(contract, level)]
    return max(levels, key=lambda level: level.rank, default=Level.CORE)


def _levels_on_store(runner: Runner) -> list[Level]:
    if not runner.subject.backend.durable:
        return [Level.CORE]
    environment = runner.subject.environment
    shown = TOP_LEVEL if environment.is_file or environment.can_crash else Level.DURABLE
    levels = [rule.level for rule in runner.subject.contract.rules if rule.level is not None]
    return [level for level in levels if shown.includes(level)]


def _takes_another_process(contract: Contract, level: Level) -> bool:
    return any(
        rule.level is not None and level.includes(rule.level) and "other_process" in rule.needs
        for rule in contract.rules
    )


def why_no_server(backend: Backend, server: str | None) -> str | None:
    """Return why a backend would never be told of the URL of a server; None if it is, or has none.

    Args:
        backend: what is to be judged.
        server: how its store is to be started; None for its own way.
    """
    if backend.store is None and server is not None and "://" in server:
        return f"{backend.name} has no store that memcert starts, so that it is told of no server"
    return None


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
            " can start and kill, or a file: its factory names no store="
            + ("" if backend.process_local else "; durable is its highest")
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
    # What takes another process can be asked for: much of such a level can be checked all the same.
    if level is None or any(each.includes(level) for each in _levels_on_store(runner)):
        return None
    return _no_server_to_kill(runner.subject.backend, level)


def _no_server_to_kill(backend: Backend, level: Level) -> str:
    return (
        f"this store of {backend.name} cannot show level {level.value}, which takes a server that"
        " memcert can kill: --server process"
    )
