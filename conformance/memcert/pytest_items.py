"""The rules as pytest items, once a backend is named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from time import monotonic, sleep
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
from memcert.engine.search.plan import Plan, rules_up_to, why_no_server, why_not_level
from memcert.engine.verdicts.deviation import Deviation, MalformedDeviations, read_deviations
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.script import script
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.pytest_checks import BackendChecks
from memcert.reports.summary import counted
from memcert.resolver import UnknownBackend, resolve
from memcert_backends.backend import Backend
from memcert_backends.servers import ServerUnavailable

RULE, BEHIND, COMPLAINT = "memcert_rule", "memcert_behind", "memcert_complaint"
"""The properties of a test: its rule, those that hide it, and what is wrong with its deviation."""


class RuleBroken(Exception):
    """A rule is broken; its text is the report."""


class Items:
    """Adds an item per rule and backend, and keeps a session per backend while they run.

    Args:
        config: pytest's.

    Raises:
        pytest.UsageError: a backend cannot be found, or cannot show the level that is asked for,
            or the deviations cannot be read.
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
        server = config.getoption("--memcert-server")
        reasons = [why_not_level(backend, server, self._level) for backend in self._backends]
        # Of several backends, one may be meant.
        untold = [why_no_server(backend, server) for backend in self._backends]
        reasons += untold[:1] if all(untold) else []
        for reason in filter(None, reasons):
            raise pytest.UsageError(one_line(reason))
        self._config = config
        self._complaints: list[str] = []
        self._deviations = self._live(config.getoption("--memcert-deviations"))
        self._hidden: list[tuple[str, str, Sequence[str]]] = []
        self._broken: set[str] = set()
        self._stack = ExitStack()
        self._checks: dict[int, BackendChecks] = {}
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
            rules = self._rules_of(backend)
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

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which rules are broken, and which ones are hidden behind what.

        Args:
            report: what came of a test, in this process or in one of pytest-xdist.
        """
        said = {name: str(value) for name, value in report.user_properties}
        rule = said.get(RULE)
        if rule is None or report.when != "call":
            return
        if report.failed or hasattr(report, "wasxfail"):
            self._broken.add(report.nodeid)
        if BEHIND in said:
            others = said[BEHIND].split(", ")
            self._hidden.append((report.nodeid, rule, others))
        if COMPLAINT in said:
            self._complaints.append(said[COMPLAINT])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stop the stores, and have the session fail where something is wrong with deviations.

        Args:
            session: pytest's.
        """
        self._stack.close()
        if self._config.option.collectonly or hasattr(self._config, "workerinput"):
            self._complaints.clear()
            return
        # A session that fails, or ends early, needs no further reason.
        hidden = self._hidden if session.exitstatus == pytest.ExitCode.OK else ()
        for test, rule, others in hidden:
            place = test.removesuffix(f"{rule}]")
            if not any(f"{place}{other}]" in self._broken for other in others):
                names = ", ".join(others)
                self._complaints.append(f"{rule} is hidden behind {names}, which did not fail")
        if self._complaints and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what is wrong with deviations, and why pytest will not end.

        Ending it is not for the kit.

        Args:
            terminalreporter: pytest's.
        """
        for complaint in self._complaints:
            terminalreporter.write_line(f"memcert: {one_line(complaint)}", red=True)
        until = monotonic() + SECONDS_FOR_THREADS
        while (left := threads() - self._threads) > 0:
            if monotonic() > until:
                terminalreporter.write_line(
                    f"memcert: the backend left {counted(left, 'thread')} running, and Python waits"
                    " for threads before it ends"
                )
                return
            sleep(0.05)

    def checks(self, backend: Backend, rules: Collection[str]) -> BackendChecks:
        """Return the checks of a backend, whose store is started at its first rule.

        Args:
            backend: the backend.
            rules: the ids of the rules that are tests of the session.

        Raises:
            BadFactory: its factory is wrong.
            ServerUnavailable: its store cannot be started.
        """
        number = self._backends.index(backend)
        if number in self._faults:
            raise BadFactory(self._faults[number])
        if number not in self._checks:
            server = self._config.getoption("--memcert-server")
            try:
                runner = self._stack.enter_context(
                    Runner(contract_of(backend.contract), backend, server)
                )
                preflight(runner)
            except (BadFactory, ServerUnavailable) as error:
                self._faults[number] = one_line(str(error))
                raise
            plan = Plan(
                rules=frozenset(rules),
                effort=Effort(self._config.getoption("--memcert-effort")),
                seed=self._config.getoption("--memcert-seed"),
                deviations=self._deviations,
            )
            self._checks[number] = BackendChecks(runner, plan)
        return self._checks[number]

    def _rules_of(self, backend: Backend) -> Sequence[Rule]:
        return rules_up_to(contract_of(backend.contract), self._level or _level_of(backend))

    def _live(self, file: str | None) -> Sequence[Deviation]:
        """Return the deviations of a file that are live, and complain of the others."""
        if file is None:
            return ()
        if len(self._backends) > 1:
            raise pytest.UsageError("--memcert-deviations takes one --memcert-backend")
        [backend] = self._backends
        try:
            found = read_deviations(Path(file), contract_of(backend.contract))
        except MalformedDeviations as error:
            raise pytest.UsageError(one_line(f"--memcert-deviations: {error}")) from error
        rules = {rule.id for rule in self._rules_of(backend)}
        live = []
        for deviation in found:
            if expired := deviation.why_expired(date.today()):
                self._complaints.append(expired)
            elif deviation.rule not in rules:
                self._complaints.append(
                    f"{deviation.title} is not used: the rule is not of this level"
                )
            else:
                live.append(deviation)
        return live


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
        self.user_properties.append((RULE, rule.id))

    def runtest(self) -> None:
        """Check the rule.

        Raises:
            RuleBroken: the backend breaks it.
        """
        try:
            checks = self._items.checks(self._backend, self._rules_beside())
        except (BadFactory, ServerUnavailable) as error:
            if hasattr(self.config, "workerinput"):
                # In a process of pytest-xdist, leaving would only say that a worker is gone.
                raise RuleBroken(one_line(str(error))) from error
            pytest.exit(one_line(str(error)), returncode=2)
        corpus = SavedFailures(
            self.config.rootpath / ".memcert",
            self._backend.name,
            contract_of(self._backend.contract),
        )
        judged = checks.judge(self._rule, corpus)
        verdict = judged.verdict
        if judged.complaint:
            self.user_properties.append((COMPLAINT, judged.complaint))
        if verdict.finding in (Finding.UNSUPPORTED, Finding.NOT_APPLICABLE):
            pytest.skip(f"{verdict.finding.value}: {one_line(verdict.reason)}")
        if judged.behind:
            names = ", ".join(judged.behind)
            self.user_properties.append((BEHIND, names))
            pytest.skip(f"hidden behind {names}")
        if verdict.finding is Finding.DEVIATES:
            # With --runxfail this does nothing, and the test fails.
            pytest.xfail(f"known deviation: {one_line(verdict.reason)}")
        if verdict.finding not in (Finding.PASSED, Finding.KEPT_SO_FAR):
            raise RuleBroken("\n".join([self._report(verdict), *map(one_line, corpus.complaints)]))

    def _rules_beside(self) -> Collection[str]:
        """Return the ids of the rules that are tests of this session, against this backend."""
        return {
            item._rule.id
            for item in self.session.items
            if isinstance(item, RuleItem) and item._backend is self._backend
        }

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
