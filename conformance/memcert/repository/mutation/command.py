"""``python -m memcert.repository.mutation FOLDER``: try the automatic mutants, and report."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import click
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.engine.output.files import check_writable, write_text
from memcert.reports.terminal import Terminal
from memcert.repository.mutation.findings import Findings, MutationScore, Tried
from memcert.repository.mutation.judgements import MalformedJudgements, read_judgements
from memcert.repository.mutation.mutation import Mutation
from memcert.repository.mutation.report import JUDGEMENTS, STEM, json_report, markdown_report
from memcert.repository.mutation.sources import SOURCES, mutations
from memcert.repository.mutation.trials import SECONDS, Trials, Unfit
from memcert.repository.mutation.worker import Result


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--source",
    "names",
    type=click.Choice(list(SOURCES)),
    multiple=True,
    help="Try only the mutants of this; repeatable. By default of all.",
)
@click.option(
    "--only",
    metavar="PATTERN",
    help="Try only mutants whose ids match a pattern, such as 'reference:values:*'.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="[SOURCE=]N",
    help="Try only so many of each source, or of one of them, evenly spread; repeatable.",
)
@click.option("--list", "listed", is_flag=True, help="Print the mutants, and try none.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many at a time."
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    help="The folder of what was found before, of mutants and a kit that are as they were.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1.0),
    default=SECONDS,
    show_default=True,
    help="How long the certification of one mutant may take.",
)
@in_one_line
def main(
    folder: Path,
    names: tuple[str, ...],
    only: str | None,
    limits: tuple[str, ...],
    jobs: int,
    cache: Path | None,
    seconds: float,
    *,
    listed: bool,
) -> None:
    """Certify automatic mutants, and write mutation.md and mutation.json to FOLDER.

    With --source or --only, what is found is printed and not written; with --limit, the report says
    that it is of a sample.

    Exit status: 0 every survivor is judged, 1 one is not, or a judgement is wrong, 2 nothing could
    be tried, or the question was wrong.
    """
    console = Terminal()
    most = _limits(limits)
    try:
        known = {
            name: [
                mutation
                for mutation in mutations(SOURCES[name])
                if only is None or fnmatchcase(mutation.id, only)
            ]
            for name in SOURCES
            if name in (names or SOURCES)
        }
    except ModuleNotFoundError as error:
        raise WrongQuestion(f"{error}: nox -s mutation installs what the operators need") from error
    chosen = [
        mutation
        for name, found in known.items()
        for mutation in _spread(found, most.get(name, most.get("")))
    ]
    if not chosen:
        which = "is left by --limit" if only is None else f"has an id that matches {only!r}"
        raise WrongQuestion(f"no mutant {which}; --list shows them all")
    if listed:
        for mutation in chosen:
            console.print(f"{mutation.id}  {mutation.key.file}:{mutation.line}", markup=False)
        return
    check_writable(folder)
    if cache is not None:
        check_writable(cache)
    try:
        judgements = read_judgements(folder / JUDGEMENTS)
        tried = [
            Tried(mutation, result, judgements.get(mutation.key))
            for mutation, result in _tried(chosen, Trials(cache, jobs, seconds), console)
        ]
    except (MalformedJudgements, Unfit) as error:
        raise WrongQuestion(str(error)) from error
    scores = {
        name: MutationScore([each for each in tried if each.mutation.source == name], len(found))
        for name, found in known.items()
        if found
    }
    findings = Findings(scores, judgements)
    if only is None and not names:
        write_text(folder / f"{STEM}.md", markdown_report(findings))
        write_text(folder / f"{STEM}.json", json_report(findings))
        console.print(f"  report {folder / STEM}.md", markup=False)
    for name, score in {**scores, "all": findings.total}.items():
        console.print(
            f"  {name}: {len(score.tried)} mutants, {score.killed} killed, {len(score.survivors)}"
            f" survivors, {score.equivalent} of them equivalent, rate {score.rate}",
            markup=False,
        )
    for complaint in findings.complaints:
        console.print(complaint, markup=False)
    sys.exit(1 if findings.complaints else 0)


def _limits(said: tuple[str, ...]) -> dict[str, int]:
    """Return how many mutants of each source are tried at most; "" is every other one."""
    found = {}
    for each in said:
        name, _, number = each.rpartition("=")
        if (name and name not in SOURCES) or not number.isascii() or not number.isdigit():
            raise WrongQuestion(
                f"--limit {each!r} must be a number, or one of {', '.join(SOURCES)}, an equals"
                " sign and a number, such as lua=100"
            )
        found[name] = int(number)
    return found


def _spread(found: list[Mutation], limit: int | None) -> list[Mutation]:
    """Return so many mutants, evenly spread over all that there are."""
    if limit is None or limit >= len(found):
        return found
    return [found[number * len(found) // limit] for number in range(limit)]


def _tried(
    chosen: list[Mutation], trials: Trials, console: Terminal
) -> Iterator[tuple[Mutation, Result]]:
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("what is unchanged", total=len(chosen))
        unsupported = {
            name: trials.unchanged(SOURCES[name])
            for name in dict.fromkeys(mutation.source for mutation in chosen)
        }
        for mutation, result in trials.run(chosen, unsupported):
            progress.update(task, advance=1, description=mutation.id)
            yield mutation, result
