"""The API of an agent's short-term memory, with AgentScope's names and call shapes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from memcert_reference.message import Msg


class MemoryBase(ABC):
    """What every memory can do; ``reference/CONTRACT.md`` says exactly how.

    A memory works in one space, the pair of a user and a session, and on nothing outside it. As in
    AgentScope, some methods may be left out: these raise NotImplementedError here.
    """

    @abstractmethod
    async def add(
        self, memories: Msg | list[Msg] | None, marks: str | list[str] | None = None
    ) -> None:
        """Append messages; one whose id is already in the space is skipped.

        Args:
            memories: a message, a list of them, or None for none.
            marks: the marks of every message that is appended.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: a message or a mark has a value that the contract does not admit.
        """

    @abstractmethod
    async def delete(self, msg_ids: list[str]) -> int:
        """Remove messages with their marks and return how many went.

        Args:
            msg_ids: which; unknown ids and repeats do not count.
        """

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        """Remove the messages that carry a mark, or one of several, and return how many went.

        Args:
            mark: a mark, or a list of marks.
        """
        raise NotImplementedError

    @abstractmethod
    async def size(self) -> int:
        """Return the number of messages; the summary is none."""

    @abstractmethod
    async def clear(self) -> None:
        """Remove all messages and marks, and leave the summary."""

    @abstractmethod
    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        """Return messages in the order of insertion, a summary before them.

        Args:
            mark: only messages with this mark; None for all.
            exclude_mark: no messages with this mark; None for none left out.
            prepend_summary: whether a summary that is not empty comes first, as a message whose
                name and role are ``user``.
        """

    async def update_messages_mark(
        self,
        new_mark: str | None,
        old_mark: str | None = None,
        msg_ids: list[str] | None = None,
    ) -> int:
        """Attach, replace or remove a mark and return how many messages' marks changed.

        Args:
            new_mark: what to attach; None attaches nothing.
            old_mark: only messages that carry this one, which they lose; None for no such limit.
            msg_ids: only messages with these ids; None for all.
        """
        raise NotImplementedError

    async def update_compressed_summary(self, summary: str) -> None:
        """Replace the summary of the space.

        Args:
            summary: the new one; "" removes it.
        """
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Return the state as JSON data that shares nothing with the memory."""
        raise NotImplementedError

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Replace the state; on any error nothing changes.

        Args:
            state_dict: what `state_dict` returned.
            strict: whether a missing key is an error; if not, that part stays as it was.

        Raises:
            TypeError: it is not a dictionary.
            KeyError: strict, and a key is missing.
            ValueError: an entry is malformed or repeated, or would be dropped.
        """
        raise NotImplementedError

    async def export_state(self) -> dict[str, Any]:
        """Return the full state, messages and marks included, wherever they are stored."""
        raise NotImplementedError

    async def import_state(self, state: Mapping[str, Any]) -> None:
        """Replace everything in the space by a full state; on any error nothing changes.

        Args:
            state: what `export_state` returned, of this backend or of another.
        """
        raise NotImplementedError

    async def close(self) -> None:  # noqa: B027 - a memory that holds nothing open has nothing to do
        """Let go of what the memory itself opened; may be called twice."""

    async def __aenter__(self) -> Self:
        """Return the memory itself."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the memory."""
        await self.close()
