"""``memcert new``: a memory to begin with."""

from __future__ import annotations

import shlex
from importlib.resources import files
from pathlib import Path

import click

from memcert.command_line.errors import WrongQuestion, in_one_line
from memcert.engine.output.files import write_text


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@in_one_line
def new(file: Path) -> None:
    """Write a memory to begin with into FILE, which is certified at core as it is."""
    if file.suffix != ".py":
        raise WrongQuestion(f"{file} must be a Python file, such as memory.py")
    if file.exists():
        raise WrongQuestion(f"{file} is there already, and stays as it is")
    write_text(file, files("memcert.templates").joinpath("memory.py").read_text("utf-8"))
    click.echo(f"{file} is written; next: memcert certify {shlex.quote(f'{file}:Memory')}")
