"""The command line: ``memcert new | certify | replay | explain | backends | verify | deviations``.

And ``memcert copy | emulator | schema | migrate``, for the memories that come with it.

Exit status 0: what was asked for holds; 1: it does not; 2: the question itself is wrong;
130: Ctrl-C.
"""

from __future__ import annotations

import logging
import sys
from io import TextIOWrapper

import click

from memcert.command_line.backends import backends
from memcert.command_line.certify import certify
from memcert.command_line.copy import copy
from memcert.command_line.deviations import deviations
from memcert.command_line.emulator import emulator
from memcert.command_line.explain import explain
from memcert.command_line.migrate import migrate
from memcert.command_line.new import new
from memcert.command_line.one_line_group import OneLineGroup
from memcert.command_line.replay import replay
from memcert.command_line.schema import schema
from memcert.command_line.verify import verify
from memcert.engine.verdicts.versions import kit_version


@click.group(
    cls=OneLineGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(kit_version(), prog_name="memcert")
def main() -> None:
    """The conformance kit for agent-memory backends.

    memcert runs programs of operations against a backend and against a reference, and says which
    rules of the contract the backend keeps. Exit status: 0 the asked level was reached, 1 it was
    not, 2 the question was wrong, 130 it was interrupted.
    """
    # Drivers log what becomes of connections that the kit cuts, on the console if nobody listens.
    logging.getLogger().addHandler(logging.NullHandler())
    # Messages hold any character, and some consoles show ASCII only.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


for command in (new, certify, replay, explain, backends, verify, deviations, copy, emulator):
    main.add_command(command)
for command in (schema, migrate):
    main.add_command(command)
