"""``memcert emulator``: a service that cannot be had otherwise, on this machine."""

from __future__ import annotations

import sys

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
    from tablestore_emulator.__main__ import main

    try:
        failed = main(arguments, "memcert emulator tablestore")
    except ModuleNotFoundError as error:
        raise WrongQuestion(
            f"the emulator needs an extra: pip install 'memcert[tablestore]' ({error})"
        ) from error
    # It has said why it does not start: its port is taken, or its snapshot cannot be read.
    sys.exit(2 if failed else 0)
