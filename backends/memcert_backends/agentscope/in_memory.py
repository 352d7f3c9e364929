"""`InMemoryMemory` for AgentScope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentscope.memory import MemoryBase

import memcert_reference
from memcert_backends.agentscope.content import Content, Pair
from memcert_backends.agentscope.messages import DuplicatesThird, returned, taken
from memcert_backends.agentscope.states import AgentScopeStates, as_agentscope_writes
from memcert_reference.message import Msg, copy_of
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY
from memcert_reference.values import plain_text


class InMemoryMemory(
    DuplicatesThird, AgentScopeStates, memcert_reference.InMemoryMemory, MemoryBase
):
    """A memory in this process, with messages of AgentScope's class.

    All else is as in `memcert_reference.InMemoryMemory`.
    """

    @property
    def content(self) -> list[Pair]:
        """The messages with their marks, in order: a copy, but for changes of the list itself.

        It can be set to another list, and what changes it changes the memory.
        """
        return Content(
            self,
            (
                (returned(Msg.from_record(copy_of(entry.record))), sorted(entry.marks))
                for entry in self._entries.values()
            ),
        )

    @content.setter
    def content(self, pairs: list[Pair]) -> None:
        if not isinstance(pairs, list):
            raise TypeError(f"content must be a list, not {type(pairs).__name__}")
        content = [_as_entry(pair) for pair in pairs]
        memcert_reference.InMemoryMemory.load_state_dict(self, {CONTENT_KEY: content}, strict=False)

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        if (
            isinstance(state_dict, Mapping)
            and CONTENT_KEY in state_dict
            and SUMMARY_KEY not in state_dict
            and strict is True
        ):
            # AgentScope wrote such states before it had summaries.
            state_dict = {SUMMARY_KEY: "", **state_dict}
        super().load_state_dict(state_dict, strict)

    async def export_state(self) -> dict[str, Any]:
        # What a subclass registers is of this object, and does not move.
        return as_agentscope_writes(memcert_reference.InMemoryMemory.state_dict(self))

    async def import_state(self, state: Mapping[str, Any]) -> None:
        memcert_reference.InMemoryMemory.load_state_dict(self, state)

    @property
    def _compressed_summary(self) -> str:
        # AgentScope's attribute, which its users read and set although it is private.
        return self._summary

    @_compressed_summary.setter
    def _compressed_summary(self, summary: str) -> None:
        self._summary = plain_text(summary, "summary")


def _as_entry(pair: object) -> object:
    """Return an entry of a state for a message and its marks; what is none is refused there."""
    if isinstance(pair, (list, tuple)) and len(pair) == 2:
        message, marks = pair
        message = taken(message)
        if isinstance(message, Msg):
            return [message.to_dict(), marks]
    return pair
