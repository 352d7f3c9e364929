"""``memcert emulator``: a service that cannot be had otherwise, on this machine."""

from __future__ import annotations

import sys
from contextlib import redirect_stderr
from io import StringIO

import click

from memcert.command_line.errors import WrongQuestion, in_one_line


@click.group()
def emulator() -> None:
    """Run an emulator of a service, for programs and tests of one's own."""


@emulator.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@in_one_line
def tablestore(arguments: tuple[str, ...]) -> None:
    """Run the emulator of Alibaba Cloud Tablestore (--help shows its options)."""
    from tablestore_emulator.__main__ import main, parsed

    name = "memcert emulator tablestore"
    said = StringIO()
    try:
        with redirect_stderr(said):
            parsed(arguments, name)
    except SystemExit as error:
        if not error.code:
            raise
        # What argparse says before is how the command is used.
        text = said.getvalue().rpartition(f"{name}: error: ")[2].strip()
        raise WrongQuestion(f"{text} (see {name} --help)") from error
    try:
        failed = main(arguments, name)
    except ModuleNotFoundError as error:
        raise WrongQuestion(
            f"the emulator needs an extra: pip install 'memcert[tablestore]' ({error})"
        ) from error
    # It has said why it does not start: its port is taken, or its snapshot cannot be read.
    sys.exit(2 if failed else 0)
