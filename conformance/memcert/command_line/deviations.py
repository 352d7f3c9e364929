"""``memcert deviations``: the bugs that a team lives with for now."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import click

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.contracts import contract_of
from memcert.engine.output.files import write_text
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.resolver import resolve

DAYS = 90
"""After how many days a deviation expires that is written here."""


@click.group()
def deviations() -> None:
    """Declare bugs that you live with for now."""


@deviations.command()
@click.argument("backend")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--counterexamples",
    type=click.Path(path_type=Path),
    default=Path(".memcert"),
    show_default=True,
    metavar="FOLDER",
    help="Where the last run of certify kept what failed.",
)
@in_one_line
def write(backend: str, file: Path, counterexamples: Path) -> None:
    """Write FILE, which declares what failed in the last run of BACKEND, and its programs beside.

    The reasons and links are yours to fill in.
    """
    if file.exists():
        raise WrongQuestion(f"{file} is there already, and stays as it is")
    resolved = resolve(backend)
    contract = contract_of(resolved.contract)
    failures = SavedFailures(counterexamples, resolved.name, contract)
    found = [
        (rule, number, program)
        for rule in sorted(failures.rules())
        for number, program in enumerate(failures.programs(rule))
    ]
    if not found:
        raise WrongQuestion(f"no rule of {resolved.name} failed in the last run")
    expires = date.today() + timedelta(DAYS)
    tables = []
    for rule, number, program in found:
        name = f"{file.stem}-{rule}{f'-{number + 1}' if number else ''}.json"
        write_text(file.with_name(name), program.to_text() + "\n")
        fields = {
            "rule": rule,
            "reason": "not said yet",
            "link": "",
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
        lines += [f"expires = {expires}", f"program = {json.dumps(name)}"]
        tables.append("\n".join(["[[deviation]]", *lines]) + "\n")
    write_text(file, "\n".join(tables))
    declared = f"{len(tables)} deviation{'' if len(tables) == 1 else 's'}"
    click.echo(f"{file} declares {declared}, until {expires}; say why in it")
