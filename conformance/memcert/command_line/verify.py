"""``memcert verify``: recompute what a certificate says of itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.engine.certificate import faults
from memcert.reports.summary import headline, run_line, store_line
from memcert.short_term import CONTRACT
from memcert_reference.json_text import load_json


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@in_one_line
def verify(file: Path) -> None:
    """Recompute the level and the digests of a certificate.

    Exit status 0: they are what it says; 1: they are not.
    """
    try:
        certificate = load_json(file.read_bytes())
    except OSError as error:
        raise WrongQuestion(f"{file} cannot be read: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WrongQuestion(f"{file} is not JSON: {error}") from error
    found = faults(certificate, CONTRACT)
    console = Console(highlight=False, soft_wrap=True)
    for fault in found:
        console.print(f"[bold red]{fault}[/]", soft_wrap=True)
    if not found and isinstance(certificate, dict):
        console.print(f"[green]the certificate holds:[/] {headline(certificate)}")
        console.print(f"  {store_line(certificate)}; {run_line(certificate)}", markup=False)
    sys.exit(1 if found else 0)
