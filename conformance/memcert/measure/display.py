"""Progress: one changing line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rich.console import Console
from rich.markup import escape
from rich.status import Status

_SECONDS = 10.0
"""How often a line is printed where lines stay."""


class MeasurementDisplay:
    """Shows how far a run is.

    Args:
        console: where.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._what = ""
        self._shown_at = 0.0

    @contextmanager
    def measuring(self, backend: str, title: str) -> Iterator[None]:
        """Show that a measurement of a backend runs, and how long it took.

        Args:
            backend: the backend's name.
            title: what is measured.
        """
        self._what = f"{backend}: {title}"
        self._shown_at = begin = perf_counter()
        if self._console.is_terminal:
            with self._console.status(escape(self._what)) as self._status:
                yield
            self._status = None
        else:
            self._console.print(escape(self._what))
            yield
        seconds = perf_counter() - begin
        self._console.print(f"{escape(self._what)}: {seconds:.1f} s", style="dim")

    def step(self, done: int, of: int, what: str) -> None:
        """Be told how far the measurement is.

        Args:
            done: how many steps are done.
            of: how many there are.
            what: what a step is.
        """
        text = f"{self._what}, {done} of {of} {what}"
        if self._status is not None:
            self._status.update(escape(text))
        elif not self._console.is_terminal and perf_counter() - self._shown_at > _SECONDS:
            self._shown_at = perf_counter()
            self._console.print(escape(text))
