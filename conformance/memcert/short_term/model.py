"""The model that a backend is judged by: the reference, with what a backend may do otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from memcert.engine.programs.outcome import ANYTHING
from memcert.short_term.capabilities import ShortTermCapabilities
from memcert_reference import InMemoryMemory, Msg
from memcert_reference.arguments import flag, message_records
from memcert_reference.json_text import dump_json
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY, read_state
from memcert_reference.values import JSONValue


class Model(InMemoryMemory):
    """The reference, for a backend with some capabilities.

    Args:
        capabilities: what the backend can do.
    """

    def __init__(self, capabilities: ShortTermCapabilities) -> None:
        super().__init__()
        self._capabilities = capabilities

    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        limit = self._capabilities.max_message_bytes
        if limit is not None:
            for record in message_records(memories):
                if len(dump_json(cast(JSONValue, record)).encode()) > limit:
                    raise ValueError(f"the limit is {limit} bytes")
        await super().add(memories, marks)

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        if prepend_summary and self._summary:
            # The contract says which name, role and content the summary has, and no more.
            summary: Any = messages[0]
            summary.id = summary.timestamp = ANYTHING
            summary.metadata = summary.invocation_id = ANYTHING
        return messages

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        if not self._capabilities.full_state:
            del state[CONTENT_KEY]
        return state

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        if self._capabilities.full_state:
            super().load_state_dict(state, strict)
            return
        if read_state(state, strict=flag(strict, "strict"), content=False).content:
            raise ValueError("the messages live in the store and would be dropped")
        super().load_state_dict({SUMMARY_KEY: state.get(SUMMARY_KEY)}, strict=False)

    def fork(self) -> Model:
        """Return another model in the same state."""
        other = Model(self._capabilities)
        other._summary = self._summary
        for msg_id, entry in self._entries.items():
            # Records are never changed once they are in.
            other._entries[msg_id] = type(entry)(entry.record, [*entry.marks])
        return other

    def fingerprint(self) -> object:
        """Return what tells this state from every other one."""
        return self._summary, tuple(
            # Records are made of the messages of programs: equal ones have equal texts.
            (msg_id, tuple(sorted(entry.marks)), repr(entry.record))
            for msg_id, entry in self._entries.items()
        )

    def expire(self) -> None:
        """Become a space that nothing was ever stored in."""
        self._entries, self._summary = {}, ""

    def holds(self, text: str) -> bool:
        """Tell whether a text is in a message, a mark or the summary.

        Args:
            text: ASCII letters, digits and hyphens.
        """
        return text in dump_json(super().state_dict())

    @property
    def entries(self) -> Mapping[str, Any]:
        """The messages with their marks by id, in order."""
        return self._entries

    @property
    def summary(self) -> str:
        """The summary; empty if there is none."""
        return self._summary

    async def export_state(self) -> dict[str, Any]:
        return super().state_dict()

    async def import_state(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
