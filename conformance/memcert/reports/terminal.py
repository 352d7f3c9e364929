"""The console that memcert prints on: a terminal, a file, or the log of a CI job."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from memcert.engine.output.foreign_text import visible


class Terminal(Console):
    """A console that obeys nothing of what it is given to print, but for rich's own markup."""

    def __init__(self) -> None:
        super().__init__(highlight=False, soft_wrap=True, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a string as text to be shown; whatever is printed as a string goes through here.

        Args:
            text: what is printed.
            options: rich's own.
        """
        return super().render_str(visible(text), **options)

    def print_source(self, text: str) -> None:
        """Print Python source as it is: lines that are too long are for the terminal to break.

        Args:
            text: a script of memcert's (`memcert.engine.verdicts.script`).
        """
        shown = Text(text)
        if self.is_terminal:
            shown = Syntax("", "python", background_color="default").highlight(text)
        self.print(shown)
