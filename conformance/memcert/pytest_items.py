"""The rules as pytest items, once a backend is named."""

from __future__ import annotations

from contextlib import ExitStack
from time import monotonic, perf_counter, sleep
from typing import Any

import pytest

from memcert.contracts import UnknownContract, contract_of
from memcert.ending import SECONDS_FOR_THREADS, threads
from memcert.engine.clients.handle import BadFactory
from memcert.engine.output.foreign_text import one_line, visible
from memcert.engine.rule import Level, Rule
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan, rules_up_to, why_not_level
from memcert.engine.verdicts.check import alone, check_rule
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.script import script
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.reports.summary import counted
from memcert.resolver import UnknownBackend, resolve
from memcert_backends.backend import Backend
from memcert_backends.servers import ServerUnavailable


class RuleBroken(Exception):
    """A rule is broken; its text is the report."""


class Items:
    """Adds an item per rule and backend, and keeps a session per backend while they run.

    Args:
        config: pytest's.

    Raises:
        pytest.UsageError: a backend cannot be found, or cannot show the level that is asked for.
    """

    def __init__(self, config: pytest.Config) -> None:
        try:
            self._backends = [resolve(name) for name in config.getoption("--memcert-backend")]
            for backend in self._backends:
                contract_of(backend.contract)
        except (UnknownBackend, UnknownContract) as error:
            raise pytest.UsageError(one_line(str(error))) from error
        level = config.getoption("--memcert-level")
        self._level = Level(level) if level else None
        for backend in self._backends:
            reason = why_not_level(backend, config.getoption("--memcert-server"), self._level)
            if reason is not None:
                raise pytest.UsageError(one_line(reason))
        self._config = config
        self._stack = ExitStack()
        self._sessions: dict[int, Runner] = {}
        self._faults: dict[int, str] = {}
        self._threads = threads()

    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Add an item per rule and backend after the suite's own.

        Args:
            session: pytest's.
            items: what was collected.
        """
        for backend in self._backends:
            rules = rules_up_to(contract_of(backend.contract), self._level or _level_of(backend))
            items.extend(
                RuleItem.from_parent(
                    session,
                    name=f"memcert[{one_line(backend.name)}-{rule.id}]",
                    rule=rule,
                    backend=backend,
                    items=self,
                )
                for rule in rules
            )

    def pytest_sessionfinish(self) -> None:
        """Stop the stores."""
        self._stack.close()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say why pytest will not end, which is not for the kit to end.

        Args:
            terminalreporter: pytest's.
        """
        until = monotonic() + SECONDS_FOR_THREADS
        while (left := threads() - self._threads) > 0:
            if monotonic() > until:
                terminalreporter.write_line(
                    f"memcert: the backend left {counted(left, 'thread')} running, and Python waits"
                    " for threads before it ends"
                )
                return
            sleep(0.05)

    def session(self, backend: Backend) -> Runner:
        """Return the running session of a backend, started at its first rule.

        Args:
            backend: the backend.

        Raises:
            BadFactory: its factory is wrong.
            ServerUnavailable: its store cannot be started.
        """
        number = self._backends.index(backend)
        if number in self._faults:
            raise BadFactory(self._faults[number])
        if number not in self._sessions:
            server = self._config.getoption("--memcert-server")
            try:
                session = self._stack.enter_context(
                    Runner(contract_of(backend.contract), backend, server)
                )
                preflight(session)
            except (BadFactory, ServerUnavailable) as error:
                self._faults[number] = one_line(str(error))
                raise
            self._sessions[number] = session
        return self._sessions[number]


def _level_of(backend: Backend) -> Level:
    return Level.DURABLE if backend.durable else Level.CORE


class RuleItem(pytest.Item):
    """One rule, checked against one backend.

    Args:
        rule: the rule.
        backend: the backend.
        items: who keeps the sessions.
        arguments: pytest's own.
    """

    def __init__(self, *, rule: Rule, backend: Backend, items: Items, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._rule = rule
        self._backend = backend
        self._items = items

    def runtest(self) -> None:
        """Check the rule.

        Raises:
            RuleBroken: the backend breaks it.
        """
        try:
            session = self._items.session(self._backend)
        except (BadFactory, ServerUnavailable) as error:
            if hasattr(self.config, "workerinput"):
                # In a process of pytest-xdist, leaving would only say that a worker is gone.
                raise RuleBroken(one_line(str(error))) from error
            pytest.exit(one_line(str(error)), returncode=2)
        capabilities = session.subject.capabilities
        corpus = SavedFailures(
            self.config.rootpath / ".memcert", self._backend.name, session.subject.contract
        )
        plan = Plan(
            effort=Effort(self.config.getoption("--memcert-effort")),
            seed=self.config.getoption("--memcert-seed"),
        )
        # Each rule is a test of its own, and may take as long as a run.
        until = perf_counter() + plan.seconds
        check = check_rule(self._rule, session, corpus, plan, until, capabilities)
        for cause in check.causes:
            corpus.keep(cause.rule, cause.counterexample.program)
        verdict = check.verdict if check.blocked else alone(check.verdict, session, until)
        if verdict.finding in (Finding.UNSUPPORTED, Finding.NOT_APPLICABLE):
            pytest.skip(f"{verdict.finding.value}: {one_line(verdict.reason)}")
        if verdict.finding not in (Finding.PASSED, Finding.KEPT_SO_FAR):
            raise RuleBroken("\n".join([self._report(verdict), *map(one_line, corpus.complaints)]))

    def _report(self, verdict: Verdict) -> str:
        text = f"{self._rule.id}: {self._rule.text}"
        example = verdict.counterexample
        if example is None:
            return visible(f"{text}\n{verdict.finding.value}: {verdict.reason}")
        shown = script(
            example.program,
            example.divergence,
            contract_of(self._backend.contract),
            self._backend.specification or self._backend.name,
            title=text,
            server=self.config.getoption("--memcert-server"),
        )
        found = (
            f"{text}\n  {example.divergence.operation}"
            f"\n  expected: {example.divergence.expected}"
            f"\n  observed: {example.divergence.observed}"
        )
        return f"{visible(found)}\n\n{shown}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the report of a broken rule, without a traceback through the kit.

        Args:
            excinfo: what was raised.
            style: pytest's.
        """
        if isinstance(excinfo.value, RuleBroken):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Return what pytest shows as the place and the title of the test."""
        name = one_line(self._backend.name)
        return self.path, None, f"memcert {name}: {self._rule.id} {self._rule.text}"
