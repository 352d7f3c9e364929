"""A group of commands that says in one line what is wrong with how it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from memcert.command_line.errors import WrongQuestion


class OneLineGroup(click.Group):
    """A group whose commands' bad usage is one line, without click's three of how it is meant."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the context for the group's own arguments.

        Args:
            info_name: what the group is called.
            args: the arguments.
            parent: the context that it is called in, if there is one.
            extra: click's own.

        Raises:
            WrongQuestion: they are not what the group takes.
        """
        with _usage_in_one_line():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is named.

        Args:
            ctx: the group's context.

        Raises:
            WrongQuestion: there is no such command, or its arguments are not what it takes.
        """
        with _usage_in_one_line():
            return super().invoke(ctx)


@contextmanager
def _usage_in_one_line() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        # Who says nothing at all is told everything.
        raise
    except click.UsageError as error:
        # A list of choices comes with tabs and ends of lines.
        text = " ".join(error.format_message().split()).removesuffix(".")
        command = "memcert" if error.ctx is None else error.ctx.command_path
        raise WrongQuestion(f"{text} (see {command} --help)") from error
