"""``memcert replay``: run one saved program again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.command_line.validation import check_server
from memcert.contracts import contract_of
from memcert.engine.contract import Contract
from memcert.engine.programs.description import story
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.program import Program
from memcert.engine.programs.reading import parse_program
from memcert.engine.verdicts.script import script
from memcert.replaying import run_again
from memcert.reports.terminal import Terminal
from memcert.resolver import resolve


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--backend", "name", required=True, metavar="BACKEND", help="What it is run against.")
@click.option(
    "--server",
    default=None,
    show_default="embedded, or process where that cannot be",
    metavar="HOW",
    help="How its store is started: embedded, process, container, or the URL of a running one.",
)
@click.option("--script", "as_script", is_flag=True, help="Print it as a Python script as well.")
@in_one_line
def replay(file: Path, name: str, server: str | None, as_script: bool) -> None:
    """Run a saved program again, step by step.

    FILE is a program that `memcert certify` kept. Exit status 0: the backend does what the
    contract says; 1: it does not.
    """
    backend = resolve(name)
    check_server(backend, server)
    contract = contract_of(backend.contract)
    program = read(file, contract)
    console = Terminal()
    divergence = run_again(program, backend, server)
    for step_number, text in story(program):
        number = "" if step_number is None else step_number + 1
        console.print(f"{number:>3} {text}", markup=False, soft_wrap=True)
        if divergence is not None and divergence.step == step_number:
            if divergence.look or divergence.operation not in text:
                console.print(f"    then: {divergence.operation}", markup=False, soft_wrap=True)
            console.print(f"    expected: {divergence.expected}", markup=False, soft_wrap=True)
            console.print(f"    observed: {divergence.observed}", markup=False, soft_wrap=True)
            if not program.branches:
                break
    if as_script:
        text = script(program, divergence, contract, name, title=file.name, server=server)
        console.print()
        console.print_source(text)
    if divergence is None:
        console.print("[green]the backend does what the contract says[/]")
    else:
        console.print("[bold red]the backend does not do what the contract says[/]")
    sys.exit(0 if divergence is None else 1)


def read(file: Path, contract: Contract) -> Program:
    """Return the program of a file.

    Args:
        file: its path.
        contract: whose operations it consists of.

    Raises:
        WrongQuestion: it cannot be read, or is not a program.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise WrongQuestion(f"{file} cannot be read: {error.strerror}") from error
    try:
        return parse_program(data, contract.operations)
    except MalformedProgram as error:
        raise WrongQuestion(f"{file} is no program: {error}") from error
