"""``memcert certify``: check a backend against the contract."""

from __future__ import annotations

import math
import shlex
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

import click
from hypothesis.configuration import set_hypothesis_home_dir

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.command_line.validation import (
    check_capabilities,
    check_counterexamples,
    check_expected,
    check_jobs,
    check_level,
    check_rules,
    check_runner,
    check_server,
)
from memcert.contracts import contract_of
from memcert.engine.output.files import Unwritable, check_writable
from memcert.engine.rule import Level
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import TIME_LIMIT, TOP_LEVEL, Plan, asked_of
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certification import certify as run
from memcert.engine.verdicts.deviation import read_deviations
from memcert.engine.verdicts.helpers import usual_jobs
from memcert.engine.verdicts.issuing import write_certificate
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.success import succeeded
from memcert.reports.console import RunDisplay, show
from memcert.reports.files import write_reports
from memcert.reports.terminal import Terminal
from memcert.resolver import resolve
from memcert_backends.url_secrets import without_secrets

LEVELS = [level.value for level in Level if TOP_LEVEL.includes(level)]


@click.command()
@click.argument("name", required=False, metavar="[BACKEND]")
@click.option("--backend", "option", metavar="BACKEND", help="The backend, as an option.")
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    help="The level to reach. By default the highest that the backend can show on its store:"
    " resilient takes a server that the kit can kill (--server process), or a file; durable takes"
    " data that another process can open.",
)
@click.option(
    "--server",
    default=None,
    show_default="embedded, or process where that cannot be",
    metavar="HOW",
    help="How its store is started: embedded, process, container, or the URL of a running one.",
)
@click.option(
    "--effort",
    type=click.Choice([effort.value for effort in Effort]),
    default=Effort.STANDARD.value,
    show_default=True,
    help="How many random programs each rule gets, after those that cover its cells.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0),
    default=None,
    show_default=", ".join(f"{limit:g} {effort.value}" for effort, limit in TIME_LIMIT.items()),
    metavar="SECONDS",
    help="When the run ends at the latest. What it cuts off is not run, and has not passed.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    show_default="2 on two processors or more, with a store each; 1 where memcert starts none",
    metavar="NUMBER",
    help="How many processes check rules, each on a store of its own.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="The random programs depend on it, and on the versions of memcert and Hypothesis.",
)
@click.option(
    "--rule", "rules", multiple=True, metavar="ID", help="Check only this rule; repeatable."
)
@click.option("--failed", is_flag=True, help="Check only the rules that failed the last time.")
@click.option(
    "-x", "--fail-fast", is_flag=True, help="End the run with the first cause of failures."
)
@click.option("--strict", is_flag=True, help="Ask for every strict rule as well.")
@click.option(
    "--deviations",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A TOML file of known deviations.",
)
@click.option(
    "--expect",
    type=click.Choice(LEVELS),
    help="With --deviations: the level that nothing but these keep it from; then the exit status is"
    " 0, though the level is not reached.",
)
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where to write certificate.json, junit.xml and summary.md.",
)
@click.option(
    "--counterexamples",
    # One that cannot be read is no reason to lose a verdict.
    type=click.Path(path_type=Path, readable=False),
    default=Path(".memcert"),
    show_default=True,
    metavar="FOLDER",
    help="Where programs that fail are kept, to be run first the next time, and a cache.",
)
@in_one_line
def certify(
    name: str | None,
    option: str | None,
    level: str | None,
    server: str | None,
    effort: str,
    time_limit: float | None,
    jobs: int | None,
    seed: int,
    rules: tuple[str, ...],
    *,
    failed: bool,
    fail_fast: bool,
    strict: bool,
    deviations: Path | None,
    expect: str | None,
    report_dir: Path | None,
    counterexamples: Path,
) -> None:
    """Check a backend against the contract and say which level it reaches.

    BACKEND is a built-in name (`memcert backends` lists them), an entry point of an installed
    package, package.module:name, or path/to/file.py:name. The name is that of a factory or of a
    plain memory class.
    """
    if name and option:
        raise WrongQuestion("name one backend, as an argument or with --backend, not both")
    named = name or option
    if not named:
        raise WrongQuestion("name a backend, such as: memcert certify redis (see memcert backends)")
    if time_limit is not None and not math.isfinite(time_limit):
        raise WrongQuestion(f"--time-limit must be a number of seconds, not {time_limit}")
    backend = resolve(named)
    contract = contract_of(backend.contract)
    check_rules(contract, rules, level)
    check_counterexamples(counterexamples)
    asked = Level(level) if level else None
    expected = Level(expect) if expect else None
    check_server(backend, server)
    check_level(backend, server, asked)
    known = read_deviations(deviations, contract) if deviations else ()
    if report_dir is not None:
        check_writable(report_dir)
    # Hypothesis keeps a cache; the working directory is the user's, and may change.
    set_hypothesis_home_dir(counterexamples.absolute() / "hypothesis")
    console = Terminal()
    corpus = SavedFailures(counterexamples, backend.name, contract)
    chosen_rules = frozenset(rules)
    if failed:
        chosen_rules = chosen_rules & corpus.rules() if rules else corpus.rules()
        if not chosen_rules:
            raise WrongQuestion(
                f"no rule of {backend.name} failed the last time: leave --failed out"
            )
    plan = Plan(
        asked,
        chosen_rules,
        Effort(effort),
        time_limit,
        seed,
        fail_fast=fail_fast,
        deviations=known,
    )
    if expected is not None:
        check_expected(backend, server, expected, plan)
    replay = partial(_replay, backend=named, server=server)
    with Runner(contract, backend, server) as runner:
        check_runner(runner, asked)
        check_runner(runner, expected)
        check_jobs(runner, jobs)
        _, chosen = asked_of(runner, plan)
        started = perf_counter()
        watch = RunDisplay(
            console,
            len(chosen),
            contract,
            backend,
            server,
            replay,
            lambda: max(started + plan.seconds - perf_counter(), 0.0),
        )
        with watch.shown():
            capabilities = preflight(runner)
            check_capabilities(plan, chosen, capabilities)
            jobs = jobs or usual_jobs(runner)
            found = run(runner, plan, corpus, watch, capabilities, jobs, started)
        certificate = write_certificate(runner, plan, found)
    again = _again(named, server)
    show(console, certificate, corpus.kept, replay, expected, again, watch.told)
    for complaint in corpus.complaints:
        console.print(f"  {complaint}", markup=False)
    good = _good(certificate, expected, strict=strict)
    if report_dir is not None:
        try:
            write_reports(report_dir, certificate, expected)
        except Unwritable as error:
            if good:
                raise
            # The verdict is what counts.
            WrongQuestion(str(error)).show()
        else:
            console.print(f"  report {report_dir}", markup=False)
    sys.exit(0 if good else 1)


def _replay(file: Path, backend: str, server: str | None) -> str:
    """Return the command that runs a program again."""
    return _command("replay", str(file), "--backend", backend, server=server)


def _again(backend: str, server: str | None) -> str:
    """Return the command that runs what failed again."""
    return _command("certify", backend, "--failed", server=server)


def _command(*words: str, server: str | None) -> str:
    """Return a command of memcert's as a shell takes it."""
    asked = () if server is None else ("--server", without_secrets(server))
    return shlex.join(["memcert", *words, *asked])


def _good(certificate: Certificate, expected: Level | None, *, strict: bool) -> bool:
    return succeeded(certificate, expected) and not (strict and certificate.level.strict_failed)
