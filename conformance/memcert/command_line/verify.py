"""``memcert verify``: recompute what a certificate says of itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.markup import escape

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.contracts import contract_named, contracts
from memcert.engine.contract import Contract
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certificate_json import parse_certificate
from memcert.engine.verdicts.verification import faults, other_corpus
from memcert.reports.summary import corpus_line, headline, run_line, store_line
from memcert.reports.terminal import Terminal


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@in_one_line
def verify(file: Path) -> None:
    """Recompute the level and the digests of a certificate.

    Exit status 0: they are what it says; 1: they are not.
    """
    try:
        certificate = parse_certificate(file.read_bytes())
    except OSError as error:
        raise WrongQuestion(f"{file} cannot be read: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WrongQuestion(f"{file} is not JSON: {error}") from error
    except RecursionError as error:
        raise WrongQuestion(
            f"{file} is not JSON that can be read: it is nested too deep"
        ) from error
    contract = _contract_of(certificate)
    found = faults(certificate, contract)
    console = Terminal()
    for fault in found:
        console.print(f"[bold red]{escape(fault)}[/]")
    if not found:
        console.print(f"[green]the certificate holds:[/] {escape(headline(certificate))}")
        lines = store_line(certificate), run_line(certificate)
        console.print(f"  store: {lines[0]}; run: {lines[1]}", markup=False)
        console.print(f"  corpus: {corpus_line(certificate)}", markup=False)
        other = other_corpus(certificate, contract)
        if other is not None:
            console.print(f"[yellow]{escape(other)}[/]")
    sys.exit(1 if found else 0)


def _contract_of(certificate: Certificate) -> Contract:
    name = certificate.contract.name
    found = contract_named(name)
    if found is None:
        known = ", ".join(each.name for each in contracts())
        raise WrongQuestion(f"the certificate is of the contract {name!r}; here is {known}")
    return found
