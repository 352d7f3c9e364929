"""Turning what a user can get wrong into one clear line and exit status 2, and Ctrl-C into 130."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import click

from memcert.command_line.interrupts import raised_interrupts
from memcert.contracts import UnknownContract
from memcert.engine.clients.handle import BadFactory
from memcert.engine.interrupts import kept_interrupts, was_interrupted
from memcert.engine.output.files import Unwritable
from memcert.engine.output.foreign_text import one_line
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.verdicts.certificate_json import MalformedCertificate
from memcert.engine.verdicts.deviation import MalformedDeviations
from memcert.interruption import STATUS
from memcert.resolver import UnknownBackend
from memcert.shadowed_modules import shadow_of
from memcert_backends.by_url import UnknownURL
from memcert_backends.catalogue import ROWS
from memcert_backends.servers import ServerUnavailable
from memcert_backends.unusable import Unusable

WRONG = (
    BadFactory,
    MalformedCertificate,
    MalformedDeviations,
    MalformedProgram,
    ServerUnavailable,
    UnknownBackend,
    UnknownContract,
    UnknownURL,
    Unusable,
    Unwritable,
)
"""What says in one line what the user can do about it."""

DRIVERS = {"memcert_backends", *(package for row in ROWS for package in row.errors)}
"""Whose own errors are the user's to see: a server that is not there, a wrong password."""

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


@contextmanager
def drivers_errors() -> Iterator[None]:
    """Raise what drivers say of a store, in whatever classes of their own, as a `WrongQuestion`."""
    try:
        yield
    except WRONG:
        raise
    except Exception as error:
        if (
            not isinstance(error, (OSError, TypeError, ValueError))
            and type(error).__module__.partition(".")[0] not in DRIVERS
        ):
            raise
        raise WrongQuestion(_reason(error)) from error


def _reason(error: BaseException) -> str:
    """Return what a driver says, without what SQLAlchemy says of itself."""
    cause = getattr(error, "orig", None) or error
    text = str(cause)
    if isinstance(error, TypeError) and "keyword argument" in text:
        return f"an option behind the '?' of a URL is not one of its driver's: {text}"
    return f"{type(cause).__name__}: {text}" if text else type(cause).__name__


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
