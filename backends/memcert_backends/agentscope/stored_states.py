"""The state of a memory in a store: it names the summary, and the store is never rewound by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memcert_backends.agentscope.states import AgentScopeStates
from memcert_backends.stored_memory import StoredMemory
from memcert_reference.state import SUMMARY_KEY

# No message carries a mark and does not carry it, so that a read by it finds the summary alone.
_NOTHING = "x"


class StoredStates(AgentScopeStates, StoredMemory):
    """`AgentScopeStates` for a memory in a store.

    The messages, their marks and the summary are in the store, where every process finds them. So
    the state holds the summary alone, as this memory last read or wrote it, ``""`` if it did
    neither. A state may be older than what is stored, or may have been written when the summary
    was not known: a summary that is loaded replaces one that this memory has read or written, and
    fills a space that has none, but it never takes the place of one that this memory has not seen.
    (It looks before it fills: who writes a summary between the two is written over.)
    """

    # Whether the summary that was loaded gives way to one in the store.
    _gives_way = False

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Restore the summary, and what was registered; the store is not rewound.

        Args:
            state_dict: what `state_dict` returned, here or in AgentScope.
            strict: whether a missing key is an error; if not, that part stays as it was.

        Raises:
            TypeError: it is not a dictionary.
            KeyError: strict, and a key is missing.
            ValueError: it is malformed, or brings messages, which would be dropped: they are
                loaded by `import_state`.
        """
        knows = self._known_summary is not None
        says = self._loaded_summary is not None and not self._gives_way
        super().load_state_dict(state_dict, strict)
        if state_dict.get(SUMMARY_KEY) is not None:
            self._gives_way = not (knows or says)
            if self._gives_way and not self._loaded_summary:
                self._loaded_summary = None

    @property
    def _compressed_summary(self) -> str:
        # AgentScope's attribute, which its users read and set although it is private.
        if self._loaded_summary is not None:
            return self._loaded_summary
        return self._known_summary or ""

    @_compressed_summary.setter
    def _compressed_summary(self, summary: str) -> None:
        StoredMemory.load_state_dict(self, {SUMMARY_KEY: summary}, strict=False)
        self._gives_way = False

    async def _store_loaded_summary(self) -> None:
        if self._loaded_summary is not None and self._gives_way:
            stored, _ = await self._store_read(_NOTHING, _NOTHING)
            self._known_summary = stored
            self._gives_way = False
            if stored:
                self._loaded_summary = None
        await super()._store_loaded_summary()
