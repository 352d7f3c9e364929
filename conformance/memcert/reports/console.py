"""The report on a console: with a progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from memcert.engine.causes.cause import Cause
from memcert.engine.contract import Contract
from memcert.engine.output.foreign_text import one_line
from memcert.engine.rule import Level, Rule
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.progress import Progress as RunProgress
from memcert.engine.verdicts.script import script
from memcert.engine.verdicts.success import succeeded
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.reports.summary import (
    cause_line,
    cells_line,
    corpus_line,
    cost_line,
    counted,
    counts_line,
    divergence_lines,
    headline,
    notes,
    run_line,
    store_line,
)
from memcert.reports.terminal import Terminal
from memcert_backends.backend import Backend
from memcert_reference.json_text import dump_json

STYLES = {
    Finding.PASSED: "green",
    Finding.KEPT_SO_FAR: "green",
    Finding.FAILED: "bold red",
    Finding.HIDDEN: "magenta",
    Finding.UNSTABLE: "bold yellow",
    Finding.DEVIATES: "yellow",
    Finding.UNSUPPORTED: "yellow",
    Finding.NOT_APPLICABLE: "dim",
    Finding.NOT_RUN: "dim",
}

SECONDS_BETWEEN_LINES = 10.0
"""How often a line says how far a run is where there is no terminal, in seconds."""

WIDTH_WITH_BAR = 100
"""From how many columns on a terminal has room for a bar and a name, beside what is said."""

LONGEST_NAME = 24
"""How much of a backend's name is shown while a run goes on, in characters."""

_SAID_ELSEWHERE = frozenset(Finding) - {Finding.UNSTABLE, Finding.DEVIATES, Finding.NOT_RUN}
"""What comes of most rules, what a cause says, and what a note at the end says once."""

Replay = Callable[[Path], str]
"""Returns the command that runs a program again, given its file."""


