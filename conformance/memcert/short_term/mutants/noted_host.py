"""A durable host that keeps notes beside its messages, for mutants that go by them."""

from __future__ import annotations

from typing import Any

from memcert.short_term.mutants.folder_host import Kept
from memcert_backends.backend import Space
from memcert_reference.json_text import dump_json, load_json


class KeptWithNotes(Kept):
    """A memory whose file holds a JSON object more, which is as durable as the rest.

    Args:
        space: where it lives.
    """

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self.notes: dict[str, Any] = {}

    def take(self, text: str | None) -> None:
        super().take(text)
        kept: Any = {} if text is None else load_json(text)
        self.notes = kept.get("notes", {})

    def text(self) -> str:
        kept: Any = load_json(super().text())
        return dump_json({**kept, "notes": self.notes})
