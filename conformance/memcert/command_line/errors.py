"""Turning what a user can get wrong into one clear line and exit status 2, and Ctrl-C into 130."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from memcert.command_line.interrupts import kept_interrupts, raised_interrupts, was_interrupted
from memcert.engine.certificate import MalformedCertificate
from memcert.engine.deviation import MalformedDeviations
from memcert.engine.files import Unwritable
from memcert.engine.foreign_text import one_line
from memcert.engine.handle import BadFactory
from memcert.engine.operation import MalformedProgram
from memcert.interruption import STATUS
from memcert.resolver import UnknownBackend
from memcert.shadows import shadow_of
from memcert_backends.by_url import UnknownURL
from memcert_backends.servers import ServerUnavailable

WRONG = (
    BadFactory,
    MalformedCertificate,
    MalformedDeviations,
    MalformedProgram,
    ServerUnavailable,
    UnknownBackend,
    UnknownURL,
    Unwritable,
)
"""What says in one line what the user can do about it."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class WrongQuestion(click.ClickException):
    """Something that the user can put right; printed in one line."""

    exit_code = 2

    def format_message(self) -> str:
        """Return the message in one line."""
        return one_line(self.message)


class Interrupted(click.ClickException):
    """The user pressed Ctrl-C: nothing is known, which is neither of the other exit statuses."""

    exit_code = STATUS

    def __init__(self) -> None:
        super().__init__("interrupted")


def in_one_line(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a command say in one line what is wrong with the question, or that it was stopped.

    Args:
        function: the command's function.
    """

    @functools.wraps(function)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            with raised_interrupts(), kept_interrupts():
                return function(*args, **kwargs)
        except BaseException as error:
            if was_interrupted(error):
                raise Interrupted from None
            if isinstance(error, WRONG):
                raise WrongQuestion(shadow_of(error) or str(error)) from error
            if isinstance(error, (ImportError, AttributeError)) and (line := shadow_of(error)):
                raise WrongQuestion(line) from error
            raise

    return wrapper
