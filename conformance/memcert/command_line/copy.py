"""``memcert copy``: move a session from one store to another."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import click

from memcert.command_line.errors import WrongQuestion, drivers_errors, in_one_line
from memcert.reports.summary import counted
from memcert.reports.terminal import Terminal
from memcert_backends.by_url import check_url, open_by_url
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY
from memcert_reference.values import identifier


@click.command()
@click.option("--from", "source", required=True, metavar="URL", help="The store to read.")
@click.option("--to", "target", required=True, metavar="URL", help="The store to write.")
@click.option("--user", required=True, metavar="ID", help="The user_id.")
@click.option("--session", required=True, metavar="ID", help="The session_id.")
@click.option("--to-user", metavar="ID", help="The user_id in the target, if it is another one.")
@click.option("--to-session", metavar="ID", help="The session_id in the target, if another one.")
@click.option("--from-prefix", metavar="TEXT", help="The source's key_prefix or table_prefix.")
@click.option("--to-prefix", metavar="TEXT", help="The target's key_prefix or table_prefix.")
@click.option("--replace", is_flag=True, help="Replace what the target holds, if it differs.")
@in_one_line
def copy(
    source: str,
    target: str,
    user: str,
    session: str,
    to_user: str | None,
    to_session: str | None,
    from_prefix: str | None,
    to_prefix: str | None,
    replace: bool,
) -> None:
    """Copy a session, with its messages, marks and summary, to another store.

    URLs are redis://…, sqlite:///path, postgresql://…, mysql://…, as SQLAlchemy, libpq and redis-py
    take them. The source is only read, and never made: one that holds neither messages nor a
    summary of that session is a wrong question, and nothing is changed, --replace or not. The
    target is written in one step, and read again to compare. Repeating it is safe: a target that
    holds the same already is left alone, and one that holds something else is replaced with
    --replace only. Exit status 0: the target holds the session; 1: it holds something else; 2: the
    question was wrong.
    """
    console = Terminal()
    origin = (source, user, session, from_prefix)
    destination = (
        target,
        user if to_user is None else to_user,
        session if to_session is None else to_session,
        to_prefix,
    )
    if origin == destination:
        raise WrongQuestion("the source and the target are the same space")
    for url in (source, target):
        check_url(url)
    try:
        ids = {"user": user, "session": session, "to-user": to_user, "to-session": to_session}
        for name, value in ids.items():
            if value is not None:
                identifier(value, f"--{name}")
    except ValueError as error:
        raise WrongQuestion(str(error)) from error
    with drivers_errors():
        held = asyncio.run(_copy(console, origin, destination, replace=replace))
    sys.exit(0 if held else 1)


Place = tuple[str, str, str, str | None]


async def _copy(console: Terminal, origin: Place, destination: Place, *, replace: bool) -> bool:
    with console.status("reading the source"):
        async with open_by_url(*origin, create=False) as memory:
            state = await memory.export_state()
    if _is_empty(state):
        _, user, session, prefix = origin
        where = "" if prefix is None else f" under the prefix {prefix!r}"
        raise WrongQuestion(
            f"the source holds nothing of user {user!r}, session {session!r}{where}: no message and"
            " no summary; nothing was changed"
        )
    console.print(f"source: {_described(state)}")
    async with open_by_url(*destination) as memory:
        with console.status("reading the target"):
            there = await memory.export_state()
        if there == state:
            console.print("target: holds the same already, nothing to do")
            return True
        if not _is_empty(there) and not replace:
            console.print(f"[bold red]target: holds {_described(there)}; --replace replaces it[/]")
            return False
        with console.status("writing the target"):
            await memory.import_state(state)
        with console.status("comparing"):
            written = await memory.export_state()
    if written != state:
        console.print(f"[bold red]target: holds {_described(written)}, changed meanwhile[/]")
        return False
    console.print(f"target: {_described(written)}, the same")
    return True


def _is_empty(state: dict[str, Any]) -> bool:
    return not state[CONTENT_KEY] and not state[SUMMARY_KEY]


def _described(state: dict[str, Any]) -> str:
    marks = sum(len(marks) for _, marks in state[CONTENT_KEY])
    summary = "a summary" if state[SUMMARY_KEY] else "no summary"
    return f"{counted(len(state[CONTENT_KEY]), 'message')}, {counted(marks, 'mark')}, {summary}"
