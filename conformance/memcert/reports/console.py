"""The report on a console: with a progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from memcert.engine.contract import Contract
from memcert.engine.output.foreign_text import one_line
from memcert.engine.programs.reading import read_program
from memcert.engine.rule import Rule
from memcert.engine.verdicts.certificate import Certificate, CertifiedVerdict, succeeded
from memcert.engine.verdicts.script import script
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.reports.summary import (
    broken,
    cells_line,
    corpus_line,
    cost_line,
    counted,
    counterexample_lines,
    counts_line,
    headline,
    notes,
    run_line,
    store_line,
)
from memcert.reports.terminal import Terminal

STYLES = {
    Finding.PASSED: "green",
    Finding.KEPT_SO_FAR: "green",
    Finding.FAILED: "bold red",
    Finding.UNSTABLE: "bold yellow",
    Finding.DEVIATES: "yellow",
    Finding.UNSUPPORTED: "yellow",
    Finding.NOT_APPLICABLE: "dim",
    Finding.NOT_RUN: "dim",
}

SCRIPTS = 1
"""How many counterexamples are printed as scripts; the others are named with their files."""


class RunDisplay:
    """Shows how far a run is.

    Args:
        console: where.
        rules: how many rules there are.
        name: the backend's name.
    """

    def __init__(self, console: Terminal, rules: int, name: str) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._rules = rules
        self._name = one_line(name)
        self._done = 0
        self._shown_at = perf_counter()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show a progress bar for as long as the context lasts, on a terminal."""
        if not self._console.is_terminal:
            rules = counted(self._rules, "rule")
            self._console.print(f"memcert: certifying {escape(self._name)}, {rules}")
            yield
            return
        columns = (
            TextColumn("[bold]{task.fields[backend]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns, console=self._console, transient=True) as bar:
            self._bar = bar
            self._task = bar.add_task("", total=self._rules, backend=escape(self._name))
            yield
        self._bar = None

    def starts(self, rule: Rule) -> None:
        """Be told that a rule is being checked.

        Args:
            rule: the rule.
        """
        if self._bar is not None:
            text = escape(one_line(rule.text[:50]))
            self._bar.update(self._task, description=f"{rule.id} {text}")

    def ends(self, rule: Rule, verdict: Verdict) -> None:
        """Be told what was found.

        Args:
            rule: the rule.
            verdict: what was found.
        """
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
        if verdict.finding not in (Finding.PASSED, Finding.KEPT_SO_FAR):
            style = STYLES[verdict.finding]
            reason = f" ({one_line(verdict.reason)})" if verdict.reason else ""
            self._console.print(
                f"[{style}]{verdict.finding.value}[/] {rule.id} \\[{rule.consequence.value}]"
                f" {escape(rule.text)}{escape(reason)}"
            )
        elif self._bar is None and perf_counter() - self._shown_at > 10:
            self._shown_at = perf_counter()
            self._console.print(f"{self._done} of {self._rules} rules checked, now {rule.id}")


def show(
    console: Terminal,
    certificate: Certificate,
    contract: Contract,
    server: str | None,
    replays: Mapping[str, str] | None = None,
) -> None:
    """Print what was found, what hurts most first.

    Args:
        console: where.
        certificate: the certificate.
        contract: whose operations the counterexamples are made of.
        server: how the store was started, for the scripts.
        replays: the command that runs the program of a rule again, by the rule's id, where it was
            kept.
    """
    replays = replays or {}
    for number, verdict in enumerate(broken(certificate)):
        _show_broken(console, verdict, replays.get(verdict.rule))
        if number < SCRIPTS:
            _show_script(console, verdict, certificate, contract, server)
    good = succeeded(certificate)
    console.print()
    console.print(f"[{'bold green' if good else 'bold red'}]{escape(headline(certificate))}[/]")
    console.print(f"  rules  {counts_line(certificate)}", highlight=False)
    console.print(f"  store  {escape(store_line(certificate))}", highlight=False)
    console.print(f"  cells  {cells_line(certificate)}", highlight=False)
    console.print(f"  run    {run_line(certificate)}", highlight=False)
    console.print(f"  corpus {corpus_line(certificate)}", highlight=False)
    console.print(f"  cost   {cost_line(certificate)}", highlight=False)
    for note in notes(certificate):
        console.print(f"  note   {escape(note)}", highlight=False)
    for complaint in certificate.complaints:
        console.print(f"[bold red]{escape(complaint)}[/]")
    if not good and not certificate.complaints and not certificate.run.rules:
        console.print(f"[bold red]level {certificate.level.asked.value} was not reached[/]")


def _show_broken(console: Terminal, verdict: CertifiedVerdict, replay: str | None) -> None:
    console.print()
    console.print(
        f"[bold]{verdict.rule}[/] {verdict.finding.value}: {escape(verdict.text)}"
        f" [dim]({verdict.consequence.meaning})[/]",
        highlight=False,
    )
    for line in counterexample_lines(verdict):
        console.print(f"  {escape(line)}", highlight=False)
    if replay is not None:
        console.print(f"  replay: {replay}", markup=False)


def _show_script(
    console: Terminal,
    verdict: CertifiedVerdict,
    certificate: Certificate,
    contract: Contract,
    server: str | None,
) -> None:
    example = verdict.counterexample
    assert example is not None
    text = script(
        read_program(example.program, contract.operations),
        example.divergence,
        contract,
        certificate.backend.specification or certificate.backend.name,
        title=f"{verdict.rule}: {verdict.text}",
        server=server,
    )
    console.print()
    console.print_source(text)