class RunDisplay(RunProgress):
    """Shows how far a run is, and what makes rules fail as soon as that is known.

    Several threads may tell it something, one at a time.

    Args:
        console: where.
        rules: how many rules are checked.
        contract: whose rules these are.
        backend: what is judged.
        server: how its store is started, for the scripts; None for its own way.
        replay: returns the command that runs a program again.
        left: returns how many seconds the run may still take; None if that is not said.
    """

    def __init__(
        self,
        console: Terminal,
        rules: int,
        contract: Contract,
        backend: Backend,
        server: str | None,
        replay: Replay = str,
        left: Callable[[], float] | None = None,
    ) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._rules = rules
        self._contract = contract
        self._backend = backend
        self._server = server
        self._replay = replay
        self._left = left
        self._name = one_line(backend.name)
        self._done = 0
        self._causes = 0
        self._rule = self._phase = ""
        # Beside those who are told one at a time, somebody says how far it is.
        self._lock = Lock()
        self._is_announced = False

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show how far the run is for as long as the context lasts.

        On a terminal that is a bar; elsewhere a line, with the first rule and every ten seconds.
        Where the question turns out to be wrong, there is none: what is wrong is all that is said.
        """
        if not self._console.is_terminal:
            over = Event()
            lines = Thread(target=self._say_how_far, args=(over,), daemon=True)
            lines.start()
            try:
                yield
                with self._lock:
                    self._announce()
            finally:
                over.set()
                lines.join()
            return
        columns: list[ProgressColumn] = [
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
        ]
        if self._console.width >= WIDTH_WITH_BAR:
            named = TextColumn("[bold]{task.fields[backend]}")
            columns = [named, BarColumn(), *columns, TimeElapsedColumn()]
        with Progress(*columns, console=self._console, transient=True) as bar:
            self._bar = bar
            short = self._name.rpartition("/")[2][-LONGEST_NAME:]
            self._task = bar.add_task("", total=self._rules, backend=escape(short))
            yield
        self._bar = None

    def _announce(self) -> None:
        """Say what is certified, unless that was said."""
        if self._is_announced or self._console.is_terminal:
            return
        self._is_announced = True
        rules = counted(self._rules, "rule")
        self._console.print(f"memcert: certifying {escape(self._name)}, {rules}")

    def _say_how_far(self, over: Event) -> None:
        while not over.wait(SECONDS_BETWEEN_LINES):
            with self._lock:
                self._announce()
                self._console.print(
                    f"{self._done} of {self._rules} rules checked, {self._now()}", markup=False
                )

    def starts(self, rule: Rule) -> None:
        """Be told that a rule is being checked.

        Args:
            rule: the rule.
        """
        with self._lock:
            self._announce()
        self.is_at(rule, "")

    def is_at(self, rule: Rule, phase: str) -> None:
        """Be told what is done for a rule that is being checked.

        Args:
            rule: the rule.
            phase: what is done, in a word or two.
        """
        self._rule, self._phase = rule.id, phase
        if self._bar is not None:
            self._bar.update(self._task, description=escape(self._now()))

    def _now(self) -> str:
        """Return what was found, what is done, and how much time there is."""
        causes = f"{counted(self._causes, 'cause')}, " if self._causes else ""
        left = "" if self._left is None else f", {self._left():.0f} s left"
        return f"{causes}now {self._rule} {self._phase}".rstrip() + left

    @property
    def told(self) -> int:
        """How many causes were printed."""
        return self._causes

    def found(self, cause: Cause, file: Path | None) -> None:
        """Be told of a cause, as soon as it is known.

        Args:
            cause: why a rule is broken.
            file: where its program is kept; None if it is not.
        """
        with self._lock:
            self._show(cause, file)

    def _show(self, cause: Cause, file: Path | None) -> None:
        self._causes += 1
        rule = self._contract.by_id[cause.rule]
        console, divergence = self._console, cause.counterexample.divergence
        console.print()
        console.print(
            f"[bold]{rule.id}[/] [{STYLES[Finding.FAILED]}]failed[/]: {escape(rule.text)}"
            f" [dim]({cause.consequence.meaning})[/]"
        )
        for line in divergence_lines(divergence):
            console.print(f"  {escape(line)}")
        if file is not None:
            console.print(f"  replay: {self._replay(file)}", markup=False)
        console.print()
        console.print_source(
            script(
                cause.counterexample.program,
                divergence,
                self._contract,
                self._backend.specification or self._backend.name,
                title=f"{rule.id}: {rule.text}",
                server=self._server,
            )
        )

    def ends(self, rule: Rule, verdict: Verdict) -> None:
        """Be told what was found.

        Args:
            rule: the rule.
            verdict: what was found.
        """
        with self._lock:
            self._done += 1
            if self._bar is not None:
                self._bar.update(self._task, completed=self._done)
            if verdict.finding not in _SAID_ELSEWHERE:
                style = STYLES[verdict.finding]
                reason = f" ({one_line(verdict.reason)})" if verdict.reason else ""
                self._console.print(
                    f"[{style}]{verdict.finding.value}[/] {rule.id} \\[{rule.consequence.value}]"
                    f" {escape(rule.text)}{escape(reason)}"
                )


def show(
    console: Terminal,
    certificate: Certificate,
    files: Mapping[str, Path] | None = None,
    replay: Replay = str,
    expected: Level | None = None,
    again: str = "",
    told: int = 0,
) -> None:
    """Print what was found, what hurts most first.

    Args:
        console: where.
        certificate: the certificate.
        files: where the programs are kept, by their texts, if they are.
        replay: returns the command that runs a program again.
        expected: the level that nothing but known deviations may keep the backend from, if there
            are any.
        again: the command that runs what failed again; "" says nothing of it.
        told: how many causes were printed while it ran.
    """
    if certificate.causes:
        console.print()
        more = told - len(certificate.causes)
        if more > 0:
            was = "was" if more == 1 else "were"
            console.print(f"{more} of the causes above {was} found to come of simpler ones")
        causes = counted(len(certificate.causes), "cause")
        console.print(f"[bold]{causes}[/], what hurts most first:")
    for cause in certificate.causes:
        console.print(f"  {escape(cause_line(cause, certificate))}")
        file = (files or {}).get(dump_json(dict(cause.counterexample.program)))
        if file is not None:
            console.print(f"    {replay(file)}", markup=False)
    good = succeeded(certificate, expected)
    if certificate.causes and again and not good:
        console.print(f"  next: {again}", markup=False)
    console.print()
    console.print(f"[{'bold green' if good else 'bold red'}]{escape(headline(certificate))}[/]")
    console.print(f"  rules  {counts_line(certificate)}")
    console.print(f"  store  {escape(store_line(certificate))}")
    console.print(f"  cells  {cells_line(certificate)}")
    console.print(f"  run    {run_line(certificate)}")
    console.print(f"  corpus {corpus_line(certificate)}")
    console.print(f"  cost   {cost_line(certificate)}")
    for note in notes(certificate):
        console.print(f"  note   {escape(note)}")
    if good and expected is not None and not certificate.run.rules:
        console.print(f"  note   nothing but known deviations keeps it from level {expected.value}")
    for complaint in certificate.complaints:
        console.print(f"[bold red]{escape(complaint)}[/]")
    shows_level = not certificate.run.rules and certificate.run.effort.whole
    if not good and not certificate.complaints and shows_level:
        console.print(f"[bold red]level {certificate.level.asked.value} was not reached[/]")
