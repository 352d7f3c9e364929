"""What the hosts of mutants keep of a space: the reference's content, as one JSON text."""

from __future__ import annotations

from typing import Any

from memcert_reference import InMemoryMemory
from memcert_reference.json_text import dump_json, load_json
from memcert_reference.memory import _Entry as Entry
from memcert_reference.message import Record
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY


class DocumentMemory(InMemoryMemory):
    """A memory that is written to a text, and read from one.

    It takes a text as it finds it, as a store does that checks nothing: where an id was written
    twice, its message is there twice.
    """

    @classmethod
    def of(cls, text: str | None) -> DocumentMemory:
        """Return the memory that a text stands for.

        Args:
            text: what `text` returned; None for an empty memory.
        """
        document = DocumentMemory()
        document.take(text)
        return document

    def take(self, text: str | None) -> None:
        """Become the memory that a text stands for.

        Args:
            text: what `text` returned; None for an empty memory.
        """
        self._entries, self._summary = {}, ""
        if text is not None:
            kept: Any = load_json(text)
            self._summary = kept[SUMMARY_KEY]
            for record, marks in kept[CONTENT_KEY]:
                self.append(record, marks)

    def append(self, record: Record, marks: list[str]) -> None:
        """Put a message at the end, whether or not there is one of its id.

        Args:
            record: the message.
            marks: its marks.
        """
        place = record["id"]
        while place in self._entries:
            place += "\x00"  # no id has one
        self._entries[place] = Entry(record, marks)

    def text(self) -> str:
        """Return the memory as text."""
        return dump_json(InMemoryMemory.state_dict(self))
